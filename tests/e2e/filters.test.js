/** The controls of the filter in Chromium: what they write, what is drawn then, and that it is what the server says. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, drawn, features, open, PATIENCE, picture, says, site } from "./lib.js";
import { browser, server } from "./stage.js";

/** @typedef {import("playwright-core").Page} Page */

/** Rows are drawn with their population. */
const EUROPE = "#view=4.3/49/8&measure=mean:population";

/** How many rows pass, by a question of its own. @param {string} filter */
async function passing(filter, base = server.base, dataset = "places") {
  const asked = new URL(`tiles/${dataset}/metadata.json?filter=${encodeURIComponent(filter)}`, base);
  const { rows, rows_total } = await (await fetch(asked)).json();
  return { rows, facts: `${rows.toLocaleString("en")} of ${rows_total.toLocaleString("en")} rows` };
}

/** A text as a pattern. @param {string} text */
const exactly = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);

/** Unfolds a column's control and waits for its statistics. @param {Page} page @param {string} column */
async function unfold(page, column) {
  await page.click(`[data-column="${column}"] > summary`);
  await rests(page, column);
}

/** Waits until a control knows its statistics. @param {Page} page @param {string} column */
async function rests(page, column) {
  await page.waitForFunction(
    (column) => {
      const control = document.querySelector(`[data-column="${column}"] .control`);
      return control?.getAttribute("aria-busy") === "false" && control.querySelector("li, .plot") !== null;
    },
    column,
    { timeout: PATIENCE },
  );
}

/** Drags over a column's histogram, from and to parts of its width. @param {Page} page @param {string} column @param {number} from @param {number} to */
async function drag(page, column, from, to) {
  const plot = page.locator(`[data-column="${column}"] .plot`);
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  assert.ok(box);
  const x = (/** @type {number} */ part) => box.x + box.width * part;
  const y = box.y + box.height / 2;
  await page.mouse.move(x(from), y);
  await page.mouse.down();
  for (let step = 1; step <= 6; step += 1) {
    await page.mouse.move(x(from + ((to - from) * step) / 6), y);
    await page.waitForTimeout(60);
  }
  await page.mouse.up();
}

/** Where an end of a brush stands, in parts of the width. @param {Page} page @param {string} column @param {"from" | "to"} end */
function standing(page, column, end) {
  return page
    .locator(`[data-column="${column}"] .end.${end}`)
    .evaluate((handle) => Number.parseFloat(/** @type {HTMLElement} */ (handle).style.left) / 100);
}

const text = (/** @type {Page} */ page) => page.inputValue("#filter-text");

test("a brush drawn by the mouse writes the filter, and what is drawn is what passes", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await unfold(page, "population");
  // Ten million rows would lie in one bar of a linear axis.
  assert.equal(await page.isChecked('[data-column="population"] .more input'), true);
  await drag(page, "population", 0.7, 0.85);
  const filter = await text(page);
  const [, low = "", high = ""] = filter.match(/^population BETWEEN (\d+) AND (\d+)$/) ?? assert.fail(filter);
  await says(page, "#facts", exactly((await passing(filter)).facts));
  await drawn(page);
  const cells = await features(page, "cells");
  assert.ok(cells.length > 100, `${cells.length} cells`);
  for (const { properties } of cells) {
    // A mean of values within is within.
    const value = Number(properties["population_mean"]);
    assert.ok(value >= Number(low) && value <= Number(high), `${value} is not in ${filter}`);
  }
  await rests(page, "population");
  await picture(page, "filter-brush");

  // Moved as a whole: both ends go.
  await drag(page, "population", 0.78, 0.6);
  const [, lower = "", below = ""] = (await text(page)).match(/^population BETWEEN (\d+) AND (\d+)$/) ?? [];
  assert.ok(Number(lower) < Number(low) && Number(below) < Number(high), await text(page));
  // A click beside it takes it away.
  await page.mouse.click(...(await beside(page)));
  assert.equal(await text(page), "");
  assertQuiet(seen);
  await close();
});

/** A place in the histogram of population beside the brush. @param {Page} page @returns {Promise<[number, number]>} */
async function beside(page) {
  const box = await page.locator('[data-column="population"] .plot').boundingBox();
  assert.ok(box);
  return [box.x + box.width * 0.95, box.y + 20];
}

