/** On a phone: most of the screen is map, what is touched is as large as a finger, and answers are as near as elsewhere. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertQuiet, counts, drawn, launch, open, PATIENCE, picture, says, site } from "./lib.js";

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** Brittany, Tasmania, the Chathams: half of the world's width, and more. */
const PARTS = /** @type {const} */ ([
  [-5, 48],
  [145, -42],
  [177, -44],
]);
const folder = mkdtempSync(join(tmpdir(), "duotile-phone-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1, i)).toISOString();
    return `${2 + (i % 60) * 0.02},${48.5 + Math.floor(i / 60) * 0.015},${at},${i % 7},${"abc"[i % 3]}`;
  });
  writeFileSync(join(folder, "visits.csv"), `lon,lat,time,weight,kind\n${lines.join("\n")}\n`);
  // Farther apart than any map of a phone is wide; and with counts of every length.
  const far = Array.from({ length: 30_000 }, (_, i) => {
    const deep = i ** 2 / 1e9;
    if (i % 10 === 0) return `${(i % 20 === 0 ? 122 : -118) + deep},${-32 - deep}`;
    return `${2 + deep * Math.cos(i)},${48 + deep * Math.sin(i)}`;
  });
  writeFileSync(join(folder, "far.csv"), `lon,lat\n${far.join("\n")}\n`);
  const apart = PARTS.flatMap(([lon, lat]) => Array.from({ length: 300 }, (_, i) => `${lon + (i % 20) / 10},${lat}`));
  writeFileSync(join(folder, "apart.csv"), `lon,lat\n${apart.join("\n")}\n`);
  const files = ["visits", "far", "apart"].map((name) => join(folder, `${name}.csv`));
  [server, browser] = await Promise.all([site(...files), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** What can be touched and is smaller than a finger, in any direction. @param {import("playwright-core").Page} page */
const small = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("button, select, input, textarea, summary, a.button, [role=slider]")]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest("#time-exact, .unseen"))
      .flatMap((each) => {
        // What is in a label is touched with it.
        const { width, height } = (each.closest("label") ?? each).getBoundingClientRect();
        const moves = each.getAttribute("role") === "slider";
        const fits = height >= 39.5 && (moves || width >= 39.5);
        return fits || width === 0 ? [] : [`${each.id || each.className || each.ariaLabel}: ${width} × ${height}`];
      }),
  );

test("three quarters of the screen are map, above a folded sheet, and nothing is too small for a finger", async () => {
  const { page, close, ...seen } = await open(browser, server.base, PHONE);
  await page.waitForSelector("#time-track");
  const share = await page.evaluate(() => {
    let [map, all] = [0, 0];
    for (let x = 3; x < innerWidth; x += 6) {
      for (let y = 3; y < innerHeight; y += 6) {
        all += 1;
        if (document.elementFromPoint(x, y)?.matches("canvas")) map += 1;
      }
    }
    return map / all;
  });
  assert.ok(share >= 0.75, `${share} of the screen are map`);
  assert.deepEqual(await small(page), []);
  await picture(page, "phone-folded");
  // Which times are shown, and what of them the bar has, is chosen without looking for it.
  for (const chosen of ["#time-preset", "#time-span"]) {
    const { x = 0, width = 0 } = (await page.locator(chosen).boundingBox()) ?? {};
    assert.ok(x >= 0 && x + width <= 390, `${chosen} goes from ${x} to ${x + width}`);
  }
  await page.tap("#fold");
  await page.waitForSelector("#filter-text");
  assert.deepEqual(await small(page), []);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 390, "the page is wider than the phone");
  await page.tap("#areas button:text-is('Polygon')");
  const bar = await page.locator("#area-bar").evaluate((bar) => ({
    ends: [bar, ...bar.children].map((each) => each.getBoundingClientRect().right),
    fits: [...bar.querySelectorAll("button")].every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth),
  }));
  assert.ok(bar.fits && Math.max(...bar.ends) <= 390, JSON.stringify(bar));
  assertQuiet(seen);
  await close();
});

test("data that is wider than the screen can be opens where most of it is, with a legend that can be read", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#dataset=far`, PHONE);
  assert.equal(await page.evaluate(() => window.duotile?.map.getBounds().contains([2, 48])), true);
  const boxes = await page.locator("#legend .ticks li").evaluateAll((all) =>
    all
      .map((each) => each.getBoundingClientRect())
      .sort((a, b) => a.left - b.left)
      .map(({ left, right }) => [left, right]),
  );
  assert.ok(boxes.length > 1);
  boxes.slice(1).forEach(([left = 0], at) => {
    assert.ok(left - (boxes[at]?.[1] ?? 0) >= 4, `numbers at the legend run into each other: ${boxes.join(" | ")}`);
  });
  // Of two layers that are unlike the legend is that of the one that the panel is about; the other's is one touch away.
  await page.evaluate(() => {
    location.hash = "dataset=visits&category=kind&dataset=far";
  });
  await drawn(page);
  const unfolded = () => page.locator("#legend section:not(.folded) h2").textContent();
  assert.equal(await unfolded(), "far");
  assert.equal(await page.locator("#legend section:not(.folded) .bar").isVisible(), true);
  assert.equal(await page.locator("#legend .keys").isVisible(), false);
  await page.tap("#legend section.folded h2 button");
  assert.equal(await unfolded(), "visits");
  assert.equal(await page.locator("#legend .keys").isVisible(), true);
  assert.deepEqual(await small(page), []);
  await picture(page, "phone-legends");
  assertQuiet(seen);
  await close();
});

