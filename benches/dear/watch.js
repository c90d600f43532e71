/**
 * What a process does, looked at every few milliseconds by a thread of its own (Linux): memory that is its own, mapped
 * files left out; the time its threads had on a processor, the allocator's left out; and whether one of them wants more of it.
 *
 * The thread is this file, too: it is given a process and shared memory, and samples while that says so.
 */

import { readdirSync, readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/**
 * `at` in ms since the epoch, `memory` in bytes, `spent` in ms of processors, `busy` for a thread that runs, waits for a
 * processor, or for the disk.
 *
 * @typedef {{ at: number, memory: number, spent: number, busy: boolean }} Sample
 */

/** Between two looks, in ms. */
const EVERY = 3;
/** The allocator's own thread, which gives freed memory back for some seconds: half a millisecond ten times a second. */
const ALLOCATOR = "jemalloc_bg_thd";
/** A process that does nothing for so long does nothing, in ms. */
export const QUIET = 150;

export const now = () => performance.timeOrigin + performance.now();

/** Samples of a process between `start` and `stop`. */
export class Watch {
  #on = new Int32Array(new SharedArrayBuffer(4));
  #worker;

  /** @param {number} pid */
  constructor(pid) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { pid, on: this.#on } });
  }

  start() {
    Atomics.store(this.#on, 0, 1);
    Atomics.notify(this.#on, 0);
  }

  /** @returns {Promise<Sample[]>} */
  stop() {
    return new Promise((resolve) => {
      this.#worker.once("message", resolve);
      Atomics.store(this.#on, 0, 0);
    });
  }

  end() {
    return this.#worker.terminate();
  }
}

/**
 * When a process came to rest: the last busy sample before the first quiet stretch, and what it spent on processors until
 * then, both in ms from `from` on. `null` while there is no such stretch.
 *
 * @param {Sample[]} samples
 * @param {number} from
 */
export function rest(samples, from) {
  const after = samples.filter((sample) => sample.at >= from);
  const first = after[0];
  if (!first) return null;
  let last = first;
  let before = first;
  for (const sample of after) {
    // A timer that looks after connections is not work.
    const works = sample.spent - before.spent > 0.1 * (sample.at - before.at);
    if (sample.busy || works) last = sample;
    else if (sample.at - last.at >= QUIET) return { ms: Math.max(0, last.at - from), spent: last.spent - first.spent };
    before = sample;
  }
  return null;
}

/** @param {string} path */
const read = (path) => readFileSync(path, "utf8");

/** @param {number} pid @param {Map<string, number>} threads what each had when it was last seen @returns {Sample} */
function look(pid, threads) {
  const at = now();
  const memory = Number(/^RssAnon:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]) * 1024;
  let busy = false;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      // The state stands behind the name, which may have anything in it.
      const [, name, state] = /\((.*)\) (.)/s.exec(read(`/proc/${pid}/task/${thread}/stat`)) ?? [];
      if (name === ALLOCATOR) continue;
      const [ran = "0"] = read(`/proc/${pid}/task/${thread}/schedstat`).split(" ");
      threads.set(thread, Number(ran) / 1e6);
      busy ||= state === "R" || state === "D";
    } catch {
      // The thread has ended meanwhile; what it had counts on.
    }
  }
  return { at, memory, spent: [...threads.values()].reduce((sum, ms) => sum + ms, 0), busy };
}

/** @param {{ pid: number, on: Int32Array }} told */
function sample({ pid, on }) {
  const idle = new Int32Array(new SharedArrayBuffer(4));
  const threads = new Map();
  for (;;) {
    Atomics.wait(on, 0, 0);
    const samples = [];
    while (Atomics.load(on, 0) === 1) {
      samples.push(look(pid, threads));
      Atomics.wait(idle, 0, 0, EVERY);
    }
    parentPort?.postMessage(samples);
  }
}

if (!isMainThread) sample(workerData);
