/**
 * What the page finds by itself: tiles as other decoders read them, cells in their order, the frame of what passes, and the
 * first rows of many, each against a look at all rows.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "duotile";
import { byMapbox } from "./lib/decode.js";
import { serve } from "./lib/duotile.js";
import { ofPage, standIn } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/tiles/decode")} */
const { decode } = await ofPage("tiles/decode");
/** @type {typeof import("../../web/src/tiles/cells")} */
const { cellsIn } = await ofPage("tiles/cells");
/** @type {typeof import("../../web/src/tiles/frame")} */
const { frameOfQuery } = await ofPage("tiles/frame");
/** @type {typeof import("../../web/src/answers/rank")} */
const { rank } = await ofPage("answers/rank");
/** @type {typeof import("../../web/src/answers/gather")} */
const { allOf, inOrder, tabbed } = await ofPage("answers/gather");
/** @type {typeof import("../../web/src/answers/drawn")} */
const { drawnOn } = await ofPage("answers/drawn");

/** @type {typeof import("../../web/src/map/behind")} */
const { behind, boxBehind, cellOf } = await ofPage("map/behind");
/** @type {typeof import("../../web/src/map/tables")} */
const { called, labelOf, said, table } = await ofPage("map/tables");

standIn();
/** @type {typeof import("../../web/src/map/met") & typeof import("../../web/src/state")} */
const met = await ofPage("map/met", "state");

const folder = mkdtempSync(join(tmpdir(), "duotile-answers-"));
const ROWS = 50_000;

/**
 * @typedef {{ id: number, lon: number, lat: number, fare: number | null, seats: number, seen: string, kind: string }} Row
 * @type {Row[]}
 */
const rows = [];
/** @type {Awaited<ReturnType<typeof serve>>} */
let program;
/** @type {Server} */
let server;
/** As much of a source as is asked here. @type {any} */
let source;

before(async () => {
  const { next } = random(3);
  for (let id = 0; id < ROWS; id += 1) {
    // About Fiji, on both sides of the antimeridian; a few of one kind in Paris.
    const paris = id % 5000 === 0;
    const lon = paris ? 2.35 + next() * 0.01 : 175 + next() * 10;
    rows.push({
      id,
      lon: Number((lon > 180 ? lon - 360 : lon).toFixed(5)),
      lat: Number((paris ? 48.85 + next() * 0.01 : -20 + next() * 5).toFixed(5)),
      fare: id % 97 === 0 ? null : Number((next() ** 8 * 1e6).toFixed(3)),
      seats: Math.floor(next() * 4),
      seen: new Date(Date.UTC(2024, 0, 1) + Math.floor(next() * 3e10)).toISOString(),
      kind: paris ? "paris" : "fiji",
    });
  }
  const lines = rows.map((row) => Object.values(row).join(","));
  writeFileSync(join(folder, "trips.csv"), `${Object.keys(rows[0] ?? {}).join()}\n${lines.join("\n")}\n`);
  program = await serve(join(folder, "trips.csv"));
  server = new Server(program.base);
  const tile = async (/** @type {string} */ id, /** @type {number[]} */ [z, x, y], /** @type {string} */ text) => {
    const response = await fetch(`${program.base}tiles/${id}/${z}/${x}/${y}.mvt?${text}`);
    assert.ok(response.ok, `${response.status} ${text}`);
    return { value: new Uint8Array(await response.arrayBuffer()) };
  };
  const parts =
    (/** @type {string} */ name) =>
    async (/** @type {any[]} */ ...all) => ({
      value: await /** @type {any} */ (server)[name](...all),
    });
  source = { tile, rows: parts("rows"), stats: parts("stats"), metadata: parts("metadata") };
});
after(async () => {
  await program?.stop();
  rmSync(folder, { recursive: true });
});

