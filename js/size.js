/**
 * Sizes of what browsers load, against the budgets in size.json: `node size.js` prints them, `node size.js --write` makes
 * them the budgets.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const file = new URL("size.json", import.meta.url);

/** How far a size may be beyond its budget, and below it before the budget is to be made smaller. */
export const MORE = 1024;
export const LESS = 4096;

/** What reads Arrow, CSV, geometries that are more than points, or cells of H3, what takes subsets from a server or makes archives, and what is carried for want of files. */
const LATER = [
  "./arrow.js",
  "./builder.js",
  "./bytes.js",
  "./csv.js",
  "./explained.js",
  "./export.js",
  "./hexagons.js",
  "./measured.js",
  "./systems.js",
  "./take.js",
  "./*-inline.js",
];

/** What is the worker's part where there is one. */
const WORKERS = ["./serve.js", "./readers.js", "../../wasm/pkg/duotile_wasm.js"];

/** What a page names that shows tiles and keeps nothing. */
const TILES = ["addProtocol", "Problem", "Server", "Tiler", "TilerWorker", "toQueryString"];

/** @typedef {{ gzip: number, brotli: number }} Size */

/** The budgets. @returns {Record<string, Size>} */
export const budgets = () => JSON.parse(readFileSync(file, "utf8"));

/** What is loaded, by name. @returns {Promise<Record<string, Size>>} */
export async function sizes() {
  const wasm = readFileSync(new URL("dist/duotile.wasm", import.meta.url));
  return {
    // All that a page loads to show a dataset by a worker, minified as people do.
    page: size(await bundle("index", [...WORKERS, ...LATER], TILES)),
    // The same with what it needs to tile by itself.
    "page that tiles": size(await bundle("index", LATER, TILES)),
    // Everything that the package offers, by a worker: subsets kept on the device and a source over them and a server.
    "page that keeps": size(await bundle("index", [...WORKERS, ...LATER])),
    worker: size(await bundle("worker", LATER)),
    "worker with Arrow": size(readFileSync(new URL("dist/worker.js", import.meta.url))),
    "MapLibre's workers": size(readFileSync(new URL("dist/maplibre-worker.mjs", import.meta.url))),
    wasm: size(wasm),
  };
}

/** @param {Uint8Array} bytes @returns {Size} */
function size(bytes) {
  return { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
}

/**
 * @param {string} entry
 * @param {string[]} external What is loaded later, or not at all.
 * @param {string[]} [names] Those that are imported of it; all of them unless said.
 */
async function bundle(entry, external, names) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    ...(names
      ? { stdin: { contents: `export { ${names.join(", ")} } from "./src/${entry}.ts";`, resolveDir: here } }
      : { entryPoints: [`src/${entry}.ts`] }),
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    target: "es2022",
    define: { "import.meta.url": "undefined" },
    external,
  });
  const [only] = outputFiles;
  if (!only) throw new Error("esbuild wrote nothing");
  return only.contents;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await sizes();
  if (process.argv[2] === "--write") writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  const lines = Object.entries(found).map(([name, { gzip, brotli }]) => `${name}: ${gzip} gzip, ${brotli} brotli`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
