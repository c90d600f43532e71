/** What a process holds while it runs, as the operating system tells (Linux): memory, open files; and whether it grows. */

import { readdirSync, readFileSync } from "node:fs";

/** @typedef {{ seconds: number, memory: number, files: number }} Sample */

/** Resident memory in bytes. @param {number} pid */
export function memory(pid) {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}

/** Open files and sockets. @param {number} pid */
export function files(pid) {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/**
 * Samples until told to stop.
 *
 * @param {number} pid
 * @param {number} every in seconds
 */
export function watch(pid, every) {
  const began = performance.now();
  /** @type {Sample[]} */
  const samples = [];
  const timer = setInterval(() => {
    try {
      samples.push({ seconds: (performance.now() - began) / 1000, memory: memory(pid), files: files(pid) });
    } catch {
      // The process has ended; whoever runs this finds that out by itself.
    }
  }, every * 1000);
  return { samples, stop: () => clearInterval(timer) };
}

/**
 * How much a quantity grows over the second half of the samples: a line is fitted by least squares through the smallest
 * values of equal stretches. The smallest, because a dataset that is being replaced is held twice for a while.
 *
 * @param {Sample[]} samples
 * @param {"memory" | "files"} what
 * @param {number} stretches
 */
export function growth(samples, what, stretches = 10) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const size = Math.max(1, Math.floor(half.length / stretches));
  /** @type {[number, number][]} */
  const points = [];
  for (let at = 0; at + size <= half.length; at += size) {
    const stretch = half.slice(at, at + size);
    points.push([stretch[0]?.seconds ?? 0, Math.min(...stretch.map((sample) => sample[what]))]);
  }
  const n = points.length;
  const [mx, my] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / Math.max(n, 1));
  const over = points.reduce((sum, [x, y]) => sum + (x - (mx ?? 0)) * (y - (my ?? 0)), 0);
  const under = points.reduce((sum, [x]) => sum + (x - (mx ?? 0)) ** 2, 0);
  const perSecond = under > 0 ? over / under : 0;
  const span = n > 1 ? (points[n - 1]?.[0] ?? 0) - (points[0]?.[0] ?? 0) : 0;
  return { perSecond, total: perSecond * span, mean: my ?? 0 };
}
