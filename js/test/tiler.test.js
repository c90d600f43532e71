import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { Problem, Tiler, TilerWorker } from "../dist/index.js";

/** The points of wasm/tests/same_bytes.rs, made by the same steps. */
function golden() {
  const rows = 20_000;
  const [lon, lat, value, level] = [0, 0, 0, 0].map(() => new Float64Array(rows));
  assert.ok(lon && lat && value && level);
  const words = ["one", "two", "three", "vier", "fünf", ""];
  /** @type {(string | null)[]} */
  const word = [];
  let state = 1;
  const fraction = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const edges = /** @type {const} */ ([
    [180, 90],
    [-180, -90],
    [0, 91],
    [Number.NaN, 0],
    [0, 0],
  ]);
  for (let row = 0; row < rows; row++) {
    const [east, south, place] = [fraction(), fraction(), row % 16];
    const edge = edges[row];
    if (edge) [lon[row], lat[row]] = edge;
    else if (row % 50 === 0) [lon[row], lat[row]] = [10, 55];
    else if (row % 4 === 0) [lon[row], lat[row]] = [east * 360 - 180, south * 170 - 85];
    else [lon[row], lat[row]] = [place * 22 - 170 + east * 0.5, place * 7 - 50 + south * 0.25];
    value[row] = row % 11 === 0 ? Number.NaN : fraction() * 1000;
    level[row] = Math.floor(fraction() * 50);
    word.push(words[(row * row) % 7] ?? null);
  }
  return { lon, lat, columns: { value, level, word } };
}

/** @param {Uint8Array} bytes */
function digest(bytes) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

test("here and by a worker's messages, every tile has the digest that Rust wrote down", async () => {
  const text = readFileSync(new URL("../../tests/golden/tiles.txt", import.meta.url), "utf8");
  const lines = text.trimEnd().split("\n").slice(1);
  assert.ok(lines.length > 50);
  const tiler = await Tiler.from(golden(), { name: "points" });
  const remote = await new TilerWorker({ worker: "inline" }).open(golden(), { name: "points" });
  for (const line of lines) {
    const [, address, length, hash, query] = /^(\S+) (\d+) (\S+) ?(.*)$/.exec(line) ?? [];
    const [z = 0, x = 0, y = 0] = (address ?? "").split("/").map(Number);
    for (const tile of [tiler.tile(z, x, y, query), await remote.tile(z, x, y, query)]) {
      assert.equal(`${tile.length} ${digest(tile)}`, `${length} ${hash}`, line);
    }
  }
});

const input = {
  lon: [13.4, 2.35, -0.12],
  lat: [52.5, 48.86, 51.5],
  columns: { name: ["Berlin", "Paris", "London"], people: [3.7, 2.1, null], since: [new Date(0), new Date(1), null] },
};

test("a foreign decoder reads what was put in", async () => {
  const tiler = await Tiler.from(input, { name: "cities" });
  const { layers } = new VectorTile(new PbfReader(tiler.tile(0, 0, 0, { mode: "points" })));
  const layer = layers["cities"];
  assert.ok(layer);
  const found = Array.from({ length: layer.length }, (_, at) => ({ ...layer.feature(at).properties }));
  assert.deepEqual(
    found.sort((a, b) => String(a["name"]).localeCompare(String(b["name"]))),
    [{ name: "Berlin", people: 3.7, since: 0 }, { name: "London" }, { name: "Paris", people: 2.1, since: 1 }],
  );
  assert.deepEqual(tiler.lastReport, { features: 3, rows: 3, omitted: 0, cells: false });
});

test("queries are taken as objects and as texts, and a wrong one says where", async () => {
  const tiler = await Tiler.from(input, { name: "cities" });
  const query = { filter: "people > 3" };
  assert.deepEqual(tiler.tile(0, 0, 0, query), tiler.tile(0, 0, 0, "?filter=people%20%3E%203"));
  assert.equal(tiler.describe(query).rows, 1);
  assert.throws(
    () => tiler.tile(0, 0, 0, { filter: "people > 3 AND nam = 'x'" }),
    (error) => {
      assert.ok(error instanceof Problem);
      assert.deepEqual([error.status, error.parameter, error.position], [400, "filter", 15]);
      assert.match(error.line, /^filter, character 16: .*nam.*name/);
      return true;
    },
  );
  assert.throws(() => tiler.tile(3, 8, 0), /3\/8\/0|tile/);
});

