/** A module of the package that it does not offer to others, for its tests. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {string} name */
export async function inside(name) {
  const entry = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString("base64")}`);
}
