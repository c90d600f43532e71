/**
 * Makes dist: modules for bundlers and Node, the scripts of workers, the WebAssembly file, declarations.
 *
 * The module is carried twice: as a file, and in base64 in a chunk that is only loaded by those who name no file. So are
 * the scripts of workers, as texts.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const wasm = new URL("../wasm/pkg/duotile_wasm_bg.wasm", import.meta.url);

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  // The glue's own way to find the module is never taken, and must not be seen by bundlers.
  define: { "import.meta.url": "undefined" },
};

/**
 * Modules whose text is made here.
 *
 * @param {Record<string, string>} texts By the end of their path.
 * @returns {import("esbuild").Plugin}
 */
function made(texts) {
  return {
    name: "made",
    setup(build) {
      build.onResolve({ filter: /-inline\.js$/ }, ({ path }) => ({ path: path.replace("./", ""), namespace: "made" }));
      build.onLoad({ filter: /.*/, namespace: "made" }, ({ path }) => {
        const text = texts[path];
        if (text === undefined) throw new Error(`${path} is not to be in this script`);
        return { contents: `export default ${JSON.stringify(text)};` };
      });
    },
  };
}

/**
 * A script in one file.
 *
 * @param {string} entry
 */
async function script(entry) {
  const inline = { "wasm-inline.js": "", "worker-inline.js": "", "maplibre-worker-inline.js": "" };
  const result = await build({
    ...common,
    entryPoints: [`src/${entry}.ts`],
    // Runs as a module and as a classic script.
    format: "iife",
    minify: true,
    outfile: `dist/${entry}.js`,
    plugins: [made(inline)],
    write: true,
    metafile: true,
  });
  return { text: readFileSync(new URL(`dist/${entry}.js`, import.meta.url), "utf8"), meta: result.metafile };
}

rmSync(new URL("dist", import.meta.url), { recursive: true, force: true });
const worker = await script("worker");
const maplibre = await script("maplibre-worker");
await build({
  ...common,
  entryPoints: { index: "src/index.ts" },
  splitting: true,
  outdir: "dist",
  chunkNames: "[name]-[hash]",
  external: ["@uwdata/flechette"],
  plugins: [
    made({
      "wasm-inline.js": readFileSync(wasm).toString("base64"),
      "worker-inline.js": worker.text,
      "maplibre-worker-inline.js": maplibre.text,
    }),
  ],
});
copyFileSync(wasm, new URL("dist/duotile.wasm", import.meta.url));
// MapLibre 6 imports scripts of this ending, and takes others for text.
copyFileSync(new URL("dist/maplibre-worker.js", import.meta.url), new URL("dist/maplibre-worker.mjs", import.meta.url));
rmSync(new URL("dist/maplibre-worker.js", import.meta.url));
const tsc = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")));
execFileSync(process.execPath, [tsc, "-p", "tsconfig.json", "--emitDeclarationOnly"], { cwd: here, stdio: "inherit" });
