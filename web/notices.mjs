/** The licences of what is bundled into a page, each once, for those who get the page. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/**
 * The texts of the packages that an esbuild bundle holds something of.
 *
 * @param {{ inputs: Record<string, unknown> }} metafile
 */
export function notices({ inputs }) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const input of Object.keys(inputs)) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(resolve(input))?.[1];
    if (folder === undefined || !existsSync(join(folder, "package.json"))) continue;
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
    found.set(`${name} ${version}`, `${name} ${version} (${license ?? "licence in its text"})\n\n${text}`.trim());
  }
  return [...found.keys()]
    .sort()
    .map((key) => found.get(key))
    .join(`\n\n${"-".repeat(80)}\n\n`);
}
