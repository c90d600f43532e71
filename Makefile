# What a person types. Everything is done by the scripts, which can be called without make.

.PHONY: help serve web test lint fuzz bench bench-peers bench-prepared bench-http bench-dear bench-page bench-shapes bench-export soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{ printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## build everything and serve the built-in data; ARGS="my.parquet --port 9000" for anything else
	@scripts/serve.sh $(ARGS)

web: ## build the page, which the next cargo build takes in
	@scripts/build.sh page

test: ## every test: Rust, WebAssembly, Node, Chromium, Firefox and WebKit; PARTS="core wasm" for some (see scripts/test.sh)
	@scripts/test.sh $(PARTS)

lint: ## formatting and lints; changes nothing
	@scripts/lint.sh

fuzz: ## broken inputs for MINUTES=10, other ones each time; what fails is kept in tests/tests/fuzz/found
	@scripts/fuzz.sh $(MINUTES)

bench: ## time the stages of core; ROWS=10000000 or 100000000 (8 GB) for more
	@scripts/bench.sh $(ROWS)

bench-peers: ## tiles beside DuckDB, Polars, Datashader, geojson-vt and supercluster; writes benches/RESULTS.md
	@scripts/bench-peers.sh $(PARTS)

bench-prepared: ## prepared files of SIZES="1000000 10000000 100000000" points: build, open, tiles; adds to benches/RESULTS.md
	@scripts/bench-prepared.sh

bench-http: ## requests per second and how long they take; adds to benches/RESULTS.md
	@scripts/bench-http.sh

bench-dear: ## the dearest request of each kind: time, memory, and the work after its client has left; adds to benches/RESULTS.md
	@scripts/bench-dear.sh

bench-page: ## the page in Chromium: a first map, a brush that is let go, time that plays; adds to benches/RESULTS.md
	@scripts/bench-page.sh

bench-shapes: ## lines and polygons beside geojson-vt, DuckDB and PostGIS, growth, agreement; DATA=FOLDER of layers; writes benches/SHAPES.md
	@scripts/bench-shapes.sh $(PARTS)

bench-export: ## whole pyramids beside tippecanoe, freestiler and tylertoo, and what each keeps; LAYERS, RIVALS, LIMIT, DATA=FOLDER; writes benches/EXPORT.md
	@scripts/bench-export.sh

soak: ## mixed load for MINUTES=10, with slow clients, disconnects and replaced data; memory must not grow
	@scripts/soak.sh $(MINUTES)
