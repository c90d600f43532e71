/** Time on the map, of rows that the test makes: the window, the address, and frames that are complete and miss nothing. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { front } from "./front.js";
import { assertQuiet, counts, drawn, launch, open, PATIENCE, picture, says, site } from "./lib.js";

const DAY = 86_400_000;
const FIRST = Date.UTC(2025, 2, 3);
const DAYS = 6;
/** Rows of each day; one of them has none. */
const ROWS = [12_000, 15_000, 0, 18_000, 14_000, 16_001];
/** Cells, not rows, and all of the data in view, beside the panel and above the bar. */
const VIEW = "#view=2.4/47/2";

const folder = mkdtempSync(join(tmpdir(), "duotile-time-"));
/** The times of all rows, each as milliseconds. @type {number[]} */
const times = [];

/** How many rows are in a window. @param {number} from @param {number} to */
const rowsIn = (from, to) => times.filter((time) => time >= from && time < to).length;

/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(7);
  const lines = ["id,lon,lat,seen"];
  ROWS.forEach((rows, day) => {
    for (let row = 0; row < rows; row += 1) {
      // The first of a day is at its very start, the last at its last millisecond: windows must not share them.
      const within = row === 0 ? 0 : row === 1 ? DAY - 1 : Math.floor(next() * DAY);
      const time = FIRST + day * DAY + within;
      times.push(time);
      lines.push(
        `${lines.length},${(2 + next() * 28).toFixed(4)},${(40 + next() * 15).toFixed(4)},${new Date(time).toISOString()}`,
      );
    }
  });
  lines.push("70001,10,50,", "70002,11,51,");
  writeFileSync(join(folder, "timed.csv"), lines.join("\n"));
  const untimed = Array.from({ length: 300 }, () => `${(2 + next() * 28).toFixed(4)},${(40 + next() * 15).toFixed(4)}`);
  writeFileSync(join(folder, "untimed.csv"), ["lon,lat", ...untimed].join("\n"));
  const once = Array.from({ length: 200 }, (_, row) => `${3 + row / 20},${45 + (row % 7)},2024-03-05T10:00:00Z`);
  writeFileSync(join(folder, "once.csv"), ["lon,lat,seen", ...once].join("\n"));
  const files = ["timed.csv", "untimed.csv", "once.csv"].map((name) => join(folder, name));
  [server, browser] = await Promise.all([site(...files), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/**
 * How many rows the features stand for that a layer of the page draws, each once; those of a frame if one is shown.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} [layer]
 */
function rowsDrawn(page, layer = "1") {
  return page.evaluate((layer) => {
    const map = window.duotile?.map;
    if (!map) throw new Error("no map");
    const seen = map.getLayersOrder().filter((id) => {
      if (!new RegExp(`^cells-${layer}(~|$)`).test(id)) return false;
      const type = map.getLayer(id)?.type;
      const hidden = map.getLayoutProperty(id, "visibility") === "none";
      return !hidden && map.getPaintProperty(id, /** @type {"fill-opacity"} */ (`${type}-opacity`)) !== 0;
    });
    /** @type {Map<unknown, number>} */
    const rows = new Map();
    for (const { id, properties, geometry } of map.queryRenderedFeatures({ layers: seen })) {
      const count = properties["point_count"];
      // Only the rows of a file without ids have none; they are told apart by where they are.
      rows.set(`${count === undefined} ${id ?? JSON.stringify(geometry)}`, count ?? 1);
    }
    return [...rows.values()].reduce((sum, count) => sum + count, 0);
  }, layer);
}

/**
 * Waits until the rows of a window are drawn.
 *
 * @param {import("playwright-core").Page} page
 * @param {number} expected
 */
async function draws(page, expected) {
  const until = Date.now() + PATIENCE;
  let rows = -1;
  while (rows !== expected && Date.now() < until) {
    await page.waitForTimeout(200);
    await drawn(page);
    rows = await rowsDrawn(page);
  }
  assert.equal(rows, expected);
}

/**
 * Looks at what plays until it ends: by the words for each frame, the rows that were drawn then, and what `beside` said.
 *
 * @template T
 * @param {import("playwright-core").Page} page
 * @param {() => T} beside
 */
async function watch(page, beside) {
  /** @type {Map<string, { rows: number, beside: T }>} */
  const shown = new Map();
  await page.waitForFunction(() => document.querySelector("#play")?.getAttribute("aria-label") === "Pause");
  while ((await page.getAttribute("#play", "aria-label")) === "Pause") {
    const before = (await page.textContent("#time-now")) ?? "";
    const rows = await rowsDrawn(page);
    const after = (await page.textContent("#time-now")) ?? "";
    if (before === after && !shown.has(after)) {
      shown.set(after, { rows, beside: beside() });
      if (shown.size === 4) await picture(page, "time-playing");
    }
    await page.waitForTimeout(30);
  }
  return shown;
}

/** The window in the page's address. @param {import("playwright-core").Page} page */
function windowOf(page) {
  const text = new URLSearchParams(new URL(page.url()).hash.slice(1)).get("time") ?? "";
  return text.split("/").map((time) => Date.parse(time));
}

test("a window is chosen by its length, moved by keys, and the map has its rows, as the address does", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}`);
  await page.waitForSelector("#time");
  await draws(page, times.length + 2);
  await says(page, "#time-now", /All times/);
  await page.selectOption("#time-preset", "day");
  await draws(page, rowsIn(FIRST, FIRST + DAY));
  await page.focus("#time [data-grip=window]");
  await page.keyboard.press("ArrowRight");
  await draws(page, rowsIn(FIRST + DAY, FIRST + 2 * DAY));
  await says(page, "#time-now", /^4 Mar 2025 UTC$/);
  assert.deepEqual(windowOf(page), [FIRST + DAY, FIRST + 2 * DAY]);
  // A day without rows is an empty map, and not an error.
  await page.keyboard.press("ArrowRight");
  await draws(page, 0);
  await page.focus("#time [data-grip=to]");
  await page.keyboard.press("PageUp");
  await page.keyboard.press("PageUp");
  const [from = 0, to = 0] = windowOf(page);
  assert.ok(from === FIRST + 2 * DAY && to > FIRST + 3 * DAY, `${new Date(from)} ${new Date(to)}`);
  await draws(page, rowsIn(from, to));
  await page.click("#time-more");
  await page.fill("#time-from", "2025-03-06T06:00:00");
  await page.fill("#time-to", "2025-03-07T18:30:00");
  await draws(page, rowsIn(Date.UTC(2025, 2, 6, 6), Date.UTC(2025, 2, 7, 18, 30)));
  await picture(page, "time-exact");
  const again = await open(browser, page.url());
  await draws(again.page, rowsIn(Date.UTC(2025, 2, 6, 6), Date.UTC(2025, 2, 7, 18, 30)));
  await again.close();
  await page.selectOption("#time-preset", "all");
  await draws(page, times.length + 2);
  assert.ok(!page.url().includes("time="), page.url());
  assertQuiet(seen);
  await close();
});

test("a window is drawn, dragged and resized with the pointer", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}`);
  const box = (await page.locator("#time-track").boundingBox()) ?? assert.fail("no track");
  const [least, most] = [Math.min(...times), Math.max(...times)];
  /** @param {number} time */
  const x = (time) => box.x + ((time - least) / (most - least)) * box.width;
  const y = box.y + 15;
  /** @param {number} from @param {number} to */
  const drag = async (from, to) => {
    await page.mouse.move(from, y);
    await page.mouse.down();
    await page.mouse.move((from + to) / 2, y, { steps: 3 });
    await page.mouse.move(to, y, { steps: 3 });
    await page.mouse.up();
  };
  /** Waits until the window is about this: the page follows a pointer from frame to frame. */
  const lies = async (/** @type {number} */ from, /** @type {number} */ to) => {
    const far = () => windowOf(page).map((time, at) => Math.abs(time - (at === 0 ? from : to)));
    for (let tries = 0; Math.max(...far()) > DAY / 8 && tries < 100; tries += 1) await page.waitForTimeout(100);
    const told = windowOf(page);
    const said = [...told, from, to].map((time) => new Date(time).toISOString());
    assert.ok(Math.max(...far()) <= DAY / 8, `${said[0]} to ${said[1]} is not near ${said[2]} to ${said[3]}`);
    return told;
  };
  await drag(x(FIRST + DAY), x(FIRST + 2.5 * DAY));
  let [from = 0, to = 0] = await lies(FIRST + DAY, FIRST + 2.5 * DAY);
  await draws(page, rowsIn(from, to));
  await drag(x((from + to) / 2), x((from + to) / 2 + 2 * DAY));
  const length = to - from;
  [from = 0, to = 0] = await lies(from + 2 * DAY, to + 2 * DAY);
  assert.equal(to - from, length);
  await draws(page, rowsIn(from, to));
  await drag(x(to) + 3, x(to - DAY));
  const end = to;
  [from = 0, to = 0] = await lies(from, end - DAY);
  await draws(page, rowsIn(from, to));
  // A drag is one thing to take back.
  await page.keyboard.press("Control+z");
  assert.deepEqual(await lies(from, end), [from, end]);
  await draws(page, rowsIn(from, end));
  assertQuiet(seen);
  await close();
});

