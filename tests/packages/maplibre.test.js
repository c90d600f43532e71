/** Maps of MapLibre 4, 5 and 6, bundled with the packed package: tiles by the page, and by MapLibre's workers. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { clean, found, installed, launch, modules, serve } from "./lib.js";

/** @type {import("playwright-core").Browser} */
let browser;
let folder = "";

before(async () => {
  folder = installed("maplibre");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  clean();
});

/** @param {number} version */
async function bundled(version) {
  const out = join(folder, `out-${version}`);
  const dist = join(modules, `maplibre-gl-${version}`, "dist");
  mkdirSync(out);
  await build({
    bundle: true,
    format: "esm",
    splitting: true,
    minify: true,
    absWorkingDir: folder,
    entryPoints: ["map.js"],
    outdir: out,
    logOverride: { "import-is-undefined": "silent" },
    alias: { MAPLIBRE: join(modules, `maplibre-gl-${version}`) },
  });
  copyFileSync(join(folder, "map.html"), join(out, "index.html"));
  copyFileSync(join(dist, "maplibre-gl.css"), join(out, "maplibre-gl.css"));
  // The worker of version 6 is a file beside the bundle.
  if (version >= 6) {
    for (const file of ["maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs"])
      copyFileSync(join(dist, file), join(out, file));
  }
  return out;
}

for (const version of [4, 5, 6]) {
  test(`MapLibre ${version}`, async (t) => {
    const server = await serve(await bundled(version));
    try {
      for (const side of ["page", "workers"]) {
        await t.test(`registered in ${side === "page" ? "the page" : "its workers"}`, async () => {
          const result = await found(browser, `${server.url}?side=${side}`);
          assert.equal(result["error"], undefined);
          assert.match(result["version"], new RegExp(`^${version}\\.`));
          assert.ok(result["shown"] > 100, `${result["shown"]} features are drawn`);
          assert.equal(result["filtered"], true, "the query of the TileJSON is that of its tiles");
          if (version === 4) {
            // It does not know tags, but never asks again for what has no end.
            assert.equal(result["askedTwice"], 0);
          } else {
            assert.ok(result["refreshed"] > 0);
            assert.equal(result["parsedAgain"], 0, "an unchanged tile is not parsed again");
            assert.ok(result["parsedAfterChange"] > 0, "a changed one is");
          }
          const byThePage = [result["tilesByThePage"], result["slow"].byThePage];
          if (side === "page") assert.ok(byThePage.every((count) => count > 0));
          else assert.deepEqual(byThePage, [0, 0], "tiles do not come by the page");
          assert.ok(result["slow"].begun > 0);
          assert.equal(result["slow"].aborted, result["slow"].begun, "what is no longer wanted stops");
          assert.match(result["errors"].join("\n"), /filter, character 1: .*"valu"/);
        });
      }
    } finally {
      server.close();
    }
  });
}