test("a tile is read as another decoder reads it", async () => {
  for (const query of ["", "agg=mean:fare,mode:kind&shape=polygon&cell=2", "mode=points&properties=*"]) {
    for (const tile of ["0/0/0", "4/15/8", "4/0/8", "9/258/176"]) {
      const response = await fetch(`${program.base}tiles/trips/${tile}.mvt?${query}`);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const [mine, other] = [decode(bytes), byMapbox(bytes)];
      assert.equal(mine.length, other.length);
      for (const [at, { name, extent, features }] of other.entries()) {
        assert.deepEqual([mine[at]?.name, mine[at]?.extent], [name, extent]);
        const told = mine[at]?.features.map(({ id, shape, properties, parts }) => ({
          id,
          type: shape,
          properties,
          parts: parts.map((part) => {
            const points = part.flatMap((x, i) => (i % 2 === 0 ? [[x, part[i + 1]]] : []));
            // Rings are closed by a command, which the other writes out.
            return shape === 3 ? [...points, points[0]] : points;
          }),
        }));
        assert.deepEqual(told, features);
      }
    }
  }
  assert.throws(() => decode(new Uint8Array([26, 9, 1])), /no vector tile/);
});

test("the densest cells of a view are those of a count over all rows, and a measure's extremes too", async () => {
  const z = 6;
  const cells = await cellsIn(source, "trips", { cell: 32, agg: ["mean:fare"], properties: [] }, z, [170, -30, 190, 0]);
  const side = 2 ** z * (512 / 32);
  /** @type {Map<string, Row[]>} */
  const counted = new Map();
  for (const row of rows) {
    if (row.kind === "paris") continue;
    const sine = Math.sin((row.lat * Math.PI) / 180);
    const y = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
    const key = `${Math.floor(((row.lon + 180) / 360) * side)} ${Math.floor(y * side)}`;
    counted.set(key, [...(counted.get(key) ?? []), row]);
  }
  assert.equal(
    cells.reduce((sum, { count }) => sum + count, 0),
    rows.filter(({ kind }) => kind === "fiji").length,
  );
  const counts = [...counted.values()].map(({ length }) => length).sort((a, b) => b - a);
  assert.deepEqual(
    rank(cells, undefined, false, 1).map(({ value }) => value),
    counts.slice(0, 20),
  );
  assert.deepEqual(
    rank(cells, undefined, true, 1).map(({ value }) => value),
    counts.reverse().slice(0, 20),
  );
  const means = [...counted.values()]
    .filter((rows) => rows.length >= 50)
    .map((rows) => rows.flatMap(({ fare }) => fare ?? []))
    .map((fares) => fares.reduce((sum, fare) => sum + fare, 0) / fares.length)
    .sort((a, b) => b - a);
  const found = rank(cells, "fare_mean", false, 50);
  assert.equal(found.length, 20);
  found.forEach(({ value }, at) => {
    assert.ok(Math.abs(value / (means[at] ?? 0) - 1) < 1e-9, `${at}: ${value}, expected ${means[at]}`);
  });
});

test("the frame of what passes is that of its rows, across the antimeridian and however small", async () => {
  const near = (/** @type {readonly number[] | undefined} */ found, /** @type {number[]} */ expected, slack = 1e-3) => {
    const round = (found?.[0] ?? 0) < 0 ? 360 : 0;
    const moved = found?.map((edge, at) => edge + (at % 2 === 0 ? round : 0));
    assert.ok(
      moved?.every((edge, at) => Math.abs(edge - (expected[at] ?? 0)) < slack),
      `${found}, expected ${expected}`,
    );
  };
  const extent = (/** @type {Row[]} */ some) => {
    const [lons, lats] = [some.map(({ lon }) => lon + (lon < 0 ? 360 : 0)), some.map(({ lat }) => lat)];
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  };
  const paris = rows.filter(({ kind }) => kind === "paris");
  near(await frameOfQuery(source, "trips", { filter: "kind = 'paris'" }, false), extent(paris));
  const fiji = await frameOfQuery(source, "trips", { filter: "kind = 'fiji'" }, false);
  near(fiji, extent(rows.filter(({ kind }) => kind === "fiji")), 0.05);
  const one = rows[4321] ?? assert.fail();
  near(await frameOfQuery(source, "trips", { filter: "id = 4321" }, false), extent([one]));
  assert.equal(await frameOfQuery(source, "trips", { filter: "id < 0" }, false), undefined);
});

