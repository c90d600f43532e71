#!/usr/bin/env bash
# The dearest request of each kind: its time, its memory, and how long the server works on when the client has left. Adds
# them to benches/RESULTS.md: bench-dear.sh
#
# ROWS=10000000 generated points in memory, PREPARED=100000000 in a prepared file (0 for none), and beside each TEXTS=10000000
# points with distinct texts. ONLY="part of a name" asks for some; clients leave at PARTS="0.25 0.5 0.75" of the time of an answer. Files stay in BENCH_DIR, where they are found again.
source "$(dirname "$0")/bench-lib.sh"

rows="${ROWS:-10000000}"
prepared="${PREPARED:-100000000}"
texts="${TEXTS:-10000000}"

# prepare INPUT OUT: the prepared file of one, made if it is not there.
prepare() {
  [ -f "$2" ] || step "Preparing $2" "$duotile" build "$1" -o "$2" --memory 2GB
}

# dear WHERE POINTS TEXTS: asks a server of two files.
dear() {
  quiet
  step "Asking for what is dear, $1" into dear node benches/dear/dear.js "$duotile" "$1" "points=$2" "texts=$3" "${ONLY:-}"
}

scripts/setup.sh node
scripts/build.sh page program
words="$bench/texts-$texts.csv"
[ -f "$words" ] || step "Writing $texts distinct texts ($words)" node benches/dear/texts.js "$texts" "$words"
data "$rows" parquet
began dear make bench-dear "ROWS=$rows PREPARED=$prepared TEXTS=$texts"
dear "in memory" "$data" "$words"
if [ "$prepared" != 0 ]; then
  points="$bench/dear-$prepared.arrow"
  [ -f "$points" ] || data "$prepared" parquet
  prepare "$data" "$points"
  prepare "$words" "$bench/dear-texts-$texts.arrow"
  dear "in a prepared file" "$points" "$bench/dear-texts-$texts.arrow"
fi
report
