/** What people ask of a view, by few clicks: the densest cells, rows as a table, the way to what a filter left. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, counts, drawn, launch, open, PATIENCE, picture, says, site } from "./lib.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-answers-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

/** Rows at one place that is denser than any cell of the rest. */
const HEAP = 700;
const HERE = { lon: 11.5755, lat: 48.1374 };

before(async () => {
  const { next } = random(5);
  const lines = ["lon,lat,name,fare"];
  for (let row = 0; row < 30_000; row += 1) {
    lines.push(
      `${(5 + next() * 20).toFixed(4)},${(42 + next() * 10).toFixed(4)},row ${row},${(next() * 100).toFixed(2)}`,
    );
  }
  for (let row = 0; row < HEAP; row += 1) lines.push(`${HERE.lon},${HERE.lat},heap ${row},${row}`);
  for (let row = 0; row < 8; row += 1) lines.push(`${(18.4 + row / 1000).toFixed(4)},-33.92,cape ${row},5000`);
  writeFileSync(join(folder, "trips.csv"), lines.join("\n"));
  [server, browser] = await Promise.all([site(join(folder, "trips.csv")), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const EUROPE = "#view=4/47/15";
/** Where the map looks. @param {import("playwright-core").Page} page */
const view = (page) =>
  page.evaluate(() => {
    const { lng = 0, lat = 0 } = window.duotile?.map.getCenter() ?? {};
    return { lng, lat, zoom: window.duotile?.map.getZoom() ?? 0 };
  });

test("the densest cells are one click away, each flies there, and its rows are sorted and copied by two more", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.click("#answers > summary");
  await counts(page, "#ranked li", 20);
  const first = Number((await page.textContent("#ranked li:first-child b"))?.replaceAll(",", ""));
  assert.ok(first >= HEAP && first < HEAP + 50, String(first));
  await page.click("#ranked li:first-child .link");
  await counts(page, "#rows tbody tr", 50);
  await says(page, "#rows h2", new RegExp(`^${first} rows of a cell$`));
  await page.click("#rows th button:text-is('fare')");
  await page.waitForSelector("#rows th[aria-sort=descending]");
  await says(page, "#rows tbody tr:first-child", /heap 699/);
  await picture(page, "answers-rows");
  await page.click("#rows-copy");
  await says(page, "#rows-told", /rows are copied/);
  const copied = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  assert.equal(copied.length, first + 1);
  assert.match(copied[1] ?? "", /\theap 699\t699$/);
  await page.click("[aria-label='Next page']");
  await says(page, "#rows-page", /^2 of/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#rows-save")]);
  assert.equal(
    readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n").length,
    first + 1,
  );
  await page.keyboard.press("Escape");
  await counts(page, "#rows", 0);
  await page.click("#ranked li:first-child .go");
  await page.waitForFunction(
    () => !window.duotile?.map.isMoving() && (window.duotile?.map.getZoom() ?? 0) > 6,
    undefined,
    {
      timeout: PATIENCE,
    },
  );
  const { lng, lat, places } = await page.evaluate(() => {
    const { x = 0, y = 0, width = 0 } = document.querySelector(".found")?.getBoundingClientRect() ?? {};
    const { map } = window.duotile ?? {};
    const places = [x, x + width / 2, x + width].map((x) => map?.unproject([x, y + width / 2]).lng ?? 0);
    return { ...(map?.unproject([x + width / 2, y + width / 2]) ?? { lng: 0, lat: 0 }), places };
  });
  assert.ok(Math.abs(lng - HERE.lon) < 0.2 && Math.abs(lat - HERE.lat) < 0.2, `${lng} ${lat}`);
  // It is as wide as the cell: a part of the world that is a power of two, as the map has it.
  const parts = 360 / ((places[2] ?? 0) - (places[0] ?? 0));
  assert.ok(Math.abs(Math.log2(parts) - Math.round(Math.log2(parts))) < 0.05, `one of ${parts}`);
  // Cells that are wide on the screen already are not gone to by going away.
  const before = await view(page);
  await page.selectOption("#rank-size", "64");
  await page.click("#rank-here");
  await says(page, "#rank-said", /in view/);
  await page.click("#ranked li:last-child .go");
  await page.waitForFunction(
    ({ lng, lat }) => {
      const { map } = window.duotile ?? {};
      const now = map?.getCenter();
      return map && now && !map.isMoving() && (now.lng !== lng || now.lat !== lat);
    },
    before,
    { timeout: PATIENCE },
  );
  assert.ok((await view(page)).zoom > before.zoom - 0.01, `from ${before.zoom} to ${(await view(page)).zoom}`);
  assertQuiet(seen);
  await close();
});

test("what a filter left is one click away, and so is all of the data again", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${EUROPE}&filter=fare>4000`);
  await page.click("#fit button:text-is('Show what passes')");
  await page.waitForFunction(() => (window.duotile?.map.getZoom() ?? 0) > 12, undefined, { timeout: PATIENCE });
  await page.waitForFunction(() => !window.duotile?.map.isMoving());
  const near = await view(page);
  assert.ok(Math.abs(near.lng - 18.4035) < 0.05 && Math.abs(near.lat + 33.92) < 0.05, JSON.stringify(near));
  await page.click("#fit button:text-is('Show all data')");
  await page.waitForFunction(() => !window.duotile?.map.isMoving() && (window.duotile?.map.getZoom() ?? 9) < 6);
  await page.fill("#filter-text", "fare > 9000");
  await page.keyboard.press("Enter");
  await says(page, "#facts", /^0 of/);
  // There is nothing to go to.
  await counts(page, "#fit button", 1);
  assertQuiet(seen);
  await close();
});

test("the rows of a popup's cell, of the view, and of a box are a table; the pointer is told what it is over", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  const at = await page.evaluate(({ lon, lat }) => window.duotile?.map.project([lon, lat]), HERE);
  const { x, y } = at ?? assert.fail("no map");
  await page.mouse.move(x, y);
  await says(page, ".hover", /^7\d\d rows/);
  await page.mouse.click(x, y);
  await page.click(".popup button.more", { timeout: PATIENCE });
  await says(page, "#rows h2", /^7\d\d rows of a cell$/);
  await page.click("[aria-label='Close the rows']");
  await page.click(".maplibregl-popup-close-button");
  await page.click("#answers > summary");
  await page.click("#rows-view");
  await says(page, "#rows h2", /^Rows in view: 30,700$/);
  await says(page, "#rows-copy", /^Copy 50 rows$/);
  // More than are sorted whole: the end of a number is found.
  await page.click("#rows th button:text-is('fare')");
  await says(page, "#rows-told", /^The greatest 1,000 by fare, of 30,700\.$/);
  await says(page, "#rows-copy", /^Copy 1,000 rows$/);
  await says(page, "#rows tbody tr:first-child", /heap 699/);
  await page.click("#rows th button:text-is('name')");
  await says(page, "#rows-told", /too many to be sorted by a text/);
  assert.equal(await page.locator("#rows-old").count(), 0);
  await page.fill("#filter-text", "fare > 4000");
  await page.keyboard.press("Enter");
  await page.click("#rows-old button", { timeout: PATIENCE });
  await says(page, "#rows h2", /^Rows in view: \d{1,3}$/);
  await counts(page, "#rows-old", 0);
  await page.fill("#filter-text", "");
  await says(page, "#rows-old", /rows of before/);
  await page.click("[aria-label='Close the rows']");
  await page.click("#rows-box");
  await page.waitForSelector(".drawing");
  await page.mouse.move(x - 20, y - 20);
  await page.mouse.down();
  await page.mouse.move(x + 20, y + 20, { steps: 4 });
  await page.mouse.up();
  const corners = await page.evaluate(
    ([x, y]) => [
      window.duotile?.map.unproject([(x ?? 0) - 20, (y ?? 0) - 20]),
      window.duotile?.map.unproject([(x ?? 0) + 20, (y ?? 0) + 20]),
    ],
    [x, y],
  );
  const [from, to] = corners;
  const box = [from?.lng, to?.lat, to?.lng, from?.lat].join();
  const counted = await (await fetch(`${server.base}datasets/trips/rows?limit=0&bbox=${box}`)).json();
  await says(page, "#rows h2", /^Rows in the box: \d/);
  const told = Number((await page.textContent("#rows h2"))?.replace(/^.*: /, "").replaceAll(",", ""));
  assert.ok(Math.abs(told - counted.numberMatched) <= 3, `${told}, counted ${counted.numberMatched}`);
  // A drag is no click on what lies under it.
  assert.equal(await page.locator(".maplibregl-popup").count(), 0);
  // What lies beneath the panel is not in view.
  await page.click("[aria-label='Close the rows']");
  await page.evaluate(([x]) => window.duotile?.map.panBy([(x ?? 0) - 100, 0], { animate: false }), [x]);
  await page.click("#rows-view");
  const inView = await page.evaluate(async () => {
    const { right = 0 } = document.querySelector("#panel")?.getBoundingClientRect() ?? {};
    const { map } = window.duotile ?? {};
    const [from, to] = [map?.unproject([right, innerHeight]), map?.unproject([innerWidth, 0])];
    const response = await fetch(`datasets/trips/rows?limit=0&bbox=${[from?.lng, from?.lat, to?.lng, to?.lat]}`);
    return (await response.json()).numberMatched;
  });
  assert.ok(inView > 0 && inView < 30_000, `${inView} are beside the panel`);
  await says(page, "#rows h2", new RegExp(`^Rows in view: ${inView.toLocaleString("en")}$`));
  await drawn(page);
  assertQuiet(seen);
  await close();
});