test("what is met is what lies under the pointer, on every copy of the world, and what is near it is not around the world", () => {
  const layer = met.makeLayer([], "trips");
  const drawable = /** @type {any} */ ({ layer, loaded: { tileJson: { vector_layers: [] } } });
  /** Cells as large as a degree, nearly, by their middles. @param {number[]} lngs */
  const cells = (lngs) =>
    lngs.map((lng, at) => {
      const ring = [-0.4, 0.4].map((away) => [lng + away, away]);
      const geometry = { type: "Polygon", coordinates: [ring] };
      return { type: "Feature", geometry, properties: { point_count: at + 1 } };
    });
  /** A map of ten pixels a degree; like MapLibre's it tells features of a copy at their first places. */
  const map = (/** @type {any[]} */ found, /** @type {number} */ west) =>
    /** @type {any} */ ({
      getLayer: () => ({ type: "raster" }),
      getCenter: () => ({ lng: west + 50, lat: 0 }),
      queryRenderedFeatures: () => [...found],
      project: (/** @type {number[]} */ [lng = 0, lat = 0]) => ({ x: (lng - west) * 10, y: 300 - lat * 10 }),
      unproject: (/** @type {number[]} */ [x = 0, y = 0]) => ({ lng: west + x / 10, lat: (300 - y) / 10 }),
    });
  // As told, the second is nearer to where the pointer is on each of these.
  const all = cells([-178.5, -177.5]);
  for (const copy of [-720, -360, 0, 360, 720]) {
    const at = met.at(map(all, -190 + copy), [drawable], [113, 300]);
    assert.equal(at?.feature, all[0], `${copy}`);
    const [lng] = met.placeOf(map(all, -190 + copy), /** @type {any} */ (all[0]), [113, 300]);
    assert.ok(Math.abs(lng - (-178.5 + copy)) < 1e-9, `${lng}`);
  }
  const both = cells([179.5, -179.5, 178.5]);
  const near = met.around(map(both, 130), { feature: /** @type {any} */ (both[0]), drawable }, [495, 300]);
  assert.equal(near?.more, 5);
  const due = [178.1, -0.4, -179.1, 0.4];
  assert.ok(
    near?.box.every((edge, at) => Math.abs(edge - (due[at] ?? 0)) < 1e-9),
    `${near?.box}`,
  );
});

test("what a table tells is in the order of what it is given, also where names are numbers", () => {
  const { document } = globalThis;
  const createElement = () => ({
    children: /** @type {any[]} */ ([]),
    append(/** @type {any[]} */ ...all) {
      this.children.push(...all);
    },
  });
  Object.assign(globalThis, { document: { ...document, createElement } });
  const pairs = /** @type {const} */ ([
    ["10", "70 (70 %)"],
    ["b", "20 (20 %)"],
    ["2", "10 (10 %)"],
  ]);
  const made = /** @type {any} */ (table(pairs, []));
  Object.assign(globalThis, { document });
  const told = made.children.map((/** @type {any} */ row) =>
    row.children.map((/** @type {any} */ { children: [text] }) => text),
  );
  assert.deepEqual(told, pairs);
});

