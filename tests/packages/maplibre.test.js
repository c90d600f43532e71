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
  copyFileSync(join(folder, "index.html"), join(out, "index.html"));
  copyFileSync(join(dist, "maplibre-gl.css"), join(out, "maplibre-gl.css"));
  // The worker of version 6 is a file beside the bundle.
  if (version >= 6) {
    for (const file of ["maplibre-gl-worker.mjs", "maplibre-gl-shared.mjs"])
      copyFileSync(join(dist, file), join(out, file));
  }
  for (const file of ["worker.js", "maplibre-worker.mjs", "duotile.wasm"]) {
    copyFileSync(join(folder, "node_modules/duotile/dist", file), join(out, file));
  }
  return out;
}

/** What a careful page allows. MapLibre's worker fetches tiles, and draws what blobs hold. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'";

for (const version of [4, 5, 6]) {
  test(`MapLibre ${version}`, async (t) => {
    const out = await bundled(version);
    const server = await serve(out);
    const strict = await serve(out, { "content-security-policy": POLICY });
    try {
      // Before version 6 MapLibre itself needs more than the policy allows.
      for (const how of version < 6 ? ["page", "workers"] : ["page", "workers", "page&files", "workers&files"]) {
        const [side, files] = how.split("&");
        const place = side === "page" ? "the page" : "its workers";
        await t.test(
          `registered in ${place}${files ? ", under a policy that allows files of its own" : ""}`,
          async () => {
            const result = await found(browser, `${files ? strict.url : server.url}?side=${how}`);
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
          },
        );
      }
    } finally {
      strict.close();
      server.close();
    }
  });
}
