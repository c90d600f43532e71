/**
 * Kepler.gl and our page around it, bundled into `dist/`: `kepler.html`, and beside it in `kepler/` all that it loads.
 * Nothing is left that would be fetched from elsewhere: the pictures that Kepler.gl looks for on its own host are made
 * here, and what it would load of other maps' libraries is left out.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { ground } from "../ground.mjs";
import { notices } from "../notices.mjs";
import { pictures } from "./pictures.mjs";

const require = createRequire(import.meta.url);
const root = import.meta.dirname;
const dist = join(root, "dist");

/** Node's own modules: what browsers use in their place, and nothing where no code that runs here asks for them. */
const BUILT_IN = {
  assert: require.resolve("assert/"),
  buffer: require.resolve("buffer/"),
  events: require.resolve("events/"),
  util: require.resolve("util/"),
  fs: "",
  child_process: "",
  zlib: "",
};

/** Modules in the place of others: one map library, and the years of time zones that people have data of. */
const INSTEAD = {
  "mapbox-gl": require.resolve("maplibre-gl"),
  "moment-timezone": require.resolve("moment-timezone/builds/moment-timezone-with-data-10-year-range.js"),
};

/** @type {import("esbuild").Plugin} */
const instead = {
  name: "instead",
  setup({ onResolve, onLoad }) {
    const names = Object.keys({ ...BUILT_IN, ...INSTEAD }).join("|");
    onResolve({ filter: new RegExp(`^(node:)?(${names})$`) }, ({ path }) => {
      const file = { ...BUILT_IN, ...INSTEAD }[path.replace(/^node:/, "")];
      return file ? { path: file } : { path, namespace: "nothing" };
    });
    onLoad({ filter: /./, namespace: "nothing" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * npm puts copies of one version into many folders; the first that is met stands for all of them. It is less to load,
 * and some (react-palm, which carries out what reducers ask for) only work when there is one.
 *
 * @type {import("esbuild").Plugin}
 */
const once = {
  name: "once",
  setup({ onResolve, resolve }) {
    /** @type {Map<string, string>} */
    const first = new Map();
    /** @type {Map<string, string>} */
    const versions = new Map();
    onResolve({ filter: /^[@a-z]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      if (pluginData === once) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: once });
      const parts = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))(\/.*)$/.exec(found.path);
      if (!parts || found.errors.length > 0 || found.namespace !== "file") return found;
      const [, folder = "", name = "", file = ""] = parts;
      const version =
        versions.get(folder) ?? JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version ?? "";
      versions.set(folder, version);
      const key = `${name}@${version}${file}`;
      const known = first.get(key);
      if (known === undefined) first.set(key, found.path);
      return { ...found, path: known ?? found.path };
    });
  },
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, "kepler"), { recursive: true });
const countries = ground(dist);
pictures(join(dist, "kepler/static"));

const { metafile } = await build({
  entryPoints: [join(root, "src/main.tsx")],
  outdir: join(dist, "kepler"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  metafile: true,
  legalComments: "linked",
  logLevel: "warning",
  jsx: "automatic",
  loader: { ".js": "jsx", ".svg": "dataurl", ".png": "dataurl" },
  inject: [join(root, "src/shims.js")],
  define: {
    global: "globalThis",
    "process.env.NODE_ENV": '"production"',
    "process.env.NODE_DEBUG": "undefined",
    COUNTRIES: JSON.stringify(countries),
  },
  plugins: [instead, once],
});
writeFileSync(join(dist, "kepler/licences.txt"), notices(metafile));

const outputs = Object.keys(metafile.outputs).map((path) => basename(path));
const named = (/** @type {RegExp} */ pattern) => {
  const name = outputs.find((output) => pattern.test(output));
  if (name === undefined) throw new Error(`no output is like ${pattern}: ${outputs.join(", ")}`);
  return `./kepler/${name}`;
};
const page = readFileSync(join(root, "kepler.html"), "utf8")
  .replace("SCRIPT", named(/^main-\w+\.js$/))
  .replace("STYLE", named(/^main-\w+\.css$/));
writeFileSync(join(dist, "kepler.html"), page);