test("the first rows of many by a number or a time are those of all rows in order", async () => {
  const dataset = await server.dataset("trips");
  const asked = { dataset: "trips", title: "", query: {} };
  const { signal } = new AbortController();
  for (const column of /** @type {const} */ (["fare", "seen", "id"])) {
    for (const down of [true, false]) {
      const { rows: found, matched } = await inOrder(source, dataset, asked, { column, down }, ROWS, signal);
      assert.equal(matched <= ROWS, true);
      const value = (/** @type {any} */ it) => (column === "seen" ? Date.parse(it) : it);
      const all = rows
        .flatMap((row) => (row[column] === null ? [] : [value(row[column])]))
        .sort((a, b) => (down ? b - a : a - b));
      assert.equal(found.length, 1000, `${column} ${down}`);
      assert.deepEqual(
        found.map(({ properties }) => value(properties[column])),
        all.slice(0, 1000),
        `${column} ${down}`,
      );
    }
  }
  await assert.rejects(inOrder(source, dataset, asked, { column: "kind", down: true }, ROWS, signal), /too many/);
  // Asked for before anybody has told how many rows there are.
  const early = await inOrder(source, dataset, asked, { column: "fare", down: true }, undefined, signal);
  assert.deepEqual([early.matched, early.rows.length], [ROWS, 1000]);
});

test("rows that are not too many are sorted whole, those without a value last, and copied line by line", async () => {
  const dataset = await server.dataset("trips");
  const asked = { dataset: "trips", title: "", query: { filter: "id < 15000" } };
  const { signal } = new AbortController();
  const whole = await allOf(source, asked, signal);
  assert.equal(whole.rows.length, 15_000);
  const { rows: found } = await inOrder(source, dataset, asked, { column: "fare", down: true }, 15_000, signal);
  const fares = rows.slice(0, 15_000).flatMap(({ fare }) => fare ?? []);
  const got = found.map(({ properties }) => properties["fare"]);
  assert.deepEqual(
    got.slice(0, fares.length),
    fares.sort((a, b) => b - a),
  );
  assert.ok(got.slice(fares.length).every((fare) => fare === null));
  const text = tabbed(found.slice(0, 2), ["id", "kind"], false).split("\n");
  assert.equal(text[0], "lon\tlat\tid\tkind");
  assert.equal(text.length, 3);
  assert.match(text[1] ?? "", /^-?\d+\.\d+\t-?\d+\.\d+\t\d+\t(fiji|paris)$/);
});

test("the rows behind a feature are those that it counts, also where its id is longer than a number is exact", async () => {
  const { lon, lat } = rows[7] ?? assert.fail();
  const wide = new Set();
  for (const z of [3, 9, 14, 19, 20, 21, 22]) {
    const [x, y] = [(lon + 180) / 360, 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)];
    const tile = [x, y].map((at) => Math.floor(at * 2 ** z));
    // As points are asked for: 8 pixels, in the middle of their rows.
    const address = `tiles/trips/${z}/${tile.join("/")}.mvt?mode=places&shape=centroid&cell=8&properties=`;
    const [layer] = byMapbox(new Uint8Array(await (await fetch(program.base + address)).arrayBuffer()));
    assert.ok(layer && layer.features.length > 0, address);
    const some = layer.features.filter((_, at) => at % Math.ceil(layer.features.length / 8) === 0);
    for (const { id, parts, properties } of some) {
      const [place] = parts.flat();
      assert.ok(place);
      const [px = 0, py = 0] = [0, 1].map((axis) => (tile[axis] ?? 0) + (place[axis] ?? 0) / layer.extent);
      const coordinates = [
        (px / 2 ** z) * 360 - 180,
        (Math.atan(Math.sinh(Math.PI * (1 - (2 * py) / 2 ** z))) * 180) / Math.PI,
      ];
      /** @type {any} */
      const feature = { id, geometry: { type: "Point", coordinates } };
      wide.add(cellOf(feature) === undefined);
      const { query, page } = behind(feature, { mode: "places", cell: 8 }, z, 5);
      const { numberMatched } = await server.rows("trips", query, page);
      assert.equal(numberMatched, properties["point_count"], `${z}: ${id}`);
      const { rows: counted } = await server.stats("trips", "kind", {
        bbox: /** @type {any} */ (boxBehind(feature, z)),
      });
      assert.equal(counted, properties["point_count"], `${z}: ${id}`);
    }
  }
  assert.equal(wide.size, 2);
});

