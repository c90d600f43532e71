#!/usr/bin/env bash
# A server under mixed load: soak.sh [MINUTES], 10 unless said. See benches/soak/soak.js; ROWS=1000000 points.
#
# Ends with an error if an answer has a status that is not expected of it, /health does not answer, or memory or open files
# grow after warming up. What was found is added to benches/RESULTS.md (or RESULTS=FILE).
source "$(dirname "$0")/bench-lib.sh"

minutes="${1:-10}"
scripts/setup.sh node
scripts/build.sh page program
began soak make soak "MINUTES=$minutes"
step "Soaking for $minutes minutes" node benches/soak/soak.js "$duotile" "$bench" "$minutes"
report
