/** Two layers beside each other: by a line that is dragged, or side by side, with colours that mean the same and titles that tell. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { random } from "../node/lib/random.js";
import { assertQuiet, counts, launch, open, PATIENCE, picture, says, site } from "./lib.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-compare-"));
const COUNTS = { uber: 9000, lyft: 3000, via: 480 };
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const { next } = random(9);
  const lines = ["lon,lat,brand,hour"];
  for (const [brand, rows] of Object.entries(COUNTS)) {
    for (let row = 0; row < rows; row += 1) {
      lines.push(`${(5 + next() * 20).toFixed(4)},${(42 + next() * 10).toFixed(4)},${brand},${row % 24}`);
    }
  }
  writeFileSync(join(folder, "rides.csv"), lines.join("\n"));
  [server, browser] = await Promise.all([site(join(folder, "rides.csv")), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const EUROPE = "#view=3.6/47/15";

/** How many rows each of both maps draws. @param {import("playwright-core").Page} page @param {[number, number]} expected */
async function draw(page, expected) {
  const rows = () =>
    page.evaluate(() => {
      const page = window.duotile;
      return [page?.map, page?.above()].map((map) => {
        const layers = map?.getLayersOrder().filter((id) => /^(cells|rows)-/.test(id)) ?? [];
        /** @type {Map<unknown, number>} */
        const found = new Map();
        for (const { id, layer, properties, geometry } of map?.queryRenderedFeatures({ layers }) ?? []) {
          found.set(`${layer.id} ${id ?? JSON.stringify(geometry)}`, Number(properties["point_count"] ?? 1));
        }
        return [...found.values()].reduce((sum, count) => sum + count, 0);
      });
    });
  let told = await rows();
  for (const until = Date.now() + PATIENCE; String(told) !== String(expected) && Date.now() < until; ) {
    await page.waitForTimeout(300);
    told = await rows();
  }
  assert.deepEqual(told, expected);
}

test("two values of a column are two choices away, one on each side of a line", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}${EUROPE}&filter=hour+<+6`);
  await page.click("#stack > summary");
  await page.selectOption("#compare-column", "brand");
  await draw(page, [COUNTS.uber / 4, COUNTS.lyft / 4]);
  await says(page, ".compared.left", /^brand = 'uber'$/);
  await says(page, ".compared.right", /^brand = 'lyft'$/);
  // One colour is as many rows on both sides, and told once.
  await says(page, "#legend", /^LegendBoth sides/);
  await counts(page, "#legend section", 1);
  await picture(page, "compare-swipe");
  const clip = () =>
    page.evaluate(() => getComputedStyle(document.getElementById("map-above") ?? document.body).clipPath);
  const line = async () => Number(/([\d.]+)%/.exec(await clip())?.[1]);
  // It begins in the middle of what the panel leaves to the map.
  const begun = await line();
  const panel = await page.evaluate(() => document.getElementById("panel")?.getBoundingClientRect().right ?? 0);
  assert.ok(Math.abs(begun - (panel + (1200 - panel) / 2) / 12) < 2, `${begun} % beside a panel of ${panel}`);
  await page.focus(".swipe");
  await page.keyboard.press("PageUp");
  assert.ok(Math.abs((await line()) - begun - 10) < 0.1);
  await page.mouse.move((begun + 10) * 12, 300);
  await page.mouse.down();
  await page.mouse.move(840, 300, { steps: 3 });
  await page.mouse.up();
  assert.equal(await line(), 70);
  // Wherever the line is, what each side is called can be read.
  for (const key of ["PageDown", "PageUp", "PageUp", "PageUp"]) {
    await page.focus(".swipe");
    await page.keyboard.press(key);
    const boxes = await page
      .locator("#legend, .compared")
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
    for (const [at, one] of boxes.entries()) {
      assert.ok(one.left >= 0 && one.right <= 1200, JSON.stringify(one));
      for (const other of boxes.slice(at + 1)) {
        const apart =
          one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
        assert.ok(apart, `${await line()} %: ${JSON.stringify([one, other])}`);
      }
    }
  }
  await page.selectOption("#compare-right", "via");
  await draw(page, [COUNTS.uber / 4, COUNTS.via / 4]);
  await page.setViewportSize({ width: 390, height: 780 });
  await page.click("#fold");
  await page.locator("#legend h2").getByText("Both sides").waitFor({ timeout: PATIENCE });
  assertQuiet(seen);
  await close();
});

test("side by side both look at the same place, whichever is moved; the address has it, and it ends", async () => {
  const filters = "dataset=rides&filter=brand='uber'&dataset=rides&filter=brand='lyft'&compare=beside";
  const { page, close, ...seen } = await open(browser, `${server.base}${EUROPE}&${filters}`);
  await page.waitForFunction(() => window.duotile?.above(), undefined, { timeout: PATIENCE });
  const views = () =>
    page.evaluate(() =>
      [window.duotile?.map, window.duotile?.above()].map((map) => {
        const { width = 0, left = 0 } = map?.getContainer().getBoundingClientRect() ?? {};
        return { zoom: map?.getZoom(), ...map?.getCenter(), width, left };
      }),
    );
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [10, 48], zoom: 4 }));
  let [one, other] = await views();
  assert.deepEqual([one?.left, one?.width, other?.left, other?.width], [0, 600, 600, 600]);
  assert.deepEqual([other?.lng, other?.lat, other?.zoom], [one?.lng, one?.lat, one?.zoom]);
  await page.evaluate(() => window.duotile?.above()?.jumpTo({ center: [12, 46], zoom: 4.5 }));
  [one, other] = await views();
  assert.deepEqual([one?.lng, one?.lat, one?.zoom], [other?.lng, other?.lat, 4.5]);
  await picture(page, "compare-beside");
  // What the upper layer lacks is told, as of any.
  const failing = /\.mvt\?.*lyft/;
  await page.route(failing, (route) => route.fulfill({ status: 500, body: "" }));
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [9, 44], zoom: 7 }));
  await says(page, "#status", /A part of the map could not be loaded/);
  await page.unroute(failing);
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [12, 46], zoom: 4.5 }));
  seen.complaints.length = 0;
  await page.click("#stack > summary");
  await page.check("#compare input[value='']", { force: true });
  await page.waitForFunction(() => !window.duotile?.above() && !location.hash.includes("compare="));
  await draw(page, [COUNTS.uber + COUNTS.lyft, 0]);
  assertQuiet(seen);
  await close();
});
