/**
 * Builds a prepared file and times a server that opens it: prepared.js DUOTILE INPUT OUT. Prints a JSON line. Without
 * OUT the server reads INPUT into memory.
 *
 * INPUT is built only if OUT is not there. Times are those of a client on this machine, so with the transport of the
 * tile; nothing is compressed, and the server keeps no finished tiles. "First" tiles find what they need on disk if the
 * operating system has let go of it; the file was just written or opened, so mostly it has not.
 */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";

const [duotile, input, out] = process.argv.slice(2);
if (!duotile || !input) throw new Error("prepared.js DUOTILE INPUT [OUT]");

const AGG = "mode=cells&cell=2&agg=sum:value,mean:value";
/** Asked for after each other, each unlike the ones before. */
const FILTERS = [23, 24, 25].map((least) => encodeURIComponent(`value > ${least}`));

let built = null;
if (out && !existsSync(out)) {
  const began = performance.now();
  const { status } = spawnSync(duotile, ["build", input, "-o", out, "--hide", "id", "--memory", "4GB"], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`duotile build ended with ${status}`);
  built = (performance.now() - began) / 1000;
}

const began = performance.now();
const server = spawn(duotile, [
  "serve",
  `points=${out ?? input}`,
  "--port",
  "0",
  "--host",
  "127.0.0.1",
  "--tile-memory",
  "0",
]);
const base = await new Promise((resolve, reject) => {
  let said = "";
  server.stdout.on("data", (text) => {
    said += text;
    const address = /^Open (\S+)$/m.exec(said)?.[1];
    if (address) resolve(address);
  });
  server.stderr.pipe(process.stderr);
  server.on("exit", (code) => reject(new Error(`duotile serve ended with ${code}`)));
});
const opened = (performance.now() - began) / 1000;

/** Milliseconds until a tile is here. @param {string} tile @param {string} query */
async function time(tile, query) {
  const began = performance.now();
  const response = await fetch(new URL(`tiles/points/${tile}.mvt?${query}`, base), {
    headers: { "accept-encoding": "identity" },
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${tile}?${query}: ${response.status}`);
  return performance.now() - began;
}

/** @param {string} tile @param {string} query */
async function median(tile, query) {
  const times = [];
  for (let i = 0; i < 9; i += 1) times.push(await time(tile, query));
  return times.sort((a, b) => a - b)[4];
}

/** The fullest tile of a zoom below the fullest of each before. @param {number} zoom */
async function fullest(zoom) {
  let best = { z: 0, x: 0, y: 0 };
  while (best.z < zoom) {
    const z = best.z + 1;
    const all = [0, 1, 2, 3].map((i) => ({ z, x: best.x * 2 + (i % 2), y: best.y * 2 + Math.floor(i / 2) }));
    const counted = await Promise.all(
      all.map(async (tile) => {
        const response = await fetch(new URL(`datasets/points/rows?limit=0&tile=${tile.z}/${tile.x}/${tile.y}`, base));
        return { ...tile, rows: (await response.json()).numberMatched };
      }),
    );
    best = counted.sort((a, b) => b.rows - a.rows)[0] ?? best;
  }
  return `${best.z}/${best.x}/${best.y}`;
}

const first = await time("0/0/0", AGG);
const world = await median("0/0/0", AGG);
const counts = await median("0/0/0", "mode=cells&cell=2");
const deep = await fullest(10);
const deepFirst = await time(deep, AGG);
const deepAgain = await median(deep, AGG);
const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
const anonymous = Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
const filters = [];
for (const filter of FILTERS) filters.push(await time("0/0/0", `${AGG}&filter=${filter}`));
const filtered = await median("0/0/0", `${AGG}&filter=${FILTERS.at(-1)}`);
const { rows } = await (await fetch(new URL("datasets/points", base))).json();
server.removeAllListeners("exit");
server.kill();
process.stdout.write(
  `${JSON.stringify({
    what: out ? "prepared" : "in memory",
    rows,
    bytes: statSync(out ?? input).size,
    built,
    opened,
    first,
    world,
    counts,
    deepFirst,
    deepAgain,
    filter: filters.sort((a, b) => a - b)[1],
    filtered,
    anonymous,
  })}\n`,
);
