#!/usr/bin/env bash
# Requests per second and how long they take, with wrk, and adds them to benches/RESULTS.md: bench-http.sh
#
# ROWS=10000000 generated points are served here, on 127.0.0.1, with and without the cache of finished tiles; SECONDS_EACH=10
# is how long each test runs. wrk shares the processors with the server.
source "$(dirname "$0")/bench-lib.sh"

rows="${ROWS:-10000000}"
each="${SECONDS_EACH:-10}"
running=

# start COMMAND…: runs a server in the background until it prints its address, named in $base then.
start() {
  local log="$bench/server.log"
  : >"$log"
  "$@" >"$log" 2>&1 &
  running=$!
  local waited=0
  until base="$(sed -n 's/^Open \(http:[^ ]*\)$/\1/p' "$log")" && [ -n "$base" ]; do
    kill -0 "$running" 2>/dev/null || fail "it ended:" "$(tail -5 "$log")"
    [ "$waited" -lt 600 ] || fail "no address after 5 minutes:" "$(tail -5 "$log")"
    waited=$((waited + 1))
    sleep 0.5
  done
}

stop() {
  [ -z "$running" ] || kill "$running" 2>/dev/null || true
  [ -z "$running" ] || wait "$running" 2>/dev/null || true
  running=
}

serve() {
  stop
  step "Starting duotile serve $*" start "$duotile" serve "points=$data" --port 0 --host 127.0.0.1 "$@"
}

# load PATHS CONNECTIONS [once]: asks for the addresses of a file, in turn or once, and prints what wrk found.
load() {
  local paths="$1" connections="$2" once=0 long="${each}s"
  if [ "${3:-}" = once ]; then once=1 long=600s; fi
  PATHS="$bench/$paths.txt" CONNECTIONS="$connections" ONCE="$once" wrk --threads 1 --connections "$connections" \
    --duration "$long" --timeout 30s --script benches/http/load.lua "$base" | grep '^{'
}

# ask NAME PATHS CONNECTIONS [once]: the same as a line of the part.
ask() {
  export NAME="$1"
  shift
  load "$@" | tee -a "$bench/http.jsonl"
}

# What the first tile of a query builds shall be built.
warm() { NAME=warm load raw 1 once >/dev/null; }

scripts/setup.sh wrk node
scripts/build.sh page program
data "$rows" parquet
quiet
began http make bench-http "ROWS=$rows"
trap 'code=$?; stop; (exit "$code"); finish' EXIT

serve --tile-memory 0
step "Finding tiles" node benches/http/addresses.js "$base" points "$bench"
step "Each raw tile once" warm
step "Raw points, nothing cached" ask "raw points, nothing cached" raw 16
step "Full raw tiles, nothing cached" ask "full tiles of raw points, nothing cached" full 16
step "One small tile, nothing cached" ask "one small tile, nothing cached" small 16
serve --tile-memory 512MB
step "Each raw tile once" warm
step "Raw points, cached" ask "raw points, cached" raw 16
step "Full raw tiles, cached" ask "full tiles of raw points, cached" full 16
step "One small tile, cached" ask "one small tile, cached" small 16
for connections in 16 64; do
  serve --tile-memory 512MB
  step "Pan and zoom, cold" ask "pan and zoom, cold" trace "$connections" once
  step "Pan and zoom, warm" ask "pan and zoom, warm" trace "$connections" once
done
# Ours is asked for the bytes, then stops, so that one server runs at a time.
ours="$running"
step "Starting a bare Node server of the same bytes" start \
  node benches/http/yardstick.js "$base" "$bench/raw.txt" "$bench/full.txt" "$bench/small.txt"
kill "$ours"
step "Raw points from it" ask "yardstick: raw points from memory, bare Node server" raw 16
step "Full raw tiles from it" ask "yardstick: full tiles of raw points from memory, bare Node server" full 16
step "One small tile from it" ask "yardstick: one small tile from memory, bare Node server" small 16
report
