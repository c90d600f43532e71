#!/usr/bin/env bash
# Core on machines unlike this one, under an emulator (qemu): emulated.sh [whole] [powerpc] [s390x]; powerpc when none is named.
#
# powerpc has 32 bits and puts the highest byte first; s390x does that with 64 bits. The tests of single parts of core run
# there, and those of the module's library, among them those of tests/golden: the same bytes of every tile. `whole` runs all
# that are in core/tests too, which have run on this machine with the same checks before, and take several times as long here.
source "$(dirname "$0")/lib.sh"

# on CPU QEMU: its tests, optimised a little, with overflow checks and debug assertions.
on() {
  local target="$1-unknown-linux-gnu" name
  name="$(tr a-z- A-Z_ <<<"$target")"
  env "CARGO_TARGET_${name}_LINKER=$1-linux-gnu-gcc" "CARGO_TARGET_${name}_RUNNER=qemu-$2 -L /usr/$1-linux-gnu" \
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 \
    cargo test --quiet --locked --target "$target" -p duotile-core -p duotile-wasm "${tests[@]}"
}

tests=(--lib --test query --test shapes --test times --test generated --test generated_shapes --test same_bytes --test subset)
if [ "${1:-}" = whole ]; then
  tests=(--lib --tests)
  shift
fi
[ $# -gt 0 ] || set -- powerpc
for cpu in "$@"; do
  case "$cpu" in
    powerpc) qemu=ppc ;;
    s390x) qemu=s390x ;;
    *) fail "emulated.sh: unknown processor $cpu, expected powerpc or s390x" ;;
  esac
  scripts/setup.sh "$cpu"
  step "Tests of core and of the module on $cpu (qemu)" on "$cpu" "$qemu"
done
