/**
 * Asks a server for the dearest request of each kind: dear.js DUOTILE WHERE points=FILE texts=FILE [PART OF A NAME].
 * Prints a JSON line for each.
 *
 * Two servers run, one after the other. The first is as people run it: each request is asked once for its time, then by
 * clients who leave at a quarter, half and three quarters of that time, each time with a query never seen before. The
 * second gives what it frees back to the system at once, so that what it holds is what it uses: each request is asked once
 * for its memory.
 */

import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { CASES } from "./cases.js";
import { ask, leave } from "./clients.js";
import { QUIET, rest, Watch } from "./watch.js";

const [duotile, where, points, texts, only] = process.argv.slice(2);
if (!duotile || !where || !points || !texts) throw new Error("dear.js DUOTILE WHERE points=FILE texts=FILE [NAME]");
const cases = CASES.filter(({ name }) => !only || name.includes(only));

/** At which parts of the time of an answer clients leave; fewer of them are quicker. */
const PARTS = (process.env["PARTS"] ?? "0.25 0.5 0.75").split(" ").map(Number);
/** Longest that a server may go on, in ms. */
const ENDLESS = 120_000;

let queries = 0;
/** @param {import("./cases.js").Case} one */
const fresh = (one) => {
  queries += 1;
  return one.path(queries);
};

/** @param {NodeJS.ProcessEnv} env */
async function serve(env) {
  const server = spawn(duotile ?? "", ["serve", points ?? "", texts ?? "", "--port", "0", "--host", "127.0.0.1"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const base = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const address = /^Open (\S+)$/m.exec(said)?.[1];
      if (address) resolve(new URL(address));
    });
    server.stderr.on("data", (text) => process.stderr.write(text));
    server.on("exit", (code) => reject(new Error(`duotile serve ended with ${code}`)));
  });
  const watch = new Watch(server.pid ?? 0);
  const end = async () => {
    server.removeAllListeners("exit");
    server.kill();
    await watch.end();
  };
  return { base, watch, end };
}

/** @typedef {Awaited<ReturnType<typeof serve>>} Server */

/** Waits until a server does nothing. @param {Server} server */
async function calm({ watch }) {
  for (let waited = 0; waited < ENDLESS; waited += 2 * QUIET) {
    watch.start();
    await sleep(2 * QUIET);
    const samples = await watch.stop();
    if (rest(samples, samples[0]?.at ?? 0)) return;
  }
  throw new Error(`the server is still busy after ${ENDLESS} ms`);
}

/** How long a server works on after a client has left. @param {Server} server @param {string} path @param {number} after @param {string} encoding */
async function left(server, path, after, encoding) {
  server.watch.start();
  const from = await leave(server.base, path, after, encoding);
  /** @type {import("./watch.js").Sample[]} */
  const samples = [];
  let found = null;
  for (let waited = 0; !found && waited < ENDLESS; waited += 2 * QUIET) {
    await sleep(2 * QUIET);
    samples.push(...(await server.watch.stop()));
    found = rest(samples, from ?? 0);
    if (!found) server.watch.start();
  }
  return from === null ? null : (found ?? { ms: ENDLESS, spent: ENDLESS });
}

/** Bytes that a request takes beside what was held before. @param {Server} server @param {string} path @param {string} encoding */
async function extra({ base, watch }, path, encoding) {
  watch.start();
  await sleep(20);
  await ask(base, path, encoding);
  const samples = await watch.stop();
  return Math.max(...samples.map((sample) => sample.memory)) - (samples[0]?.memory ?? 0);
}

const plain = await serve({});
/** @type {Map<string, object>} */
const lines = new Map();
for (const one of cases) {
  await calm(plain);
  const encoding = one.encoding ?? "identity";
  const answer = await ask(plain.base, fresh(one), encoding);
  const leavings = [];
  for (const part of answer.status < 400 ? PARTS : []) {
    await calm(plain);
    const found = await left(plain, fresh(one), answer.ms * part, encoding);
    if (found) leavings.push({ part, ...found });
  }
  const slowest = leavings.sort((a, b) => b.ms - a.ms)[0] ?? null;
  lines.set(one.name, { what: "dear", where, name: one.name, ...answer, slowest, leavings: leavings.length });
  process.stderr.write(
    `    ${where}, ${one.name}: ${answer.status}, ${answer.ms.toFixed(0)} ms, at rest after ${slowest?.ms.toFixed(0)} ms\n`,
  );
}
const { rows } = await (await fetch(new URL("datasets/points", plain.base))).json();
await plain.end();

const frugal = await serve({ _RJEM_MALLOC_CONF: "dirty_decay_ms:0,muzzy_decay_ms:0" });
for (const one of cases) {
  await calm(frugal);
  const memory = await extra(frugal, fresh(one), one.encoding ?? "identity");
  process.stdout.write(`${JSON.stringify({ ...lines.get(one.name), rows, memory })}\n`);
  process.stderr.write(`    ${where}, ${one.name}: ${(memory / (1 << 20)).toFixed(1)} MB\n`);
}
await frugal.end();
