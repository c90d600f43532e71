/**
 * The program under test: started on a port of its own choosing, found by the line it prints, ended by the test that
 * started it. `DUOTILE` names another build of it than the workspace's release build.
 */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const built = join(process.env["CARGO_TARGET_DIR"] ?? join(root, "target"), "release", "duotile");

/** The program's path. */
export const program = process.env["DUOTILE"] ?? built;
assert.ok(existsSync(program), `${program} is not there: build it with scripts/build.sh, or name it in DUOTILE`);

/** How long it may take to load a file, on a busy machine too. */
const PATIENCE = 120_000;

/**
 * Serves files; the built-in data without any. Resolves when it answers.
 *
 * @param {string[]} args paths and options of `duotile serve`
 * @returns {Promise<{ base: string, log: () => string, stop: () => Promise<number | null> }>} `base` ends with a slash
 */
export async function serve(...args) {
  const child = spawn(program, ["serve", ...args, "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const address = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no address after ${PATIENCE} ms:\n${log}`)), PATIENCE);
    const read = (/** @type {Buffer} */ text) => {
      log += text;
      const opened = log.match(/^Open (http:\/\/\S+)$/m);
      if (!opened) return;
      clearTimeout(timer);
      resolve(opened[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    void ended.then((code) => reject(new Error(`duotile ended with ${code}:\n${log}`)));
  });
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  try {
    return { base: await address, log: () => log, stop };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/**
 * Runs the program to its end.
 *
 * @param {string[]} args
 */
export function run(...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}
