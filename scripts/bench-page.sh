#!/usr/bin/env bash
# Times the page in Chromium on ROWS=10000000 generated points, and adds it to benches/RESULTS.md: bench-page.sh
#
# How soon a map is there, how long after a brush is let go all tiles are drawn, how fast time plays. Chromium draws without
# a graphics card, so most of it is drawing.
source "$(dirname "$0")/bench-lib.sh"

rows="${ROWS:-10000000}"
running=

stop() {
  [ -z "$running" ] || kill "$running" 2>/dev/null || true
  [ -z "$running" ] || wait "$running" 2>/dev/null || true
  running=
}
trap 'code=$?; stop; (exit "$code"); finish' EXIT

# serve FILE…: a server in the background, whose address is named in $base.
serve() {
  stop
  local log="$bench/server.log" waited=0
  : >"$log"
  "$duotile" serve "$@" --port 0 >"$log" 2>&1 &
  running=$!
  until base="$(sed -n 's/^Open \(http:[^ ]*\)$/\1/p' "$log")" && [ -n "$base" ]; do
    kill -0 "$running" 2>/dev/null || fail "the server ended:" "$(tail -5 "$log")"
    [ "$waited" -lt 600 ] || fail "no address after 5 minutes:" "$(tail -5 "$log")"
    waited=$((waited + 1))
    sleep 0.5
  done
}

scripts/setup.sh browser node
scripts/build.sh page program
data "$rows" parquet
quiet
began page make bench-page "ROWS=$rows"
serve
step "A first map of the built-in places" into page node benches/page/first.js "$base"
serve "points=$data"
step "A first map of $rows points" into page node benches/page/first.js "$base"
step "The brush of a column, $rows points" into page node benches/page/brush.js "$base" value 10
step "Time, the world" into page node benches/page/play.js "$base" ""
step "Time, a country" into page node benches/page/play.js "$base" "#view=4.5/48/8"
stop
report
