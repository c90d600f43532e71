/**
 * The round trip of a subset: whatever filter selects it, it opens in Node, and each tile of a query that it covers is the
 * server's byte for byte. Of a table with every kind of column, nulls everywhere and columns without a value; and of lines and
 * polygons, some of them over the antimeridian. And a file of cells of H3 is to the module what it is to the server.
 *
 * `SUBSETS=10000` takes so many filters, `SEED` begins elsewhere, `SUBSET_FILES` names files (with spaces between them) to
 * take them of as well.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server, Tiler, toQueryString } from "duotile";
import { byMapbox } from "./lib/decode.js";
import { open } from "./lib/duckdb.js";
import { serve } from "./lib/duotile.js";
import { queries } from "./lib/queries.js";
import { random } from "./lib/random.js";

const SUBSETS = Number(process.env["SUBSETS"] ?? 400);
const SEED = Number(process.env["SEED"] ?? 1);
const FILES = (process.env["SUBSET_FILES"] ?? "").split(" ").filter(Boolean);
const ROWS = 3000;
/** A subset of more is not taken: opening it would take longer than it tells. */
const MOST = 300_000;

const folder = mkdtempSync(join(tmpdir(), "duotile-subsets-"));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

before(async () => {
  const db = await open();
  await db.run(`CREATE TABLE points AS SELECT
      n::INTEGER * 7 AS id,
      CASE WHEN n % 97 = 0 THEN NULL ELSE (n * 37 % 3600) / 10 - 179.95 END AS lon,
      (n * 17 % 1600) / 10 - 79.95 AS lat,
      CASE WHEN n % 7 = 0 THEN NULL ELSE (n * 31 % 41) - 20 END::INTEGER AS whole,
      CASE WHEN n % 11 = 0 THEN NULL WHEN n % 13 = 0 THEN 9007199254740993 + n ELSE n * 1000003 END::BIGINT AS wide,
      CASE WHEN n % 5 = 0 THEN NULL WHEN n % 29 = 0 THEN 'nan'::DOUBLE ELSE ((n * 7919 % 997) - 498) / 8 END::DOUBLE AS real,
      CASE WHEN n % 9 = 0 THEN NULL ELSE (n % 23) / 10 END::FLOAT AS single,
      CASE WHEN n % 6 = 0 THEN NULL ELSE n % 4 = 1 END AS flag,
      CASE WHEN n % 8 = 0 THEN NULL ELSE ['', 'a', 'A', 'it''s', 'é', '日本', '🙂'][1 + n * 5 % 7] END AS word,
      CASE WHEN n % 3 = 0 THEN NULL ELSE 'k' || (n % 700) END AS many,
      CASE WHEN n % 1000 = 1 THEN 'only ' || n END AS seldom,
      CASE WHEN n = 2999 THEN 'last' END AS once,
      NULL::VARCHAR AS nothing,
      NULL::DOUBLE AS void,
      CASE WHEN n % 10 = 0 THEN NULL ELSE TIMESTAMP '2024-01-30' + to_milliseconds(n * 720050) END AS moment,
      CASE WHEN n % 4 = 0 THEN NULL ELSE DATE '1969-12-25' + (n % 40)::INTEGER END AS day,
      CASE WHEN n % 12 = 0 THEN NULL ELSE 'k' || (n % 3) END AS "odd ""name"
    FROM range(${ROWS}) t(n)`);
  await db.run(`COPY points TO '${join(folder, "points.parquet")}'`);
  db.close();
  writeFileSync(join(folder, "shapes.geojson"), JSON.stringify({ type: "FeatureCollection", features: shapes() }));
  server = await serve(join(folder, "points.parquet"), join(folder, "shapes.geojson"), ...FILES);
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lines, polygons with holes, several of each, single points and rows of nothing: small ones, and some as large as countries. */
function shapes() {
  const { below, next, pick } = random(11);
  const ring = (
    /** @type {number[]} */ [lon = 0, lat = 0],
    /** @type {number} */ size,
    /** @type {number} */ corners,
  ) => {
    const path = Array.from({ length: corners }, (_, at) => {
      const [turn, far] = [(2 * Math.PI * at) / corners, size * (0.4 + 0.6 * next())];
      return [lon + far * Math.cos(turn), lat + far * Math.sin(turn) * 0.7];
    });
    return [...path, path[0]];
  };
  return Array.from({ length: 1500 }, (_, id) => {
    const size = 10 ** (next() * 4 - 2.8);
    const middle = () => [pick([8, 8, 179.9, -60]) + next() * 4, pick([47, 47, -16, 70]) + next() * 3];
    const [at, kind] = [middle(), below(12)];
    const polygon = () => [ring(at, size, 3 + below(60)), ...(below(3) === 0 ? [ring(at, size / 4, 5)] : [])];
    const line = () => ring(middle(), size, 3 + below(30)).slice(below(2));
    const geometry = [
      null,
      { type: "Point", coordinates: at },
      { type: "MultiPolygon", coordinates: [polygon(), [ring(middle(), size / 2, 9)]] },
      { type: "MultiLineString", coordinates: [line(), line()] },
      ...Array(3).fill({ type: "LineString", coordinates: line() }),
    ][kind] ?? { type: "Polygon", coordinates: polygon() };
    const properties = {
      id,
      lanes: below(5) === 0 ? null : below(9),
      name: pick([null, "a", "ß", `k${id % 40}`]),
      size,
    };
    return { type: "Feature", geometry: kind === 0 ? null : geometry, properties };
  });
}

/**
 * Tiles in which something may be: of the world, and around places in bounds.
 *
 * @param {ReturnType<typeof random>} random
 * @param {readonly number[] | null} bounds
 */
function tile({ below, next }, bounds) {
  const [west = -180, south = -80, east = 180, north = 80] = (below(2) === 0 && bounds) || [];
  const z = below(3) === 0 ? 0 : below(bounds && east - west < 2 ? 17 : 12);
  const [lon, lat] = [
    west + next() * (east - west),
    Math.max(south, -80) + next() * (Math.min(north, 80) - Math.max(south, -80)),
  ];
  const sin = Math.sin((lat * Math.PI) / 180);
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  return /** @type {[number, number, number]} */ ([
    z,
    Math.floor((lon / 360 + 0.5) * 2 ** z),
    Math.min(Math.floor(y * 2 ** z), 2 ** z - 1),
  ]);
}

/** @param {string} address */
async function bytes(address) {
  const response = await fetch(address);
  assert.ok(response.ok, `${address}: ${response.status} ${response.ok ? "" : await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

test(`${SUBSETS} subsets of random filters open, and cut the server's tiles`, {
  timeout: 3_600_000,
}, async (context) => {
  const client = new Server(server.base);
  const { datasets } = await client.datasets();
  const described = await Promise.all(datasets.map(({ id }) => client.dataset(id)));
  const seen = { subsets: 0, empty: 0, tiles: 0, features: 0, narrower: 0, skipped: 0 };
  for (let number = 0; number < SUBSETS; number += 1) {
    const chance = random(SEED * 1_000_003 + number);
    const { next, pick, below } = chance;
    const { id, columns, time_column, bounds } = pick(described);
    // Some subsets have only some columns: then queries speak of those.
    const taken = next() < 0.25 ? columns.filter(() => next() < 0.5) : columns;
    const { filter, showing } = queries(chance, taken);
    /** @type {Record<string, string>} */
    const selects = {};
    if (next() < 0.9) selects["filter"] = filter(2);
    if (time_column !== null && taken.some(({ name }) => name === time_column) && next() < 0.2) {
      selects["datetime"] = pick([
        "../2024-02-10",
        "2024-02-01/..",
        "2024-02-03/2024-02-04T12:00:00Z",
        "2030-01-01/..",
      ]);
    }
    if (next() < 0.2) {
      const [west, south] = [next() * 360 - 180, next() * 140 - 80];
      selects["bbox"] = [west, south, west + next() * (180 - west), south + next() * 20]
        .map((at) => at.toFixed(4))
        .join();
    }
    /** @type {Record<string, string>} */
    const some = taken === columns ? {} : { properties: taken.map(({ name }) => name).join() };
    const asked = { ...selects, ...some };
    const text = (/** @type {Record<string, string>} */ query) => toQueryString(/** @type {any} */ (query));
    const where = `SEED=${SEED}, filter ${number}, ${id}?${decodeURIComponent(text(asked))}`;
    const { numberMatched: rows } = await client.rows(id, /** @type {any} */ (selects), { limit: 0 });
    if (rows > MOST) {
      seen.skipped += 1;
      continue;
    }
    const arrow = await bytes(`${server.base}datasets/${encodeURIComponent(id)}/subset.arrow?${text(asked)}`);
    const tiler = await Tiler.from(arrow).catch((error) => assert.fail(`${where}\n${error.message}`));
    try {
      assert.equal(tiler.schema().rows, rows, where);
      seen.subsets += 1;
      seen.empty += Number(rows === 0);
      for (let show = 0; show < 3; show += 1) {
        /** @type {Record<string, string>} */
        const query = { ...selects, ...showing(), ...some };
        if (selects["filter"] && below(3) === 0) query["filter"] = `(${selects["filter"]}) AND (${filter(1)})`;
        if (!tiler.covers(text(query))) {
          assert.notEqual(query["filter"], selects["filter"], `${where} does not cover itself`);
          continue;
        }
        seen.narrower += Number(query["filter"] !== selects["filter"]);
        const at = tile(chance, bounds);
        const path = `tiles/${encodeURIComponent(id)}/${at.join("/")}.mvt?${text(query)}`;
        const [there, here] = [await bytes(server.base + path), tiler.tile(...at, text(query))];
        assert.ok(Buffer.from(there).equals(here), `${where}\n${path}: ${there.length} and ${here.length} bytes`);
        seen.tiles += 1;
        seen.features += tiler.lastReport.features;
      }
    } finally {
      tiler.free();
    }
  }
  // Empty ones alone would prove little, and full ones alone.
  assert.ok(seen.empty > SUBSETS / 50 && seen.empty < 0.7 * SUBSETS, JSON.stringify(seen));
  assert.ok(seen.features > 20 * SUBSETS && seen.narrower > SUBSETS / 20, JSON.stringify(seen));
  context.diagnostic(JSON.stringify(seen));
});

/** Cells of resolutions 0 to 15 by Python's h3 4.5.0: pentagons, those at the poles, over the antimeridian, and others. */
const CELLS = `8009fffffffffff 80c3fffffffffff 8001fffffffffff 80f3fffffffffff 809bfffffffffff 8017fffffffffff 801ffffffffffff
  81083ffffffffff 81623ffffffffff 81033ffffffffff 81f2bffffffffff 819b7ffffffffff 81167ffffffffff 811f3ffffffffff 81007ffffffffff
  830800fffffffff 83ea00fffffffff 830326fffffffff 83f291fffffffff 839b43fffffffff 831659fffffffff 831f18fffffffff 830052fffffffff
  860800007ffffff 867400007ffffff 860326357ffffff 86f291457ffffff 869b43637ffffff 861659aefffffff 861f18b27ffffff 860052a2fffffff
  89080000003ffff 89ea0000003ffff 890326352d7ffff 89f291454b7ffff 899b4363473ffff 891659acc93ffff 891f1d48b67ffff 890052a294bffff
  8d080000000003f 8dea0000000003f 8d0326352d4283f 8df291454b4e0bf 8d9b4363470c9bf 8d1659acc9197bf 8d1f1d48b6519bf 8d0052a2948167f
  8f0800000000000 8fd600000000000 8f0326352d4282e 8ff291454b4e08d 8f9b4363470c9a5 8f1659acc919799 8f1f1d48b651985 8f0052a29481645`;

test("a file of cells of H3 is to the module what it is to the server, and so is a subset of it", async () => {
  const cells = CELLS.split(/\s+/);
  // No cell, a number that is none, one digit of another; and the same cell in other forms.
  const odd = ["", "ffffffff", "8928308280fff0f", "18928308280fffff", "n/a"];
  const forms = ["0x8928308280fffff", "8928308280FFFFF", "617700169958293503", " 8928308280fffff"];
  const rows = [...cells, ...odd, ...forms].map((cell, at) => `${cell},${at},${at % 3 ? "a" : "b"}`);
  const csv = `h3,signal,kind\n${rows.join("\n")}\n`;
  writeFileSync(join(folder, "cells.csv"), csv);
  const own = await serve(join(folder, "cells.csv"));
  try {
    const whole = await Tiler.from(csv, { name: "cells" });
    const about = await new Server(own.base).dataset("cells");
    assert.deepEqual(whole.schema().rows, cells.length + forms.length);
    assert.deepEqual([about.rows, about.rows_without_position], [whole.schema().rows, odd.length]);
    assert.equal(whole.schema().unusable, odd.length);
    const filter = "signal > 10";
    const arrow = await bytes(`${own.base}datasets/cells/subset.arrow?${toQueryString({ filter })}`);
    const some = await Tiler.from(arrow);
    /** @type {[number, number, number][]} */
    const tiles = [0, 1, 2].flatMap((z) => Array.from({ length: 4 ** z }, (_, at) => [z, at >> z, at % 2 ** z]));
    for (const { geometry } of /** @type {any[]} */ (whole.rows("", { limit: 100 }).features)) {
      const [lon, lat] = geometry.coordinates;
      const y = 0.5 - Math.asinh(Math.tan((Math.max(-85, Math.min(lat, 85)) * Math.PI) / 180)) / (2 * Math.PI);
      for (const z of [5, 15]) tiles.push([z, Math.floor((lon / 360 + 0.5) * 2 ** z) % 2 ** z, Math.floor(y * 2 ** z)]);
    }
    let drawn = 0;
    for (const query of [
      "mode=cells&cell=h3&agg=max:signal",
      "mode=cells&cell=h3&res=1&by=kind",
      "mode=cells&cell=h3&shape=point",
      "mode=cells&cell=16&alias=quadbin&agg=mean:signal",
      "mode=points&properties=signal,kind",
    ]) {
      for (const [tiler, text] of /** @type {const} */ ([
        [whole, query],
        [some, `${query}&filter=${encodeURIComponent(filter)}`],
      ])) {
        for (const tile of tiles) {
          const path = `tiles/cells/${tile.join("/")}.mvt?${text}`;
          const [there, here] = [await bytes(own.base + path), tiler.tile(...tile, text)];
          assert.ok(Buffer.from(there).equals(here), `${path}: ${there.length} and ${here.length} bytes`);
          drawn += tiler.lastReport.features;
        }
      }
    }
    assert.ok(drawn > 1000, String(drawn));
    // The rows of each hexagon are those that it counts, on both sides.
    const hexagons = byMapbox(whole.tile(0, 0, 0, "mode=cells&cell=h3&res=2&shape=point"))[0]?.features ?? [];
    let rowsIn = 0;
    for (const { properties } of hexagons) {
      const h3 = String(properties["h3"]);
      const [here, there] = [whole.rows("", { h3 }), await new Server(own.base).rows("cells", {}, { h3 })];
      assert.equal(here.numberMatched, properties["point_count"], h3);
      const ids = (/** @type {typeof here} */ { features }) => features.map(({ id }) => id);
      assert.deepEqual(ids(here), ids(there), h3);
      rowsIn += here.numberMatched;
    }
    assert.equal(rowsIn, whole.schema().rows);
    assert.throws(() => whole.rows("", { h3: "8928308280fff0f" }), /index of a cell of H3/);
    whole.free();
    some.free();
  } finally {
    await own.stop();
  }
});
