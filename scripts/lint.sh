#!/usr/bin/env bash
# Formatting and lints of Rust and TypeScript; nothing is changed.
#
# Clippy runs in the release profile, over whose build scripts and macros the tests and the server have passed before.
source "$(dirname "$0")/lib.sh"

scripts/setup.sh lint targets
# The program's code takes in the page.
scripts/build.sh page
step "TypeScript, JSON and styles are formatted, without warnings and of right types (npm run lint)" npm run --silent lint
step "Rust is formatted (cargo fmt)" cargo fmt --all --check
step "Rust has no warnings (clippy)" cargo clippy --quiet --locked --release --all-targets -- -D warnings
step "The module has no warnings (clippy)" \
  cargo clippy --quiet --locked -p duotile-wasm --all-targets --target wasm32-unknown-unknown -- -D warnings
step "http names no kind of data (grep)" bash -c \
  "! grep -rnE 'with_points|source::points|\\bPoints\\b|\\.dataset\\b|\\bRoles\\b' native/src/http --include='*.rs'"
# Databases are asked by it.
step "What is told and what answers know no HTTP (grep)" bash -c \
  "! grep -rnE 'axum|hyper|crate::http' native/src/{engine,told,source} --include='*.rs' --exclude-dir=remote"
step "What we depend on is allowed (cargo deny)" cargo deny --log-level error check --hide-inclusion-graph bans licenses sources
