# shellcheck shell=bash
# Shared by every script here: the place they run in, and steps that say what they do and how long it took.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Tools that only this project wants, at the versions it wants, are kept away from the person's own.
tools="${DUOTILE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/duotile/tools}"
export PATH="$tools/bin:$PWD/node_modules/.bin:$HOME/.cargo/bin:$PATH"
[ -t 2 ] || export CARGO_TERM_PROGRESS_WHEN=never
export CARGO_INSTALL_ROOT="$tools"
# The Python of tests; benches have one of their own.
python="$tools/python/bin/python"
export PYTHONDONTWRITEBYTECODE=1
export NPM_CONFIG_FUND=false NPM_CONFIG_AUDIT=false NPM_CONFIG_UPDATE_NOTIFIER=false

step_name=
step_times=()
script_name="$(basename "$0" .sh)"
# Scripts call each other; the outermost sums up.
outermost="${DUOTILE_WITHIN:-$script_name}"
export DUOTILE_WITHIN="$outermost"

# step NAME COMMAND…: says what it does, does it, and says how long it took.
step() {
  step_name="$1"
  shift
  local began=$SECONDS
  echo "==> $step_name"
  "$@"
  step_times+=("$(printf '%5ds  %s' $((SECONDS - began)) "$step_name")")
  echo "    $((SECONDS - began)) s"
  step_name=
}

# A failure names the step it came from. Runs when the script ends, in whatever way.
finish() {
  local code=$?
  if [ "$code" -ne 0 ]; then
    echo "==> FAILED after $SECONDS s: ${step_name:-$script_name} (exit code $code)" >&2
  elif [ "$outermost" = "$script_name" ] && [ "${#step_times[@]}" -gt 1 ]; then
    echo "==> $script_name: done in $SECONDS s"
    printf '    %s\n' "${step_times[@]}"
  fi
}
trap finish EXIT

have() { command -v "$1" >/dev/null 2>&1; }

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# unchanged STAMP PATH…: whether the files under these paths are as they were when `stamp` was last called.
fingerprint() {
  find "$@" \( -name node_modules -o -name dist -o -name target \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}
unchanged() {
  local stamp="$1"
  shift
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}
stamp() {
  local stamp="$1"
  shift
  mkdir -p "$(dirname "$stamp")"
  fingerprint "$@" >"$stamp"
}
