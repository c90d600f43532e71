#!/usr/bin/env bash
# Builds: build.sh [page] [kepler] [examples] [program] [module]; page and program when none is named. Quick when nothing
# changed.
#
#   page      what a browser loads (npm), and the module it needs; the program carries it
#   kepler    the page /kepler: Kepler.gl, for which npm fetches 0.8 GB into web/kepler; for the next program to carry
#   examples  the pages /examples, with deck.gl and MapLibre; 0.3 GB in web/examples
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

# Pages that are built apart, each with dependencies of its own; beside.js puts them where the program looks.
build_apart() {
  local part="$1" what="$2"
  scripts/setup.sh node
  local sources=("web/$part" web/ground.mjs web/src/data)
  if ! unchanged "node_modules/.duotile-$part" "${sources[@]}" || [ ! -f "web/$part/dist/$part.html" ]; then
    step "Fetching the dependencies of $what (npm ci in web/$part)" npm ci --silent --ignore-scripts --prefix "web/$part"
    step "Building $what" npm run --silent build --prefix "web/$part"
    stamp "node_modules/.duotile-$part" "${sources[@]}"
  fi
  node web/beside.js
}

build_program() {
  scripts/setup.sh rust
  local first=""
  [ -x "${CARGO_TARGET_DIR:-target}/release/duotile" ] || first="; the first time takes 10 minutes or more, most of it Polars"
  step "Building the program (cargo build --release$first)" cargo build --locked --release -p duotile
}

build_module() {
  scripts/setup.sh wasm node
  local sources=(core wasm/src wasm/Cargo.toml wasm/module Cargo.toml Cargo.lock)
  if unchanged node_modules/.duotile-module "${sources[@]}" && [ -f wasm/pkg/duotile_wasm_bg.wasm ]; then
    return
  fi
  # What is called is put into its caller half as readily as usual: a tenth smaller, and as quick.
  step "Building the WebAssembly module (wasm-pack build)" \
    wasm-pack --log-level warn build wasm/module --target web --profile wasm --out-dir ../pkg --out-name duotile_wasm -- \
    --quiet --locked --config 'target.wasm32-unknown-unknown.rustflags=["-C", "llvm-args=-inline-threshold=75"]'
  stamp node_modules/.duotile-module "${sources[@]}"
}

[ $# -gt 0 ] || set -- page program
for part in "$@"; do
  case "$part" in
    page | program | module) "build_$part" ;;
    kepler) build_apart kepler "the page of Kepler.gl" ;;
    examples) build_apart examples "the pages of examples" ;;
    *) fail "build.sh: unknown part $part, expected page, kepler, examples, program or module" ;;
  esac
done
