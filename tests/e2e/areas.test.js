/** Areas of a filter: drawn on the map, typed, taken from the view, changed by their handles, undone, and there in the address. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, counts, drawn, launch, open, PATIENCE, picture, says, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {[lng: number, lat: number]} Place */

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const VIEW = "#view=5/47/15";
const folder = mkdtempSync(join(tmpdir(), "duotile-areas-"));
/** @type {Place[]} */
const rows = [];
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(31);
  const write = (/** @type {string} */ name, /** @type {Place[]} */ places) => {
    const lines = places.map(([lng, lat], row) => `${lng},${lat},${row % 7}`);
    writeFileSync(join(folder, `${name}.csv`), `lon,lat,kind\n${lines.join("\n")}\n`);
    return `${name}=${join(folder, `${name}.csv`)}`;
  };
  for (let row = 0; row < 8000; row += 1)
    rows.push([Number((5 + next() * 20).toFixed(4)), Number((42 + next() * 10).toFixed(4))]);
  const far = Array.from(
    { length: 500 },
    (_, row) => /** @type {Place} */ ([row % 2 ? 179.5 : -179.5, -17 + row / 500]),
  );
  [server, browser] = await Promise.all([site(write("trips", rows), write("fiji", far)), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** The filter in the address. @param {Page} page */
const filterOf = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1)).get("filter") ?? "";

/** What went wrong in pages, which is told where they do not get to what is tested. @type {WeakMap<Page, string[]>} */
const told = new WeakMap();

/** Opens an address. @param {string} address @param {Parameters<typeof open>[2]} [options] */
async function enter(address, options) {
  const seen = await open(browser, address, options);
  told.set(seen.page, seen.complaints);
  return seen;
}

/** Waits for another filter than one; tells how the page stands where none comes. @param {Page} page @param {string} before */
async function changed(page, before) {
  const other = page.waitForFunction(
    (before) => (new URLSearchParams(location.hash.slice(1)).get("filter") ?? "") !== before,
    before,
    { timeout: PATIENCE },
  );
  await other.catch(async () => {
    await picture(page, "no-other-filter");
    const stands = await page.evaluate(() => ({
      address: location.href,
      drawing: document.querySelectorAll(".drawing").length,
      bar: document.querySelector("#area-bar")?.textContent,
      tools: document.querySelector("#areas")?.innerHTML,
    }));
    assert.fail(`no filter but ${before || "none"}: ${JSON.stringify({ ...stands, complaints: told.get(page) })}`);
  });
  return filterOf(page);
}

/** The corners of the area in a filter. @param {string} filter @returns {Place[]} */
function cornersOf(filter) {
  const ring = /POLYGON\(\(([^)]*)\)\)/.exec(filter)?.[1];
  const [west, south, east, north] = /BBOX\(([^)]*)\)/.exec(filter)?.[1]?.split(",").map(Number) ?? [];
  if (ring) return ring.split(", ").map((corner) => /** @type {Place} */ (corner.split(" ").map(Number)));
  if (west === undefined || south === undefined || east === undefined || north === undefined) assert.fail(filter);
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
}

/** Whether a place is in a ring: counted here, by the edges to its east. @param {Place} place @param {Place[]} ring */
function isIn([x, y], ring) {
  let inside = false;
  for (let at = 1; at < ring.length; at += 1) {
    const [[a, b], [c, d]] = [/** @type {Place} */ (ring[at - 1]), /** @type {Place} */ (ring[at])];
    if (b > y !== d > y && x < a + ((y - b) / (d - b)) * (c - a)) inside = !inside;
  }
  return inside;
}

/** The page tells as many rows as are counted here in the area of its filter. @param {Page} page */
async function tells(page) {
  const ring = cornersOf(filterOf(page));
  const count = rows.filter((place) => isIn(place, ring)).length;
  assert.ok(count > 0 && count < rows.length, `${count} rows in ${filterOf(page)}`);
  await says(page, "#facts", new RegExp(`^${count.toLocaleString("en")} of`));
  return count;
}

/** Pixels of places. @param {Page} page @param {Place[]} places */
const pixels = (page, places) =>
  page.evaluate((places) => places.map((place) => window.duotile?.map.project(place) ?? { x: 0, y: 0 }), places);

/** @param {Page} page @param {{ x: number, y: number }} from @param {{ x: number, y: number }} to */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
}

/** @param {Page} page @param {string} kind */
async function pick(page, kind) {
  await page.click(`#areas button:text-is('${kind}')`);
  // The map takes it a moment later, which a person does not see.
  await page.waitForSelector(".drawing");
}

test("a rectangle, a circle and a polygon that are drawn are parts of the filter, one in the place of the other", async () => {
  const { page, close, ...seen } = await enter(server.base + VIEW);
  const [a, b, c] = await pixels(page, [
    [12, 49],
    [18, 45],
    [15, 48.5],
  ]);
  if (!a || !b || !c) assert.fail("no map");
  await pick(page, "Rectangle");
  await drag(page, a, b);
  assert.match(
    await changed(page, ""),
    /^S_INTERSECTS\(geometry, BBOX\(1[12][.\d]*, 4[45][.\d]*, 1[78][.\d]*, 4[89][.\d]*\)\)$/,
  );
  const inRectangle = await tells(page);
  await counts(page, ".areas .edge", 1);
  await picture(page, "area-rectangle");
  let filter = filterOf(page);
  await pick(page, "Circle");
  await drag(page, c, b);
  filter = await changed(page, filter);
  assert.equal(cornersOf(filter).length, 49);
  await tells(page);
  await says(page, "#areas .chips", /Circle of \d+ km around 48\.\d+, 1[45]/);
  await pick(page, "Polygon");
  for (const corner of [a, b, c, a]) await page.mouse.click(corner.x, corner.y);
  filter = await changed(page, filter);
  assert.equal(cornersOf(filter).length, 4);
  await tells(page);
  await picture(page, "area-polygon");
  // Back leads to the circle, and to the rectangle.
  await page.goBack();
  await says(page, "#areas .chips", /^Circle/);
  await page.goBack();
  await says(page, "#areas .chips", /^Rectangle/);
  await says(page, "#facts", new RegExp(`^${inRectangle.toLocaleString("en")} of`));
  await page.click("#areas [aria-label^='Remove Rectangle']");
  await says(page, "#facts", /^8,000 rows/);
  await counts(page, ".areas .edge", 0);
  assertQuiet(seen);
  await close();
});

