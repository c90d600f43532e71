/**
 * The colours of a query against the features of its tiles, decoded by others, and MapLibre's own reading of expressions.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { VectorTile } from "@mapbox/vector-tile";
import { Color, createPropertyExpression, latest } from "@maplibre/maplibre-gl-style-spec";
import { PbfReader } from "pbf";
import { Legend, Tiler } from "../dist/index.js";

const ROWS = 40_000;

/** Heaps of very unlike sizes, some rows anywhere; every seventh has no value. */
function heaps() {
  let state = 5;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const [lon, lat, value] = [new Float64Array(ROWS), new Float64Array(ROWS), new Float64Array(ROWS)];
  /** @type {string[]} */
  const kind = [];
  for (let row = 0; row < ROWS; row += 1) {
    const heap = Math.floor(40 * next() ** 3);
    const far = row % 5 === 0 ? 60 : 1;
    lon[row] = heap * 7 - 130 + (next() - 0.5) * far;
    lat[row] = ((heap * 37) % 100) - 50 + (next() - 0.5) * far;
    value[row] = row % 7 === 0 ? Number.NaN : Math.round(2 ** (12 * next()));
    kind.push(["a", "b", "c"][Math.floor(3 * next() ** 2)] ?? "");
  }
  return { lon, lat, columns: { value, kind } };
}

const tiler = await Tiler.from(heaps(), { name: "heaps" });

/** The properties of all features of a zoom. @param {number} z @param {string} query */
function features(z, query) {
  /** @type {Record<string, any>[]} */
  const all = [];
  for (let x = 0; x < 2 ** z; x += 1)
    for (let y = 0; y < 2 ** z; y += 1) {
      const layer = new VectorTile(new PbfReader(tiler.tile(z, x, y, query))).layers["heaps"];
      for (let at = 0; at < (layer?.length ?? 0); at += 1) all.push({ ...layer?.feature(at).properties });
    }
  return all;
}

/** The quantile of numbers, between the two that are nearest. @param {number[]} sorted @param {number} share */
function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const [low = Number.NaN, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** What MapLibre makes of an expression. @param {unknown} expression */
function evaluator(expression) {
  const made = createPropertyExpression(
    /** @type {any} */ (expression),
    "paint",
    /** @type {any} */ (latest.paint_fill["fill-color"]),
  );
  if (made.result === "error") throw new Error(made.value.map(({ message }) => message).join("\n"));
  return (/** @type {number} */ zoom, /** @type {Record<string, any>} */ properties) =>
    String(made.value.evaluate({ zoom }, /** @type {any} */ ({ type: "Point", properties })));
}

const css = (/** @type {string} */ colour) => String(Color.parse(colour));
/** The shares between the colours of the server's style. */
const SHARES = [0.3, 0.5, 0.7, 0.9, 0.95];

test("breaks are quantiles of the counts in the tiles, and each cell has the colour of its class", () => {
  const query = "mode=cells&cell=32";
  const legend = new Legend(tiler.metadata(query));
  const evaluate = evaluator(legend.expression);
  assert.equal(legend.property, "point_count");
  for (const z of [0, 1, 2, 3, 4]) {
    const cells = features(z, query);
    const counts = cells.map((cell) => cell["point_count"]).sort((a, b) => a - b);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      ROWS,
      "every row is in a cell",
    );
    const expected = [...new Set([counts[0], ...SHARES.map((share) => quantile(counts, share))])];
    const classes = legend.classes(z);
    assert.deepEqual(
      classes.map(({ from }) => from),
      expected,
    );
    assert.equal(classes.at(-1)?.to, counts.at(-1));
    assert.ok(classes.length > 2, `${classes.length} classes at zoom ${z}`);
    for (const cell of cells) {
      const colour = classes.filter(({ from }) => from <= cell["point_count"]).at(-1)?.colour ?? "";
      assert.equal(legend.colour(cell, z), colour);
      // Between whole zooms, too: tiles are of the zoom before.
      for (const zoom of [z, z + 0.9]) assert.equal(evaluate(zoom, cell), css(colour));
    }
  }
});

