#!/usr/bin/env bash
# Times tiles beside rivals on the same data, and writes benches/RESULTS.md: bench-peers.sh [tiles] [masks] [growth] [browser]
#
#   tiles    every even zoom to 14: cells, raw points, filters; DuckDB, Polars and Datashader. ROWS=10000000 points
#   masks    filters from their text to the mask, beside DuckDB: polygons of 1,000 corners, formulas. ROWS points
#   growth   z0 and z10 against rows, beside DuckDB. GROWTH="100000 1000000 10000000"; 100000000 needs 16 GB of memory
#   browser  the WebAssembly module beside geojson-vt and supercluster in Node and Chromium. BROWSER_ROWS="100000 1000000"
#
# All when none is named. Everything is kept in BENCH_DIR (target/bench); one thing runs at a time. RESULTS=FILE is
# written instead of benches/RESULTS.md.
source "$(dirname "$0")/bench-lib.sh"

rows="${ROWS:-10000000}"
growth="${GROWTH:-100000 1000000 10000000}"
browser_rows="${BROWSER_ROWS:-100000 1000000}"

tiles=
masks=
build() {
  [ -z "$tiles" ] || return 0
  scripts/build.sh page program
  step "Building the benches (cargo bench --no-run)" find_benches
}

# Names the built benches, which are then run by themselves: cargo would look at all sources again each time.
find_benches() {
  tiles="$(built tiles)"
  masks="$(built masks)"
  [ -x "$tiles" ] && [ -x "$masks" ]
}

part_tiles() {
  build
  setup_python
  data "$rows" parquet
  quiet
  began peers make bench-peers "ROWS=$rows"
  step "Duotile, $rows points" into peers "$tiles" "$data"
  local ours="$bench/peers.jsonl"
  # Each reads the tiles that ours was timed on from the lines so far.
  step "DuckDB" rival duck.py "$data" "$ours"
  step "Polars" rival frames.py "$data" "$ours" polars
  step "Datashader" rival frames.py "$data" "$ours" datashader
}

# rival SCRIPT ARGUMENT…: what it prints is added when it is done, so that it reads our lines alone.
rival() {
  local script="$1"
  shift
  "$python" "benches/peers/$script" "$@" >"$bench/rival.jsonl"
  cat "$bench/rival.jsonl" >>"$bench/peers.jsonl"
}

part_masks() {
  build
  setup_python
  data "$rows" parquet
  quiet
  began masks make bench-peers "ROWS=$rows PARTS=masks"
  step "Filters, $rows points" into masks "$masks" "$data"
  "$python" benches/peers/masks.py "$data" "$bench/masks.jsonl" >"$bench/rival.jsonl"
  cat "$bench/rival.jsonl" >>"$bench/masks.jsonl"
}

part_growth() {
  build
  setup_python
  began growth make bench-peers "GROWTH=\"$growth\""
  for size in $growth; do
    data "$size" parquet
    quiet
    rm -f "$bench/ours.jsonl"
    step "Duotile, $size points" into ours "$tiles" "$data" --brief --zooms 0,10
    step "DuckDB, $size points" into ours "$python" benches/peers/duck.py "$data" "$bench/ours.jsonl" --brief
    cat "$bench/ours.jsonl" >>"$bench/growth.jsonl"
  done
  step "Drawing growth.svg" python3 benches/peers/growth.py "$bench/growth.jsonl" "$(dirname "$results")/growth.svg"
}

part_browser() {
  scripts/setup.sh browser
  scripts/build.sh page program
  step "Installing geojson-vt, vt-pbf and supercluster (npm ci in benches/node)" npm ci --prefix benches/node --no-progress --loglevel=error
  began browser make bench-peers "BROWSER_ROWS=\"$browser_rows\""
  for size in $browser_rows; do
    data "$size" csv
    quiet
    for who in duotile supercluster supercluster-60 geojson-vt; do
      step "$who, $size points" into browser node --expose-gc --max-old-space-size=8192 benches/node/browser.js "$data" "$who"
    done
    step "The same and the package's worker in Chromium, $size points" into browser \
      node benches/node/chromium.js "$data" duotile duotile-worker supercluster supercluster-60 geojson-vt
  done
}

[ $# -gt 0 ] || set -- tiles masks growth browser
for part in "$@"; do
  case "$part" in
    tiles | masks | growth | browser) "part_$part" ;;
    *) fail "bench-peers.sh: unknown part $part, expected tiles, masks, growth or browser" ;;
  esac
done
report
