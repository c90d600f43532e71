/**
 * What Chromium does with points: chromium.js POINTS.csv WHO…, with the names of browser.js and `duotile-worker`.
 *
 * A browser of its own for each. Prints a JSON object a line.
 */

import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const [path, ...names] = process.argv.slice(2);
if (!path || names.length === 0) throw new Error("chromium.js POINTS.csv WHO…");

const file = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [file("page.js")],
  bundle: true,
  format: "esm",
  target: "es2022",
  write: false,
  logLevel: "error",
  define: { "import.meta.url": "undefined" },
  alias: { duotile: file("../../js/dist/index.js") },
  // What is only loaded where no files are named, and for Arrow.
  external: ["./wasm-inline-*", "./worker-inline-*", "./maplibre-worker-inline-*", "@uwdata/flechette"],
});
const script = outputFiles[0]?.contents ?? new Uint8Array();

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost").pathname;
  const types = { js: "text/javascript", wasm: "application/wasm", csv: "text/csv" };
  const type = types[/** @type {keyof typeof types} */ (url.split(".").at(-1))] ?? "text/html";
  // Memory is only told to pages that are alone in their process.
  const alone = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  response.writeHead(200, { "content-type": type, ...alone });
  if (url === "/page.js") response.end(script);
  else if (url === "/points.csv") createReadStream(path).pipe(response);
  else if (url === "/duotile.wasm" || url === "/worker.js")
    createReadStream(file(`../../js/dist${url}`)).pipe(response);
  else response.end('<!doctype html><title>busy</title><script type="module" src="/page.js"></script>');
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const address = server.address();
if (!address || typeof address === "string") throw new Error("no port");

for (const who of names) {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--no-first-run",
      "--js-flags=--expose-gc --max-old-space-size=8192",
      "--enable-blink-features=ForceEagerMeasureMemory",
    ],
  });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => {
      throw error;
    });
    const version = browser.version();
    await page.exposeFunction("emit", (/** @type {object} */ line) => {
      process.stdout.write(`${JSON.stringify({ ...line, in: `Chromium ${version}` })}\n`);
    });
    await page.goto(`http://127.0.0.1:${address.port}/?who=${who}`);
    await page.waitForFunction(() => document.title === "done", undefined, { timeout: 900_000, polling: 200 });
  } finally {
    await browser.close();
  }
}
server.close();