test("frames are asked for ahead, shown when they are complete, and all of them have every row with a time once", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}`);
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => {
    const interval = new URL(request.url()).searchParams.get("datetime");
    if (/\/tiles\/timed\/\d/.test(request.url()) && interval) asked.push(interval.slice(0, 10));
  });
  await page.selectOption("#time-preset", "day");
  await draws(page, rowsIn(FIRST, FIRST + DAY));
  await page.selectOption("#time-speed", "1");
  await page.click("#time-more");
  await page.uncheck("#time-loop");
  asked.length = 0;
  // Space plays where nothing else takes it.
  await page.focus("canvas.maplibregl-canvas");
  await page.keyboard.press("Space");
  await says(page, "#legend", /every window of a day/);
  const shown = await watch(page, () => [...asked]);
  // On a busy machine one may have passed unseen, but what was seen was all there.
  assert.ok(shown.size >= DAYS - 2, [...shown.keys()].join());
  for (const [text, { rows, beside: asked }] of shown) {
    const day = Number(text.split(" ")[0]) - 3;
    assert.equal(rows, ROWS[day], text);
    // The first stood there before anything played.
    if (day > 0 && day < DAYS - 1) assert.ok(asked.includes(`2025-03-0${day + 4}`), `at ${text} asked for ${asked}`);
  }
  // It stands at its last frame, and the map shows it as any other window.
  await draws(page, ROWS[DAYS - 1] ?? 0);
  await counts(page, ".still:not([hidden])", 0);
  assert.deepEqual(windowOf(page), [FIRST + (DAYS - 1) * DAY, FIRST + DAYS * DAY]);
  assertQuiet(seen);
  await close();
});

/** Plays once, and every frame that is seen has all of its rows. @param {import("playwright-core").Page} page */
async function playsWhole(page) {
  await page.selectOption("#time-speed", "1");
  await page.click("#time-more");
  await page.uncheck("#time-loop");
  await page.click("#play");
  const shown = await watch(page, () => undefined);
  assert.ok(shown.size >= DAYS - 2, [...shown.keys()].join());
  for (const [text, { rows }] of shown) assert.equal(rows, ROWS[Number(text.split(" ")[0]) - 3], text);
}

for (const kind of ["points", "heat", "columns"]) {
  test(`${kind}: frames are whole while they play, as those of cells are`, async () => {
    const { page, close, ...seen } = await open(
      browser,
      `${server.base}${VIEW}&kind=${kind}&time=2025-03-03T00:00:00Z/2025-03-04T00:00:00Z`,
    );
    await drawn(page);
    await playsWhole(page);
    assertQuiet(seen);
    await close();
  });
}

test("rows of this device play without a server", async () => {
  const gone = await front(server.base);
  const { page, close } = await open(browser, `${gone.base}${VIEW}&time=2025-03-03T00:00:00Z/2025-03-04T00:00:00Z`);
  await page.click("#device > summary");
  await page.click("#take-start");
  await says(page, "#device-said", /on this device/);
  await drawn(page);
  gone.down = true;
  await page.context().setOffline(true);
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, from this device/);
  await playsWhole(page);
  await close();
  await gone.stop();
});

test("each frame can be taken by itself, together they have what the server counts, and what was shown before comes back", async () => {
  const { page, close, ...seen } = await open(
    browser,
    `${server.base}${VIEW}&time=2025-03-03T00:00:00Z/2025-03-04T00:00:00Z`,
  );
  await draws(page, ROWS[0] ?? 0);
  const frames = await page.evaluate(() => window.duotile?.frames() ?? []);
  assert.deepEqual(
    frames,
    ROWS.map((_, day) => [FIRST + day * DAY, FIRST + (day + 1) * DAY]),
  );
  let sum = 0;
  for (const [index] of frames.entries()) {
    await page.evaluate((index) => window.duotile?.showFrame(index), index);
    const rows = await rowsDrawn(page);
    assert.equal(rows, ROWS[index], `frame ${index}`);
    sum += rows;
  }
  const counted = await fetch(new URL("datasets/timed/rows?limit=0&filter=seen IS NOT NULL", server.base));
  assert.equal(sum, (await counted.json()).numberMatched);
  await page.evaluate(() => window.duotile?.restore());
  await draws(page, ROWS[0] ?? 0);
  await says(page, "#time-now", /^3 Mar 2025 UTC$/);
  assertQuiet(seen);
  await close();
});

test("a layer without times has no bar, and stays as it is beside one that has them", async () => {
  const alone = await open(browser, `${server.base}${VIEW}&dataset=untimed`);
  await draws(alone.page, 300);
  await counts(alone.page, "#time", 0);
  await alone.close();
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}&dataset=timed&dataset=untimed`);
  await page.waitForSelector("#time");
  await page.selectOption("#time-preset", "day");
  await draws(page, ROWS[0] ?? 0);
  assert.equal(await rowsDrawn(page, "2"), 300);
  await page.click("#play");
  await says(page, "#time-now", /^[4-8] Mar 2025 UTC$/);
  assert.equal(await rowsDrawn(page, "2"), 300);
  await page.click("#play");
  await counts(page, ".still:not([hidden])", 0);
  assertQuiet(seen);
  await close();
});

