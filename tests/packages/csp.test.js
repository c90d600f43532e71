/** Under a Content-Security-Policy the package works with files of its own, or says what forbids it. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { clean, found, installed, launch, serve } from "./lib.js";

/** @type {import("playwright-core").Browser} */
let browser;
let out = "";

before(async () => {
  const folder = installed("csp");
  out = join(folder, "out");
  mkdirSync(out);
  const options = /** @type {const} */ ({ bundle: true, format: "esm", splitting: true, minify: true });
  await build({ ...options, absWorkingDir: folder, entryPoints: ["csp.js"], outdir: out });
  writeFileSync(join(out, "index.html"), '<!doctype html><script type="module" src="/csp.js"></script>');
  for (const file of ["worker.js", "duotile.wasm"]) {
    copyFileSync(join(folder, "node_modules/duotile/dist", file), join(out, file));
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  clean();
});

/**
 * @param {string} policy
 * @param {string} [query]
 */
async function under(policy, query = "") {
  const server = await serve(out, { "content-security-policy": policy });
  try {
    return await found(browser, server.url + query);
  } finally {
    server.close();
  }
}

const FILES = "?worker=/worker.js&wasm=/duotile.wasm";

test("scripts and workers from 'self' and 'wasm-unsafe-eval' are enough, with files", async () => {
  const said = await under(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'",
    FILES,
  );
  assert.match(said["worker"], /^\d+ bytes$/);
  assert.match(said["page"], /^\d+ bytes$/);
});

test("without files, worker-src blob: is needed too, and enough", async () => {
  const said = await under("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:");
  assert.match(said["worker"], /^\d+ bytes$/);
  assert.match(said["page"], /^\d+ bytes$/);
});

test("a policy that forbids WebAssembly is told, in worker and page, and the worker lives", async () => {
  const said = await under("default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self' blob:");
  for (const place of ["worker", "again", "page"]) assert.match(said[place], /'wasm-unsafe-eval'/);
});

test("a policy that forbids the worker is told, each time, with the way out", async () => {
  const said = await under("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'");
  for (const place of ["worker", "again"]) assert.match(said[place], /did not start.*worker-src blob:.*`worker`/);
  assert.match(said["page"], /^\d+ bytes$/);
});

test("files that are not where they were said to be are told", async () => {
  const policy = "default-src 'self' 'wasm-unsafe-eval'";
  const worker = await under(policy, "?worker=/nowhere.js&wasm=/duotile.wasm");
  for (const place of ["worker", "again"])
    assert.match(worker[place], /nowhere\.js broke: it did not start.*duotile\/worker/);
  const wasm = await under(policy, "?worker=/worker.js&wasm=/nowhere.wasm");
  for (const place of ["worker", "again", "page"]) assert.match(wasm[place], /nowhere\.wasm was answered 404/);
});
