/** What is timed in Node and in Chromium: for each contender its input, an index of it, and from that ways to cut. */

import GeoJSONVT from "geojson-vt";
import Supercluster from "supercluster";
import vtpbf from "vt-pbf";

/** @typedef {import("./points.js").Points} Points */
/** @typedef {(z: number, x: number, y: number) => Uint8Array | Promise<Uint8Array>} Cut */
/**
 * @typedef {{ input: (points: Points) => any, index: (input: any) => any, ways: (index: any) => Record<string, Cut>,
 *   extra?: () => number | null, keeps?: boolean }} Contender
 */
/** @typedef {typeof import("../../wasm/pkg/duotile_wasm.js").Tiler} Module */

/**
 * All of them by name.
 *
 * @param {Module} Tiler
 * @param {WebAssembly.Memory} memory
 * @returns {Record<string, Contender>}
 */
export const contenders = (Tiler, memory) => ({
  duotile: {
    input: columns,
    index: ({ lon, lat, id, value, ts, codes, bytes, offsets }) => {
      const before = performance.now();
      const tiler = new Tiler("points", lon, lat);
      const positions = performance.now() - before;
      tiler.addI32("id", id);
      tiler.addText("category", codes, bytes, offsets);
      tiler.addF64("value", value);
      tiler.addTime("ts", ts);
      return { tiler, positions, drop: () => tiler.free() };
    },
    // Memory of a module is never given back: this is the most that it took.
    extra: () => memory.buffer.byteLength,
    ways: ({ tiler }) => ways("Duotile", (z, x, y, query) => tiler.tile(z, x, y, query)),
  },
  "geojson-vt": {
    input: geojson,
    index: (features) => new GeoJSONVT({ type: "FeatureCollection", features }, { maxZoom: 14 }),
    keeps: true,
    ways: (index) => ({ "geojson-vt and vt-pbf, raw": encoded((z, x, y) => index.getTile(z, x, y)) }),
  },
  supercluster: clusters(2),
  "supercluster-60": clusters(60),
});

/**
 * The tiles of ours that are timed.
 *
 * @param {string} who
 * @param {(z: number, x: number, y: number, query: string) => Uint8Array | Promise<Uint8Array>} tile
 * @returns {Record<string, Cut>}
 */
export function ways(who, tile) {
  /** @param {string} query @returns {Cut} */
  const by = (query) => (z, x, y) => tile(z, x, y, query);
  return {
    [`${who}, cells 256²`]: by("mode=cells&cell=2"),
    [`${who}, cells 256², sum and mean`]: by("mode=cells&cell=2&agg=sum:value,mean:value"),
    [`${who}, raw`]: by("mode=points&limit=1000000&properties=*"),
  };
}

/**
 * Typed arrays, which are what the module takes.
 *
 * @param {Points} points
 */
export function columns({ lon, lat, id, value, ts, codes, words }) {
  const texts = words.map((word) => new TextEncoder().encode(word));
  const offsets = new Uint32Array(words.length + 1);
  texts.forEach((text, at) => {
    offsets[at + 1] = (offsets[at] ?? 0) + text.length;
  });
  const bytes = Uint8Array.from(texts.flatMap((text) => [...text]));
  const micros = BigInt64Array.from(ts, (millis) => BigInt(millis) * 1000n);
  return { lon, lat, id: Int32Array.from(id), value, ts: micros, codes, bytes, offsets };
}

/**
 * Features as GeoJSON, which is what both rivals take.
 *
 * @param {Points} points
 */
function geojson({ rows, lon, lat, id, value, ts, codes, words }) {
  return Array.from({ length: rows }, (_, row) => ({
    type: "Feature",
    id: id[row],
    geometry: { type: "Point", coordinates: [lon[row], lat[row]] },
    properties: { id: id[row], category: words[codes[row] ?? 0], value: value[row], ts: ts[row] },
  }));
}

/** @param {number} radius @returns {Contender} */
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