test("the ends of a brush move by keys, and say what they are", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await unfold(page, "population");
  const from = page.locator('[data-column="population"] [role="slider"]').first();
  await from.focus();
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  const first = await text(page);
  const low = Number(first.match(/^population >= (\d+)$/)?.[1] ?? assert.fail(first));
  assert.equal((await from.getAttribute("aria-valuetext"))?.replaceAll(",", ""), String(low));
  await page.keyboard.press("ArrowRight");
  assert.ok(Number((await text(page)).match(/\d+/)?.[0]) > low, await text(page));
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.ok(Number((await text(page)).match(/\d+/)?.[0]) < low, await text(page));
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  await page.keyboard.press("Home");
  assert.equal(await text(page), "");
  // At 0, where a step is less than one: still a step.
  await page.keyboard.press("ArrowRight");
  assert.equal(await text(page), "population >= 1");
  assertQuiet(seen);
  await close();
});

test("values are taken out and wanted alone, with counts under the other filters", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${EUROPE}&filter=population+>=+50000`);
  await unfold(page, "continent");
  const list = page.locator('[data-column="continent"] li');
  const lines = await list.evaluateAll((items) =>
    items.map((item) => [".name", ".count"].map((part) => item.querySelector(part)?.textContent ?? "")),
  );
  assert.equal(lines.length, 7);
  for (const [name = "", count = ""] of lines) {
    const { rows } = await passing(`population >= 50000 AND continent = '${name}'`);
    assert.equal(Number(count.replaceAll(",", "")), rows, name);
  }
  await list.filter({ hasText: "EU" }).locator("input").uncheck();
  assert.equal(await text(page), "population >= 50000 AND continent <> 'EU'");
  await list.filter({ hasText: "AS" }).locator("input").uncheck();
  assert.equal(await text(page), "population >= 50000 AND continent NOT IN ('EU', 'AS')");
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  await list.filter({ hasText: "EU" }).locator(".only").click();
  assert.equal(await text(page), "population >= 50000 AND continent = 'EU'");
  await list.filter({ hasText: "AF" }).locator("input").check();
  assert.equal(await text(page), "population >= 50000 AND continent IN ('EU', 'AF')");
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  await rests(page, "continent");
  await picture(page, "filter-values");
  const continent = page.locator('[data-column="continent"]');
  await continent.getByRole("button", { name: "None", exact: true }).click();
  assert.match((await continent.locator(".act").textContent()) ?? "", /Choose at least one/);
  await list.filter({ hasText: "OC" }).locator("input").check();
  assert.equal(await text(page), "population >= 50000 AND continent = 'OC'");
  await continent.getByRole("button", { name: "All", exact: true }).click();
  assert.equal(await text(page), "population >= 50000");
  assertQuiet(seen);
  await close();
});

test("texts are searched, and a frequent one is chosen", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await unfold(page, "name");
  await page.fill('[data-column="name"] input', "saint-d%");
  await page.waitForFunction(
    () => /** @type {HTMLTextAreaElement} */ (document.getElementById("filter-text")).value !== "",
  );
  assert.equal(await text(page), "CASEI(name) LIKE CASEI('%saint-d\\%%')");
  await says(page, "#facts", /^0 of/);
  await page.fill('[data-column="name"] input', "SAINT-d");
  await says(page, "#facts", exactly((await passing("CASEI(name) LIKE CASEI('%saint-d%')")).facts));
  await rests(page, "name");
  await page.fill('[data-column="name"] input', "");
  await says(page, "#facts", /^234,908 rows$/);
  await page.locator('[data-column="name"] li button').first().click();
  assert.match(await text(page), /^name = '.+'$/);
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  assertQuiet(seen);
  await close();
});

test("what is typed moves the controls, and what no control knows stays as it was typed", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await unfold(page, "population");
  const odd = "NOT (country = 'FR' OR lat < 45)";
  await page.fill("#filter-text", `population >= 1000 AND ${odd} AND population < 100000`);
  await page.keyboard.press("Enter");
  await drawn(page);
  const [from, to] = [await standing(page, "population", "from"), await standing(page, "population", "to")];
  assert.ok(from > 0.3 && from < 0.5 && to > 0.6 && to < 0.8, `${from} to ${to}`);
  assert.equal(await page.inputValue('[name="population from"]'), "1000");
  assert.match((await page.textContent("#filters-set")) ?? "", /2 filters are set/);
  assert.equal(await page.textContent(".chips code"), odd);
  // Typed: an end exactly, and none.
  await page.fill('[name="population from"]', "2,345");
  await page.keyboard.press("Enter");
  assert.equal(await text(page), `population >= 2345 AND population < 100000 AND ${odd}`);
  await page.fill('[name="population to"]', "");
  await page.keyboard.press("Enter");
  assert.equal(await text(page), `population >= 2345 AND ${odd}`);
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  await page.click(`[aria-label="Remove ${odd}"]`);
  assert.equal(await text(page), "population >= 2345");
  await page.getByRole("button", { name: "Clear all" }).click();
  assert.equal(await text(page), "");
  assert.match((await page.textContent("#filters-set")) ?? "", /No filter/);
  assertQuiet(seen);
  await close();
});

test("a whole drag is undone at once, and redone", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await unfold(page, "population");
  await page.fill("#filter-text", "continent = 'EU'");
  await page.keyboard.press("Enter");
  await drawn(page);
  await drag(page, "population", 0.5, 0.7);
  const after = await text(page);
  assert.match(after, /^continent = 'EU' AND population BETWEEN/);
  await page.locator('[data-column="population"] .end.from').focus();
  await page.keyboard.press("Control+z");
  assert.equal(await text(page), "continent = 'EU'");
  await page.keyboard.press("Control+z");
  assert.equal(await text(page), "");
  await page.keyboard.press("Control+Shift+z");
  await page.keyboard.press("Control+Shift+z");
  assert.equal(await text(page), after);
  await says(page, "#facts", exactly((await passing(after)).facts));
  const from = await standing(page, "population", "from");
  assert.ok(Math.abs(from - 0.5) < 0.02, String(from));
  assertQuiet(seen);
  await close();
});

test("names of columns are offered while they are typed", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  await page.click("#filter-text");
  await page.keyboard.type("continent = 'EU' AND popu");
  assert.deepEqual(await page.locator("#filter-offers [role=option]").allTextContents(), ["population"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type(">= 5000");
  assert.equal(await page.isVisible("#filter-offers"), false);
  await page.keyboard.press("Enter");
  await says(page, "#facts", exactly((await passing("continent = 'EU' AND population >= 5000")).facts));
  // None within quotes.
  await page.fill("#filter-text", "name = 'popu");
  assert.equal(await page.isVisible("#filter-offers"), false);
  assertQuiet(seen);
  await close();
});

test("a control beside a wrong text of an address keeps it, and the refusal stays", async () => {
  // There is nothing to draw as long as it is wrong.
  const ready = (/** @type {import("playwright-core").Page} */ page) =>
    page.locator("#filter-error").waitFor({ timeout: PATIENCE });
  const { page, close } = await open(browser, `${server.base + EUROPE}&filter=popultion+%3E+5`, { ready });
  assert.equal(await page.textContent(".chips code"), "popultion > 5");
  await unfold(page, "continent");
  await page.locator('[data-column="continent"] .only').first().click();
  assert.match(await text(page), /^popultion > 5 AND continent = '/);
  await page.locator("#filter-error").waitFor({ timeout: PATIENCE });
  await page.click('[aria-label="Remove popultion > 5"]');
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  assert.equal(await page.isVisible("#filter-error"), false);
  await drawn(page);
  // What is typed and not applied is applied with what a control asks; what is wrong waits beside it, and says so.
  await page.fill("#filter-text", "population >= 2000");
  await page.click("[data-column=continent] .act button:text-is('All')");
  await says(page, "#facts", exactly((await passing("population >= 2000")).facts));
  await page.fill("#filter-text", "population >= 2000 AND popultion > 5");
  await page.keyboard.press("Enter");
  await says(page, "#filter-error", /popultion.*It is not applied. What is: population >= 2000 /s);
  await page.locator('[data-column="continent"] .only').first().click();
  await says(page, "#filter-error", /What is: population >= 2000 AND continent = '..' /);
  assert.match(await text(page), /^population >= 2000 AND popultion > 5 AND continent = '..'$/);
  await page.click("#filter-error button:text-is('Discard it')");
  assert.match(await text(page), /^population >= 2000 AND continent = '..'$/);
  await says(page, "#facts", exactly((await passing(await text(page))).facts));
  await close();
});

test("times have a brush and boxes in UTC, truth values and missing ones are chosen", async () => {
  const folder = mkdtempSync(join(tmpdir(), "duotile-filters-"));
  const day = 86_400_000;
  const start = Date.UTC(2024, 0, 1);
  const rows = Array.from({ length: 400 }, (_, i) => ({
    lon: (i % 40) / 4 - 5,
    lat: 45 + Math.floor(i / 40) / 4,
    at: i % 10 === 0 ? "" : new Date(start + i * 6 * 3_600_000).toISOString(),
    good: i % 3 === 0,
  }));
  const lines = rows.map(({ lon, lat, at, good }) => `${lon},${lat},${at},${good}`);
  writeFileSync(join(folder, "days.csv"), `lon,lat,at,good\n${lines.join("\n")}\n`);
  const own = await site(join(folder, "days.csv"));
  try {
    const { page, close, ...seen } = await open(browser, own.base);
    const count = (/** @type {(row: typeof rows[0]) => boolean} */ test) => rows.filter(test).length;
    await unfold(page, "at");
    await drag(page, "at", 0.25, 0.5);
    const filter = await text(page);
    const [, low = "", high = ""] =
      filter.match(/^at BETWEEN TIMESTAMP\('(.+?)'\) AND TIMESTAMP\('(.+?)'\)$/) ?? assert.fail(filter);
    const within = count(
      ({ at }) => at !== "" && Date.parse(at) >= Date.parse(low) && Date.parse(at) <= Date.parse(high),
    );
    assert.ok(within > 50 && within < 150, String(within));
    await says(page, "#facts", exactly(`${within} of 400 rows`));
    await page.fill('[name="at from"]', "2024-02-01T00:00:00");
    await page.keyboard.press("Enter");
    await page.fill('[name="at to"]', "2024-02-10T12:00:00");
    await page.keyboard.press("Enter");
    assert.equal(
      await text(page),
      "at BETWEEN TIMESTAMP('2024-02-01T00:00:00Z') AND TIMESTAMP('2024-02-10T12:00:00Z')",
    );
    const after = count(
      ({ at }) => at !== "" && Date.parse(at) >= start + 31 * day && Date.parse(at) <= start + 40.5 * day,
    );
    await says(page, "#facts", exactly(`${after} of 400 rows`));
    // Typed as dates: the last day is in it.
    await page.fill("#filter-text", "at BETWEEN DATE('2024-02-01') AND DATE('2024-02-02')");
    await page.keyboard.press("Enter");
    await says(page, "#facts", exactly(`${count(({ at }) => /2024-02-0[12]/.test(at))} of 400 rows`));
    assert.equal(await page.inputValue('[name="at from"]'), "2024-02-01T00:00");
    await rests(page, "at");
    await picture(page, "filter-times");
    await page.selectOption('[data-column="at"] .more select', "only");
    assert.equal(await text(page), "at IS NULL");
    await says(page, "#facts", exactly("40 of 400 rows"));
    await unfold(page, "good");
    await page.locator('[data-column="good"] li').filter({ hasText: "true" }).locator(".only").click();
    assert.equal(await text(page), "at IS NULL AND good = TRUE");
    await says(page, "#facts", exactly(`${count(({ at, good }) => at === "" && good)} of 400 rows`));
    // Under what is asked of other columns, as all counts there.
    const none = count(({ at, good }) => at === "" && good);
    await says(page, '[data-column="at"] option[value=with]', exactly(`with ${none} missing`));
    assertQuiet(seen);
    await close();
  } finally {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("on a phone the controls fit, in the dark too", async () => {
  const { page, close, ...seen } = await open(browser, server.base, {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
    colorScheme: "dark",
  });
  await page.tap("#fold");
  await unfold(page, "population");
  await unfold(page, "continent");
  assert.equal(
    await page.evaluate(() => document.documentElement.scrollWidth),
    390,
    "the page is wider than the phone",
  );
  const panel = await page.locator("#details").boundingBox();
  const wide = await page
    .locator("#columns *:visible")
    .evaluateAll((all) => Math.max(...all.map((element) => element.getBoundingClientRect().right)));
  assert.ok(panel && wide <= panel.x + panel.width + 1, `${wide} beyond ${JSON.stringify(panel)}`);
  await picture(page, "filter-phone");
  assertQuiet(seen);
  await close();
});

test("a value in a popup becomes a filter", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=12/48.8566/2.3522&filter=population+>+100`);
  const rows = (await features(page, "cells")).filter(({ x, y }) => x > 400 && x < 900 && y > 150 && y < 500);
  const row = rows[0] ?? assert.fail("no rows");
  await page.mouse.click(row.x, row.y);
  const button = page.locator('.popup [aria-label="Only rows with this country"]');
  await button.waitFor({ timeout: PATIENCE });
  // Of decimals and of ids there is none.
  assert.equal(await page.locator('.popup [aria-label="Only rows with this geonameid"]').count(), 0);
  await button.click();
  assert.equal(await text(page), "population > 100 AND country = 'FR'");
  await says(page, "#facts", exactly((await passing("population > 100 AND country = 'FR'")).facts));
  assertQuiet(seen);
  await close();
});
