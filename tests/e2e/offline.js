/**
 * What tests without a network have in common: Chromium, the built-in data, and before it a proxy that is new for each test
 * and can fall silent; how rows are taken along.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { drawn, features, launch, says } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

export const EUROPE = "#view=4.3/49/8";
export const folder = mkdtempSync(join(tmpdir(), "duotile-offline-"));
/** @type {Awaited<ReturnType<typeof serve>>} */
export let server;
/** @type {import("playwright-core").Browser} */
export let browser;
/** @type {import("./front.js").Front} */
export let proxy;

before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  proxy = await front(server.base);
});
afterEach(() => proxy.stop());

/** Only what the browser itself reports of requests that found no server. @param {string[]} complaints */
export const unexpected = (complaints) => complaints.filter((line) => !/^Failed to load resource: net::ERR/.test(line));

/** Sets the filter. @param {Page} page @param {string} filter @param {RegExp} facts what is said of it then */
export async function filter(page, filter, facts) {
  await page.fill("#filter-text", filter);
  await page.keyboard.press("Enter");
  await says(page, "#facts", facts);
  await drawn(page);
}

/** Unfolds the part about this device. @param {Page} page */
export async function unfold(page) {
  if (!(await page.locator("#device").evaluate((details) => /** @type {HTMLDetailsElement} */ (details).open))) {
    await page.click("#device > summary");
  }
}

/** Takes offline what the filter and the chosen extent say. @param {Page} page */
export async function take(page) {
  await unfold(page);
  await page.click("#take-start");
  await says(page, "#device-said", /on this device/);
  await drawn(page);
}

/** The network is gone, and the server too. @param {Page} page */
export async function cut(page) {
  proxy.down = true;
  await page.context().setOffline(true);
}

/** Both are back. @param {Page} page */
export async function restore(page) {
  proxy.down = false;
  await page.context().setOffline(false);
}

/** Names and sizes of what lies in the private file system. @param {Page} page */
export const stored = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle("duotile", { create: true });
    /** @type {Record<string, number>} */
    const sizes = {};
    for await (const [name, handle] of directory.entries()) {
      sizes[name] = (await /** @type {FileSystemFileHandle} */ (handle).getFile()).size;
    }
    return sizes;
  });

/** How many rows there are that pass a filter. @param {string} [text] */
export async function count(text) {
  const { default: name } = await (await fetch(new URL("datasets", server.base))).json();
  const query = text === undefined ? "" : `?filter=${encodeURIComponent(text)}`;
  const { rows } = await (await fetch(new URL(`tiles/${name}/metadata.json${query}`, server.base))).json();
  return Number(rows);
}

/** Cells that are in view, by their ids. @param {Page} page */
export async function cells(page) {
  const shown = await features(page, "cells");
  return Object.fromEntries(shown.map(({ id, properties }) => [id, Number(properties["point_count"])]));
}
