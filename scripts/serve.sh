#!/usr/bin/env bash
# Builds everything and serves: serve.sh [PATH…] [options of `duotile serve`]; the built-in data without a path.
source "$(dirname "$0")/lib.sh"

scripts/build.sh
echo "==> duotile serve $*"
exec "${CARGO_TARGET_DIR:-target}/release/duotile" serve "$@"
