/** What of a build is kept on devices, and what is left out of it. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { apart } from "./beside.js";

const SCRIPT = "sw.js";
const PAGE = "index.html";

/** Writes names and a hash of all files of a build into its service worker, in place of `__PAGE__`. */
export function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    writeBundle({ dir = "" }) {
      const all = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const paths = all
        .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
        .filter((path) => !apart(path))
        .sort();
      const files = paths.filter((path) => path !== SCRIPT && path !== PAGE);
      const hash = createHash("sha256");
      // The script's own text counts too: it is what says how the rest is used.
      for (const path of paths) hash.update(`${path}\n`).update(readFileSync(join(dir, path)));
      const entry = /src="\.\/(assets\/[^"]+\.js)"/.exec(readFileSync(join(dir, PAGE), "utf8"))?.[1];
      const script = readFileSync(join(dir, SCRIPT), "utf8");
      if (entry === undefined || !script.includes("__PAGE__"))
        throw new Error(`${PAGE} or ${SCRIPT} is not as expected`);
      const page = JSON.stringify({ version: hash.digest("hex").slice(0, 16), files, entry });
      writeFileSync(
        join(dir, SCRIPT),
        script.replace("__PAGE__", () => page),
      );
    },
  };
}

/**
 * Leaves out what the package would load in this page if it were not given the addresses of its worker and of its module:
 * both once more as texts, and what the worker has in itself. What takes subsets is loaded here.
 */
export function unneeded(): Plugin {
  const nothing = "\0unneeded";
  return {
    name: "unneeded",
    resolveDynamicImport: (path, importer) =>
      /\/js\/dist\/[^/]+$/.test(importer ?? "") && !/^\.\/take-/.test(String(path)) ? nothing : null,
    load: (id) => (id === nothing ? "export default undefined;" : null),
  };
}
