/** A worker of the packed package that really runs out of memory, in a Chromium that gives modules 13 MB. */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";
import { clean, found, installed, launch, serve } from "./lib.js";

after(clean);

test("what the worker held is opened again if it can be, or said to be gone", async () => {
  const folder = installed("crash");
  const out = join(folder, "out");
  mkdirSync(out);
  const options = /** @type {const} */ ({ bundle: true, format: "esm", splitting: true, minify: true });
  await build({ ...options, absWorkingDir: folder, entryPoints: ["crash.js"], outdir: out });
  writeFileSync(join(out, "index.html"), '<!doctype html><script type="module" src="/crash.js"></script>');
  const server = await serve(out);
  const browser = await launch("--js-flags=--wasm-max-mem-pages=200");
  try {
    const said = await found(browser, server.url);
    assert.equal(said["error"], undefined);
    assert.match(said["crash"], /opening 2000000 rows broke .*out of memory: give fewer/);
    assert.deepEqual([said["text"], said["given"], said["another"]], [true, true, true]);
    assert.match(said["arrays"], /"arrays" is gone, open it again: opening 2000000 rows broke/);
  } finally {
    await browser.close();
    server.close();
  }
});
