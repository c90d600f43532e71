/**
 * Pictures of the page for people, written to docs/pictures: node pictures.js FOLDER [NAME…]
 *
 * FOLDER holds the files that DATA names; they are real data that does not belong to this repository, and 10 million
 * generated points (`duotile generate 10M points.parquet`). With names, only those pictures are taken.
 */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { features, launch, open, PATIENCE, picture, site } from "./lib.js";

const out = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected: node pictures.js FOLDER [NAME…]");

const DATA = {
  points: "points.parquet",
  pickups: "nyc_pickups_uber_lyft_2014.parquet",
  collisions: "collisions_fr_au_nz.parquet",
  postcodes: "uk_postcodes_codepoint_open.parquet",
};

const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/**
 * @typedef {object} Shot
 * @property {keyof typeof DATA} [data] the built-in places without it
 * @property {string} hash
 * @property {"light" | "dark"} [scheme]
 * @property {boolean} [phone]
 * @property {{ width: number, height: number }} [viewport]
 * @property {(page: import("playwright-core").Page) => Promise<unknown>} [act] what a person does before it is taken
 */

/** Nothing but the map, for a picture that is seen beside another. @type {NonNullable<Shot["act"]>} */
const bare = (page) =>
  page
    .locator("#page, .maplibregl-control-container")
    .evaluateAll((all) => all.map((part) => /** @type {HTMLElement} */ (part).style.setProperty("display", "none")));
const BESIDE = /** @type {const} */ ({ scheme: "dark", viewport: { width: 560, height: 350 }, act: bare });

/** @type {Record<string, Shot>} */
const SHOTS = {
  "places-world": { hash: "", scheme: "light" },
  "places-world-dark": { hash: "", scheme: "dark" },
  "places-filter": {
    hash: "view=4.6/47.5/8&measure=mean:population&filter=population+>+1000+AND+continent+=+'EU'",
    act: async (page) => {
      await page.click("#draw > summary");
      await page.locator("#columns summary", { hasText: "population" }).first().click();
      await page.waitForTimeout(1500);
    },
  },
  "places-categories": { hash: "view=3.4/18/20&category=country_name&cell=4", scheme: "dark" },
  "places-columns": { hash: "view=4.4/44/9/15/55&kind=columns&cell=8&measure=sum:population", scheme: "dark" },
  "places-popup": {
    hash: "view=5/47/6&category=country",
    act: async (page) => {
      const middle = (await features(page, "cells")).filter(({ x, y }) => Math.hypot(x - 760, y - 480) < 80);
      const [cell] = middle.sort((a, b) => Number(b.properties["point_count"]) - Number(a.properties["point_count"]));
      await page.mouse.click(cell?.x ?? 0, cell?.y ?? 0);
      await page.locator(".popup details").first().waitFor({ timeout: PATIENCE });
    },
  },
  "places-phone": { hash: "", scheme: "light", phone: true },
  "places-phone-open": { hash: "view=3/48/10", scheme: "dark", phone: true, act: (page) => page.tap("#fold") },
  "points-world": { data: "points", hash: "", scheme: "dark" },
  "points-country": { data: "points", hash: "view=5.5/48/8&measure=mean:value", scheme: "light" },
  "points-city": { data: "points", hash: "view=10/48.85/2.35", scheme: "dark" },
  "points-street": { data: "points", hash: "view=15/48.8566/2.3522&category=category", scheme: "light" },
  "points-phone": { data: "points", hash: "view=6/35.7/139.7", scheme: "dark", phone: true },
  "pickups-city": { data: "pickups", hash: "view=10.6/40.74/-73.95&cell=2", scheme: "dark" },
  "pickups-street": { data: "pickups", hash: "view=15.5/40.7527/-73.9772&category=company", scheme: "light" },
  "pickups-heat": { data: "pickups", hash: "view=11/40.74/-73.98&kind=heat&cell=4&ramp=lagoon", scheme: "dark" },
  "pickups-phone": { data: "pickups", hash: "view=10/40.73/-73.95", scheme: "light", phone: true },
  "collisions-world": { data: "collisions", hash: "", scheme: "light" },
  "collisions-country": { data: "collisions", hash: "view=6/46.6/2.5&cell=2&ramp=lagoon", scheme: "dark" },
  "postcodes-country": { data: "postcodes", hash: "view=6/54/-2.5&cell=2&ramp=orchid", scheme: "light" },
  "postcodes-street": { data: "postcodes", hash: "view=14.5/51.51/-0.12", scheme: "dark" },
  // Beside what benches/peers/picture.py draws of the same: docs/datashader.md.
  "beside-points": { data: "points", hash: "view=4/48/8&ground=none&opacity=1&cell=1&scale=equal", ...BESIDE },
  "beside-places": { hash: "view=3.5/48/10&ground=none&opacity=1", ...BESIDE },
};

mkdirSync(out, { recursive: true });
const files = Object.entries(DATA)
  .map(([name, file]) => [name, join(folder, file)])
  .filter(([, path]) => existsSync(String(path)));
for (const [name] of files) process.stdout.write(`${name} is there\n`);
const places = await site();
const others = files.length > 0 ? await site(...files.map(([name, path]) => `${name}=${path}`)) : undefined;
const browser = await launch();
try {
  for (const [name, { data, hash, scheme = "light", phone = false, viewport, act }] of Object.entries(SHOTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const base = data === undefined ? places.base : others?.base;
    if (base === undefined || (data !== undefined && !files.some(([file]) => file === data))) {
      process.stdout.write(`${name}: left out, ${DATA[data ?? "points"]} is not there\n`);
      continue;
    }
    const address = `${base}#${[data === undefined ? "" : `dataset=${data}`, hash].filter(Boolean).join("&")}`;
    const options = { ...(phone ? PHONE : DESKTOP), ...(viewport ? { viewport } : {}), colorScheme: scheme };
    const { page, close } = await open(browser, address, options);
    await act?.(page);
    await page.waitForFunction(() => window.duotile?.settled(), undefined, { timeout: PATIENCE });
    await page.waitForTimeout(700);
    await picture(page, name);
    await page.screenshot({ path: join(out, `${name}.jpg`), type: "jpeg", quality: viewport ? 70 : 82 });
    process.stdout.write(`${name}\n`);
    await close();
  }
} finally {
  await browser.close();
  await places.stop();
  await others?.stop();
}
