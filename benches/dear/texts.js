/** Writes a CSV of points with distinct texts: texts.js ROWS OUT.csv. The same number of rows gives the same file. */

import { closeSync, openSync, renameSync, writeSync } from "node:fs";
import { random } from "../../tests/node/lib/random.js";

const [rows, out] = [Number(process.argv[2]), process.argv[3]];
if (!rows || !out) throw new Error("texts.js ROWS OUT.csv");

const WORDS = /** @type {const} */ (["Harbour", "Market", "Old Town", "Station", "Garden", "École", "Río", "Bridge"]);
/** A prime, so that numbers in turn are scattered and none comes twice. */
const STEP = 2_654_435_761;

const chance = random(1);
const file = openSync(`${out}.part`, "w");
let lines = "lon,lat,t,v\n";
for (let row = 0; row < rows; row += 1) {
  const code = ((row * STEP) % 2 ** 32).toString(36);
  // A third of the rows near one place, so that a cell has very many of them.
  const spread = chance.below(3) === 0 ? 0.01 : 1;
  const [lon, lat] = [(chance.next() * 340 - 170) * spread, (chance.next() * 160 - 80) * spread];
  lines += `${lon.toFixed(5)},${lat.toFixed(5)},${WORDS[row % WORDS.length]} ${code},${chance.next().toFixed(4)}\n`;
  if (lines.length > 1 << 22) {
    writeSync(file, lines);
    lines = "";
  }
}
writeSync(file, lines);
closeSync(file);
renameSync(`${out}.part`, out);
