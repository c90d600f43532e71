/**
 * Tiles as a server sends them, read by two decoders that are not ours, held to each other and to DuckDB's count of the
 * same rows.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "duotile";
import { byMapbox, bySchema } from "./lib/decode.js";
import { open } from "./lib/duckdb.js";
import { serve } from "./lib/duotile.js";

const ROWS = 5000;
const folder = mkdtempSync(join(tmpdir(), "duotile-tiles-"));
/** @type {Awaited<ReturnType<typeof open>>} */
let db;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  db = await open();
  // Clustered around places, so that cells hold many rows; a text, a float, a negative integer, a flag, nulls.
  await db.run(`CREATE TABLE shops AS SELECT
      1000 + n AS id,
      13.4 + (n % 41) * 0.011 + (n * n % 97) / 911 AS lon,
      52.5 + (n % 37) * 0.007 - (n * n % 89) / 877 AS lat,
      'kind ' || (n % 5) AS kind,
      CASE WHEN n % 3 = 0 THEN NULL ELSE (n % 101) / 4 END::DOUBLE AS price,
      (n % 19) - 9 AS floor,
      n % 2 = 0 AS "open"
    FROM range(${ROWS}) t(n)`);
  await db.run(`COPY shops TO '${join(folder, "shops.csv")}' (HEADER)`);
  server = await serve(join(folder, "shops.csv"));
});
after(async () => {
  db?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * @param {string} path
 * @returns {Promise<ReturnType<typeof byMapbox>>}
 */
async function tile(path) {
  const response = await fetch(new URL(`tiles/shops/${path}`, server.base));
  if (response.status === 204) return [];
  assert.equal(response.status, 200, await response.clone().text());
  assert.equal(response.headers.get("content-type"), "application/vnd.mapbox-vector-tile");
  const bytes = new Uint8Array(await response.arrayBuffer());
  const layers = byMapbox(bytes);
  assert.deepEqual(bySchema(bytes), layers, path);
  return layers;
}

const QUERIES = [
  "",
  "agg=sum:floor,mean:price,min:price,max:price,median:price,p95:price,nunique:kind,mode:kind",
  "by=kind&cell=16",
  "shape=polygon&cell=8",
  "shape=centroid&cell=32&agg=log_count",
  "alias=supercluster,tippecanoe,quadbin&cell=64",
  "mode=points&limit=500",
  "mode=points&properties=*",
  "filter=price%20%3E%2010&properties=kind,open",
];

test("both decoders read the same from every kind of tile", async () => {
  let features = 0;
  for (const query of QUERIES) {
    for (const address of ["0/0/0", "6/34/20", "8/137/83", "9/275/167", "12/2204/1342", "14/8817/5373"]) {
      const [layer] = await tile(`${address}.mvt?${query}`);
      if (!layer) continue;
      assert.deepEqual([layer.name, layer.version, layer.extent], ["shops", 2, 4096]);
      features += layer.features.length;
      const ids = layer.features.map(({ id }) => id).filter((id) => id !== undefined);
      assert.equal(new Set(ids).size, ids.length, "an id stands twice in a tile");
    }
  }
  assert.ok(features > 5000, `only ${features} features were seen`);
});

test("a cell's measures are those that DuckDB has for the rows behind it", async () => {
  // The whole table is one cell of the world's tile.
  const [layer] = await tile(
    "0/0/0.mvt?mode=cells&cell=64&agg=sum:floor,mean:price,min:price,max:price,median:price,p95:price,nunique:kind",
  );
  assert.equal(layer?.features.length, 1);
  const sql = `SELECT unnest([count(*), sum(floor), avg(price), min(price), max(price), quantile_cont(price, 0.5),
    quantile_cont(price, 0.95), count(DISTINCT kind)]) FROM shops`;
  const theirs = await db.numbers(sql);
  const ours = layer.features[0]?.properties ?? {};
  const names = [
    "point_count",
    "floor_sum",
    "price_mean",
    "price_min",
    "price_max",
    "price_median",
    "price_p95",
    "kind_nunique",
  ];
  assert.deepEqual(Object.keys(ours).sort(), [...names].sort());
  names.forEach((name, at) => {
    const [mine, other] = [Number(ours[name]), theirs[at] ?? Number.NaN];
    assert.ok(Math.abs(mine - other) <= 1e-9 * Math.abs(other), `${name}: ${mine}, DuckDB has ${other}`);
  });
});

test("the quadbin of a cell is its square, by the bits that CARTO says", async () => {
  const asked = "mode=cells&cell=16&alias=quadbin";
  for (const [z, x, y] of /** @type {const} */ ([
    [0, 0, 0],
    [8, 137, 83],
    [12, 2204, 1342],
  ])) {
    const [layer] = await tile(`${z}/${x}/${y}.mvt?${asked}`);
    assert.ok(layer && layer.features.length > 0, `${z}/${x}/${y}`);
    for (const { properties, parts } of layer.features) {
      const bits = BigInt(`0x${properties["quadbin"]}`).toString(2).padStart(64, "0");
      // No sign, a 1, the mode of cells, nothing, then the level of 16 pixels, which 32 are side by side in a tile.
      assert.deepEqual([bits.slice(0, 5), bits.slice(5, 7), bits.slice(7, 12)], ["01001", "00", level(z + 5)]);
      const pairs = bits.slice(12, 12 + 2 * (z + 5));
      assert.match(bits.slice(12 + pairs.length), /^1*$/);
      const every = (/** @type {number} */ from) =>
        Number.parseInt([...pairs].filter((_, at) => at % 2 === from).join(""), 2);
      const [px = 0, py = 0] = parts.flat(2);
      assert.deepEqual([every(1), every(0)], [32 * x + Math.floor(px / 128), 32 * y + Math.floor(py / 128)]);
    }
  }
  const { vector_layers } = await new Server(server.base).tileJson(
    "shops",
    /** @type {any} */ ({ alias: ["quadbin"] }),
  );
  assert.equal(vector_layers[0]?.fields["quadbin"], "String");
  const refused = await fetch(new URL("tiles/shops/0/0/0.mvt?cell=h3&alias=quadbin", server.base));
  assert.deepEqual([refused.status, (await refused.json()).parameter], [400, "alias"]);
});

/** @param {number} z */
const level = (z) => z.toString(2).padStart(5, "0");

test("rows carry the values of the file", async () => {
  const filter = "id IN (1000, 1003, 1007, 2222)";
  const [layer] = await tile(`9/275/167.mvt?filter=${encodeURIComponent(filter)}&properties=*`);
  const { features } = await new Server(server.base).rows("shops", { filter });
  assert.equal(features.length, 4);
  const behind = new Map(features.map(({ id, properties }) => [Number(id), properties]));
  for (const { id, properties } of layer?.features ?? []) {
    const row = Object.entries(behind.get(Number(id)) ?? {}).filter(([, value]) => value !== null);
    assert.deepEqual(properties, Object.fromEntries(row));
  }
  const price = await db.numbers("SELECT price FROM shops WHERE id = 1007");
  assert.equal(behind.get(1007)?.["price"], price[0]);
  assert.equal(behind.get(1000)?.["price"], null);
});

test("the counts of all tiles of a zoom add up to the rows that pass", async () => {
  for (const [query, sql] of [
    ["", "TRUE"],
    ["filter=price%20%3E%2010", "price > 10"],
  ]) {
    const [expected] = await db.numbers(`SELECT count(*) FROM shops WHERE ${sql}`);
    for (const z of [0, 3, 7, 9]) {
      let sum = 0;
      const side = 2 ** z;
      // All data lies between 13° and 15° east and 52° and 53° north.
      const [first, last] = [Math.floor((193 / 360) * side), Math.floor((195 / 360) * side)];
      const row = (/** @type {number} */ lat) => {
        const sin = Math.sin((lat * Math.PI) / 180);
        return Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side);
      };
      for (let x = first; x <= last; x += 1) {
        for (let y = row(53); y <= row(52); y += 1) {
          const [layer] = await tile(`${z}/${x}/${y}.mvt?mode=cells&${query}`);
          for (const { properties } of layer?.features ?? []) sum += Number(properties["point_count"]);
        }
      }
      assert.equal(sum, expected, `zoom ${z}, ${sql}`);
    }
  }
});
