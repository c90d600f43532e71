#!/usr/bin/env bash
# Proves that `core` stands alone: it builds for a machine without an operating system and for WebAssembly, and nothing
# but libm and h3o, with what these need, is below it.
source "$(dirname "$0")/lib.sh"

alone() {
  cargo build --quiet --locked -p duotile-core --target "$1"
}

dependencies() {
  local below
  # --target all: also what only other platforms would pull in.
  below="$(cargo tree --locked -p duotile-core -e normal,build --target all --prefix none --format '{p}' |
    awk '{ print $1 }' | grep -v '^duotile-core$' | sort -u | paste -sd' ')"
  local expected="either float_eq h3o h3o-bit libm num-traits ordered-float"
  # Tells num-traits which compiler it is built with.
  below="${below//autocfg /}"
  if [ "$below" != "$expected" ]; then
    echo "core depends on: ${below:-nothing}; expected: $expected" >&2
    return 1
  fi
  echo "    below duotile-core: $below"
}

step "core builds alone for bare metal (thumbv7em-none-eabihf)" alone thumbv7em-none-eabihf
step "core builds alone for WebAssembly" alone wasm32-unknown-unknown
step "core depends on libm, h3o and nothing else" dependencies