test("what is drawn on a map, however it is turned, has the rows that are seen in it", async () => {
  const toY = (/** @type {number} */ lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
  // About 180 degrees, where the rows are.
  const [middle, scale, width, height] = [{ lng: 180, y: toY(-17) }, 40, 800, 600];
  const turned = (/** @type {number} */ bearing) => {
    const [sine, cosine] = [Math.sin((bearing * Math.PI) / 180), Math.cos((bearing * Math.PI) / 180)];
    return {
      getBearing: () => bearing,
      getPitch: () => 0,
      unproject: (/** @type {any} */ [px, py]) => {
        const [x, y] = [(px - width / 2) / scale, (py - height / 2) / scale];
        const north = middle.y - ((x * sine + y * cosine) * Math.PI) / 180;
        return /** @type {any} */ ({
          lng: middle.lng + x * cosine - y * sine,
          lat: (Math.atan(Math.exp(north)) * 360) / Math.PI - 90,
        });
      },
      project: (/** @type {Row} */ { lon, lat }) => {
        const east = (lon < 0 ? lon + 360 : lon) - middle.lng;
        const south = ((middle.y - toY(lat)) * 180) / Math.PI;
        const [x, y] = [east * cosine + south * sine, south * cosine - east * sine];
        return [x * scale + width / 2, y * scale + height / 2];
      },
    };
  };
  const counts = new Set();
  for (const bearing of [0, 30, 90, 180, -115]) {
    const map = turned(bearing);
    // From the lower right to the upper left.
    const drawn = drawnOn(map, [440, 280], [330, 160]);
    assert.equal("box" in drawn, bearing === 0);
    const query = "box" in drawn ? { bbox: drawn.box } : { filter: drawn.filter };
    const { numberMatched } = await server.rows("trips", query, { limit: 0 });
    /** How many rows are seen in it, and in what is a quarter of a pixel smaller or larger: what lies on an edge may be on either side. */
    const seen = (/** @type {number} */ more) =>
      rows.filter((row) => {
        const [x = 0, y = 0] = map.project(row);
        return x >= 330 - more && x <= 440 + more && y >= 160 - more && y <= 280 + more;
      }).length;
    assert.ok(
      numberMatched >= seen(-0.25) && numberMatched <= seen(0.25),
      `${bearing}: ${numberMatched}, seen are ${seen(0)}`,
    );
    counts.add(numberMatched);
  }
  assert.ok(Math.min(...counts) > 1000 && counts.size > 1, [...counts].join());
});

test("several rows are told apart by what differs among them, or not at all; properties of cells are said in words", () => {
  const row = (/** @type {string} */ region, /** @type {string} */ kind, year = 2020) => ({
    country: "FR",
    region,
    kind,
    year,
  });
  assert.equal(labelOf([row("75", "a"), row("75", "b"), row("92", "c")]), "kind");
  assert.equal(labelOf([row("75", "a", 2018), row("75", "a", 2019)]), undefined);
  assert.equal(
    labelOf([
      { kind: "a", name: "x" },
      { kind: "b", name: "x" },
      { kind: "c", name: "y" },
    ]),
    "name",
  );
  assert.equal(labelOf([]), undefined);
  const info = (/** @type {string} */ measure, alias = false) =>
    /** @type {const} */ ({
      property: "p",
      type: "Number",
      on: "cells",
      measure,
      column: "fare",
      ...(alias ? { alias } : {}),
    });
  assert.equal(called("p", [info("mode")]), "most frequent fare");
  assert.equal(called("p", [info("mean")]), "mean of fare");
  assert.equal(called("p", [info("mean", true)]), "p");
  assert.equal(called("fare", [info("mean")]), "fare");
  // How many different fares there are is of no currency.
  const fare = /** @type {const} */ ({ name: "fare", unit: "€", type: "number", in_tiles: "", present: 1, nulls: 0 });
  assert.equal(said("p", 1234.5, info("mean"), fare), "1,234.5 €");
  assert.equal(said("p", 12, info("nunique"), fare), "12");
});

test("rows of a table are told to be of before once its layer has another filter, time another window, or the dataset other rows", async () => {
  /** @type {typeof import("../../web/src/answers/asked") & typeof import("../../web/src/state")} */
  const { anew, DRAWING, frameId, makeLayer, rowsFor, whose } = await ofPage("answers/asked", "state");
  const drawing = DRAWING;
  const layer = makeLayer([], "trips", { filter: "fare > 3", drawing });
  const dataset = /** @type {any} */ ({ id: "trips", version: "1", time_column: "seen" });
  const state = { layers: [layer], active: layer.id, ground: "" };
  const filtered = (/** @type {string} */ filter) => ({ ...state, layers: [{ ...layer, filter }] });
  const view = rowsFor(layer, state, dataset, { title: "Rows in view", box: [0, 1, 2, 3] });
  assert.deepEqual([view.query, view.box], [{ filter: "fare > 3" }, [0, 1, 2, 3]]);
  assert.equal(anew(view, state, dataset), undefined);
  assert.deepEqual(anew(view, filtered("fare > 4"), dataset), { ...view, query: { filter: "fare > 4" } });
  assert.deepEqual(anew(view, filtered(""), dataset), { ...view, query: {} });
  assert.deepEqual(anew(view, state, { ...dataset, version: "2" }), { ...view, version: "2" });
  assert.match(anew(view, { ...state, window: [0, 1000] }, dataset)?.query.datetime ?? "", /^1970/);
  const drawn = rowsFor(layer, state, dataset, { title: "Rows in the box", more: "lat > 3" });
  assert.equal(drawn.query.filter, "(fare > 3) AND lat > 3");
  assert.equal(anew(drawn, filtered("a = 1 OR b = 2"), dataset)?.query.filter, "(a = 1 OR b = 2) AND lat > 3");
  // How many were in the cell is not said of those that are.
  const cell = rowsFor(layer, state, dataset, { title: "12 rows of a cell", cell: 7, box: [0, 1, 2, 3] });
  assert.deepEqual(anew(cell, filtered(""), dataset), { ...cell, title: "Rows of a cell", query: {} });
  // Rows of a frame are of its time, and those of a layer that is gone have no filter to be asked by.
  assert.deepEqual(whose({ ...layer, id: frameId(layer.id, "2") }, dataset), {});
  assert.equal(anew(view, { ...state, layers: [] }, dataset), undefined);
});

test("texts that are copied are no formulas of a spreadsheet, and numbers stay numbers", () => {
  const texts = [
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "-",
    "+49 30 12",
    "-5",
    "+1.5",
    "a=b",
    " =1",
    "'=1",
    '"un',
    '"one" and "two"',
    'a "b"',
    '"=1',
  ];
  const expected = [
    "'=HYPERLINK(1)",
    "'@SUM(A1)",
    "'+cmd|' /C calc'!A0",
    "'-2+3",
    "'-",
    "'+49 30 12",
    "-5",
    "+1.5",
    "a=b",
    " =1",
    "'=1",
    '"""un"',
    '"""one"" and ""two"""',
    'a "b"',
    '"""=1"',
  ];
  const rows = texts.map((name) => ({
    type: "Feature",
    geometry: null,
    properties: { "=name": name, fare: -5, paid: false },
  }));
  const [head, ...lines] = tabbed(/** @type {any} */ (rows), ["=name", "fare", "paid"], false).split("\n");
  assert.ok(head?.includes("\t'=name\t"), head);
  assert.deepEqual(
    lines.map((line) => line.split("\t").slice(-3)),
    expected.map((text) => [text, "-5", "false"]),
  );
});
