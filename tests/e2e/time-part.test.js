/** A part of time on the bar: two hours of five years are found, played and told, by few clicks, the wheel, keys and fingers. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, launch, open, PATIENCE, picture, site } from "./lib.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const FIRST = Date.UTC(2019, 0, 1);
const LAST = Date.UTC(2024, 0, 1);
/** Most rows are in these two hours, and those of one kind in an hour of another year. */
const BURST = Date.UTC(2022, 4, 17, 10);
const RARE = Date.UTC(2020, 7, 3, 5);
const VIEW = "#view=2.4/47/2";

const folder = mkdtempSync(join(tmpdir(), "duotile-part-"));
/** @type {number[]} */
const times = [];
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(11);
  const lines = ["lon,lat,seen,kind"];
  const add = (/** @type {number} */ time, /** @type {string} */ kind) => {
    times.push(time);
    const at = `${(2 + next() * 28).toFixed(4)},${(40 + next() * 15).toFixed(4)}`;
    lines.push(`${at},${new Date(time).toISOString()},${kind}`);
  };
  for (let row = 0; row < 2000; row += 1) add(Math.floor(FIRST + next() * (LAST - FIRST)), "usual");
  for (let row = 0; row < 3000; row += 1) add(Math.floor(BURST + next() * 2 * HOUR), "usual");
  for (let row = 0; row < 50; row += 1) add(Math.floor(RARE + next() * HOUR), "rare");
  add(FIRST, "usual");
  add(LAST, "usual");
  writeFileSync(join(folder, "years.csv"), lines.join("\n"));
  [server, browser] = await Promise.all([site(join(folder, "years.csv")), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** A part of time in the page's address, when there is one. @param {import("playwright-core").Page} page */
function partOf(page, name = "span") {
  const text = new URLSearchParams(new URL(page.url()).hash.slice(1)).get(name);
  return text?.split("/").map((time) => Date.parse(time));
}

/** Waits until the address has a part like this. @param {import("playwright-core").Page} page @param {(part: number[]) => boolean} fits */
async function shows(page, fits) {
  for (let tries = 0; tries < PATIENCE / 100; tries += 1) {
    const part = partOf(page);
    if (part && fits(part)) return part;
    await page.waitForTimeout(100);
  }
  return assert.fail(`${page.url()} has no such part of time`);
}

const frames = (/** @type {import("playwright-core").Page} */ page) =>
  page.evaluate(() => window.duotile?.frames() ?? []);

test("two hours of five years play in steps of two minutes after three choices, and nothing else does", async () => {
  const { page, close, ...seen } = await open(browser, server.base + VIEW);
  await page.selectOption("#time-span", "2 hours");
  assert.deepEqual(await shows(page, () => true), [BURST, BURST + 2 * HOUR], "where most rows are");
  await page.selectOption("#time-preset", "2 minutes");
  const all = await frames(page);
  assert.equal(all.length, 60);
  assert.deepEqual(all[0], [BURST, BURST + 2 * MINUTE]);
  assert.equal(all.at(-1)?.[1], BURST + 2 * HOUR, "no frame begins where the part ends");
  await page.click("#play");
  await page.waitForFunction(
    (first) => !document.querySelector("#time-now")?.textContent?.includes(first),
    "10:00 – 10:02",
    { timeout: PATIENCE },
  );
  await picture(page, "time-part");
  await page.click("#play");
  const [from = 0] = partOf(page, "time") ?? [];
  assert.ok(from >= BURST && from < BURST + 2 * HOUR, new Date(from).toISOString());
  // The address has both, for whoever gets it.
  const again = await open(browser, page.url());
  assert.equal((await frames(again.page)).length, 60);
  await again.close();
  await page.selectOption("#time-span", "all");
  await page.waitForFunction(() => !location.hash.includes("span="));
  assertQuiet(seen);
  await close();
});

test("the bar narrows to what passes, and to the window; the wheel, Shift and a drag, and keys zoom and move it", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${VIEW}&filter=kind='rare'`);
  await page.selectOption("#time-span", "passes");
  const rare = times.filter((time) => time >= RARE && time < RARE + HOUR).slice(-50);
  const found = await shows(page, ([from = 0]) => from >= RARE);
  assert.deepEqual(found, [Math.min(...rare), Math.max(...rare) + 1]);
  await page.selectOption("#time-span", "all");
  await page.waitForFunction(() => !location.hash.includes("span="));
  const box = (await page.locator("#time-track").boundingBox()) ?? assert.fail("no track");
  const y = box.y + 20;
  const x = (/** @type {number} */ time, [from = FIRST, to = LAST] = partOf(page) ?? []) =>
    box.x + ((time - from) / (to - from)) * box.width;
  // What is under the pointer stays there.
  for (let step = 0; step < 4; step += 1) {
    await page.mouse.move(x(BURST), y);
    await page.mouse.wheel(0, -300);
    await page.waitForTimeout(100);
  }
  const near = await shows(page, ([from = 0, to = 0]) => to - from < (LAST - FIRST) / 15);
  assert.ok((near[0] ?? 0) < BURST && BURST < (near[1] ?? 0));
  await page.mouse.wheel(200, 0);
  await shows(page, ([from = 0, to = 0]) => from > (near[0] ?? 0) && Math.abs(to - from - near[1] + near[0]) < 2);
  // With Shift, what is drawn is what is shown, and no window.
  const day = [BURST - 10 * HOUR, BURST + 14 * HOUR];
  await page.keyboard.down("Shift");
  await page.mouse.move(x(day[0] ?? 0), y);
  await page.mouse.down();
  await page.mouse.move(x(day[1] ?? 0), y, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await shows(page, ([from = 0, to = 0]) => Math.abs(from - (day[0] ?? 0)) < 12 * HOUR && to - from < 48 * HOUR);
  assert.equal(partOf(page, "time"), undefined);
  await page.selectOption("#time-preset", "hour");
  await page.waitForFunction(() => location.hash.includes("time="));
  await page.selectOption("#time-span", "window");
  const window = partOf(page, "time") ?? [];
  assert.deepEqual(await shows(page, ([from]) => from === window[0]), window);
  await page.focus("#time [data-grip=window]");
  await page.keyboard.press("-");
  await shows(page, ([from = 0, to = 0]) => to - from === 2 * HOUR);
  await page.keyboard.press("Shift+ArrowRight");
  await shows(page, ([from = 0]) => from === (window[0] ?? 0));
  assertQuiet(seen);
  await close();
});

test("two fingers zoom the bar, and draw no window", async () => {
  const { page, close, ...seen } = await open(browser, server.base + VIEW, { hasTouch: true });
  const box = (await page.locator("#time-track").boundingBox()) ?? assert.fail("no track");
  const client = await page.context().newCDPSession(page);
  const touch = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {number[]} */ xs) =>
    client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: xs.map((x, id) => ({ x: box.x + x, y: box.y + 20, id })),
    });
  await touch("touchStart", [300]);
  await touch("touchMove", [330]);
  await touch("touchStart", [330, 400]);
  await touch("touchMove", [280, 450]);
  await touch("touchMove", [200, 530]);
  await touch("touchEnd", []);
  const part = await shows(page, ([from = 0, to = 0]) => to - from < (LAST - FIRST) / 3);
  const middle = FIRST + (365 / box.width) * (LAST - FIRST);
  assert.ok((part[0] ?? 0) < middle && middle < (part[1] ?? 0), "what was between the fingers is there");
  assert.equal(partOf(page, "time"), undefined);
  assertQuiet(seen);
  await close();
});
