#!/usr/bin/env bash
# Times prepared files against their rows, and as many rows in memory, and adds both to benches/RESULTS.md:
# bench-prepared.sh
#
# SIZES="1000000 10000000 100000000" points each. 1000000000 needs 60 GB of disk and half an hour. KEEP=1 leaves the files in
# BENCH_DIR, where they are found again. In memory are IN_MEMORY=100000000 points with a single float and a category.
source "$(dirname "$0")/bench-lib.sh"

sizes="${SIZES:-1000000 10000000 100000000}"
in_memory="${IN_MEMORY:-100000000}"

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
if [ "$in_memory" != 0 ]; then
  setup_python
  data "$in_memory" parquet
  slim="$bench/slim-$in_memory.parquet"
  step "Keeping a single float and a category (DuckDB)" "$python" -c 'import duckdb, sys
duckdb.sql(f"COPY (SELECT lon, lat, value::FLOAT AS value, category FROM \x27{sys.argv[1]}\x27) TO \x27{sys.argv[2]}\x27")' "$data" "$slim"
  quiet
  step "Serving $in_memory points from memory" into prepared node benches/prepared/prepared.js "$duotile" "$slim"
  rm -f "$slim"
fi
report
