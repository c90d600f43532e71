/**
 * What a browser does with points, timed in Node: browser.js POINTS.csv duotile|geojson-vt|supercluster|supercluster-60
 *
 * One contender a process, so that none inherits the other's garbage; run with --expose-gc. Prints a JSON object a line.
 * The code is warmed on a tenth of the points first. Then each tile is timed: five times, or, where what was cut is kept
 * (geojson-vt), the first time.
 */

import { readFileSync } from "node:fs";
import GeoJSONVT from "geojson-vt";
import Supercluster from "supercluster";
import vtpbf from "vt-pbf";
import { five, read } from "./points.js";

/** @typedef {(z: number, x: number, y: number) => Uint8Array} Cut */
/** @typedef {import("./points.js").Points} Points */

const ZOOMS = [0, 4, 6, 10];
const [path, who] = process.argv.slice(2);
if (!path || !who) throw new Error("browser.js POINTS.csv WHO");
if (!globalThis.gc) throw new Error("run with node --expose-gc");

const built = await import("../../wasm/pkg/duotile_wasm.js");
const { Tiler } = built;
const { memory } = built.initSync({
  module: readFileSync(new URL("../../wasm/pkg/duotile_wasm_bg.wasm", import.meta.url)),
});
const points = read(path);
const tiles = ZOOMS.map((z) => five(points, z));

/** @param {object} line */
const emit = (line) => process.stdout.write(`${JSON.stringify({ rows: points.rows, ...line })}\n`);

function held() {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

/**
 * Features as GeoJSON, which is what both rivals take.
 *
 * @param {import("./points.js").Points} points
 */
function geojson({ rows, lon, lat, id, value, ts, codes, words }) {
  return Array.from({ length: rows }, (_, row) => ({
    type: "Feature",
    id: id[row],
    geometry: { type: "Point", coordinates: [lon[row], lat[row]] },
    properties: { id: id[row], category: words[codes[row] ?? 0], value: value[row], ts: ts[row] },
  }));
}

/**
 * What each makes: its input, an index of it, and from that ways to cut.
 *
 * @type {Record<string, { input: (points: Points) => any, index: (input: any) => any, ways: (index: any) => Record<string, Cut>,
 *   extra?: () => number, keeps?: boolean }>}
 */
const contenders = {
  duotile: {
    input: (points) => points,
    index: ({ lon, lat, id, value, ts, codes, words }) => {
      const before = performance.now();
      const tiler = new Tiler("points", lon, lat);
      const positions = performance.now() - before;
      tiler.addF64("id", id);
      tiler.addText("category", codes, ...dictionary(words));
      tiler.addF64("value", value);
      tiler.addF64("ts", ts);
      return { tiler, positions, drop: () => tiler.free() };
    },
    // Memory of a module is never given back: this is the most that it took.
    extra: () => memory.buffer.byteLength,
    ways: ({ tiler }) => ({
      "Duotile, cells 256²": (z, x, y) => tiler.tile(z, x, y, "mode=cells&cell=2"),
      "Duotile, cells 256², sum and mean": (z, x, y) =>
        tiler.tile(z, x, y, "mode=cells&cell=2&agg=sum:value,mean:value"),
      "Duotile, raw": (z, x, y) => tiler.tile(z, x, y, "mode=points&limit=1000000&properties=*"),
    }),
  },
  "geojson-vt": {
    input: geojson,
    index: (features) => new GeoJSONVT({ type: "FeatureCollection", features }, { maxZoom: 14 }),
    keeps: true,
    ways: (index) => ({ "geojson-vt and vt-pbf, raw": encoded((z, x, y) => index.getTile(z, x, y)) }),
  },
  supercluster: clusters(2),
  "supercluster-60": clusters(60),
};

/** @param {number} radius */
function clusters(radius) {
  return {
    input: geojson,
    index: (/** @type {any[]} */ features) => new Supercluster({ radius, maxZoom: 16 }).load(features),
    ways: (/** @type {any} */ index) => ({
      [`supercluster and vt-pbf, radius ${radius}`]: encoded((z, x, y) => index.getTile(z, x, y)),
    }),
  };
}

/**
 * @param {(z: number, x: number, y: number) => any} tile
 * @returns {Cut}
 */
function encoded(tile) {
  return (z, x, y) => {
    const features = tile(z, x, y);
    return features ? vtpbf.fromGeojsonVt({ points: features }, { version: 2 }) : new Uint8Array();
  };
}

/**
 * Words as UTF-8, and where each begins and ends.
 *
 * @param {string[]} words
 * @returns {[Uint8Array, Uint32Array]}
 */
function dictionary(words) {
  const parts = words.map((word) => new TextEncoder().encode(word));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, at) => {
    offsets[at + 1] = (offsets[at] ?? 0) + part.length;
  });
  return [new TextEncoder().encode(words.join("")), offsets];
}

const contender = contenders[who];
if (!contender) throw new Error(`${who} is none of ${Object.keys(contenders)}`);

/** A tenth of the points, all tiles: compilers have then seen the code. */
function warm() {
  const rows = Math.ceil(points.rows / 10);
  const { words, ...columns } = points;
  const some = Object.entries(columns).map(([name, all]) => [
    name,
    typeof all === "number" ? rows : all.slice(0, rows),
  ]);
  const index = contender?.index(contender.input(Object.fromEntries([...some, ["words", words]])));
  for (const cut of Object.values(contender?.ways(index) ?? {})) {
    for (let i = 0; i < 5; i += 1) for (const { z, x, y } of tiles.flat()) cut(z, x, y);
  }
  index.drop?.();
}

/** @param {number[]} times */
function median(times) {
  const sorted = times.slice().sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

warm();
const empty = held();
const input = contender.input(points);
const before = held();
const start = performance.now();
const index = contender.index(input);
const ms = performance.now() - start;
const extra = contender.extra?.() ?? held() - before;
for (const [name, cut] of Object.entries(contender.ways(index))) {
  emit({ what: "index", who: name, ms, extra, input: before - empty, positions: index.positions });
  for (const [at, zoom] of tiles.entries()) {
    const timed = zoom.map(({ z, x, y, rows }) => {
      const times = [];
      let bytes = 0;
      for (let i = 0; i < (contender.keeps ? 1 : 5); i += 1) {
        const start = performance.now();
        bytes = cut(z, x, y).length;
        times.push(performance.now() - start);
      }
      return { ms: median(times), rows, bytes };
    });
    const [fullest] = timed;
    const all = { tiles: timed.length, median: median(timed.map(({ ms }) => ms)), fullest: fullest?.ms };
    emit({ what: "tiles", who: name, z: ZOOMS[at], ...all, of: fullest?.rows, bytes: fullest?.bytes });
  }
}
