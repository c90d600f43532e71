/** What tests of sharing have in common: a folder for what is saved, and how it is saved. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { features, PATIENCE } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

export const folder = mkdtempSync(join(tmpdir(), "duotile-share-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A filter, and the page in Europe with it. */
export const SOME = "population > 1000";
export const EUROPE = `#view=4.3/49/8&filter=${encodeURIComponent(SOME)}`;

/** Unfolds what can be shared. @param {Page} page */
export async function unfold(page) {
  await page.click("#share > summary");
  await page.waitForSelector("#sharing", { timeout: PATIENCE });
}

/** What a press saves, as a file in our folder. @param {Page} page @param {string} selector */
export async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.click(selector)]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { path, name: download.suggestedFilename(), bytes: readFileSync(path) };
}

/** Features by id, with what they carry. @param {Page} page @param {string} kind */
export async function seen(page, kind) {
  const all = await features(page, kind);
  return new Map(all.map(({ id, properties }) => [Number(id), properties]));
}
