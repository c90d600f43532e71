/**
 * A server under mixed load for a while: soak.js PROGRAM FOLDER MINUTES
 *
 * Serves generated points to a crowd (clients.js) while the file is replaced under it, by good ones and by damaged ones.
 * Every answer must have a status that is expected of it, `/health` must always answer, memory and open files must not
 * grow once warm, and the log must tell of nothing but the damaged files. Prints a report; a JSON object about it goes to
 * FOLDER/soak.jsonl. Ends with 1 if anything is wrong. Everything happens on 127.0.0.1.
 */

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, Crowd, flood, HEALTH, health, leaver, ordinary, slowReader, slowWriter } from "./clients.js";
import { files, growth, memory, watch } from "./watch.js";

const [program, folder, minutes] = process.argv.slice(2);
if (!program || !folder || !(Number(minutes) > 0)) throw new Error("soak.js PROGRAM FOLDER MINUTES");

const ROWS = Number(process.env["ROWS"] ?? 1_000_000);
const LENGTH = Number(minutes) * 60_000;
/** Memory may grow by this share of itself, or this many bytes, over the second half: what an allocator's rest varies by. */
const SHARE = 0.05;
const LEAST = 24 << 20;
/** Runs shorter than this, in ms, do not get warm, so growth and refusals of too much are not judged. */
const WARM = 150_000;
/** More at once than may wait (1,000), and than there are places for connections. */
const [FLOOD, PLACES] = [1300, 1200];
/** Files that are opened once and stay open: those of Polars' own runtime, with its first filter. */
const OPENED = 8;

const MB = 1 << 20;
const say = (/** @type {string} */ text) => process.stdout.write(`    ${text}\n`);

/** Points of a seed, made once. @param {number} seed */
function points(seed) {
  const path = join(String(folder), `soak-${ROWS}-${seed}.parquet`);
  if (!existsSync(path)) {
    const { status, stderr } = spawnSync(String(program), ["generate", String(ROWS), path, "--seed", String(seed)], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`duotile generate: ${stderr}`);
  }
  return path;
}

const good = [points(1), points(2)];
const served = join(folder, "soak.parquet");

/** Puts a file in the place of the one that is served, whole. @param {string | Buffer} content a path, or bytes */
function put(content) {
  const beside = `${served}.new`;
  if (typeof content === "string") copyFileSync(content, beside);
  else writeFileSync(beside, content);
  renameSync(beside, served);
}

put(String(good[0]));
const limits = [
  "--tile-memory",
  "64MB",
  "--mask-memory",
  "64MB",
  "--max-subset",
  "200000",
  "--connections",
  String(PLACES),
];
const serve = ["serve", `points=${served}`, "--host", "127.0.0.1", "--port", "0", "--watch", ...limits];
// Through a shell, because a program may often open fewer files than it could.
const opened = 'ulimit -n "$(ulimit -H -n)"; exec "$0" "$@"';
const child = spawn("sh", ["-c", opened, program, ...serve], { stdio: ["ignore", "pipe", "pipe"] });
let log = "";
for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text));
const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
let gone = false;
void ended.then(() => (gone = true));
const pid = Number(child.pid);

async function address() {
  for (let waited = 0; waited < 1200 && !gone; waited += 1) {
    const opened = /^Open (http:\S+)$/m.exec(log);
    if (opened?.[1]) return new URL(opened[1]);
    await sleep(100);
  }
  throw new Error(`the server gave no address:\n${log}`);
}

const crowd = new Crowd(await address());
const atRest = { memory: memory(pid), files: files(pid) };
say(`${ROWS} points at ${crowd.base}, ${(atRest.memory / MB).toFixed(0)} MB, ${atRest.files} open files`);

async function version() {
  const answer = await ask(crowd.base, { kind: "version", path: "datasets/points", may: [200] }, false);
  return String(JSON.parse(answer.bytes.toString())["version"]);
}

/** Waits for something, at most a minute. @param {() => Promise<boolean> | boolean} happened */
async function within(happened) {
  for (let waited = 0; waited < 600 && !gone; waited += 1) {
    if (await happened()) return true;
    await sleep(100);
  }
  return false;
}

const replaced = { good: 0, damaged: 0 };
/**
 * Replaces what is served, now and then, and tells the server, or leaves it to find out; each fourth time by half a file,
 * which must change nothing.
 */
async function replacer() {
  const every = Math.max(3000, Math.min(20_000, LENGTH / 12));
  for (let turn = 1; !crowd.over; turn += 1) {
    await sleep(every);
    if (crowd.over) return;
    const before = await version();
    const refusals = () => log.split("the old rows stay").length;
    const refused = refusals();
    const tell = turn % 8 < 4;
    if (turn % 4 === 0) {
      const bytes = readFileSync(String(good[0]));
      put(bytes.subarray(0, bytes.length >> 1));
      if (tell) child.kill("SIGHUP");
      if (!(await within(() => refusals() > refused))) crowd.blame("a damaged file was not refused within a minute");
      if ((await version()) !== before) crowd.blame("a damaged file took the place of a good one");
      replaced.damaged += 1;
    } else {
      put(String(good[turn % 2]));
      if (tell) child.kill("SIGHUP");
      if (!(await within(async () => (await version()) !== before)))
        crowd.blame("a new file was not served within a minute");
      replaced.good += 1;
    }
  }
}

