#!/usr/bin/env bash
# Times lines and polygons beside rivals, and writes benches/SHAPES.md: bench-shapes.sh [beside] [growth] [agreement]
#
#   beside     tiles of layers beside geojson-vt, DuckDB and, where the environment names a server of it (PGHOST), PostGIS. DATA=FOLDER has
#              real layers (see benches/shapes/layers.py); what it does not have is made, or left out. LAYERS="counties coverage" for some
#   growth     the fullest tile of each zoom against rows. GROWTH="10000 100000 1000000 10000000" buildings
#   agreement  every tile of some zooms against the source. LAYERS as above
#
# All when none is named. Everything is kept in BENCH_DIR (target/bench); one thing runs at a time, on one thread. RESULTS=FILE is
# written instead of benches/SHAPES.md.
RESULTS="${RESULTS:-benches/SHAPES.md}"
source "$(dirname "$0")/bench-lib.sh"

growth="${GROWTH:-10000 100000 1000000 10000000}"
layers="${LAYERS:-counties countries coverage buildings roads landuse routes}"
made="$bench/shapes"
rivals=benches/shapes/requirements.txt
venv="$bench/venv-shapes"
python="$venv/bin/python"
mkdir -p "$made"

ours=
build() {
  [ -z "$ours" ] || return 0
  scripts/build.sh page program
  step "Building the bench (cargo bench --no-run)" find_bench
}

find_bench() {
  ours="$(built shapes)"
  [ -x "$ours" ]
}

# One thread, also for loading.
alone() { RAYON_NUM_THREADS=1 POLARS_MAX_THREADS=1 "$@"; }

make_layers() {
  # shellcheck disable=SC2086 # names
  step "Making layers ($made)" "$python" benches/shapes/layers.py "$made" $layers ${DATA:+--data "$DATA"}
}

# of LAYER COMMAND…: adds what a command prints, with the name of the layer.
of() {
  local layer="$1"
  shift
  "$@" | sed "s/^{/{\"layer\":\"$layer\",/" >>"$bench/shapes.jsonl"
}

part_beside() {
  setup_python
  build
  step "Installing geojson-vt and vt-pbf (npm ci in benches/node)" npm ci --prefix benches/node --no-progress --loglevel=error
  make_layers
  quiet
  began shapes make bench-shapes "PARTS=beside ${DATA:+DATA=…}"
  for layer in $layers; do
    local stem="$made/$layer"
    [ -f "$stem.tiles" ] || continue
    step "$layer: Duotile" of "$layer" alone "$ours" "$stem.parquet" "$stem.tiles"
    step "$layer: geojson-vt" of "$layer" node --expose-gc --max-old-space-size=8192 \
      benches/node/shapes.js "$stem.geojsonl" "$stem.tiles"
    step "$layer: DuckDB" of "$layer" "$python" benches/shapes/duck.py "$stem.parquet" "$stem.tiles"
    [ -z "${PGHOST:-}" ] || step "$layer: PostGIS" of "$layer" "$python" benches/shapes/postgis.py "$stem.parquet" "$stem.tiles"
  done
}

part_growth() {
  setup_python
  build
  began shapes-growth make bench-shapes "PARTS=growth GROWTH=\"$growth\""
  for size in $growth; do
    step "Making $size buildings" "$python" benches/shapes/layers.py "$made" --rows "$size"
    quiet
    step "Duotile, $size buildings" into shapes-growth alone "$ours" "$made/buildings-$size.parquet"
  done
  step "Drawing shapes-growth.svg" python3 benches/shapes/growth.py "$bench/shapes-growth.jsonl" "$(dirname "$results")/shapes-growth.svg"
}

part_agreement() {
  setup_python
  build
  make_layers
  began shapes-agreement make bench-shapes "PARTS=agreement ${DATA:+DATA=…}"
  for layer in $layers; do
    [ -f "$made/$layer.parquet" ] || continue
    step "$layer" into shapes-agreement "$python" benches/shapes/agreement.py "$duotile" "$layer" "$made/$layer.parquet"
  done
}

[ $# -gt 0 ] || set -- beside growth agreement
for part in "$@"; do
  case "$part" in
    beside | growth | agreement) "part_$part" ;;
    *) fail "bench-shapes.sh: unknown part $part, expected beside, growth or agreement" ;;
  esac
done
python3 benches/shapes/report.py "$bench" "$results"
