#!/usr/bin/env bash
# Installs what is missing, and says so: setup.sh [rust] [targets] [lint] [wasm] [node] [python] [browser] [nginx] [wrk]
#           [browsers] [postgis] [powerpc] [s390x]
#
# Looks only when everything is there. Rust (rustup) and Node (with npm) must be on the machine; Debian's packages are
# fetched with apt-get, as root or by sudo; without either, the line to run is printed.
source "$(dirname "$0")/lib.sh"

# The crate wasm-bindgen and its command must be of one version: see Cargo.toml.
wasm_bindgen_version=0.2.128
wasm_pack_version=0.15.1
geckodriver_version=0.37.1
cargo_deny_version=0.20.2

# need_packages WHAT PACKAGE…: packages by a command that they bring, or by a path.
need_packages() {
  local missing=()
  while [ $# -gt 0 ]; do
    if ! have "$1" && [ ! -x "/usr/sbin/$1" ] && ! [[ "$1" = /* && -e "$1" ]]; then missing+=("$2"); fi
    shift 2
  done
  [ "${#missing[@]}" -eq 0 ] && return
  local install="apt-get install --yes --no-install-recommends ${missing[*]}"
  have apt-get || fail "Missing: ${missing[*]}. This is not a Debian system: install them with its own tools."
  if [ "$(id -u)" -eq 0 ]; then
    step "Installing ${missing[*]} (apt-get)" apt_install "${missing[@]}"
  elif have sudo && sudo -n true 2>/dev/null; then
    step "Installing ${missing[*]} (sudo apt-get)" apt_install "${missing[@]}"
  else
    fail "Missing: ${missing[*]}. Install them, then run this again:" "  sudo apt-get update && sudo $install"
  fi
}

apt_install() {
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
}

setup_rust() {
  have cargo || fail "cargo is not here. Install Rust with rustup (https://rustup.rs), then run this again."
  need_packages cc build-essential
}

rust_parts() {
  local kind="$1" installed part
  shift
  if ! have rustup; then
    echo "rustup is not here: taking it that the toolchain has: $*"
    return
  fi
  installed="$(rustup "$kind" list --installed)"
  for part in "$@"; do
    grep -q "^$part" <<<"$installed" || step "Adding the Rust $kind $part (rustup)" rustup "$kind" add "$part"
  done
}

setup_lint() {
  setup_rust
  rust_parts component clippy rustfmt
  have_version cargo-deny "$cargo_deny_version" || cargo_tool cargo-deny "$cargo_deny_version"
}

setup_targets() { rust_parts target wasm32-unknown-unknown thumbv7em-none-eabihf; }

setup_wasm() {
  setup_rust
  setup_targets
  have_version wasm-bindgen "$wasm_bindgen_version" || cargo_tool wasm-bindgen-cli "$wasm_bindgen_version"
  have_version wasm-pack "$wasm_pack_version" || cargo_tool wasm-pack "$wasm_pack_version"
}

have_version() {
  have "$1" && [[ "$("$1" --version)" == *" $2"* ]]
}

# Built without optimisation: they take a fraction of the time to build, and have little to do.
cargo_tool() {
  step "Building $1 $2 into $tools (cargo install)" \
    env CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$tools/build" \
    cargo install --quiet --locked --debug --version "$2" "$1"
  rm -rf "$tools/build"
}

setup_node() {
  { have node && have npm; } || fail "Node and npm are not here. Install Node 20.19 or newer (https://nodejs.org), then run this again."
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major < 20 || (major === 20 && minor < 19)) {
      console.error(`Node is ${process.versions.node}, expected 20.19 or newer.`);
      process.exit(1);
    }'
  if ! unchanged node_modules/.duotile package-lock.json; then
    step "Installing npm packages (npm ci)" npm ci --no-progress --loglevel=error
    stamp node_modules/.duotile package-lock.json
  fi
}

# What tests in Python want, in a folder of its own ($python of lib.sh).
setup_python() {
  have python3 || fail "python3 is not here. Install Python 3.11 or newer with venv, then run this again."
  if ! unchanged "$tools/python/.duotile" tests/requirements.txt || [ ! -x "$python" ]; then
    step "Making a folder for Python ($tools/python)" python3 -m venv --clear "$tools/python"
    step "Installing what tests in Python want (pip)" \
      "$python" -m pip install --quiet --disable-pip-version-check --no-deps -r tests/requirements.txt
    stamp "$tools/python/.duotile" tests/requirements.txt
  fi
}

setup_browser() { need_packages chromium chromium chromedriver chromium-driver; }
# Firefox and WebKit, with a screen that is only in memory and what draws on it without a graphics card.
setup_browsers() {
  setup_rust
  need_packages firefox-esr firefox-esr WebKitWebDriver webkit2gtk-driver xvfb-run xvfb xauth xauth \
    /usr/share/doc/libgl1-mesa-dri libgl1-mesa-dri
  have_version geckodriver "$geckodriver_version" || cargo_tool geckodriver "$geckodriver_version"
}
setup_nginx() { need_packages nginx nginx-light openssl openssl; }
setup_postgis() { need_packages /usr/share/postgresql/15/extension/postgis.control postgresql-15-postgis-3; }
setup_wrk() { need_packages wrk wrk; }
setup_powerpc() { emulated powerpc ppc; }
setup_s390x() { emulated s390x s390x; }

# emulated CPU QEMU: another processor's standard library, linker and libraries, and what runs them here.
emulated() {
  setup_rust
  rust_parts target "$1-unknown-linux-gnu"
  need_packages "qemu-$2" qemu-user "$1-linux-gnu-gcc" "gcc-$1-linux-gnu"
  [ -e "/usr/$1-linux-gnu/lib/crt1.o" ] || need_packages "libc of $1" "libc6-dev-$1-cross"
}

for part in "$@"; do
  case "$part" in
    rust | targets | lint | wasm | node | python | browser | browsers | nginx | wrk | postgis | powerpc | s390x) "setup_$part" ;;
    *) fail "setup.sh: unknown part $part; the head of the file names those there are" ;;
  esac
done
