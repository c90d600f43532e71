/**
 * Files of rows, read by an engine that is not ours: every value of every type is the one that DuckDB wrote to the file
 * that is served.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "duotile";
import { open } from "./lib/duckdb.js";
import { serve } from "./lib/duotile.js";
import { ofPage } from "./lib/page.js";

/** @type {typeof import("../../web/src/share/rows")} */
const { isOutlined, linesOf } = await ofPage("share/rows");
/** @type {typeof import("../../web/src/answers/gather")} */
const { tabbed } = await ofPage("answers/gather");
/** @type {typeof import("../../web/src/tiles/geometry")} */
const { boxOf } = await ofPage("tiles/geometry");

const folder = mkdtempSync(join(tmpdir(), "duotile-downloads-"));
/** @type {Awaited<ReturnType<typeof open>>} */
let db;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

/** Texts that a careless file of commas loses. */
const TEXTS = ["", "a,b", 'say "no"', "two\nlines", "two\r\nlines", " padded ", "NULL", "NA", "007", "é 日本 🙂", "'"];

before(async () => {
  db = await open();
  const list = TEXTS.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
  await db.run(`CREATE TABLE points AS SELECT
      n::INTEGER AS key,
      (n * 37 % 360) - 179.5 AS lon,
      (n * 17 % 160) - 79.5 AS lat,
      CASE WHEN n % 11 = 0 THEN NULL WHEN n % 13 = 0 THEN 9007199254740993 + n ELSE n * 1000003 END::BIGINT AS wide,
      CASE WHEN n % 5 = 0 THEN NULL ELSE ((n * 7919 % 997) - 498) / 7 END::DOUBLE AS real,
      CASE WHEN n % 6 = 0 THEN NULL ELSE n % 4 = 1 END AS flag,
      CASE WHEN n % 8 = 0 THEN NULL ELSE [${list}][1 + n * 5 % ${TEXTS.length}] END AS "odd, name",
      CASE WHEN n % 10 = 0 THEN NULL ELSE TIMESTAMP '2024-01-30' + to_milliseconds(n * 7200500) END AS moment
    FROM range(5000) t(n)`);
  const file = join(folder, "points.parquet");
  await db.run(`COPY points TO '${file}'`);
  server = await serve(file, "--id", "key");
});
after(async () => {
  db?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How many rows one has and the other has not, on both sides. */
const difference = (/** @type {string} */ a, /** @type {string} */ b) =>
  db.numbers(`SELECT count(*) FROM ((${a} EXCEPT ALL ${b}) UNION ALL (${b} EXCEPT ALL ${a}))`);

const COLUMNS = 'key, wide, "real", flag, "odd, name", moment';

test("DuckDB reads a CSV as the rows that pass, value by value", async () => {
  const client = new Server(server.base);
  const response = await fetch(client.download("points", { filter: "key > 99" }, "csv"));
  const file = join(folder, "rows.csv");
  writeFileSync(file, await response.text());
  assert.equal(response.headers.get("duotile-rows"), "4900");
  const types = `{id: 'BIGINT', lon: 'DOUBLE', lat: 'DOUBLE', key: 'INTEGER', wide: 'BIGINT', "real": 'DOUBLE',
    flag: 'BOOLEAN', "odd, name": 'VARCHAR', moment: 'TIMESTAMPTZ'}`;
  await db.run(`CREATE TABLE csv AS FROM read_csv('${file}', header = true, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, strict_mode = true, columns = ${types})`);
  const read = `SELECT ${COLUMNS.replace("moment", "moment::TIMESTAMP")} FROM csv`;
  assert.deepEqual(await difference(`SELECT ${COLUMNS} FROM points WHERE key > 99`, read), [0]);
  // Positions are kept to about a centimetre.
  const far = `SELECT count(*) FROM csv JOIN points USING (key)
    WHERE csv.id <> key OR abs(csv.lon - points.lon) > 2e-7 OR abs(csv.lat - points.lat) > 2e-7`;
  assert.deepEqual(await db.numbers(far), [0]);
});

test("DuckDB reads a GeoParquet as the rows that pass, its boxes among them", async () => {
  const client = new Server(server.base);
  const response = await fetch(client.download("points", { filter: "key > 99" }, "parquet"));
  const file = join(folder, "rows.parquet");
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  const read = `SELECT ${COLUMNS.replace("moment", "moment::TIMESTAMP")} FROM '${file}'`;
  assert.deepEqual(await difference(`SELECT ${COLUMNS} FROM points WHERE key > 99`, read), [0]);
  // A point is its box, and DuckDB takes the column for geometries by what the file says of it.
  const far = `SELECT count(*) FROM '${file}' rows JOIN points USING (key)
    WHERE abs(bbox.xmin - points.lon) > 2e-7 OR abs(bbox.ymax - points.lat) > 2e-7
      OR bbox.xmin <> bbox.xmax OR bbox.ymin <> bbox.ymax OR typeof(geometry) NOT LIKE 'GEOMETRY%'`;
  assert.deepEqual(await db.numbers(far), [0]);
  const [groups] = await db.numbers(`SELECT count(*) FROM parquet_metadata('${file}')
    WHERE path_in_schema LIKE '%xmin' AND stats_max_value IS NOT NULL`);
  assert.ok(groups, "row groups say the boxes of their rows");
});

test("a GeoJSON has the same features", async () => {
  const client = new Server(server.base);
  const query = { bbox: /** @type {const} */ ([-60, -40, 60, 40]), properties: ["wide", "flag"] };
  const { type, features } = await (await fetch(client.download("points", query, "geojson"))).json();
  assert.equal(type, "FeatureCollection");
  const [count] = await db.numbers(
    "SELECT count(*) FROM points WHERE lon BETWEEN -60 AND 60 AND lat BETWEEN -40 AND 40",
  );
  assert.ok(count && features.length === count);
  const file = join(folder, "rows.json");
  writeFileSync(file, JSON.stringify(features.map((/** @type {any} */ one) => ({ key: one.id, ...one.properties }))));
  const read = `SELECT key, wide, flag FROM read_json('${file}',
    columns = {key: 'INTEGER', wide: 'BIGINT', flag: 'BOOLEAN'})`;
  const written = `SELECT key, wide, flag FROM points WHERE lon BETWEEN -60 AND 60 AND lat BETWEEN -40 AND 40`;
  assert.deepEqual(await difference(written, read), [0]);
});

test("rows that are more than points are written by the page with the geometries that the server writes", async () => {
  const square = (/** @type {number} */ west, /** @type {number} */ south, /** @type {number} */ side) => [
    ...[
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
    ],
    [west, south],
  ];
  /** Kinds of geometries, and the box of each. @type {[string, unknown, number[]][]} */
  const shapes = [
    ["Point", [5.5, -6], [5.5, -6, 5.5, -6]],
    [
      "MultiPoint",
      [
        [1, 2],
        [3, 4.25],
      ],
      [1, 2, 3, 4.25],
    ],
    [
      "LineString",
      [
        [5, 6],
        [7, 8],
        [6, 9.5],
      ],
      [5, 6, 7, 9.5],
    ],
    [
      "MultiLineString",
      [
        [
          [10, 1],
          [11, 2],
        ],
        [
          [12, 3],
          [13, 4],
        ],
      ],
      [10, 1, 13, 4],
    ],
    ["Polygon", [square(20, 40, 4), square(21, 41, 1).reverse()], [20, 40, 24, 44]],
    ["MultiPolygon", [[square(179, 0, 1)], [square(-180, 0, 2)]], [179, 0, 182, 2]],
  ];
  const features = shapes.map(([type, coordinates], n) => ({
    type: "Feature",
    properties: { n, text: n === 2 ? 'say "no", or' : null },
    geometry: { type, coordinates },
  }));
  const file = join(folder, "shapes.geojson");
  writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
  const shapely = await serve(file);
  const client = new Server(shapely.base);
  const { geometry_types: types } = await client.dataset("shapes");
  assert.ok(isOutlined({ geometry_types: types ?? [] }));
  assert.ok(!isOutlined({ geometry_types: ["Point"] }) && !isOutlined({}));
  const { features: rows } = await client.rows("shapes", { properties: ["n", "text"] });
  const text = await (await fetch(client.download("shapes", { properties: ["n", "text"] }, "csv"))).text();
  await shapely.stop();
  // The server has the number of a row and a point of it before its geometry.
  const [names, ...lines] = text.trimEnd().split("\r\n");
  assert.equal(names, "id,lon,lat,geometry,n,text");
  const written = linesOf(rows, ["n", "text"], true).map((line) => line.trimEnd());
  assert.deepEqual(written, ["geometry,n,text", ...lines.map((line) => line.replace(/^[^,]*,[^,]*,[^,]*,/, ""))]);
  const copied = tabbed(/** @type {any} */ (rows), ["n"], true).split("\n");
  assert.deepEqual([copied[0], copied.length], ["geometry\tn", 1 + shapes.length]);
  assert.ok(copied.includes("LINESTRING (5 6,7 8,6 9.5)\t2"));
  for (const { geometry, properties } of /** @type {any[]} */ (rows)) {
    assert.deepEqual(boxOf(geometry), shapes[properties["n"]]?.[2], geometry.type);
  }
  assert.equal(boxOf(null), undefined);
});

test("what says how tiles are drawn is refused, as a file has all rows that pass", async () => {
  const client = new Server(server.base);
  for (const format of /** @type {const} */ (["csv", "geojson", "geojsonl", "fgb", "parquet"])) {
    for (const query of [{ limit: 10 }, { mode: "cells" }, { agg: ["sum:real"] }]) {
      const response = await fetch(client.download("points", /** @type {any} */ (query), format));
      const [name] = Object.keys(query);
      assert.equal(response.status, 400, `${format} ${name}`);
      assert.match(await response.text(), new RegExp(`a file has all rows that pass, which ${name} does not change`));
    }
  }
  const rows = await fetch(
    client.download("points", { filter: "key > 4990", rank: "real", properties: ["key"] }, "csv"),
  );
  assert.equal(rows.headers.get("duotile-rows"), "9");
});
