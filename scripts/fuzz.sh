#!/usr/bin/env bash
# Breaks inputs of all kinds at random for so long: fuzz.sh [MINUTES], 10 unless said. See tests/tests/fuzz.
#
# Every kind has the whole time, all at once. What fails is made small, and kept in tests/tests/fuzz/found: from then on
# every test run begins with it.
source "$(dirname "$0")/lib.sh"

minutes="${1:-10}"
scripts/setup.sh rust
# The program's code takes in the page.
scripts/build.sh page
step "Broken inputs for $minutes minutes (cargo test --test fuzz)" env "DUOTILE_FUZZ_SECONDS=$((minutes * 60))" \
  cargo test --quiet --locked --release -p duotile-tests --test fuzz -- --test-threads 32 --nocapture
