/**
 * Sizes of what a browser loads, against the budgets in size.json: `node size.js` prints them, `node size.js --write` makes
 * them the budgets. Bytes after gzip -9, which is what the server sends.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("dist/", import.meta.url));
const file = new URL("size.json", import.meta.url);

/** The budgets. @returns {Record<string, number>} */
export const budgets = () => JSON.parse(readFileSync(file, "utf8"));

/** What is loaded, by name; of pages that are built apart, those that were built. @returns {Record<string, number>} */
export function sizes() {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path ?? "");
  const assets = readdirSync(join(dist, "assets")).map((name) => `assets/${name}`);
  const one = (/** @type {RegExp} */ pattern) => assets.filter((path) => pattern.test(path));
  const scripts = named.filter((path) => path.endsWith(".js"));
  return {
    "the page's scripts": sum(scripts),
    "of these MapLibre": sum(scripts.filter((path) => /\/maplibre-gl-[^w]/.test(path))),
    "its style sheet": sum(named.filter((path) => path.endsWith(".css"))),
    "MapLibre's worker": sum(one(/maplibre-gl-worker.*\.mjs$/)),
    "the ground of a first map": sum(one(/ground-far-/)),
    "the deeper ground": sum(one(/ground-near-/)),
    "all that the service worker keeps": sum(["index.html", ...assets]),
    ...apart("Kepler.gl", "kepler"),
    ...apart("deck.gl and MapLibre", "examples"),
  };
}

/** @param {string} title @param {string} folder */
function apart(title, folder) {
  const path = join(dist, folder);
  if (!existsSync(path)) return {};
  const all = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => /\.(m?js|css)$/.test(name));
  return { [`scripts of ${title}`]: sum(all.map((name) => `${folder}/${name}`)) };
}

/** @param {string[]} paths */
function sum(paths) {
  return paths.reduce((bytes, path) => bytes + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = sizes();
  for (const [name, bytes] of Object.entries(found)) process.stdout.write(`${name}: ${bytes}\n`);
  if (process.argv.includes("--write"))
    writeFileSync(file, `${JSON.stringify({ ...budgetsOrNone(), ...found }, undefined, 2)}\n`);
}

function budgetsOrNone() {
  return existsSync(file) ? budgets() : {};
}