test("data in Europe and in Oceania opens with all of it above the sheet", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#dataset=apart`, PHONE);
  const { places, most } = await page.evaluate((parts) => {
    const places = parts.map(([lng, lat]) => window.duotile?.map.project([lng, lat]) ?? { x: -1, y: -1 });
    return { places, most: document.querySelector("#foot")?.getBoundingClientRect().top ?? 0 };
  }, PARTS);
  for (const { x, y } of places) assert.ok(x > 8 && x < 382 && y > 0 && y < most, `${JSON.stringify(places)}, ${most}`);
  await picture(page, "phone-apart");
  // As far as it goes: neither farther out nor beyond what lies over the map.
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 0, center: [80, 85] }));
  const { top, zoom } = await page.evaluate(() => {
    const { map } = window.duotile ?? {};
    return { top: map?.project([80, 85.0511287]).y ?? 0, zoom: map?.getZoom() ?? 0 };
  });
  assert.ok(Math.abs(top - 844 / 8) < 1 && Math.abs(512 * 2 ** zoom - (844 * 3) / 4) < 1, `${top} ${zoom}`);
  assertQuiet(seen);
  await close();
});

test("what is being counted has its room: nothing below it moves from under a finger when it is there", async () => {
  const { page, close, ...seen } = await open(browser, server.base, PHONE);
  let go = () => {};
  let gate = Promise.resolve();
  await page.route(/\/stats\?/, async (route) => {
    await gate;
    await route.continue();
  });
  await page.tap("#fold");
  for (const [column, below] of [
    ["time", ".cycles .words button:text-is('Night')"],
    ["kind", "button.beside"],
  ]) {
    gate = new Promise((resolve) => {
      go = () => resolve(undefined);
    });
    const part = `.column[data-column=${column}]`;
    await page.tap(`${part} > summary`);
    await page.waitForSelector(`${part} .control[aria-busy=true]`);
    const place = async () => (await page.locator(`${part} ${below}`).boundingBox())?.y ?? 0;
    const before = await place();
    go();
    await page.waitForSelector(`${part} .control[aria-busy=false]`, { timeout: PATIENCE });
    const after = await place();
    assert.ok(Math.abs(after - before) < 8, `${below} went from ${before} to ${after}`);
  }
  await picture(page, "phone-filters");
  assertQuiet(seen);
  await close();
});

test("the densest cells and their rows are there by touch", async () => {
  const { page, close, ...seen } = await open(browser, server.base, PHONE);
  await page.tap("#fold");
  await page.tap("#answers > summary");
  await counts(page, "#ranked li", 20);
  assert.deepEqual(await small(page), []);
  await page.tap("#ranked li:first-child .link");
  // The sheet gives way to what was asked for.
  await page.waitForSelector("#rows tbody tr", { timeout: PATIENCE });
  assert.equal(await page.locator("#rows").isVisible(), true);
  await picture(page, "phone-rows");
  assert.deepEqual(await small(page), []);
  await page.tap("[aria-label='Close the rows']");
  await page.tap("#fold");
  await page.tap("#ranked li:first-child .go");
  await page.waitForSelector(".found");
  await page.waitForSelector("#fold[aria-expanded=false]");
  assertQuiet(seen);
  await close();
});

test("Back goes back a step, with the map where it was; moving the map is none", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=9/48.8/2.6`);
  const hash = () => page.evaluate(() => decodeURIComponent(location.hash));
  const first = await hash();
  await page.fill("#filter-text", "weight > 3");
  await page.keyboard.press("Enter");
  await says(page, "#facts", / of 3,000/);
  const filtered = await page.textContent("#facts");
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 10 }));
  await drawn(page);
  await page.selectOption("#colour-by", "weight");
  await page.waitForFunction(() => location.hash.includes("measure="));
  await drawn(page);
  await page.goBack();
  await page.waitForFunction(() => !location.hash.includes("measure="));
  await says(page, "#facts", new RegExp(filtered?.replace(/[()]/g, "") ?? "^$"));
  assert.equal(await page.evaluate(() => window.duotile?.map.getZoom()), 10);
  await page.goBack();
  await page.waitForFunction(() => !location.hash.includes("filter="));
  await says(page, "#facts", /^3,000 rows/);
  assert.equal(await hash(), first);
  await page.goForward();
  await says(page, "#facts", / of 3,000/);
  // Steps that were left by Back can be taken back and done again, and what is taken back leaves its entry: the map stays.
  const redo = page.locator("[aria-label=Redo]");
  await redo.click();
  await page.waitForFunction(() => location.hash.includes("measure="));
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 11 }));
  await drawn(page);
  await page.click("[aria-label=Undo]");
  await page.waitForFunction(() => !location.hash.includes("measure=") && location.hash.includes("view=11"));
  assert.equal(await page.evaluate(() => window.duotile?.map.getZoom()), 11);
  await page.goBack();
  await page.waitForFunction(() => !location.hash.includes("filter="));
  await says(page, "#facts", /^3,000 rows/);
  assert.deepEqual([await page.isEnabled("[aria-label=Undo]"), await redo.isEnabled()], [false, true]);
  assertQuiet(seen);
  await close();
});
