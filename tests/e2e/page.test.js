/** The page in Chromium, on the built-in data: what is drawn, what a click tells, what a filter changes. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, drawn, features, open, PATIENCE, picture, pixels, says, site } from "./lib.js";
import { browser, server } from "./stage.js";

const EUROPE = "#view=4.3/49/8";
const PARIS = "#view=12/48.8566/2.3522";

test("the page opens on the world, with the data drawn, its name, its source and its legend", async () => {
  const { page, close, ...seen } = await open(browser, server.base);
  const { datasets } = await (await fetch(new URL("datasets", server.base))).json();
  assert.equal(await page.textContent("#title"), datasets[0].title);
  assert.equal(await page.textContent("#facts"), `${datasets[0].rows.toLocaleString("en")} rows`);
  assert.match(
    (await page.textContent(".maplibregl-ctrl-attrib")) ?? "",
    /GeoNames.*Natural Earth|Natural Earth.*GeoNames/,
  );
  const cells = await features(page, "cells");
  assert.ok(cells.length > 1000, `${cells.length} cells`);
  const ticks = await page.locator("#legend .ticks li").allTextContents();
  assert.ok(ticks.length >= 4, String(ticks));
  // The densest 99 % of the places is in view: at least that share of the rows, each once.
  const counts = new Map(cells.map(({ id, properties }) => [id, properties["point_count"]]));
  const sum = [...counts.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(sum > 0.9 * datasets[0].rows, `${sum} of ${datasets[0].rows} rows are in view`);
  await picture(page, "world");
  assertQuiet(seen);
  await close();
});

test("cells are as large as the grid: two pixels of a tile of 512", async () => {
  const { page, close } = await open(browser, `${server.base}#view=5/49/8`);
  const widths = await page.evaluate(() => {
    const map = window.duotile?.map;
    return map?.queryRenderedFeatures({ layers: ["cells-1"] }).map(({ geometry }) => {
      if (geometry.type !== "Polygon") throw new Error(geometry.type);
      const points = (geometry.coordinates[0] ?? []).map(([x = 0, y = 0]) => map.project([x, y]));
      const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
      return [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
    });
  });
  assert.ok(widths && widths.length > 500);
  for (const [width = 0, height = 0] of widths)
    assert.ok(Math.abs(width - 2) < 0.05 && Math.abs(height - 2) < 0.05, `${width} × ${height}`);
  await close();
});

test("a click on a cell tells its count and some of the rows behind it", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE);
  const inView = (await features(page, "cells")).filter(({ x, y }) => x > 400 && x < 1000 && y > 300 && y < 600);
  const cell = inView.reduce((a, b) => (b.properties["point_count"] > a.properties["point_count"] ? b : a));
  await page.mouse.click(cell.x, cell.y);
  const popup = page.locator(".popup");
  await popup.locator("details").first().waitFor({ timeout: PATIENCE });
  const count = Number(cell.properties["point_count"]);
  assert.equal(await popup.locator("h2").textContent(), `${count.toLocaleString("en")} rows here`);
  assert.equal(await popup.locator("details").count(), Math.min(count, 5));
  await popup.locator("summary").first().click();
  const shown = await popup.locator("details").first().locator("tr").allTextContents();
  assert.ok(
    shown.some((line) => line.startsWith("population")),
    String(shown),
  );
  await picture(page, "popup-cell");
  await page.keyboard.press("Escape");
  assertQuiet(seen);
  await close();
});

test("near the ground a cell holds one row, and a click tells its properties", async () => {
  const { page, close, ...seen } = await open(browser, server.base + PARIS);
  const cells = await features(page, "cells");
  assert.ok(cells.length > 10, `${cells.length} cells`);
  const asked = new URL("datasets/places/rows?filter=name='Paris' AND country='FR'", server.base);
  const [paris] = (await (await fetch(asked)).json()).features;
  const [lng, lat] = paris.geometry.coordinates;
  const at = await page.evaluate(([lng = 0, lat = 0]) => window.duotile?.map.project([lng, lat]), [lng, lat]);
  const row = cells.find(({ x, y }) => Math.hypot(x - (at?.x ?? 0), y - (at?.y ?? 0)) < 2) ?? assert.fail("no Paris");
  assert.deepEqual(row.properties, { point_count: 1 }, "cells carry what nothing is drawn by");
  await page.mouse.click(row.x, row.y);
  const popup = page.locator(".popup");
  await says(page, ".popup h2", /^Paris$/);
  assert.match(
    (await popup.textContent()) ?? "",
    new RegExp(`population${paris.properties.population.toLocaleString("en")}`),
  );
  await picture(page, "popup-row");
  assertQuiet(seen);
  await close();
});

test("a filter changes what is drawn, in place, and is in the address", async () => {
  // Cells carry their population when it gives them their colour.
  const { page, close, ...seen } = await open(browser, `${server.base}${EUROPE}&measure=mean:population`);
  const facts = (/** @type {string} */ start) =>
    page.waitForFunction((start) => document.getElementById("facts")?.textContent?.startsWith(start), start, {
      timeout: PATIENCE,
    });
  const all = await features(page, "cells");
  const name = (await (await fetch(new URL("datasets", server.base))).json()).default;

  // Some, still in cells.
  const some = "population > 2000";
  const asked = new URL(`tiles/${name}/metadata.json?filter=${encodeURIComponent(some)}`, server.base);
  const { rows, rows_total } = await (await fetch(asked)).json();
  await page.fill("#filter-text", some);
  await page.keyboard.press("Enter");
  await facts(`${rows.toLocaleString("en")} of ${rows_total.toLocaleString("en")} rows`);
  await drawn(page);
  const left = await features(page, "cells");
  assert.ok(left.length > 1000 && left.length < 0.8 * all.length, `${all.length} cells became ${left.length}`);
  assert.match(page.url(), /view=4\.3\/49\/8.*filter=population/);
  await picture(page, "filter");

  // Few: cells still, and each of rows that pass.
  await page.fill("#filter-text", "population > 100000");
  await page.keyboard.press("Enter");
  await facts("6,");
  await drawn(page);
  const few = await features(page, "cells");
  assert.ok(
    few.length > 300 && few.every(({ properties }) => properties["population_mean"] > 100_000),
    `${few.length} cells`,
  );
  await picture(page, "filter-rows");

  // None, and all again.
  await page.fill("#filter-text", "population > 1e12");
  await page.keyboard.press("Enter");
  await facts("0 of");
  await drawn(page);
  assert.equal((await features(page, "cells")).length, 0, "cells of the filter before are still drawn");
  await page.fill("#filter-text", "");
  await facts(`${rows_total.toLocaleString("en")} rows`);
  await drawn(page);
  assert.equal((await features(page, "cells")).length, all.length);
  assertQuiet(seen);
  await close();
});

