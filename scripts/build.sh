#!/usr/bin/env bash
# Builds what is served: build.sh [page] [program]; both when none is named. Quick when nothing changed.
#
#   page      what a browser loads (npm); the program carries it
#   program   the server and command line (cargo)
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
  step "Building the program (cargo build --release$first)" cargo build --quiet --locked --release -p duotile
}

[ $# -gt 0 ] || set -- page program
for part in "$@"; do
  case "$part" in
    page | program) "build_$part" ;;
    *) fail "build.sh: unknown part $part, expected page or program" ;;
  esac
done
