# shellcheck shell=bash
# Shared by the benches: where their files are, data made once, the rivals' Python, lines with where and how.

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

target="${CARGO_TARGET_DIR:-target}"
bench="${BENCH_DIR:-$target/bench}"
duotile="$target/release/duotile"
results="${RESULTS:-benches/RESULTS.md}"
python="$bench/venv/bin/python"
export PYTHONDONTWRITEBYTECODE=1
mkdir -p "$bench"

# data ROWS ENDING: the file of so many generated points, made if it is not there, named in $data.
data() {
  data="$bench/points-$1.$2"
  [ -f "$data" ] || step "Generating $1 points ($data)" "$duotile" generate "$1" "$data"
}

# What rivals want of PyPI, and the folder it is installed into; a script that has others says so.
rivals=benches/peers/requirements.txt
venv="$bench/venv"

setup_python() {
  have python3 || fail "python3 is not here. Install Python 3.11 or newer with venv, then run this again."
  if ! unchanged "$venv/.duotile" "$rivals"; then
    [ -x "$python" ] || step "Making a folder for the rivals ($venv)" python3 -m venv "$venv"
    step "Installing the rivals (pip)" "$python" -m pip install --quiet --disable-pip-version-check -r "$rivals"
    stamp "$venv/.duotile" "$rivals"
  fi
}

built() {
  cargo bench --quiet --locked -p duotile-benches --bench "$1" --no-run --message-format json |
    sed -n "s/.*\"name\":\"$1\".*\"executable\":\"\([^\"]*\)\".*/\1/p"
}

# began NAME COMMAND…: begins the lines of a part with where and how they were taken.
began() {
  local name="$1"
  shift
  python3 benches/peers/machine.py "$@" >"$bench/$name.jsonl"
}

# into NAME COMMAND…: adds what a command prints to the lines of a part.
into() {
  local name="$1"
  shift
  "$@" >>"$bench/$name.jsonl"
}

# The load of other programs spoils figures; it is said, not waited for.
quiet() {
  local load
  load="$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo 0)"
  awk -v load="$load" 'BEGIN { exit load < 0.7 }' && echo "    note: the machine is busy (load $load); figures will be worse than they are"
  return 0
}

report() {
  python3 benches/peers/report.py "$bench" "$results"
}
