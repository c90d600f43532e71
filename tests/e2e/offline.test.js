/** The page without a network: rows are taken along, and drawn and filtered where there is no server. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertQuiet, counts, drawn, features, open, picture, says } from "./lib.js";
import {
  browser,
  cells,
  count,
  cut,
  EUROPE,
  filter,
  proxy,
  restore,
  server,
  take,
  unexpected,
  unfold,
} from "./offline.js";

test("what was taken is drawn, panned, zoomed and filtered after a reload with neither network nor server", async () => {
  const { page, complaints, strangers, close } = await open(browser, proxy.base + EUROPE);
  assert.equal(await page.textContent("#origin"), "From the server");
  const heavy = () => proxy.asked.filter((path) => /\.wasm|^assets\/(worker|engine|take)-/.test(path));
  assert.deepEqual(heavy(), [], "nothing of this is needed yet");

  const some = "population > 5000";
  const rows = await count(some);
  await filter(page, some, / of /);
  const fromServer = await cells(page);
  await unfold(page);
  await says(page, "#take-size", new RegExp(`^${rows.toLocaleString("en")} rows, about .*MB$`));
  await take(page);
  await says(page, "#device-said", new RegExp(`${rows.toLocaleString("en")} rows are on this device. This page opens`));
  await says(page, "#origin", /^From this device/);
  assert.deepEqual(await cells(page), fromServer, "the same cells as from the server");
  assert.ok(heavy().length >= 3, String(proxy.asked));
  await picture(page, "offline-taken");

  await cut(page);
  proxy.asked.length = 0;
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, from this device, taken/);
  assert.equal(await page.inputValue("#filter-text"), some);
  assert.match((await page.textContent("#facts")) ?? "", new RegExp(`^${rows.toLocaleString("en")} of `));
  assert.deepEqual(await cells(page), fromServer, "the same cells after the reload");
  await picture(page, "offline-reloaded");

  // Elsewhere, and closer: rows that no tile of the first view had.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [139.7, 35.7], zoom: 9 }));
  await drawn(page);
  await page.waitForFunction(() => window.duotile?.map.getZoom() === 9);
  const near = await features(page, "cells");
  assert.ok(near.length > 20, `${near.length} features around Tokyo`);
  await picture(page, "offline-tokyo");

  // A filter that nobody asked the server for.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [8, 49], zoom: 4.3 }));
  const fewer = "population > 250000 AND continent = 'EU'";
  await filter(page, fewer, new RegExp(`^${(await count(fewer)).toLocaleString("en")} of `));
  const shown = await features(page, "cells");
  assert.ok(shown.length > 50, `${shown.length} cells`);
  const asked = new URL(`datasets/places/rows?limit=1000&filter=${encodeURIComponent(fewer)}`, server.base);
  const passing = (await (await fetch(asked)).json()).features;
  const places = await page.evaluate(
    (all) => all.map((place) => window.duotile?.map.project(place) ?? { x: 0, y: 0 }),
    /** @type {[number, number][]} */ (passing.map((/** @type {any} */ { geometry }) => geometry.coordinates)),
  );
  assert.ok(shown.every((cell) => places.some(({ x, y }) => Math.hypot(x - cell.x, y - cell.y) < 2)));
  assert.match((await page.textContent("#origin")) ?? "", /^Offline, from this device/);
  await picture(page, "offline-filter");

  // What is behind a click, and where a filter is wrong, are told here too.
  const row = shown.find(({ x, y }) => x > 500 && y > 200 && y < 600) ?? assert.fail("no row in the middle");
  await page.mouse.click(row.x, row.y);
  await says(page, ".popup", /population/);
  await filter(page, "", /rows on this device/);
  await page.fill("#filter-text", "popultion > 5");
  await page.keyboard.press("Enter");
  await says(page, "#filter-error", /popultion.*population/);

  assert.deepEqual(proxy.asked, []);
  assert.deepEqual(unexpected(complaints), []);
  assert.deepEqual(strangers, []);
  await close();
});

