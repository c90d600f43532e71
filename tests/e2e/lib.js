/** Chromium on the page, and what both of the tests of the page ask of it. */

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";

const shots = fileURLToPath(new URL("screenshots/", import.meta.url));

/** Software rendering, and no connections but those that the page makes. */
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long the map may take to be drawn without a graphics card, on a busy machine. */
export const PATIENCE = 90_000;

/**
 * Serves files, or the built-in data, with the page of the program; with the one in the folder `DUOTILE_PAGE` if that is
 * set.
 *
 * @param {string[]} args
 */
export async function site(...args) {
  const server = await serve(...args);
  if (!process.env["DUOTILE_PAGE"]) return server;
  const before = await front(server.base);
  const stop = async () => {
    await before.stop();
    return server.stop();
  };
  return { ...server, base: before.base, stop };
}

/**
 * Starts Debian's Chromium, or the one that `CHROMIUM` names.
 *
 * @param {string[]} flags more of them
 */
export function launch(...flags) {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...FLAGS, ...flags],
  });
}

/**
 * Opens an address in a page of its own and waits until the map is drawn. Everything that goes wrong in the page, and
 * every request to another origin, is collected.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} address
 * @param {import("playwright-core").BrowserContextOptions & { prepare?: () => void, ready?: typeof drawn }} [options]
 *   `prepare` runs in the page before anything of it does; `ready` waits for another page's map
 */
export async function open(browser, address, { prepare, ready = drawn, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const strangers = [];
  const origin = new URL(address).origin;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) strangers.push(request.url());
  });
  if (prepare) await context.addInitScript(prepare);
  await page.goto(address);
  await ready(page);
  return { page, complaints, strangers, close: () => context.close() };
}

/**
 * Waits until the map has the data's layers, and nothing of it is still loading.
 *
 * @param {import("playwright-core").Page} page
 */
export async function drawn(page) {
  await page.waitForFunction(
    () => {
      const page = window.duotile;
      return page?.settled() && page.map.getStyle().layers.some(({ id }) => /^(cells|shapes|tiles)-/.test(id));
    },
    undefined,
    { timeout: PATIENCE, polling: 100 },
  );
}

/**
 * Waits until an element's text is like this.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 * @param {RegExp} pattern
 */
export async function says(page, selector, pattern) {
  try {
    await page.waitForFunction(
      ([selector, source]) => {
        // Numbers and their units are held together by a space of their own.
        const text = document.querySelector(selector ?? "")?.textContent?.replaceAll("\u00a0", " ");
        return new RegExp(source ?? "").test(text ?? "");
      },
      [selector, pattern.source],
      { timeout: PATIENCE, polling: 100 },
    );
  } catch {
    assert.match((await page.textContent(selector)) ?? "", pattern);
  }
}

/**
 * Waits until so many elements fit a selector: the page may still be drawing what it has said.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 * @param {number} expected
 */
export async function counts(page, selector, expected) {
  try {
    await page.waitForFunction(
      ([selector, expected]) => document.querySelectorAll(String(selector)).length === expected,
      /** @type {const} */ ([selector, expected]),
      { timeout: PATIENCE, polling: 100 },
    );
  } catch {
    assert.equal(await page.locator(selector).count(), expected, selector);
  }
}

/**
 * Waits until an asynchronous question, asked in the page, is answered with yes. (`waitForFunction` takes the promise itself
 * for a yes.)
 *
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<boolean>} question
 */
export async function eventually(page, question) {
  const until = Date.now() + PATIENCE;
  while (!(await page.evaluate(question))) {
    assert.ok(Date.now() < until, `never so: ${question}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The cells or the rows that the map draws, of all layers or of one (`cells-1`): their ids, properties and, for the middle
 * of each, the pixel.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} kind
 */
export async function features(page, kind) {
  return page.evaluate((kind) => {
    const map = window.duotile?.map;
    if (!map) throw new Error("no map");
    const layers = map
      .getStyle()
      .layers.map(({ id }) => id)
      .filter((id) => id === kind || id.startsWith(`${kind}-`));
    return map.queryRenderedFeatures({ layers }).map(({ id, properties, geometry }) => {
      /** @type {[number, number][]} */
      const points =
        geometry.type === "Point"
          ? [/** @type {[number, number]} */ (geometry.coordinates)]
          : geometry.type === "Polygon"
            ? /** @type {[number, number][]} */ ((geometry.coordinates[0] ?? []).slice(0, 4))
            : [];
      const middle = (/** @type {0 | 1} */ axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
      const { x, y } = map.project([middle(0), middle(1)]);
      return { id, properties, x, y };
    });
  }, kind);
}

/**
 * The colours of pixels of the page, as `[red, green, blue]`.
 *
 * @param {import("playwright-core").Page} page
 * @param {{ x: number, y: number }[]} places
 * @returns {Promise<number[][]>}
 */
export async function pixels(page, places) {
  const image = (await page.screenshot()).toString("base64");
  return page.evaluate(
    async ({ image, places }) => {
      const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d", { willReadFrequently: true });
      if (!context) throw new Error("no canvas");
      context.drawImage(bitmap, 0, 0);
      return places.map(({ x, y }) => [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data.slice(0, 3)]);
    },
    { image, places },
  );
}

/**
 * A part of the page as it is on the screen: red, green and blue of each pixel, row by row.
 *
 * @param {import("playwright-core").Page} page
 * @param {{ x: number, y: number, width: number, height: number }} clip in pixels of the page
 */
export async function raster(page, clip) {
  const image = (await page.screenshot({ clip })).toString("base64");
  const { width, height, text } = await page.evaluate(async (image) => {
    const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("no canvas");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = "";
    for (let at = 0; at < data.length; at += 4096) text += String.fromCharCode(...data.subarray(at, at + 4096));
    return { width: bitmap.width, height: bitmap.height, text: btoa(text) };
  }, image);
  const data = Buffer.from(text, "base64");
  return {
    width,
    height,
    at: (/** @type {number} */ x, /** @type {number} */ y) =>
      data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
  };
}

/**
 * Keeps a picture for people, in a folder that git does not.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  mkdirSync(shots, { recursive: true });
  // It is looked at by people and judged by no test: where the browser is too busy drawing to give one, there is none.
  await page.screenshot({ path: `${shots}${name}.png`, timeout: 10_000 }).catch((error) => {
    if (error?.name !== "TimeoutError") throw error;
    process.stderr.write(`no picture ${name}: the browser gave none within 10 seconds\n`);
  });
}

/**
 * Nothing went wrong, and nothing left the origin.
 *
 * @param {{ complaints: string[], strangers: string[] }} seen
 */
export function assertQuiet({ complaints, strangers }) {
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
}
