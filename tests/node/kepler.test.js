/**
 * What Kepler.gl does with an address that is pasted into it, step by step, so that whatever it needs is there. Its own
 * loader of metadata (`TileJSONLoader` of loaders.gl) reads ours.
 */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parse } from "@loaders.gl/core";
import { TileJSONLoader } from "@loaders.gl/mvt";
import { byMapbox } from "./lib/decode.js";
import { serve } from "./lib/duotile.js";

const ORIGIN = "https://kepler.gl";

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {string} */
let dataset;

before(async () => {
  // The built-in places, which have texts, whole numbers and characters of every script.
  server = await serve();
  const catalog = await json("datasets");
  dataset = catalog.default;
});
after(() => server?.stop());

/** @param {string} address */
async function json(address) {
  const response = await fetch(new URL(address, server.base), { headers: { origin: ORIGIN } });
  assert.equal(response.status, 200, `${address}: ${await response.clone().text()}`);
  return response.json();
}

/**
 * Registers a query, which may hold what Kepler.gl would break in a query string.
 *
 * @param {string} query
 */
async function token(query) {
  const response = await fetch(new URL(`tiles/${dataset}/q`, server.base), { method: "POST", body: query });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
}

/** The metadata address that Kepler.gl guesses: what stands before `{z}`, and `metadata.json`. */
const guess = (/** @type {string} */ tiles) => `${tiles.slice(0, tiles.indexOf("{z}"))}metadata.json`;

test("the metadata lies where it is guessed, without and with a token", async () => {
  const { tiles } = await json(`tiles/${dataset}/tilejson.json`);
  assert.equal((await json(guess(tiles[0]))).rows, (await json("datasets")).datasets[0].rows);
  const filtered = await token("filter=country%20%3D%20'LI'");
  assert.equal(filtered.kepler.metadata, guess(filtered.kepler.tileset));
  const metadata = await json(guess(filtered.kepler.tileset));
  assert.ok(metadata.rows > 0 && metadata.rows < metadata.rows_total, "the filter was lost on the way");
});

test("a tile address survives decodeURIComponent", async () => {
  const { kepler } = await token(`mode=cells&filter=${encodeURIComponent("name LIKE '%é%' AND name <> '50 %+&#'")}`);
  const template = decodeURIComponent(kepler.tileset);
  const address = template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0");
  const response = await fetch(address);
  assert.equal(response.status, 200);
  const [layer] = byMapbox(new Uint8Array(await response.arrayBuffer()));
  const sum = layer?.features.reduce((sum, { properties }) => sum + Number(properties["point_count"]), 0);
  assert.equal(sum, (await json(guess(template))).rows);
});

test("the loader of Kepler.gl finds frame, zooms, layer and every field with its range", async () => {
  for (const query of ["", "agg=sum:population,mean:population&mode=cells", "mode=points", "by=continent&mode=cells"]) {
    const raw = await json(`tiles/${dataset}/metadata.json?${query}`);
    /** @type {any} */
    const read = await parse(JSON.stringify(raw), TileJSONLoader);
    const [west, south] = read.boundingBox[0];
    const [east, north] = read.boundingBox[1];
    assert.ok(west < east && south < north && [west, east].every((x) => Math.abs(x) <= 180), String(read.boundingBox));
    assert.ok([south, north].every((y) => Math.abs(y) <= 90));
    assert.equal(read.center.length, 3);
    assert.deepEqual([read.minZoom, read.maxZoom], [0, 22]);
    assert.equal(read.layers.length, 1, "Kepler.gl merges layers: there must be one");
    assert.equal(read.layers[0].name, raw.vector_layers[0].id);
    const fields = new Map(read.layers[0].fields.map((/** @type {{ name: string }} */ field) => [field.name, field]));
    assert.deepEqual([...fields.keys()].sort(), Object.keys(raw.vector_layers[0].fields).sort());
  }
});

