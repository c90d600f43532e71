/** The performance panel, against what the test sees of the same requests by itself. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertQuiet, drawn, open, PATIENCE, picture } from "./lib.js";
import { browser, server } from "./stage.js";

/**
 * @typedef {{ tile: string, from: string, total: number, server?: number, wire?: number, page?: number, bytes: number,
 *   transferred?: number, features?: number, rows?: number, omitted?: number }} Report
 */

/**
 * What the panel says of each tile.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Report[]>}
 */
const told = (page) =>
  page
    .locator("#performance tr[data-report]")
    .evaluateAll((rows) => rows.map((row) => JSON.parse(row.getAttribute("data-report") ?? "")));

/**
 * Waits until the panel has so many tiles, with what the browser knows of their requests.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} tile one of them
 */
async function lists(page, tile) {
  await page.waitForSelector(`#performance tr[data-tile="${tile}"]`, { timeout: PATIENCE });
  await drawn(page);
  // What the browser knows of a request comes after its answer.
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll("#performance tr[data-report]")].every((row) =>
        row.getAttribute("data-report")?.includes("transferred"),
      ),
    undefined,
    { timeout: PATIENCE },
  );
}

test("each tile of the view is told with the time, bytes and features that its answer had", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=2/20/0`);
  await page.click("#performance > summary");
  /** @type {Map<string, Promise<{ headers: Record<string, string>, decoded: number, wire: number }>>} */
  const answers = new Map();
  page.on("requestfinished", (request) => {
    const found = /\/tiles\/[^/]+\/(\d+\/\d+\/\d+)\.mvt/.exec(request.url());
    if (!found) return;
    const read = async () => {
      const response = (await request.response()) ?? assert.fail("no answer");
      const { responseBodySize, responseHeadersSize } = await request.sizes();
      const decoded = (await response.body()).length;
      return { headers: await response.allHeaders(), decoded, wire: responseBodySize + responseHeadersSize };
    };
    answers.set(found[1] ?? "", read());
  });
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 6 }));
  await lists(page, "6/32/22");
  const reports = await told(page);
  const tiles = reports.map(({ tile }) => tile);
  assert.ok(reports.length >= 4, tiles.join());
  assert.deepEqual([...new Set(tiles)].sort(), [...answers.keys()].sort());
  for (const report of reports) {
    const { headers, decoded, wire } = (await answers.get(report.tile)) ?? assert.fail(report.tile);
    assert.equal(report.bytes, decoded);
    assert.equal(report.features, Number(headers["duotile-features"]));
    assert.equal(report.rows, Number(headers["duotile-rows"]));
    assert.equal(report.omitted, Number(headers["duotile-omitted"]));
    const parts = [...(headers["server-timing"] ?? "").matchAll(/dur=([\d.]+)/g)].map(([, ms]) => Number(ms));
    const atServer = parts.reduce((sum, ms) => sum + ms, 0);
    assert.ok(Math.abs((report.server ?? -1) - atServer) < 1e-6, `${report.server} at the server, not ${atServer}`);
    assert.equal(report.from, /(^|, *)cache/.test(headers["server-timing"] ?? "") ? "server cache" : "server");
    const whole = atServer + (report.wire ?? Number.NaN) + (report.page ?? Number.NaN);
    assert.ok(
      report.total >= atServer && Math.abs(whole - report.total) < 5,
      `${whole} ms in parts of ${report.total} ms`,
    );
    // Chromium counts 300 bytes for the headers of every answer.
    assert.ok(Math.abs((report.transferred ?? 0) - wire) < 700, `${report.transferred} over the wire, not ${wire}`);
  }
  const times = reports.map(({ total }) => total);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
    "the slowest come first",
  );
  const text = ((await page.textContent("#performance dl")) ?? "").replaceAll("\u00a0", " ");
  const features = reports.reduce((sum, { features }) => sum + (features ?? 0), 0);
  assert.ok(text.includes(`Features${features.toLocaleString("en")}`), text);
  await page.click("#performance th button >> nth=0");
  const sorted = (await told(page)).map(({ tile }) => tile);
  assert.deepEqual(
    sorted,
    [...sorted].sort((a, b) => a.localeCompare(b, "en", { numeric: true })),
  );
  await page.locator("#performance").scrollIntoViewIfNeeded();
  await picture(page, "performance");
  assertQuiet(seen);
  await close();
});

test("what the browser kept is told so, and a folded panel looks at nothing", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=6/48.86/2.35`);
  // Far away and back in a page of its own, whose map keeps no tiles but whose browser does.
  await page.reload();
  await drawn(page);
  await page.click("#performance > summary");
  await lists(page, "6/32/22");
  const reports = await told(page);
  assert.deepEqual([...new Set(reports.map(({ from }) => from))], ["browser cache"]);
  assert.ok(reports.every(({ server, transferred }) => server === undefined && transferred === 0));
  await page.click("#tile-outlines");
  await picture(page, "performance-outlines");
  assert.equal(await page.evaluate(() => window.duotile?.map.showTileBoundaries), true);
  await page.click("#performance > summary");
  await page.waitForSelector("#performance-body", { state: "detached" });
  await page.waitForFunction(() => window.duotile?.map.showTileBoundaries === false);
  assertQuiet(seen);
  await close();
});
