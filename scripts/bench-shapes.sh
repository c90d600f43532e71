#!/usr/bin/env bash
# Times lines and polygons beside rivals, and writes benches/SHAPES.md: bench-shapes.sh [beside] [growth] [agreement]
#
#   beside     tiles of layers beside geojson-vt, DuckDB and PostGIS (a server of the bench's own, unless the environment names one:
#              PGHOST). DATA=FOLDER has real layers (see benches/shapes/layers.py); what it does not have is made, or left out.
#              LAYERS="counties coverage" for some
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

# A server that only this bench sees: its files are new each time, and it ends with the script. PostgreSQL does not run as root.
start_postgis() {
  [ -z "${PGHOST:-}" ] || return 0
  scripts/setup.sh postgis
  local home as=()
  home="$(mktemp -d)"
  if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$home"
    as=(setpriv --reuid postgres --regid postgres --clear-groups)
  fi
  set -- /usr/lib/postgresql/*/bin
  local programs="${!#}"
  "${as[@]}" "$programs/initdb" -D "$home/data" -U duotile -A trust >/dev/null
  "${as[@]}" "$programs/pg_ctl" -D "$home/data" -w -l "$home/log" start \
    -o "-k $home -c listen_addresses='' -c fsync=off -c shared_buffers=1GB -c max_wal_size=8GB" >/dev/null
  # shellcheck disable=SC2064 # as they are now
  trap "finish; ${as[*]} $programs/pg_ctl -D $home/data -m immediate stop >/dev/null; rm -rf $home" EXIT
  export PGHOST="$home" PGUSER=duotile PGDATABASE=postgres
}

part_beside() {
  setup_python
  step "Starting PostGIS" start_postgis
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
    step "$layer: PostGIS" of "$layer" "$python" benches/shapes/postgis.py "$stem.parquet" "$stem.tiles"
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
