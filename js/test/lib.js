/** Workers for tests: one that only notes what it is told, and the packed script in a thread of Node's. */

import { readFileSync } from "node:fs";
import { Worker as Thread } from "node:worker_threads";
import { build } from "esbuild";

/** A worker that answers only what a test makes it say. */
export class FakeWorker {
  /** @type {any[]} */
  got = [];
  ended = false;
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null;
  /** @type {((event: { message: string }) => void) | null} */
  onerror = null;
  onmessageerror = null;

  /** Whether it answers the first message by itself. */
  ready = false;
  /** @type {((message: any) => void) | undefined} */
  onpost;

  /** @param {unknown} message */
  postMessage(message) {
    this.got.push(message);
    if (this.ready && typeof message === "object" && message && "wasm" in message) {
      setTimeout(() => this.say({ ready: true }));
    }
    this.onpost?.(message);
  }

  terminate() {
    this.ended = true;
  }

  /** @param {unknown} data */
  say(data) {
    this.onmessage?.({ data });
  }

  /** As the type that the package wants. */
  get worker() {
    return /** @type {Worker} */ (/** @type {unknown} */ (this));
  }
}

/** The script of the package, in a thread that is dressed as a browser's worker. */
export class ThreadWorker extends FakeWorker {
  #thread = new Thread(
    `const { parentPort } = require("node:worker_threads");
     globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
     parentPort.on("message", (data) => globalThis.onmessage({ data }));
     ${readFileSync(new URL("../dist/worker.js", import.meta.url), "utf8")}`,
    { eval: true },
  );

  constructor() {
    super();
    this.#thread.on("message", (data) => this.say(data));
    this.#thread.on("error", (error) => this.onerror?.(error));
  }

  /** @override @param {unknown} message @param {import("node:worker_threads").Transferable[]} [transfer] */
  postMessage(message, transfer) {
    super.postMessage(message);
    this.#thread.postMessage(message, transfer);
  }

  /** @override */
  terminate() {
    super.terminate();
    void this.#thread.terminate();
  }
}

/**
 * A file of the sources that the package does not export, with the WebAssembly module or something in its place.
 *
 * @param {string} name
 * @param {string} [wasm] What stands for wasm.ts.
 */
export async function source(name, wasm) {
  const options = /** @type {const} */ ({ bundle: true, format: "esm", write: false, logLevel: "error", minify: true });
  const path = new URL(`../src/${name}.ts`, import.meta.url).pathname;
  /** @type {import("esbuild").Plugin} */
  const instead = {
    name: "instead",
    setup(build) {
      if (wasm === undefined) return;
      build.onResolve({ filter: /\/wasm\.js$/ }, () => ({ path: "wasm", namespace: "instead" }));
      build.onLoad({ filter: /.*/, namespace: "instead" }, () => ({ contents: wasm }));
    },
  };
  const inline = { external: ["*-inline.js"], plugins: [instead] };
  const { outputFiles } = await build({ ...options, ...inline, entryPoints: [path] });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? "")}`);
}

/** Lets everything that waits for a turn have it. */
export const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