test("beyond what was taken there is a part, and it says so; with the server back everything is whole", async () => {
  const { page, complaints, close } = await open(browser, proxy.base + EUROPE);
  const everything = Object.keys(await cells(page)).length;
  await filter(page, "country = 'FR'", / of /);
  const french = await count("country = 'FR'");
  await take(page);
  await cut(page);
  await filter(page, "", /rows on this device/);
  await says(page, "#origin", /^Offline, part of the data: only country = 'FR', taken/);
  assert.match(
    (await page.textContent("#facts")) ?? "",
    new RegExp(`^${french.toLocaleString("en")} rows on this device`),
  );
  const part = Object.keys(await cells(page)).length;
  assert.ok(part > 500 && part < everything / 2, `${part} of ${everything} cells`);
  await says(page, "#kept", /country = 'FR'/);
  assert.equal(await page.locator("#take").isVisible(), false, "nothing can be taken without the server");
  await picture(page, "offline-part");
  await restore(page);
  await says(page, "#origin", /^From the server/);
  await drawn(page);
  assert.equal(Object.keys(await cells(page)).length, everything);
  assert.deepEqual(unexpected(complaints), []);
  await close();
});

test("the rows in view are taken as a box, and fit what comes from the server", async () => {
  const { page, complaints, strangers, close } = await open(browser, `${proxy.base}#view=4/46.8/8.2`, {
    // Small, because drawing all of it takes its time without a graphics card.
    viewport: { width: 720, height: 540 },
  });
  const ids = async (/** @type {number} */ zoom) => {
    await page.evaluate((zoom) => window.duotile?.map.jumpTo({ zoom }), zoom);
    await page.waitForFunction((zoom) => window.duotile?.map.getZoom() === zoom, zoom);
    await drawn(page);
    const shown = await features(page, "cells");
    return shown.map(({ id, properties }) => `${id} ${properties["point_count"]}`).sort();
  };
  // Tiles of the box, beside those that are not in it.
  const zooms = [5.2, 7.2];
  const whole = [];
  for (const zoom of zooms) whole.push(await ids(zoom));
  await ids(4);
  await unfold(page);
  await page.check("input[value=view]");
  await take(page);
  await says(page, "#kept", /rows in a box/);
  const said = [];
  for (const [at, zoom] of zooms.entries()) {
    assert.deepEqual(await ids(zoom), whole[at], `zoom ${zoom}`);
    said.push(await page.textContent("#origin"));
  }
  assert.ok(said[0]?.startsWith("From this device") && said[1]?.startsWith("From this device"), String(said));
  await cut(page);
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, part of the data: only a box/);
  assert.ok((await features(page, "cells")).length > 100);
  await picture(page, "offline-box");
  assertQuiet({ complaints: unexpected(complaints), strangers });
  await close();
});

test("a proxy with nothing behind it is waited for, then the device stands in, and the server is found again", async () => {
  const { page, close } = await open(browser, proxy.base + EUROPE);
  await filter(page, "population > 100000", / of /);
  await take(page);
  // As a proxy says that nothing is behind it.
  proxy.otherwise = (_, response) => {
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    return true;
  };
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^The server is busy, from this device/);
  proxy.otherwise = undefined;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await says(page, "#origin", /^From this device/);
  await close();
});

test("everything can be done with the keyboard, and is named; on a phone in the dark too", async () => {
  const { page, complaints, strangers, close } = await open(browser, proxy.base + EUROPE, {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
    colorScheme: "dark",
  });
  await page.tap("#fold");
  await filter(page, "population > 100000", / of /);
  await page.locator("#device > summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("type")), "file");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("value")), "all");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await says(page, "#take-size", /rows, about/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "take-start");
  await page.keyboard.press("Enter");
  await says(page, "#device-said", /on this device/);
  await drawn(page);
  await page.getByRole("list", { name: "Taken offline" }).scrollIntoViewIfNeeded();
  await picture(page, "offline-phone");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const name of [
    "Show Places of the world: population > 100000",
    "Refresh Places of the world: population > 100000",
  ]) {
    assert.equal(await page.getByRole("button", { name }).count(), 1, name);
  }
  const gone = page.getByRole("button", { name: "Delete Places of the world: population > 100000" });
  await gone.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await says(page, "#device-said", /Deleted/);
  await counts(page, "#kept li", 0);
  assertQuiet({ complaints, strangers });
  await close();
});
