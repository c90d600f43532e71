/**
 * What a browser does with points, timed in Node: browser.js POINTS.csv duotile|geojson-vt|supercluster|supercluster-60
 *
 * One contender a process, so that none inherits the other's garbage; run with --expose-gc. Prints a JSON object a line.
 */

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { initSync, Tiler } from "../../wasm/pkg/duotile_wasm.js";
import { contenders } from "./contenders.js";
import { measure } from "./measure.js";
import { parse } from "./points.js";

const [path, who] = process.argv.slice(2);
if (!path || !who) throw new Error("browser.js POINTS.csv WHO");
if (!globalThis.gc) throw new Error("run with node --expose-gc");

const module = readFileSync(new URL("../../wasm/pkg/duotile_wasm_bg.wasm", import.meta.url));
const all = contenders(Tiler, initSync({ module }).memory);
const contender = all[who];
if (!contender) throw new Error(`${who} is none of ${Object.keys(all)}`);

/**
 * @param {string} path
 * @returns {Generator<string>}
 */
function* lines(path) {
  const file = openSync(path, "r");
  const block = Buffer.alloc(1 << 20);
  let rest = "";
  for (let got = readSync(file, block); got > 0; got = readSync(file, block)) {
    const parts = (rest + block.toString("latin1", 0, got)).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
  closeSync(file);
}

function held() {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

for await (const line of measure(contender, parse(lines(path)), held)) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
