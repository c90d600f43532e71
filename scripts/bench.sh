#!/usr/bin/env bash
# Times the stages of core: bench.sh [ROWS]
source "$(dirname "$0")/lib.sh"

scripts/setup.sh rust
step "Times of core, ${1:-1000000} points" cargo bench --quiet --locked -p duotile-benches --bench stages -- "${1:-1000000}"