test("an area is changed by its handles and by its coordinates, and answers are of what is in it", async () => {
  const address = `${server.base}${VIEW}&filter=kind = 3 AND S_INTERSECTS(geometry, POLYGON((12 44, 18 44, 15 49, 12 44)))`;
  const { page, close, ...seen } = await enter(address);
  const before = filterOf(page);
  await says(page, "#filters-set", /^2 filters are set/);
  await says(page, "#areas .chips", /^Polygon of 3 corners/);
  await page.click("#areas .chips button:text-is('Edit')");
  await counts(page, ".areas .handle", 4);
  const [from, to] = await pixels(page, [
    [15, 49],
    [20, 48],
  ]);
  if (!from || !to) assert.fail("no map");
  await drag(page, from, to);
  const moved = await changed(page, before);
  const corner = cornersOf(moved)[2] ?? [0, 0];
  assert.ok(Math.abs(corner[0] - 20) < 0.1 && Math.abs(corner[1] - 48) < 0.1, moved);
  assert.match(moved, /^kind = 3 AND S_INTERSECTS/);
  await page.fill("#area-text", "12 44, 18 44, 18 49, 12 49");
  await page.keyboard.press("Enter");
  await changed(page, moved);
  const ring = cornersOf(filterOf(page));
  assert.equal(ring.length, 5);
  const expected = rows.filter((place, row) => row % 7 === 3 && isIn(place, ring)).length;
  await says(page, "#facts", new RegExp(`^${expected} of`));
  await page.click("#answers > summary");
  await page.click("#rows-view");
  await says(page, "#rows h2", new RegExp(`^Rows in view: ${expected}$`));
  assertQuiet(seen);
  await close();
});

test("an area by keys alone: typed, with what is wrong told, or what is in view; over the antimeridian too", async () => {
  const { page, close, ...seen } = await enter(server.base + VIEW);
  await page.focus("#area-type");
  await page.keyboard.press("Enter");
  await page.focus("#area-text");
  await page.keyboard.type("10, 44, 12");
  await page.keyboard.press("Enter");
  await says(page, "#area-wrong", /^3 numbers, expected 4: west, south, east, north\.$/);
  await page.keyboard.type(", 46");
  await page.keyboard.press("Enter");
  await changed(page, "");
  assert.equal(filterOf(page), "S_INTERSECTS(geometry, BBOX(10, 44, 12, 46))");
  await tells(page);
  const typed = filterOf(page);
  await page.focus("#area-view");
  await page.keyboard.press("Space");
  const filter = await changed(page, typed);
  // From where the panel ends.
  const bounds = await page.evaluate(() => {
    const { right = 0 } = document.querySelector("#panel")?.getBoundingClientRect() ?? {};
    return window.duotile?.map.unproject([right, innerHeight]).toArray() ?? [];
  });
  cornersOf(filter)
    .slice(0, 1)
    .flat()
    .forEach((degrees, at) => {
      assert.ok(Math.abs(degrees - (bounds[at] ?? 0)) < 1e-5);
    });
  await page.goto(`${server.base}#dataset=fiji&view=5/-16.5/180`);
  await page.reload();
  await drawn(page);
  assert.match(page.url(), /view=5\/-16\.5\/180/);
  const [a, b] = await pixels(page, [
    [178, -15],
    [182, -18],
  ]);
  if (!a || !b) assert.fail("no map");
  await pick(page, "Rectangle");
  await drag(page, a, b);
  const [southwest, , northeast] = cornersOf(await changed(page, ""));
  assert.ok(Math.abs((southwest?.[0] ?? 0) - 178) < 0.1 && Math.abs((northeast?.[0] ?? 0) + 178) < 0.1, filterOf(page));
  await says(page, "#facts", /^500 rows/);
  assertQuiet(seen);
  await close();
});

test("an area is drawn by fingers, too", async () => {
  const { page, close, ...seen } = await enter(server.base + VIEW, PHONE);
  await page.tap("#fold");
  await page.tap("#areas button:text-is('Polygon')");
  await page.waitForSelector("#area-bar");
  await page.waitForSelector("#fold[aria-expanded='false']");
  await page.waitForSelector(".drawing");
  for (const [x, y] of [
    [100, 250],
    [300, 260],
    [200, 450],
  ])
    await page.touchscreen.tap(x ?? 0, y ?? 0);
  await picture(page, "area-phone");
  await page.tap("#area-bar button:text-is('Done')");
  await changed(page, "");
  assert.equal(cornersOf(filterOf(page)).length, 4);
  await tells(page);
  await page.waitForSelector("#area-bar", { state: "detached" });
  assertQuiet(seen);
  await close();
});
