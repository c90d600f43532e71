/** The package as people get it: packed, installed into a clean folder, bundled there, opened in Chromium. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

/** What the workspace has installed, as bundlers and MapLibre are not part of the package. */
export const modules = join(root, "node_modules");

/** How long a map may take to be drawn without a graphics card, on a busy machine. */
export const PATIENCE = 90_000;

/** @type {string[]} */
const folders = [];

/** An empty folder, which {@link clean} removes. @param {string} name */
export function fresh(name) {
  const folder = mkdtempSync(join(tmpdir(), `duotile-${name}-`));
  folders.push(folder);
  return folder;
}

/** Removes every folder that was made. */
export function clean() {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  packed = undefined;
}

/**
 * A folder that has nothing but the packed package installed, and the pages of a test.
 *
 * @param {string} name
 */
export function installed(name) {
  const folder = fresh(name);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  npm(folder, "install", "--prefer-offline", tarball());
  cpSync(join(here, "pages", name), folder, { recursive: true });
  return folder;
}

/** @type {string | undefined} */
let packed;

/** The packed package. */
export function tarball() {
  packed ??= pack();
  return packed;
}

function pack() {
  const folder = fresh("pack");
  npm(join(root, "js"), "pack", "--pack-destination", folder);
  const { name, version } = JSON.parse(readFileSync(join(root, "js/package.json"), "utf8"));
  return join(folder, `${name}-${version}.tgz`);
}

/**
 * @param {string} folder
 * @param {...string} args
 */
function npm(folder, ...args) {
  const quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--ignore-scripts", "--no-workspaces"];
  execFileSync("npm", [...args, ...quiet], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
}

const TYPES = new Map([
  [".html", "text/html"],
  [".js", "text/javascript"],
  [".mjs", "text/javascript"],
  [".wasm", "application/wasm"],
  [".css", "text/css"],
]);

/**
 * Serves a folder on this machine.
 *
 * @param {string} folder
 * @param {Record<string, string>} [headers]
 */
export async function serve(folder, headers = {}) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    const file = path === "/" ? "/index.html" : path;
    try {
      const body = readFileSync(join(folder, file));
      response.writeHead(200, { "content-type": TYPES.get(extname(file)) ?? "application/octet-stream", ...headers });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}

/**
 * Starts Debian's Chromium, or the one that `CHROMIUM` names, drawing without a graphics card.
 *
 * @param {...string} more
 */
export function launch(...more) {
  const args = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run", ...more];
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args });
}

/**
 * Opens an address and waits for what its page finds out: it says so in `window.found`.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 */
export async function found(browser, url) {
  const page = await browser.newPage();
  /** @type {string[]} */
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await page.goto(url);
    const handle = await page
      .waitForFunction(() => /** @type {{ found?: unknown }} */ (/** @type {unknown} */ (window)).found, undefined, {
        timeout: PATIENCE,
        polling: 50,
      })
      .catch((error) => {
        throw new Error(`${url} found nothing; it said:\n${said.join("\n")}`, { cause: error });
      });
    return /** @type {Record<string, any>} */ (await handle.jsonValue());
  } finally {
    await page.close();
  }
}