test("a filter that is wrong is explained where it stands, and changes nothing on the map", async () => {
  const { page, complaints, strangers, close } = await open(browser, server.base + EUROPE);
  const before = await features(page, "cells");
  await page.fill("#filter-text", "country = 'FR' AND popultion > 5");
  await page.keyboard.press("Enter");
  const error = page.locator("#filter-error");
  await error.waitFor({ timeout: PATIENCE });
  assert.match((await error.textContent()) ?? "", /popultion.*population/s, "the near name is offered");
  assert.equal(
    await page.locator("#filter-text").evaluate((input) => /** @type {HTMLInputElement} */ (input).selectionStart),
    "country = 'FR' AND popultion > 5".length,
    "the caret is where it was typed",
  );
  await page.click("#filter-error button");
  assert.equal(
    await page.locator("#filter-text").evaluate((input) => /** @type {HTMLInputElement} */ (input).selectionStart),
    19,
  );
  assert.equal((await features(page, "cells")).length, before.length);
  // What was typed stands where it was typed; nothing else is of it.
  assert.equal(await page.inputValue("#filter-text"), "country = 'FR' AND popultion > 5");
  assert.equal(await page.locator(".chips code").count(), 0);
  assert.doesNotMatch(page.url(), /filter/);
  await picture(page, "filter-wrong");
  // The browser itself reports the 400; nothing else may be there.
  assert.ok(
    complaints.every((line) => line.includes("400")),
    String(complaints),
  );
  assert.deepEqual(strangers, []);
  await page.fill("#filter-text", "country = 'FR'");
  assert.equal(await error.isHidden(), true);
  await close();
});