test("statistics are told of every attribute, in types that Kepler.gl knows", async () => {
  for (const query of ["", "agg=min:population,mode:country&mode=cells", "mode=points&properties=*"]) {
    const { tilestats, vector_layers, json: inner } = await json(`tiles/${dataset}/metadata.json?${query}`);
    assert.deepEqual(JSON.parse(inner).tilestats, tilestats);
    assert.equal(tilestats.layerCount, tilestats.layers.length);
    const [layer] = tilestats.layers;
    assert.equal(layer.layer, vector_layers[0].id);
    assert.equal(layer.attributeCount, layer.attributes.length);
    assert.ok(layer.count > 0 && ["Point", "Polygon"].includes(layer.geometry));
    for (const { attribute, type, values, min, max, count } of layer.attributes) {
      assert.ok(["number", "string", "boolean"].includes(type), `${attribute} is ${type}`);
      assert.ok(Array.isArray(values) && Number.isInteger(count), attribute);
      // Without both, the scale of a number would be [NaN, NaN].
      if (type === "number")
        assert.ok(Number.isFinite(min) && Number.isFinite(max) && min <= max, `${attribute} ${min} ${max}`);
    }
  }
});

test("what tiles carry is what the metadata says, and within its ranges", async () => {
  const query = "agg=sum:population,mean:population&mode=cells";
  const { tilestats } = await json(`tiles/${dataset}/metadata.json?${query}`);
  const known = new Map(tilestats.layers[0].attributes.map((/** @type {any} */ one) => [one.attribute, one]));
  const response = await fetch(new URL(`tiles/${dataset}/3/4/2.mvt?${query}`, server.base));
  const [layer] = byMapbox(new Uint8Array(await response.arrayBuffer()));
  assert.ok(layer && layer.features.length > 1000);
  for (const { properties } of layer.features) {
    for (const [name, value] of Object.entries(properties)) {
      const { min, max } = known.get(name) ?? assert.fail(`${name} is not in the metadata`);
      assert.ok(min <= Number(value) && Number(value) <= max, `${name} = ${value} is not in ${min} … ${max}`);
    }
  }
});

test("counts by period are named as Kepler.gl animates them", async () => {
  const { tilestats } = await json(`tiles/${dataset}/metadata.json?mode=cells&by=continent`);
  const names = tilestats.layers[0].attributes.map((/** @type {any} */ one) => one.attribute);
  assert.ok(names.length > 2, String(names));
  // A bar is kept for periods: elsewhere it would be taken for a time.
  assert.ok(
    names.every((/** @type {string} */ name) => !/(^|[^\\])\|/.test(name)),
    String(names),
  );
});

test("Kepler.gl may read every answer, errors too", async () => {
  const paths = [
    `tiles/${dataset}/metadata.json`,
    `tiles/${dataset}/0/0/0.pbf`,
    `tiles/${dataset}/metadata.json?filter=nowhere=1`,
    "tiles/nowhere/metadata.json",
  ];
  const statuses = [];
  for (const path of paths) {
    const response = await fetch(new URL(path, server.base), { headers: { origin: ORIGIN } });
    statuses.push(response.status);
    const allowed = response.headers.get("access-control-allow-origin");
    assert.ok(allowed === ORIGIN || allowed === "*", `${path}: ${allowed}`);
  }
  assert.deepEqual(statuses, [200, 200, 400, 404]);
});

test("an empty tile is no error", async () => {
  const response = await fetch(new URL(`tiles/${dataset}/10/0/0.mvt`, server.base));
  assert.equal(response.status, 204);
  assert.equal((await response.arrayBuffer()).byteLength, 0);
});

test("the ids of features are whole numbers that JavaScript holds, each once in a tile", async () => {
  const response = await fetch(new URL(`tiles/${dataset}/4/8/5.mvt`, server.base));
  const [layer] = byMapbox(new Uint8Array(await response.arrayBuffer()));
  const ids = layer?.features.map(({ id }) => id) ?? [];
  assert.ok(ids.length > 100 && ids.every((id) => Number.isSafeInteger(id)));
  assert.equal(new Set(ids).size, ids.length);
});
