/**
 * The pages that are built apart (Kepler.gl, the examples), put beside the page in `web/dist`, which its own build empties.
 * What has not been built is a page that says how to. Both kinds of build run this last, so neither undoes the other.
 */

import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const web = import.meta.dirname;

/** The page, the folder beside it, and what it is called. */
const PARTS = [
  { name: "kepler", title: "Kepler.gl" },
  { name: "examples", title: "The examples" },
];

/** A folder that they share. */
const SHARED = "ground";

/** Whether a file of `web/dist` belongs to a page that is built apart. */
export const apart = (/** @type {string} */ path) =>
  path.startsWith(`${SHARED}/`) || PARTS.some(({ name }) => path.startsWith(`${name}/`) || path === `${name}.html`);

/** Puts them there. */
export function beside() {
  const dist = join(web, "dist");
  mkdirSync(dist, { recursive: true });
  rmSync(join(dist, SHARED), { recursive: true, force: true });
  for (const { name, title } of PARTS) {
    rmSync(join(dist, name), { recursive: true, force: true });
    const built = join(web, name, "dist");
    if (existsSync(join(built, `${name}.html`))) cpSync(built, dist, { recursive: true });
    else writeFileSync(join(dist, `${name}.html`), missing(name, title));
  }
}

const missing = (/** @type {string} */ name, /** @type {string} */ title) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>${title}</title>
  <p>This program was built without this page. <code>scripts/build.sh ${name} program</code> builds it with it.</p>
</html>
`;

if (process.argv[1] === import.meta.filename) beside();
