/** One who asks and reads to the end, and one who leaves in the middle. Each has a connection of its own. */

import { request } from "node:http";
import { now } from "./watch.js";

/** Bytes of an endless answer that are read before it counts as had. */
const ENOUGH = 1 << 29;
/** Longest that is waited for, in ms. */
const PATIENCE = 600_000;

/**
 * @typedef {{ status: number, bytes: number, whole: boolean, first: number, ms: number, why: string }} Answer
 * `first` is until the first byte of the body; `why` the detail of a problem.
 */

/** @param {URL} base @param {string} path @param {string} encoding */
const open = (base, path, encoding) =>
  request(new URL(path, base), { agent: false, headers: { "accept-encoding": encoding } });

/** Asks, and reads all of it. @param {URL} base @param {string} path @param {string} encoding @returns {Promise<Answer>} */
export function ask(base, path, encoding = "identity") {
  return new Promise((resolve, reject) => {
    const began = now();
    const sent = open(base, path, encoding);
    sent.setTimeout(PATIENCE, () => sent.destroy(new Error(`${path}: no answer after ${PATIENCE} ms`)));
    sent.on("error", reject);
    sent.on("response", (answer) => {
      const status = answer.statusCode ?? 0;
      let [bytes, first] = [0, 0];
      /** @type {Buffer[]} */
      const problem = [];
      const done = (/** @type {boolean} */ whole) => {
        const why = status < 400 ? "" : String(JSON.parse(Buffer.concat(problem).toString() || "{}").detail ?? "");
        resolve({ status, bytes, whole, first: first || now() - began, ms: now() - began, why });
      };
      answer.on("data", (chunk) => {
        first ||= now() - began;
        bytes += chunk.length;
        if (status >= 400) problem.push(chunk);
        if (bytes < ENOUGH) return;
        done(false);
        sent.destroy();
      });
      answer.on("error", reject);
      answer.on("end", () => done(true));
    });
    sent.end();
  });
}

/**
 * Asks, reads what comes, and leaves after so many ms. Gives when it left, or `null` where all of the answer came before.
 *
 * @param {URL} base
 * @param {string} path
 * @param {number} after
 * @param {string} encoding
 * @returns {Promise<number | null>}
 */
export function leave(base, path, after, encoding = "identity") {
  return new Promise((resolve) => {
    const sent = open(base, path, encoding);
    const timer = setTimeout(() => {
      const left = now();
      sent.destroy();
      resolve(left);
    }, after);
    const over = () => {
      clearTimeout(timer);
      resolve(null);
    };
    sent.on("error", over);
    sent.on("response", (answer) => {
      answer.resume();
      answer.on("error", () => {});
      answer.on("end", over);
    });
    sent.end();
  });
}
