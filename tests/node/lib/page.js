/** A module of the page, for tests that need no browser: its TypeScript is bundled, and imported. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} name beneath `web/src`, without its ending */
export async function ofPage(name) {
  const entry = fileURLToPath(new URL(`../../../web/src/${name}.ts`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString("base64")}`);
}