test("the first view is where most rows are, and not in the ocean between", async () => {
  const around =
    (/** @type {number} */ middle, /** @type {number} */ wide) =>
    (/** @type {unknown} */ _, /** @type {number} */ at) =>
      middle + (((at * 0.618) % 1) - 0.5) * wide;
  const [france, australia] = [{ length: 3000 }, { length: 1000 }];
  const lon = Float64Array.from([...Array.from(france, around(2, 8)), ...Array.from(australia, around(145, 10))]);
  const lat = Float64Array.from([...Array.from(france, around(47, 6)), ...Array.from(australia, around(-33, 8))]);
  const tiler = await Tiler.from({ lon, lat, columns: {} }, { name: "both" });
  const { center, bounds } = tiler.tileJson();
  assert.ok(Math.abs((center?.[0] ?? 0) - 2) < 1 && Math.abs((center?.[1] ?? 0) - 47) < 1, String(center));
  assert.ok((bounds?.[0] ?? 0) < -1 && (bounds?.[2] ?? 0) > 149, String(bounds));
});

test("TileJSON and metadata are a server's", async () => {
  const tiler = await Tiler.from(input, { name: "my cities" });
  const json = tiler.tileJson({ agg: ["mean:people"], cell: 8 });
  assert.deepEqual(json.tiles, ["duotile://my%20cities/{z}/{x}/{y}?agg=mean:people&cell=8"]);
  assert.deepEqual([json.minzoom, json.maxzoom, json.dataset], [0, 22, "my cities"]);
  assert.equal(json.vector_layers[0]?.id, "my cities");
  assert.equal(json.vector_layers[0]?.fields["people_mean"], "Number");
  assert.ok(json.bounds[0] <= -0.12 && json.bounds[2] >= 13.4);
  const metadata = tiler.metadata({ filter: "people IS NOT NULL", agg: ["mean:people"] });
  assert.deepEqual([metadata.rows, metadata.rows_total], [2, 3]);
  assert.ok(metadata.measures.some(({ property }) => property === "people_mean"));
});

test("statistics, rows and what a legend needs", async () => {
  const tiler = await Tiler.from(input, { name: "cities" });
  const stats = tiler.stats("people", "", 4);
  assert.deepEqual([stats.rows, stats.nulls, stats.min, stats.max], [3, 1, 2.1, 3.7]);
  assert.equal(
    stats.histogram?.counts.reduce((sum, count) => sum + count),
    2,
  );
  const rows = tiler.rows({ filter: "people > 0" }, { limit: 1, offset: 1 });
  assert.deepEqual([rows.numberMatched, rows.features.length], [2, 1]);
  assert.equal(tiler.cells("point_count", 0).cells, 3);
  assert.throws(() => tiler.stats("peple"), /peple.*people/);
});

test("a server's subset cuts the server's tile, and knows what it covers", async () => {
  const fixture = (/** @type {string} */ name) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const subset = await Tiler.from(fixture("places.arrow"));
  const filter = "population > 10000000";
  const query = /** @type {const} */ ({
    filter,
    mode: "points",
    properties: ["geonameid", "name", "country", "population"],
  });
  assert.deepEqual(Buffer.from(subset.tile(0, 0, 0, query)), fixture("places.mvt"));
  assert.equal(subset.name, "places");
  assert.deepEqual(subset.notes, []);
  assert.deepEqual([subset.about.title, subset.about.rowsTotal], ["Places of the world", 234_908]);
  assert.match(subset.version, /^[\da-f]{16}$/);
  assert.equal(subset.covers({ filter: "population > 20000000" }), true);
  assert.equal(subset.covers({ filter: "population > 9000000" }), false);
  assert.equal(subset.covers({ filter: "population > 9000000" }, [3, 1, 2]), false);
  const { rows, rows_total } = subset.metadata({ filter: "population > 20000000" });
  assert.ok(rows > 0 && rows < subset.schema().rows && rows_total === 234_908);
});

test("a subset without the column of its ids, or of another format, is told", async () => {
  const bytes = readFileSync(new URL("fixtures/places.arrow", import.meta.url)).toString("latin1");
  /** @param {string} text @param {string} other */
  const changed = (text, other) => {
    assert.equal(bytes.split(text).length, 2);
    return Uint8Array.from(Buffer.from(bytes.replace(text, other), "latin1"));
  };
  const subset = await Tiler.from(changed('"id":"geonameid"', '"id":"removedid"'));
  assert.match(subset.notes.join(), /without its id column "removedid"/);
  await assert.rejects(Tiler.from(changed('"format":1', '"format":2')), /a subset without _outline/);
  await assert.rejects(Tiler.from(changed('"format":1', '"format":3')), /format 3, expected 1 or 2/);
});

test("what is not a subset covers everything", async () => {
  const tiler = await Tiler.from(input, { name: "cities" });
  assert.equal(tiler.covers({ filter: "people > 0" }), true);
});
