// Tiles by geojson-vt and vt-pbf: node shapes.js NAME.geojsonl NAME.tiles
//
// One index, of zooms to 14, else as it comes. It keeps what it has split: the first time that a tile is asked for is told beside
// the median of the times after it, in which nothing is cut any more. Its tiles have a buffer of 64 units, ours of 128.
import { readFileSync } from "node:fs";
import GeoJSONVT from "geojson-vt";
import vtpbf from "vt-pbf";
import versions from "./package.json" with { type: "json" };

const [file = "", list = ""] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").trim().split("\n");
const features = lines.map((line) => JSON.parse(line));
const rival = "geojson-vt";
/** @param {object} line */
const emit = (line) => process.stdout.write(`${JSON.stringify({ ...line, rival })}\n`);

globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
const start = performance.now();
const index = new GeoJSONVT({ type: "FeatureCollection", features }, { maxZoom: 14 });
const seconds = (performance.now() - start) / 1e3;
globalThis.gc?.();
const bytes = process.memoryUsage().heapUsed - before;
emit({ what: "load", version: versions.dependencies["geojson-vt"], rows: features.length, seconds, bytes });

for (const line of readFileSync(list, "utf8").trim().split("\n")) {
  const [z = 0, x = 0, y = 0] = line.split(" ").map(Number);
  const cut = () => {
    const tile = index.getTile(z, x, y);
    return {
      features: tile?.features.length ?? 0,
      bytes: tile ? vtpbf.fromGeojsonVt({ l: tile }, { version: 2 }).length : 0,
    };
  };
  /** @type {number[]} */
  const times = [];
  const began = performance.now();
  let of = { features: 0, bytes: 0 };
  while (times.length < 4 || (times.length < 10 && performance.now() - began < 2000)) {
    const start = performance.now();
    of = cut();
    times.push(performance.now() - start);
  }
  const [first, ...rest] = times;
  rest.sort((a, b) => a - b);
  emit({ what: "tile", z, x, y, ...of, ms: rest[rest.length >> 1], first });
}
