/**
 * The examples, bundled into `dist/`: `examples.html`, which lists them, and in `examples/` a page for each with what it
 * loads.
 */

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, parse } from "node:path";
import { build } from "esbuild";
import { ground } from "../ground.mjs";
import { notices } from "../notices.mjs";

const root = import.meta.dirname;
const dist = join(root, "dist");
rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "examples"), { recursive: true });

/** Copies a worker's script, which libraries start from a file of its own, under a name with a hash. */
function worker(/** @type {string} */ path) {
  const source = join(root, "node_modules", path);
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 10);
  const { name, ext } = parse(source);
  copyFileSync(source, join(dist, "examples", `${name}-${hash}${ext}`));
  return JSON.stringify(`${name}-${hash}${ext}`);
}

const { metafile } = await build({
  entryPoints: ["deck.ts", "maplibre.ts", "style.css"].map((name) => join(root, "src", name)),
  outdir: join(dist, "examples"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  metafile: true,
  legalComments: "linked",
  logLevel: "warning",
  define: {
    "process.env.NODE_ENV": '"production"',
    COUNTRIES: JSON.stringify(`../${ground(dist)}`),
    MAPLIBRE_WORKER: worker("maplibre-gl/dist/maplibre-gl-worker.mjs"),
    MVT_WORKER: worker("@loaders.gl/mvt/dist/mvt-worker.js"),
  },
});
writeFileSync(join(dist, "examples/licences.txt"), notices(metafile));

const outputs = Object.keys(metafile.outputs).map((path) => basename(path));
/** The files of an entry, as a page in some folder names them. */
const named = (/** @type {string} */ entry, /** @type {string} */ ending) =>
  outputs.filter((output) => output.startsWith(`${entry}-`) && output.endsWith(ending));
for (const [name, folder] of [
  ["deck", "./"],
  ["maplibre", "./"],
  ["examples", "./examples/"],
]) {
  const [script] = named(name, ".js");
  const sheets = [...named(name, ".css"), ...named("style", ".css")];
  const page = readFileSync(join(root, "pages", `${name}.html`), "utf8")
    .replace("SCRIPT", `${folder}${script}`)
    .replace(/( *)<link rel="stylesheet" href="STYLE" \/>/, (_, indent) =>
      sheets.map((sheet) => `${indent}<link rel="stylesheet" href="${folder}${sheet}" />`).join("\n"),
    );
  writeFileSync(join(dist, name === "examples" ? "" : "examples", `${name}.html`), page);
}