test("an address with view and filter opens them", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=6/46.8/2.5&filter=country%20%3D%20'FR'`);
  assert.equal(await page.inputValue("#filter-text"), "country = 'FR'");
  assert.match((await page.textContent("#facts")) ?? "", / of /);
  const zoom = await page.evaluate(() => window.duotile?.map.getZoom());
  assert.equal(zoom, 6);
  assertQuiet(seen);
  await close();
});

test("on a phone the panel leaves room for the map, and opens", async () => {
  const { page, close, ...seen } = await open(browser, server.base, {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
    colorScheme: "dark",
  });
  const panel = await page.locator("#panel").boundingBox();
  assert.ok(panel && panel.height < 160 && panel.width <= 390, JSON.stringify(panel));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 390, "the page is wider than the phone");
  await picture(page, "phone");
  await page.tap("#fold");
  assert.equal(await page.locator("#filter-text").isVisible(), true);
  await picture(page, "phone-open");
  assertQuiet(seen);
  await close();
});

test("light and dark follow the system, while the page is open too", async () => {
  const { page, close, ...seen } = await open(browser, server.base + EUROPE, { colorScheme: "light" });
  // In the North Sea.
  const ocean = [{ x: 460, y: 100 }];
  const lightness = async () => Math.max(...((await pixels(page, ocean))[0] ?? []));
  const light = await lightness();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForTimeout(500);
  await drawn(page);
  const dark = await lightness();
  assert.ok(light > 200 && dark < 60, `${light} and ${dark}`);
  await picture(page, "europe-dark");
  assertQuiet(seen);
  await close();
});

test("graphics that the browser takes away are told, and come back with what was chosen meanwhile", async () => {
  const { page, close, complaints, strangers } = await open(browser, server.base + EUROPE);
  const { x, y } = (await features(page, "cells"))[0] ?? { x: 0, y: 0 };
  await page.mouse.move(x, y);
  const graphics = await page.evaluateHandle(() =>
    window.duotile?.map.getCanvas().getContext("webgl2")?.getExtension("WEBGL_lose_context"),
  );
  await graphics.evaluate((graphics) => graphics?.loseContext());
  await page.waitForSelector("#lost");
  await picture(page, "graphics-lost");
  await page.mouse.move(600, 400);
  await page.fill("#filter-text", "population > 1000000");
  await page.keyboard.press("Enter");
  await says(page, "#facts", / of /);
  await graphics.evaluate((graphics) => graphics?.restoreContext());
  await page.waitForSelector("#lost", { state: "hidden" });
  await drawn(page);
  const counts = new Map((await features(page, "cells")).map(({ id, properties }) => [id, properties["point_count"]]));
  const sum = [...counts.values()].reduce((sum, count) => sum + count, 0);
  assert.ok(sum > 20 && sum < 200, `${sum} cities of a million`);
  const marked = await pixels(page, await features(page, "cells"));
  assert.ok(new Set(marked.map(String)).size > 1, "they are drawn");
  await page.mouse.move(x + 1, y + 1);
  assert.deepEqual(strangers, []);
  // The browser's own word for it.
  assert.deepEqual(
    complaints.filter((text) => !/WebGL|CONTEXT_LOST/i.test(text)),
    [],
  );
  await close();
});

test("nothing in the data becomes markup, and several datasets can be chosen", async () => {
  const folder = mkdtempSync(join(tmpdir(), "duotile-page-"));
  const bad = "<img src=x onerror=alert(1)>";
  writeFileSync(join(folder, "one.csv"), `lon,lat,name\n10,50,${bad}\n11,51,plain\n`);
  writeFileSync(join(folder, "two.csv"), "lon,lat,name\n-70,-30,south\n-71,-31,south too\n");
  const own = await site(`first=${join(folder, "one.csv")}`, `second=${join(folder, "two.csv")}`);
  try {
    const { page, close, ...seen } = await open(browser, own.base);
    const rows = await features(page, "cells");
    assert.ok(rows.length > 0, "nothing is drawn");
    const place = await page.evaluate(() => window.duotile?.map.project([10, 50]));
    assert.ok(place);
    await page.mouse.click(place.x, place.y);
    await page.locator(".popup").waitFor();
    await page.waitForFunction((bad) => document.querySelector(".popup")?.textContent?.includes(bad), bad, {
      timeout: PATIENCE,
    });
    assert.equal(await page.locator(".popup img").count(), 0);
    await page.selectOption("#datasets", "second");
    await drawn(page);
    const center = await page.evaluate(() => window.duotile?.map.getCenter().toArray());
    assert.ok(center && Math.abs(center[0] + 70.5) < 1.5 && Math.abs(center[1] + 30.5) < 1.5, String(center));
    assert.match(page.url(), /dataset=second/);
    assertQuiet(seen);
    await close();
  } finally {
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