test("colours and shares of one's own are taken, for a measure or a category", () => {
  const query = "mode=cells&cell=16&agg=mean:value&by=kind";
  const metadata = tiler.metadata(query);
  const colours = ["#fee0d2", "#fc9272", "#de2d26"];
  for (const [property, shares] of /** @type {const} */ ([
    ["value_mean", undefined],
    ["value_mean", [0.5, 0.93]],
    ["point_count", [0.25, 0.75]],
    ["kind_b", [0.2, 0.9]],
  ])) {
    const name = metadata.properties.find((one) => one.property === property)?.property;
    assert.ok(name, `${property} among ${metadata.properties.map((one) => one.property)}`);
    const legend = new Legend(metadata, { property, colours, missing: "black", ...(shares ? { shares } : {}) });
    const cells = features(2, query);
    const values = cells.flatMap((cell) => cell[property] ?? []).sort((a, b) => a - b);
    const evaluate = evaluator(legend.expression);
    const classes = legend.classes(2);
    assert.equal(classes[0]?.from, values[0]);
    // Metadata tells some quantiles, between which it is a guess; those that are alike have one class.
    const expected = (shares ?? [1 / 3, 2 / 3]).map((share) => quantile(values, share));
    assert.equal(classes.length, 1 + expected.filter((value) => value > Number(values[0])).length);
    for (const { from } of classes.slice(1)) {
      const off = Math.min(...expected.map((value) => Math.abs(from / value - 1)));
      assert.ok(off < 0.25, `${from} is none of ${expected}`);
    }
    for (const cell of cells) {
      assert.equal(evaluate(2, cell), css(legend.colour(cell, 2)));
      assert.equal(legend.colour(cell, 2) === "black", cell[property] === undefined);
    }
  }
  assert.equal(new Legend(metadata).property, "value_mean", "the first measure unless said");
});

test("a row counts once, and has its own value for a mean", () => {
  const query = "agg=mean:value&properties=*";
  const metadata = tiler.metadata(query);
  const deep = metadata.points_minzoom ?? 9;
  assert.ok(deep < 5, `rows from zoom ${deep} on`);
  const rows = features(deep, query).filter((feature) => feature["point_count"] === undefined);
  assert.ok(rows.length > 100, `${rows.length} rows in tiles of zoom ${deep}`);
  const [count, mean] = [new Legend(metadata, { property: "point_count" }), new Legend(metadata)];
  const [byCount, byMean] = [evaluator(count.expression), evaluator(mean.expression)];
  for (const row of rows) {
    assert.equal(count.value(row), 1);
    assert.equal(mean.value(row), row["value"]);
    assert.equal(byCount(deep, row), css(count.colour(row, deep)));
    assert.equal(byMean(deep, row), css(mean.colour(row, deep)));
  }
});

test("nothing to colour is no error, and what is not there is told", () => {
  const empty = new Legend(tiler.metadata("filter=value < 0&mode=cells"), { missing: "red" });
  assert.deepEqual(empty.classes(3), []);
  assert.equal(empty.colour({ point_count: 1 }, 3), "red");
  assert.equal(evaluator(empty.expression)(3, { point_count: 1 }), css("red"));
  const metadata = tiler.metadata("agg=sum:value");
  assert.throws(
    () => new Legend(metadata, { property: "value_mean" }),
    /got the property value_mean.*point_count, value_sum/,
  );
  assert.throws(() => new Legend(metadata, { property: "value" }), /expected a number that cells carry/);
  assert.throws(() => new Legend(tiler.metadata("mode=points")), /tiles show rows only/);
  assert.throws(() => new Legend(metadata, { colours: ["red", "blue"], shares: [] }), /2 colours and 0 shares/);
});