/** Calls a part; what it throws is blamed, not lost. @param {Promise<void>} part */
const safely = (part) => part.catch((error) => crowd.blame(`the crowd itself failed: ${error.stack ?? error}`));

const seen = watch(pid, Math.min(1, LENGTH / 60_000));
const began = performance.now();
const parts = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => ordinary(crowd, seed)),
  ...[11, 12].map((seed) => slowReader(crowd, seed)),
  ...[21, 22].map((seed) => slowWriter(crowd, seed)),
  ...[31, 32].map((seed) => leaver(crowd, seed)),
  health(crowd),
  replacer(),
].map(safely);
const floods = [0.15, 0.4, 0.65].map(async (share, at) => {
  await sleep(LENGTH * share);
  await safely(flood(crowd, 41 + at, FLOOD));
});
for (let left = LENGTH; left > 0 && !gone; left -= 30_000) {
  await sleep(Math.min(left, 30_000));
  const now = seen.samples.at(-1);
  say(
    `${((performance.now() - began) / 1000).toFixed(0)} s: ${crowd.asked} answers, ${crowd.wrongs} wrong, ${((now?.memory ?? 0) / MB).toFixed(0)} MB, ${now?.files} open files`,
  );
}
crowd.over = true;
say("everybody leaves");
await Promise.all([...parts, ...floods]);
seen.stop();
say("everybody has left");
const metrics = (await ask(crowd.base, { kind: "metrics", path: "metrics", may: [200] }, false)).bytes.toString();
for (const line of metrics.split("\n").filter((line) => /cache.*bytes/.test(line) && !line.startsWith("#"))) say(line);
const seconds = (performance.now() - began) / 1000;

if (gone) crowd.blame(`the server ended by itself:\n${log.slice(-2000)}`);
else if (!(await within(() => files(pid) <= atRest.files + OPENED)))
  crowd.blame(`${files(pid)} files are open a minute after everybody has left; ${atRest.files} were before`);
const grown = growth(seen.samples, "memory");
const bound = Math.max(SHARE * grown.mean, LEAST);
if (LENGTH >= WARM && grown.total > bound) {
  crowd.blame(
    `memory grew by ${(grown.total / MB).toFixed(1)} MB over the second half, expected at most ${(bound / MB).toFixed(1)} MB`,
  );
}
const busy = crowd.statuses.get("costly")?.get(503) ?? 0;
if (LENGTH >= WARM && busy === 0) crowd.blame(`none of ${3 * FLOOD} costly requests was told to come later`);
const odd = log
  .split("\n")
  .filter((line) => /panick|answering 500|WARN|ERROR/.test(line) && !line.includes("the old rows stay"));
for (const line of odd.slice(0, 5)) crowd.blame(`the log says: ${line}`);
child.kill("SIGTERM");
const code = await ended;
if (code !== 0) crowd.blame(`told to stop, it ended with ${code}`);
rmSync(served, { force: true });

const sorted = crowd.health.toSorted((a, b) => a - b);
const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
say("");
for (const [kind, statuses] of crowd.statuses) {
  say(
    `${kind.padEnd(16)}${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, times]) => `${status} × ${times}`)
      .join("   ")}`,
  );
}
const [first, last] = [seen.samples.at(Math.floor(seen.samples.length / 2)), seen.samples.at(-1)];
say(
  `${crowd.asked} answers in ${seconds.toFixed(0)} s; ${crowd.left} clients left early; ${replaced.good} times replaced, ${replaced.damaged} times by a damaged file`,
);
say(
  `/health: ${sorted.length} times, median ${at(0.5).toFixed(1)} ms, 99 % ${at(0.99).toFixed(1)} ms, slowest ${at(1).toFixed(0)} ms (at most ${HEALTH})`,
);
say(
  `memory: ${(atRest.memory / MB).toFixed(0)} MB at rest, ${((first?.memory ?? 0) / MB).toFixed(0)} MB half way, ${((last?.memory ?? 0) / MB).toFixed(0)} MB at the end;`,
);
say(
  `        ${grown.total >= 0 ? "+" : ""}${(grown.total / MB).toFixed(1)} MB by a line through the lows of the second half (at most ${(bound / MB).toFixed(1)} MB${LENGTH < WARM ? ", not judged: too short a run" : ""})`,
);
const line = {
  what: "soak",
  rows: ROWS,
  seconds,
  answers: crowd.asked,
  left: crowd.left,
  wrong: crowd.wrongs,
  busy,
  ...replaced,
};
const told = {
  health: at(1),
  healthy: sorted.length,
  rest: atRest.memory,
  half: first?.memory,
  end: last?.memory,
  grown: grown.total,
  bound,
};
appendFileSync(join(folder, "soak.jsonl"), `${JSON.stringify({ ...line, ...told })}\n`);
for (const what of crowd.wrong) process.stderr.write(`WRONG: ${what}\n`);
if (crowd.wrongs > 0) {
  process.stderr.write(`${crowd.wrongs} things were wrong\n`);
  process.exit(1);
}
say("nothing was wrong");
