/**
 * Which addresses a load test asks for: addresses.js BASE DATASET FOLDER
 *
 * Finds the tiles by asking the server how many rows they hold, and writes raw.txt (18 tiles of z8 to z14 with every row,
 * none above 30,000, where rows taken by chance lie), full.txt (as many, the fullest), small.txt (one small tile) and trace.txt (64 people who zoom in, look around, zoom out, four times). The
 * same data gives the same addresses.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../../tests/node/lib/random.js";

/** @typedef {{ z: number, x: number, y: number, rows: number }} Tile */

const [base, dataset, folder] = process.argv.slice(2);
if (!base || !dataset || !folder) throw new Error("addresses.js BASE DATASET FOLDER");

const MOST = 30_000;
/** Tiles of each zoom that are looked into for the next. */
const WIDTH = 48;
const PEOPLE = 64;
const TRIPS = 4;

/** @param {Tile} tile */
async function withRows(tile) {
  const address = `tiles/${dataset}/${tile.z}/${tile.x}/${tile.y}.mvt?mode=cells&cell=64`;
  const response = await fetch(new URL(address, base));
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return { ...tile, rows: Number(response.headers.get("duotile-rows")) };
}

/** Full tiles of every zoom, by looking into the fullest of the zoom before. */
async function pyramid() {
  let zoom = [await withRows({ z: 0, x: 0, y: 0, rows: 0 })];
  const zooms = [zoom];
  for (let z = 1; z <= 14; z += 1) {
    const children = zoom.flatMap(({ x, y }) =>
      [0, 1, 2, 3].map((quarter) => withRows({ z, x: x * 2 + (quarter & 1), y: y * 2 + (quarter >> 1), rows: 0 })),
    );
    const found = (await Promise.all(children)).filter(({ rows }) => rows > 0);
    zoom = found.sort((a, b) => b.rows - a.rows || a.y - b.y || a.x - b.x).slice(0, WIDTH);
    zooms.push(zoom);
  }
  return zooms;
}

/** @param {Tile} tile @param {string} query */
const path = ({ z, x, y }, query) => `/tiles/${dataset}/${z}/${x}/${y}.mvt?${query}`;

const RAW = "mode=points&limit=1000000&properties=*";
/** Tiles of each zoom from 8 on: 18. */
const OF_ZOOM = [3, 3, 3, 3, 2, 2, 2];

/** The fullest tiles with every row. @param {Tile[][]} zooms */
function full(zooms) {
  return OF_ZOOM.flatMap((tiles, at) => {
    const fitting = zooms[8 + at]?.filter(({ rows }) => rows <= MOST) ?? [];
    return fitting.slice(0, tiles).map((tile) => path(tile, RAW));
  });
}

/** The tiles around rows taken by chance, with every row: a full tile is as much likelier as it has more. */
async function raw() {
  const { rows } = await (await fetch(new URL(`datasets/${dataset}`, base))).json();
  const asked = [];
  for (const [at, tiles] of OF_ZOOM.entries()) {
    for (let found = 0; found < tiles; ) {
      const page = new URL(`datasets/${dataset}/rows?limit=1&offset=${below(rows)}`, base);
      const [lon, lat] = (await (await fetch(page)).json()).features[0].geometry.coordinates;
      const sin = Math.sin((lat * Math.PI) / 180);
      const [x, y] = [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
      const side = 2 ** (8 + at);
      const tile = await withRows({ z: 8 + at, x: Math.floor(x * side), y: Math.floor(y * side), rows: 0 });
      if (tile.rows > MOST) continue;
      asked.push(path(tile, RAW));
      found += 1;
    }
  }
  return asked;
}

const { below } = random(1);

/**
 * One trip: from the world to a full place in steps of a zoom, six looks around it, and out again; asks only for tiles
 * not seen yet on the way. The window shows 1,200 by 800 pixels of tiles of 512.
 *
 * @param {Tile[]} places
 */
function trip(places) {
  const place = places[below(places.length)] ?? { z: 14, x: 0, y: 0 };
  const filters = ["", "", "", "&filter=category%20=%20'food'", `&filter=value%20%3E%20${5 + below(20)}`];
  const query = `agg=mean:value${filters[below(filters.length)]}`;
  const seen = new Set();
  /** @type {string[]} */
  const asked = [];
  /** The centre in tiles of zoom 14. */
  let [east, south] = [place.x + 0.5, place.y + 0.5];
  const look = (/** @type {number} */ z) => {
    const side = 2 ** z;
    const [cx, cy] = [(east / 2 ** 14) * side, (south / 2 ** 14) * side];
    const [dx, dy] = [1200 / 1024, 800 / 1024];
    for (let y = Math.max(0, Math.floor(cy - dy)); y <= Math.min(side - 1, Math.floor(cy + dy)); y += 1) {
      for (let x = Math.floor(cx - dx); x <= Math.floor(cx + dx); x += 1) {
        const address = path({ z, x: ((x % side) + side) % side, y, rows: 0 }, query);
        if (!seen.has(address)) asked.push(address);
        seen.add(address);
      }
    }
  };
  const deep = 11 + below(4);
  for (let z = 1; z <= deep; z += 1) look(z);
  for (let step = 0; step < 6; step += 1) {
    const far = 2 ** (14 - deep);
    east += (below(3) - 1) * far;
    south += (below(3) - 1) * far;
    look(deep);
  }
  for (let z = deep - 1; z >= deep - 4; z -= 1) look(z);
  return asked;
}

const zooms = await pyramid();
const people = Array.from({ length: PEOPLE }, () => Array.from({ length: TRIPS }, () => trip(zooms[14] ?? [])).flat());
const trace = [];
for (let step = 0; people.some((asked) => step < asked.length); step += 1) {
  trace.push(...people.flatMap((asked) => asked[step] ?? []));
}
const small = zooms[14]?.at(-1);
if (!small) throw new Error("no tiles at zoom 14");
const files = { raw: await raw(), full: full(zooms), small: [path(small, "mode=cells&cell=16")], trace };
for (const [name, addresses] of Object.entries(files)) {
  writeFileSync(join(folder, `${name}.txt`), `${addresses.join("\n")}\n`);
  process.stderr.write(`    ${name}: ${addresses.length} addresses\n`);
}
