#!/usr/bin/env bash
# Builds: build.sh [page] [program] [module]; page and program when none is named. Quick when nothing changed.
#
#   page      what a browser loads (npm); the program carries it
#   program   the server and command line (cargo)
#   module    the WebAssembly module, into wasm/pkg (wasm-pack; wasm-opt is npm's binaryen)
source "$(dirname "$0")/lib.sh"

build_page() {
  scripts/setup.sh node
  local sources=(js web package.json package-lock.json)
  if unchanged node_modules/.duotile-page "${sources[@]}" && [ -d web/dist/assets ]; then
    return
  fi
  step "Building the page (npm run build)" npm run --silent build
  stamp node_modules/.duotile-page "${sources[@]}"
}

build_program() {
  scripts/setup.sh rust
  local first=""
  [ -x "${CARGO_TARGET_DIR:-target}/release/duotile" ] || first="; the first time takes 10 minutes or more, most of it Polars"
  step "Building the program (cargo build --release$first)" cargo build --locked --release -p duotile
}

build_module() {
  scripts/setup.sh wasm node
  step "Building the WebAssembly module (wasm-pack build)" \
    wasm-pack --log-level warn build wasm --target web --profile wasm -- --quiet --locked
}

[ $# -gt 0 ] || set -- page program
for part in "$@"; do
  case "$part" in
    page | program | module) "build_$part" ;;
    *) fail "build.sh: unknown part $part, expected page, program or module" ;;
  esac
done
