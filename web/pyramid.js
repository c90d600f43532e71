/**
 * Cuts the ground that the page brings into vector tiles when the page is built, so that no reader's machine has to: land,
 * coasts, borders and names of countries, as layers `land`, `coast`, `borders` and `countries`. Tiles lie in two packs, that
 * of the zooms with which a map begins and that of the deeper ones.
 *
 * A pack is the length of its index (four bytes, little-endian), the index as JSON (`{ "z/x/y": [from, to] }`, in bytes after
 * it) and the tiles, each that repeats written once. Where nothing is, there is no tile.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GeoJSONVT } from "@maplibre/geojson-vt";
import { fromGeojsonVt } from "@maplibre/vt-pbf";
import { feature, merge, mesh } from "topojson-client";

const WORLD = join(import.meta.dirname, "src/data/countries.topo.json");
/** Beyond the deepest zoom its tiles are drawn larger: they hold every vertex, on a grid of 300 metres. */
const DEEPEST = 4;
const EXTENT = 8192;
/** The deepest zoom of the first pack. */
const FAR = 2;
/** How far a line may stray at the other zooms, and how far tiles reach beyond their edges, in units of the extent. */
const TOLERANCE = 12;
const BUFFER = 128;

/** The name under which the page imports the addresses of the packs. */
const ID = "virtual:ground";

/** Makes the packs. */
export function pyramid() {
  const world = JSON.parse(readFileSync(WORLD, "utf8"));
  const { countries, labels } = world.objects;
  const one = (/** @type {GeoJSON.Geometry} */ geometry) =>
    /** @type {const} */ ({ type: "Feature", properties: {}, geometry });
  const layers = Object.entries({
    land: one(merge(world, countries.geometries)),
    // Neighbours share their border once in the file, so coasts and borders can be told apart.
    coast: one(withoutSeam(mesh(world, countries, (a, b) => a === b))),
    borders: one(mesh(world, countries, (a, b) => a !== b)),
    countries: feature(world, labels),
  }).map(([name, shapes]) => {
    const options = { maxZoom: DEEPEST, indexMaxZoom: DEEPEST, indexMaxPoints: 0 };
    const cut = new GeoJSONVT(shapes, { ...options, extent: EXTENT, tolerance: TOLERANCE, buffer: BUFFER });
    return /** @type {const} */ ([name, cut]);
  });
  const tile = (/** @type {number} */ z, /** @type {number} */ x, /** @type {number} */ y) => {
    const parts = layers.map(([name, cut]) => /** @type {const} */ ([name, cut.getTile(z, x, y)]));
    const some = parts.flatMap(([name, part]) => (part?.features.length ? [[name, part]] : []));
    return some.length === 0 ? undefined : fromGeojsonVt(Object.fromEntries(some), { version: 2, extent: EXTENT });
  };
  return { far: pack(tile, 0, FAR), near: pack(tile, FAR + 1, DEEPEST), split: FAR, deepest: DEEPEST };
}

/**
 * @param {(z: number, x: number, y: number) => Uint8Array | undefined} tile
 * @param {number} first
 * @param {number} last
 */
function pack(tile, first, last) {
  /** @type {Record<string, [number, number]>} */
  const index = {};
  /** @type {Map<string, [number, number]>} */
  const known = new Map();
  /** @type {Uint8Array[]} */
  const parts = [];
  let length = 0;
  for (let z = first; z <= last; z += 1) {
    for (let at = 0; at < 4 ** z; at += 1) {
      const [x, y] = [at % 2 ** z, Math.floor(at / 2 ** z)];
      const data = tile(z, x, y);
      if (!data) continue;
      const text = Buffer.from(data).toString("latin1");
      const place = known.get(text) ?? [length, length + data.length];
      if (!known.has(text)) {
        known.set(text, place);
        parts.push(data);
        length += data.length;
      }
      index[`${z}/${x}/${y}`] = place;
    }
  }
  const head = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([size, head, ...parts]);
}

/**
 * Lines without the parts that run along the antimeridian or the edge at the pole, where no coast is.
 *
 * @param {import("geojson").MultiLineString} lines
 * @returns {import("geojson").MultiLineString}
 */
function withoutSeam({ coordinates }) {
  const edge = (/** @type {import("geojson").Position} */ [x = 0, y = 0]) => Math.abs(x) > 179.99 || y < -85.1;
  /** @type {import("geojson").Position[][]} */
  const parts = [];
  for (const line of coordinates) {
    /** @type {import("geojson").Position[]} */
    let part = [];
    line.forEach((point, at) => {
      const before = line[at - 1];
      if (before && edge(before) && edge(point)) {
        parts.push(part);
        part = [];
      }
      part.push(point);
    });
    parts.push(part);
  }
  return { type: "MultiLineString", coordinates: parts.filter((part) => part.length > 1) };
}

/**
 * Lets the page import them: `FAR` and `NEAR` are addresses, `SPLIT` the deepest zoom of the first, `DEEPEST` of all.
 *
 * @returns {import("vite").Plugin}
 */
export function ground() {
  let folder = "";
  return {
    name: "ground",
    configResolved({ cacheDir }) {
      folder = join(cacheDir, "ground");
    },
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      this.addWatchFile(WORLD);
      const { far, near, split, deepest } = pyramid();
      mkdirSync(folder, { recursive: true });
      const written = Object.entries({ FAR: far, NEAR: near }).map(([name, bytes]) => {
        const path = join(folder, `ground-${name.toLowerCase()}.bin`);
        writeFileSync(path, bytes);
        return `export { default as ${name} } from ${JSON.stringify(`${path}?url`)};`;
      });
      return [...written, `export const SPLIT = ${split};`, `export const DEEPEST = ${deepest};`].join("\n");
    },
  };
}
