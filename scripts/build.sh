#!/usr/bin/env bash
# Builds: build.sh [page] [program] [module]; page and program when none is named. Quick when nothing changed.
#
#   page      what a browser loads (npm), and the module it needs; the program carries it
#   program   the server and command line (cargo)
#   module    the WebAssembly module, into wasm/pkg (wasm-pack; wasm-opt is npm's binaryen)
source "$(dirname "$0")/lib.sh"

build_page() {
  build_module
  local sources=(js web wasm/pkg package.json package-lock.json)
  if unchanged node_modules/.duotile-page "${sources[@]}" && [ -f js/dist/index.js ] && [ -d web/dist/assets ]; then
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
  local sources=(core wasm/src wasm/Cargo.toml Cargo.toml Cargo.lock)
  if unchanged node_modules/.duotile-module "${sources[@]}" && [ -f wasm/pkg/duotile_wasm_bg.wasm ]; then
    return
  fi
  step "Building the WebAssembly module (wasm-pack build)" \
    wasm-pack --log-level warn build wasm --target web --profile wasm -- --quiet --locked
  stamp node_modules/.duotile-module "${sources[@]}"
}

[ $# -gt 0 ] || set -- page program
for part in "$@"; do
  case "$part" in
    page | program | module) "build_$part" ;;
    *) fail "build.sh: unknown part $part, expected page, program or module" ;;
  esac
done
