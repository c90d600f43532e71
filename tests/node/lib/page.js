/** Modules of the page, for tests that need no browser: their TypeScript is bundled, and imported. */

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../web/src", import.meta.url));

/**
 * Several are one bundle: what one of them changes, the others see.
 *
 * @param {string[]} names beneath `web/src`, without their endings
 */
export async function ofPage(...names) {
  const { outputFiles } = await build({
    stdin: { contents: names.map((name) => `export * from "./${name}";`).join("\n"), resolveDir: root },
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "error",
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString("base64")}`);
}

/** Stands in for the window that modules of the page look at when they are loaded, before anything is drawn. */
export function standIn() {
  Object.assign(globalThis, {
    window: { matchMedia: () => ({ matches: false, addEventListener: () => undefined }) },
    document: { documentElement: { style: {} } },
  });
}
