#!/usr/bin/env bash
# Runs the tests: test.sh [core] [emulated] [wasm] [rust] [node] [packages] [api] [image] [e2e] [browsers]
#
# All of them, in that order, when none is named.
#
#   core      core alone: it needs no operating system, and its tests with overflow checks on
#   emulated  core and the module's library on a processor of 32 bits and the other byte order, under an emulator
#   wasm      the WebAssembly module, in Node and in Chromium
#   rust      every Rust test, optimised, against the program with its page
#   node      the page's and the package's code, and the program from outside: decoders, clients, DuckDB, mixed load
#   packages  the npm package packed, installed into clean folders, bundled by each tool, in maps of three versions; every
#             page of docs/recipes as a new user follows it
#   api       a server held to the description of its API, with requests that are made up (schemathesis); rows of PostgreSQL and
#             ClickHouse and files of an object store, which are started for it
#   image     deploy/Dockerfile, each of its commands by hand in a clean folder, up to a program that serves
#   e2e       the page in Chromium, behind nginx too
#   browsers  the module in Firefox; the page in Firefox and WebKit, with taking along and opening again
source "$(dirname "$0")/lib.sh"

# checked COMMAND…: optimised a little, as tests are then over in a fraction of the time; overflow checks and debug assertions stay on.
checked() { env CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_OPT_LEVEL=1 "$@"; }

test_core() {
  scripts/setup.sh rust targets
  scripts/no-std.sh
  step "Tests of core, overflow checks on" checked cargo test --quiet --locked -p duotile-core
}

test_emulated() {
  scripts/emulated.sh
}

test_wasm() {
  scripts/setup.sh wasm browser node
  step "Tests of the module, natively" checked cargo test --quiet --locked -p duotile-wasm
  step "Tests of the module in Node, overflow checks on" checked wasm-pack --log-level warn test --node wasm --locked
  # The tests name no place to run in, so this takes them to the browser, which may take its time to start.
  step "Tests of the module in Chromium, optimised" \
    env WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_DRIVER_TIMEOUT=60 WASM_BINDGEN_TEST_TIMEOUT=120 \
    wasm-pack --log-level warn test --release --headless --chrome --chromedriver "$(command -v chromedriver)" wasm --locked
  scripts/build.sh module
  step "Tests of the built module" node --test --test-reporter=spec wasm/tests/built.mjs
}

test_rust() {
  scripts/build.sh
  step "Every Rust test, optimised" cargo test --quiet --locked --release
}

test_node() {
  scripts/setup.sh nginx
  scripts/build.sh
  step "Tests in Node" npm run --silent test:node
  step "A server under mixed load for 20 seconds (make soak is the long one)" soak_briefly
}

soak_briefly() {
  local folder
  folder="$(mktemp -d)"
  ROWS=50000 node benches/soak/soak.js "${CARGO_TARGET_DIR:-target}/release/duotile" "$folder" 0.33
  rm -rf "$folder"
}

test_packages() {
  scripts/setup.sh browser
  scripts/build.sh page program
  step "Tests of the packed package: Node, Deno, bundlers, MapLibre 4, 5 and 6 in Chromium; the recipes" npm run --silent test:packages
}

test_api() {
  scripts/setup.sh python
  scripts/build.sh page program
  step "The server and the description of its API (schemathesis)" \
    "$python" tests/python/api.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  step "Tables that Python, pandas and DuckDB wrote, read again" \
    "$python" tests/python/tables.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  step "Rows in random geometries, found by DuckDB's spatial extension too" \
    "$python" tests/python/places.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  step "Cells of H3, counted and measured by h3 and DuckDB too" \
    "$python" tests/python/cells.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  step "Archives, as PMTiles' own reader for Python and SQLite have them" \
    "$python" tests/python/archives.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  test_databases
}

# Rows of databases. One that cannot be had is told, and passed over.
test_databases() {
  (scripts/setup.sh postgis) || echo "SKIPPED: PostgreSQL cannot be had here"
  step "Rows of PostgreSQL and ClickHouse, beside those of a file" \
    "$python" tests/python/databases.py "${CARGO_TARGET_DIR:-target}/release/duotile"
  step "Files and archives in an object store, beside those of a disk" \
    "$python" tests/python/objects.py "${CARGO_TARGET_DIR:-target}/release/duotile"
}

test_image() {
  scripts/setup.sh python
  # What is compiled already is taken over.
  scripts/build.sh page program
  step "deploy/Dockerfile by hand, in a clean folder" "$python" tests/python/image.py "${CARGO_TARGET_DIR:-target}"
}

test_e2e() {
  scripts/setup.sh browser nginx
  scripts/build.sh page kepler examples program
  step "Tests of the page in Chromium, alone and behind nginx" npm run --silent test:e2e
}

test_browsers() {
  scripts/setup.sh wasm browsers node
  step "Tests of the module in Firefox, optimised" \
    env WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_DRIVER_TIMEOUT=60 WASM_BINDGEN_TEST_TIMEOUT=120 \
    wasm-pack --log-level warn test --release --headless --firefox --geckodriver "$(command -v geckodriver)" wasm --locked
  scripts/build.sh page program
  step "Tests of the page in Firefox and WebKit" \
    xvfb-run --auto-servernum --server-args "-screen 0 1280x900x24" npm run --silent test:browsers
}

[ $# -gt 0 ] || set -- core emulated wasm rust node packages api image e2e browsers
for part in "$@"; do
  case "$part" in
    core | emulated | wasm | rust | node | packages | api | image | e2e | browsers) "test_$part" ;;
    *) fail "test.sh: unknown part $part, expected core, emulated, wasm, rust, node, packages, api, image, e2e or browsers" ;;
  esac
done
