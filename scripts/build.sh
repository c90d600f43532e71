#!/usr/bin/env bash
# Builds what is served: the page (npm), then the program with the page inside (cargo). Quick when nothing changed.
source "$(dirname "$0")/lib.sh"

web() {
  local sources=(js web package.json package-lock.json)
  if unchanged node_modules/.duotile-web "${sources[@]}" && [ -f web/dist/index.html ]; then
    echo "==> The page is up to date"
    return
  fi
  step "Building the page (npm run build)" npm run --silent build
  stamp node_modules/.duotile-web "${sources[@]}"
}

program() {
  cargo build --quiet --locked --release -p duotile
}

scripts/setup.sh rust node
web
step "Building the program (cargo build --release; the first time takes 10 minutes or more, most of it Polars)" program