test("of data of one moment a window that came along is told, and taken away", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}&dataset=timed`);
  await page.selectOption("#time-preset", "day");
  await says(page, "#facts", new RegExp(`^${(ROWS[0] ?? 0).toLocaleString("en")} of`));
  await page.selectOption("#datasets", "once");
  await says(page, "#facts", /^0 of 200 rows/);
  await says(page, "#time-now", /2025 UTC$/);
  await picture(page, "time-once");
  await page.click("#time button:text-is('All times')");
  await says(page, "#facts", /^200 rows/);
  await counts(page, "#time", 0);
  assert.deepEqual(windowOf(page), [Number.NaN]);
  assertQuiet(seen);
  await close();
});

test("a window that is chosen while the first tiles are still on their way is what is drawn", async () => {
  const slow = await front(server.base);
  /** @type {(() => void)[]} */
  const held = [];
  slow.otherwise = (path, _, forward) => {
    const first = /^tiles\/timed\/\d/.test(path) && !path.includes("datetime");
    if (first) held.push(forward);
    return first;
  };
  const context = await browser.newContext({ viewport: { width: 1200, height: 760 } });
  const page = await context.newPage();
  await page.goto(slow.base + VIEW);
  while (held.length === 0) await page.waitForTimeout(100);
  await page.selectOption("#time-preset", "day", { timeout: PATIENCE });
  while (!slow.asked.some((path) => /^tiles\/timed\/metadata.*datetime/.test(path))) await page.waitForTimeout(100);
  await page.waitForTimeout(1000);
  for (const forward of held) forward();
  slow.otherwise = undefined;
  await draws(page, ROWS[0] ?? 0);
  await context.close();
  await slow.stop();
});
