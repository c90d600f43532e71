#!/usr/bin/env bash
# Times prepared files against their rows, and adds them to benches/RESULTS.md: bench-prepared.sh
#
# SIZES="1000000 10000000 100000000" points each. 1000000000 needs 60 GB of disk and half an hour. KEEP=1 leaves the files in
# BENCH_DIR, where they are found again.
source "$(dirname "$0")/bench-lib.sh"

sizes="${SIZES:-1000000 10000000 100000000}"

scripts/setup.sh node
scripts/build.sh page program
began prepared make bench-prepared "SIZES=\"$sizes\""
for size in $sizes; do
  out="$bench/prepared-$size.arrow"
  [ -f "$out" ] || data "$size" parquet
  quiet
  step "Preparing and serving $size points" into prepared node benches/prepared/prepared.js "$duotile" "$bench/points-$size.parquet" "$out"
  [ -n "${KEEP:-}" ] || rm -f "$out"
done
report
