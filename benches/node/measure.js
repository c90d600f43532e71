/**
 * Times a contender: the code is warmed on a tenth of the points first, then the index is made and each tile is cut five
 * times, or, where what was cut is kept (geojson-vt), the first time.
 */

import { five } from "./points.js";

/** @typedef {import("./points.js").Points} Points */
/** @typedef {import("./contenders.js").Contender} Contender */

const ZOOMS = [0, 4, 6, 10];

/**
 * Gives a line for each index and each zoom.
 *
 * @param {Contender} contender
 * @param {Points} points
 * @param {() => number | Promise<number>} held Bytes that are held, garbage collected.
 * @returns {AsyncGenerator<object>}
 */
export async function* measure(contender, points, held) {
  const tiles = ZOOMS.map((z) => five(points, z));
  await warm(contender, points, tiles.flat());
  const empty = await held();
  const input = contender.input(points);
  const before = await held();
  const start = performance.now();
  const index = await contender.index(input);
  const ms = performance.now() - start;
  const extra = contender.extra ? contender.extra() : (await held()) - before;
  for (const [who, cut] of Object.entries(contender.ways(index))) {
    const { rows } = points;
    yield { rows, what: "index", who, ms, extra, input: before - empty, positions: index.positions };
    for (const [at, zoom] of tiles.entries()) {
      const timed = [];
      for (const { z, x, y, rows } of zoom) {
        const times = [];
        let bytes = 0;
        for (let i = 0; i < (contender.keeps ? 1 : 5); i += 1) {
          const start = performance.now();
          const tile = cut(z, x, y);
          bytes = (tile instanceof Promise ? await tile : tile).length;
          times.push(performance.now() - start);
        }
        timed.push({ ms: median(times), rows, bytes });
      }
      const [fullest] = timed;
      const all = { tiles: timed.length, median: median(timed.map(({ ms }) => ms)), fullest: fullest?.ms };
      yield { rows, what: "tiles", who, z: ZOOMS[at], ...all, of: fullest?.rows, bytes: fullest?.bytes };
    }
  }
  index.drop?.();
}

/**
 * A tenth of the points, all tiles: compilers have then seen the code.
 *
 * @param {Contender} contender
 * @param {Points} points
 * @param {{ z: number, x: number, y: number }[]} tiles
 */
async function warm(contender, points, tiles) {
  const rows = Math.ceil(points.rows / 10);
  const { words, ...columns } = points;
  const some = Object.entries(columns).map(([name, all]) => [
    name,
    typeof all === "number" ? rows : all.slice(0, rows),
  ]);
  const index = await contender.index(contender.input(Object.fromEntries([...some, ["words", words]])));
  for (const cut of Object.values(contender.ways(index))) {
    for (let i = 0; i < 5; i += 1) for (const { z, x, y } of tiles) await cut(z, x, y);
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
