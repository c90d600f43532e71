/**
 * What people come to do, each in at most five clicks from the page as it opens, and possible on a phone: two hours of aircraft in
 * steps of two minutes, two companies beside each other at night, the densest cells, rows sorted and copied, the view of what a
 * filter left. A choice from a list is two clicks, as is one more for each list that has to be opened.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, counts, launch, open, PATIENCE, picture, says, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const FIRST = Date.UTC(2022, 0, 1);
const BUSY = Date.UTC(2022, 5, 6, 10);
const HEAP = { lng: -0.1278, lat: 51.5074, rows: 400 };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const COMPANIES = { Uber: 6, Lyft: 3, Via: 1 };

const folder = mkdtempSync(join(tmpdir(), "duotile-tasks-"));
/** Pickups at night, from 22 to 6 o'clock, of each company. @type {Record<string, number>} */
const night = { Uber: 0, Lyft: 0, Via: 0 };
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(23);
  const normal = () => next() + next() + next() - 1.5;
  const write = (/** @type {string} */ name, /** @type {string[]} */ lines) => {
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return `${name}=${file}`;
  };
  // Aircraft of a year, most of them in two hours of a day in June.
  const aircraft = ["lon,lat,seen,altitude"];
  for (let row = 0; row < 6000; row += 1) {
    const seen = row < 4000 ? BUSY + next() * 2 * HOUR : FIRST + next() * 364 * DAY;
    const at = `${(5 + normal() * 8).toFixed(4)},${(48 + normal() * 6).toFixed(4)}`;
    aircraft.push(`${at},${new Date(Math.floor(seen)).toISOString()},${Math.round(next() * 12_000)}`);
  }
  const pickups = ["lon,lat,company,pickup"];
  for (let row = 0; row < 9000; row += 1) {
    const company = Object.keys(COMPANIES).find((_, at) => row % 10 < [6, 9, 10][at]) ?? "Via";
    const pickup = new Date(FIRST + Math.floor(next() * 60 * 24) * HOUR + Math.floor(next() * HOUR));
    const hour = pickup.getUTCHours();
    if (hour >= 22 || hour < 6) night[company] = (night[company] ?? 0) + 1;
    pickups.push(
      `${(-73.97 + normal() * 0.1).toFixed(5)},${(40.75 + normal() * 0.1).toFixed(5)},${company},${pickup.toISOString()}`,
    );
  }
  const postcodes = ["lon,lat,code,households"];
  for (let row = 0; row < 12_000; row += 1) {
    const heap = row < HEAP.rows;
    const [lng, lat] = heap ? [HEAP.lng, HEAP.lat] : [-5 + next() * 6.5, 50.5 + next() * 5];
    postcodes.push(`${lng.toFixed(5)},${lat.toFixed(5)},P${row},${heap ? 100 + row : Math.floor(next() * 100)}`);
  }
  // Some far from all others.
  for (let row = 0; row < 6; row += 1) postcodes.push(`${-1.14 + row / 1000},60.155,ZE${row},5000`);
  const files = [write("aircraft", aircraft), write("pickups", pickups), write("postcodes", postcodes)];
  [server, browser] = await Promise.all([site(...files), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** What is clicked, by a mouse or a finger, and how often. @param {Page} page @param {boolean} phone */
function hand(page, phone) {
  let clicks = 0;
  const click = async (/** @type {string} */ selector) => {
    clicks += 1;
    await (phone ? page.tap(selector) : page.click(selector));
  };
  return {
    clicks: () => clicks,
    click,
    /** On a phone the panel is a sheet that is drawn up first. */
    async sheet() {
      if (phone && (await page.getAttribute("#fold", "aria-expanded")) === "false") await click("#fold");
    },
    /** Of a list, one choice: opening it is a click, too. @param {string} selector @param {string} value */
    async choose(selector, value) {
      clicks += 2;
      await page.selectOption(selector, value);
    },
  };
}

const zoomOf = (/** @type {Page} */ page) => page.evaluate(() => window.duotile?.map.getZoom() ?? 0);

for (const phone of [false, true]) {
  const where = phone ? "on a phone" : "on a screen";
  const most = phone ? 8 : 5;
  /** @param {string} dataset */
  const visit = async (dataset, more = "") => {
    const permissions = { permissions: ["clipboard-read", "clipboard-write"] };
    const address = `${server.base}#dataset=${dataset}${more}`;
    const seen = await open(browser, address, { ...permissions, ...(phone ? PHONE : {}) });
    return { ...seen, by: hand(seen.page, phone) };
  };

  test(`two hours of aircraft play in steps of two minutes, ${where}`, async () => {
    const { page, close, by, ...seen } = await visit("aircraft");
    await by.choose("#time-span", "2 hours");
    await page.waitForFunction(() => location.hash.includes("span="), undefined, { timeout: PATIENCE });
    await by.choose("#time-preset", "2 minutes");
    const frames = await page.evaluate(() => window.duotile?.frames() ?? []);
    assert.equal(frames.length, 60);
    assert.deepEqual([frames[0]?.[0], frames.at(-1)?.[1]], [BUSY, BUSY + 2 * HOUR]);
    assert.ok(frames.every(([from, to]) => to - from === 2 * MINUTE));
    await by.click("#play");
    const said = await page.textContent("#time-now");
    await page.waitForFunction((said) => document.querySelector("#time-now")?.textContent !== said, said, {
      timeout: PATIENCE,
    });
    await picture(page, `tasks-aircraft${phone ? "-phone" : ""}`);
    assert.ok(by.clicks() <= most, `${by.clicks()} clicks`);
    assertQuiet(seen);
    await close();
  });

  test(`Uber lies beside Lyft at night, ${where}`, async () => {
    const { page, close, by, ...seen } = await visit("pickups");
    await by.sheet();
    await by.click(".column[data-column=pickup] > summary");
    await by.click(".cycles .words button:text-is('Night')");
    await by.click(".column[data-column=company] > summary");
    await by.click("button.beside");
    await page.waitForFunction(() => window.duotile?.above() && window.duotile.settled(), undefined, {
      timeout: PATIENCE,
    });
    assert.ok(by.clicks() <= most, `${by.clicks()} clicks`);
    const filters = new URLSearchParams(new URL(page.url()).hash.slice(1)).getAll("filter");
    assert.deepEqual(filters, [
      "hour(pickup) IN (0, 1, 2, 3, 4, 5, 22, 23) AND company = 'Uber'",
      "hour(pickup) IN (0, 1, 2, 3, 4, 5, 22, 23) AND company = 'Lyft'",
    ]);
    if (phone) await by.click("#fold");
    await says(page, ".compared.left", /company = 'Uber'/);
    await says(page, ".compared.right", /company = 'Lyft'/);
    // What each side is made of, counted here.
    const passing = await Promise.all(
      filters.map(async (filter) => {
        const query = new URLSearchParams({ filter, limit: "0" });
        return (await (await fetch(`${server.base}datasets/pickups/rows?${query}`)).json()).numberMatched;
      }),
    );
    assert.deepEqual(passing, [night["Uber"], night["Lyft"]]);
    await picture(page, `tasks-night${phone ? "-phone" : ""}`);
    assertQuiet(seen);
    await close();
  });

  test(`the 20 densest cells, and the rows of one sorted and copied, ${where}`, async () => {
    const { page, close, by, ...seen } = await visit("postcodes", "&view=6/53/-2");
    await by.sheet();
    await by.click("#answers > summary");
    await counts(page, "#ranked li", 20);
    const listed = by.clicks();
    assert.ok(listed <= most, `${listed} clicks`);
    const values = await page
      .locator("#ranked li b")
      .evaluateAll((all) => all.map((each) => Number(each.textContent?.replaceAll(",", ""))));
    assert.deepEqual(
      values,
      [...values].sort((a, b) => b - a),
    );
    assert.ok((values[0] ?? 0) >= HEAP.rows);
    await picture(page, `tasks-densest${phone ? "-phone" : ""}`);
    await by.click("#ranked li:first-child .link");
    await page.waitForSelector("#rows tbody tr", { timeout: PATIENCE });
    await by.click("#rows th button:text-is('households')");
    await page.waitForSelector("#rows th[aria-sort=descending]");
    await by.click("#rows-copy");
    await says(page, "#rows-told", /copied/);
    assert.ok(by.clicks() <= most, `${by.clicks()} clicks`);
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
    assert.equal(lines.length, (values[0] ?? 0) + 1);
    const column = lines[0]?.split("\t").indexOf("households") ?? -1;
    const households = lines.slice(1).map((line) => Number(line.split("\t")[column]));
    assert.deepEqual(
      households,
      [...households].sort((a, b) => b - a),
    );
    await picture(page, `tasks-rows${phone ? "-phone" : ""}`);
    assertQuiet(seen);
    await close();
  });

  test(`what a filter left is flown to, ${where}`, async () => {
    const { page, close, by, ...seen } = await visit("postcodes", "&view=6/53/-2&filter=households > 4000");
    await says(page, "#unseen-hint", /^None of the 6 rows is in view\. Show what passes$/);
    await by.sheet();
    await by.click("#fit button:text-is('Show what passes')");
    await page.waitForFunction(() => (window.duotile?.map.getZoom() ?? 0) > 11, undefined, { timeout: PATIENCE });
    await page.waitForFunction(() => !window.duotile?.map.isMoving());
    const { lng = 0, lat = 0 } = (await page.evaluate(() => window.duotile?.map.getCenter())) ?? {};
    assert.ok(
      Math.abs(lng + 1.1375) < 0.05 && Math.abs(lat - 60.155) < 0.05,
      `${lng} ${lat}, zoom ${await zoomOf(page)}`,
    );
    assert.ok(by.clicks() <= most, `${by.clicks()} clicks`);
    await counts(page, "#unseen-hint", 0);
    await picture(page, `tasks-left${phone ? "-phone" : ""}`);
    assertQuiet(seen);
    await close();
  });
}
