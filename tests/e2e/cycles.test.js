/** Hours of the day, weekdays and months of times: counted, chosen by drags, clicks and keys, by a clock that is said. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, counts, drawn, features, launch, open, PATIENCE, picture, pixels, says, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

const folder = mkdtempSync(join(tmpdir(), "duotile-cycles-"));
/** @type {Date[]} */
const times = [];
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(41);
  const lines = ["lon,lat,seen"];
  for (let row = 0; row < 5000; row += 1) {
    // More by day than at night.
    const hour = Math.floor(12 + 6 * (next() + next() - next() - next()));
    times.push(
      new Date(
        Date.UTC(2023, 0, 1) +
          Math.floor(next() * 365) * 86_400_000 +
          hour * 3_600_000 +
          Math.floor(next() * 3_600_000),
      ),
    );
    lines.push(`${(5 + next() * 20).toFixed(4)},${(42 + next() * 10).toFixed(4)},${times[row]?.toISOString()}`);
  }
  writeFileSync(join(folder, "seen.csv"), lines.join("\n"));
  [server, browser] = await Promise.all([site(join(folder, "seen.csv")), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** How many rows each bar stands for, in their order. @param {Page} page */
async function bars(page) {
  await page.waitForSelector(".cycles .bars[aria-busy=false]", { timeout: PATIENCE });
  return page
    .locator(".cycles [role=option]")
    .evaluateAll((all) =>
      all.map((each) => Number(/: ([\d,]+) rows?$/.exec(each.ariaLabel ?? "")?.[1]?.replaceAll(",", ""))),
    );
}

/** How high bars are, in pixels. @param {Page} page */
const heights = (page) =>
  page.locator(".cycles [role=option] i").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().height));

/** Rows by a part of their time, counted here. @param {number} length @param {(time: Date) => number} part @param {(time: Date) => boolean} [passes] */
function counted(length, part, passes = () => true) {
  const found = Array.from({ length }, () => 0);
  for (const time of times.filter(passes)) found[part(time)] = (found[part(time)] ?? 0) + 1;
  return found;
}

/** @param {Page} page @param {RegExp} pattern */
const told = (page, pattern) => says(page, "#facts", pattern);
const filterOf = (/** @type {Page} */ page) =>
  new URLSearchParams(new URL(page.url()).hash.slice(1)).get("filter") ?? "";
const some = (/** @type {number} */ count) => new RegExp(`^${count.toLocaleString("en")} of`);

test("hours, weekdays and months are counted and chosen; each is counted under the others", async () => {
  const { page, close, ...seen } = await open(browser, server.base);
  await page.click(".column[data-column=seen] > summary");
  assert.deepEqual(
    await bars(page),
    counted(24, (time) => time.getUTCHours()),
  );
  // As high as there are rows, to a pixel.
  const hours = counted(24, (time) => time.getUTCHours());
  const high = await heights(page);
  const full = Math.max(...high);
  assert.ok(full > 40, `${full}`);
  for (const [hour, count] of hours.entries()) {
    const due = (full * count) / Math.max(...hours);
    assert.ok(Math.abs((high[hour] ?? 0) - due) <= 1, `${count} rows are ${high[hour]} pixels high, expected ${due}`);
  }
  // A drag over bars.
  await page.locator(".cycles .words").scrollIntoViewIfNeeded();
  const at = async (/** @type {number} */ bar) => {
    const box = await page.locator(".cycles [role=option]").nth(bar).boundingBox();
    return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 20 };
  };
  const [from, to] = [await at(18), await at(23)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  const evening = (/** @type {Date} */ time) => time.getUTCHours() >= 18;
  await told(page, some(times.filter(evening).length));
  assert.equal(filterOf(page), "hour(seen) BETWEEN 18 AND 23");
  await says(page, ".column[data-column=seen] .asked", /^18–23 h$/);
  await counts(page, "#columns .chips li", 0);
  await picture(page, "cycles-hours");
  await page.click(".cycles .choice label:has-text('Weekdays')");
  assert.deepEqual(
    await bars(page),
    counted(7, (time) => (time.getUTCDay() + 6) % 7, evening),
  );
  await page.click(".cycles .words button:text-is('Weekend')");
  const weekend = (/** @type {Date} */ time) => evening(time) && time.getUTCDay() % 6 === 0;
  await told(page, some(times.filter(weekend).length));
  await page.click(".cycles .choice label:has-text('Months')");
  assert.deepEqual(
    await bars(page),
    counted(12, (time) => time.getUTCMonth(), weekend),
  );
  // By keys: February, and March besides.
  await page.focus(".cycles .bars");
  for (const key of ["ArrowRight", "Space", "ArrowRight", "Space"]) await page.keyboard.press(key);
  const spring = (/** @type {Date} */ time) => weekend(time) && [1, 2].includes(time.getUTCMonth());
  await told(page, some(times.filter(spring).length));
  assert.equal(
    filterOf(page),
    "hour(seen) BETWEEN 18 AND 23 AND weekday(seen) IN (0, 6) AND month(seen) BETWEEN 2 AND 3",
  );
  await says(page, ".column[data-column=seen] .asked", /^18–23 h · Sat–Sun · Feb–Mar$/);
  await page.click(".cycles .words button:text-is('All')");
  await told(page, some(times.filter(weekend).length));
  await page.click("#columns button:text-is('Clear all')");
  await told(page, /^5,000 rows/);
  assertQuiet(seen);
  await close();
});

test("the hours that are named are whole, and apart from each other", async () => {
  const { page, close, ...seen } = await open(browser, server.base, { viewport: { width: 1280, height: 800 } });
  await page.click(".column[data-column=seen] > summary");
  await bars(page);
  const named = await page.locator(".cycles [role=option] span").evaluateAll((all) =>
    all
      .filter((span) => getComputedStyle(span).visibility === "visible")
      .map((span) => {
        const text = document.createRange();
        text.selectNodeContents(span);
        const { left, right } = text.getBoundingClientRect();
        const clip = span.closest("[role=option]") ?? span;
        const cut = getComputedStyle(clip).overflow !== "visible" && right - left > clip.clientWidth;
        return { text: span.textContent, left, right, cut };
      }),
  );
  assert.equal(named.length, 12);
  named.forEach(({ text, left, cut }, at) => {
    assert.ok(!cut && left > (named[at - 1]?.right ?? 0) + 2, `${text} of ${JSON.stringify(named)}`);
  });
  assertQuiet(seen);
  await close();
});

test("hours are those of the clock that is chosen, and the address has it", async () => {
  const { page, close, ...seen } = await open(browser, server.base);
  await page.click(".column[data-column=seen] > summary");
  await page.click(".cycles .words button:text-is('Night')");
  const night = (/** @type {number} */ hour) => hour >= 22 || hour < 6;
  await told(page, some(times.filter((time) => night(time.getUTCHours())).length));
  await page.selectOption("[aria-label='Clock of seen']", "-05:00");
  const there = (/** @type {Date} */ time) => (time.getUTCHours() + 19) % 24;
  const passing = times.filter((time) => night(there(time))).length;
  await told(page, some(passing));
  assert.equal(filterOf(page), "hour(seen, '-05:00') IN (0, 1, 2, 3, 4, 5, 22, 23)");
  await says(page, ".column[data-column=seen] .asked", /^22–5 h UTC-05:00$/);
  await page.reload();
  await page.click(".column[data-column=seen] > summary");
  await told(page, some(passing));
  assert.deepEqual(await bars(page), counted(24, there));
  assert.equal(await page.locator(".cycles [role=option][aria-selected=true]").count(), 8);
  assertQuiet(seen);
  // What is wrong in a filter is kept beside what is chosen.
  await page.evaluate(() => {
    location.hash = "filter=sen+>+5";
  });
  await page.locator("#filter-error").waitFor({ timeout: PATIENCE });
  await page.click(".cycles .words button:text-is('Morning')");
  await page.waitForFunction(() => location.hash.includes("hour"), undefined, { timeout: PATIENCE });
  assert.match(filterOf(page), /^sen > 5 AND hour\(seen.*\) BETWEEN 6 AND 11$/);
  await close();
});

test("cells have the colours of their hours, as the legend has them, by the clock that is chosen", async () => {
  const address = `${server.base}#ground=none&opacity=1&cell=8&view=6/47/15`;
  const { page, close, ...seen } = await open(browser, address);
  await page.selectOption("#colour-by", { label: "hour of seen" });
  await says(page, "#legend h3", /^Most frequent hour in a cell \(of seen, UTC\)$/);
  await counts(page, "#legend .wheel li", 24);
  await drawn(page);
  const wheel = await page
    .locator("#legend .wheel li")
    .evaluateAll((all) => all.map((each) => /** @type {HTMLElement} */ (each).dataset["colour"] ?? ""));
  assert.equal(new Set(wheel).size, 24);
  /** Of the cells of one row in the middle of the map, how many are of each hour; all are painted as the legend says. */
  const hours = async () => {
    await drawn(page);
    const cells = (await features(page, "cells")).filter(({ x, y }) => x > 340 && x < 940 && y > 60 && y < 600);
    const found = await pixels(page, cells);
    const tally = Array.from({ length: 24 }, () => 0);
    cells.forEach(({ properties }, at) => {
      const hour = Number(properties["hour_mode"]);
      const due = [1, 3, 5].map((from) => Number.parseInt((wheel[hour] ?? "").slice(from, from + 2), 16));
      assert.deepEqual(found[at], due, `hour ${hour}`);
      if (properties["point_count"] === 1) tally[hour] = (tally[hour] ?? 0) + 1;
    });
    return tally;
  };
  const utc = await hours();
  assert.ok(utc.reduce((sum, count) => sum + count, 0) > 300, `${utc}`);
  // Of rows by day most are; at night there are none.
  assert.deepEqual(
    [0, 1, 22, 23].map((hour) => utc[hour]),
    [0, 1, 22, 23].map((hour) => Math.min(utc[hour] ?? 0, times.filter((time) => time.getUTCHours() === hour).length)),
  );
  await picture(page, "cycles-colours");
  await page.selectOption("[aria-label='Clock of colours']", "-05:00");
  await says(page, "#legend h3", /UTC−05:00\)$/);
  const there = await hours();
  assert.deepEqual(
    there,
    utc.map((_, hour) => utc[(hour + 5) % 24]),
  );
  await page.fill("#filter-text", "hour(seen) = 15");
  await page.keyboard.press("Enter");
  await told(page, some(times.filter((time) => time.getUTCHours() === 15).length));
  assert.deepEqual(
    (await hours()).map((count, hour) => count > 0 === (hour === 10)),
    utc.map(() => true),
  );
  assertQuiet(seen);
  await close();
});
