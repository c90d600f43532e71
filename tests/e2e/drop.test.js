/** A file that is dropped on the page is a dataset of it, without a server; what cannot be read is told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Tiler } from "duotile";
import { PMTiles } from "pmtiles";
import { random } from "../node/lib/random.js";
import { counts, drawn, features, open, PATIENCE, picture, says } from "./lib.js";
import { saved, unfold } from "./share.js";
import { browser, server } from "./stage.js";

/** Drops a file of this text. @param {import("playwright-core").Page} page @param {string} name @param {string} text */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text ?? ""], name ?? ""));
      return transfer;
    },
    [name, text],
  );
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.waitForSelector("#drop");
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

test("a CSV that is dropped is drawn, filtered, played over and listed as any dataset, and asks the server for nothing", async () => {
  const { page, close, complaints } = await open(browser, server.base);
  const { next } = random(2);
  const lines = Array.from({ length: 4000 }, (_, row) => {
    const at = new Date(Date.UTC(2024, 0, 1, row)).toISOString();
    return `${(13 + next()).toFixed(4)},${(52 + next()).toFixed(4)},${at},${row % 10},${"ab"[row % 2]}`;
  });
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => {
    if (request.url().includes("visits")) asked.push(request.url());
  });
  await drop(page, "visits.csv", `lon,lat,seen,weight,kind\n${lines.join("\n")}\n`);
  await says(page, "#facts", /^4,000 rows/);
  await says(page, "#origin", /^A file of this device$/);
  await drawn(page);
  const center = await page.evaluate(() => window.duotile?.map.getCenter().toArray() ?? [0, 0]);
  assert.ok(Math.abs((center[0] ?? 0) - 13.5) < 1 && Math.abs((center[1] ?? 0) - 52.5) < 1, String(center));
  await page.waitForSelector("#time-track");
  await picture(page, "drop");
  await page.fill("#filter-text", "weight = 3 AND kind = 'b'");
  await page.keyboard.press("Enter");
  await says(page, "#facts", /^400 of 4,000 rows/);
  await drawn(page);
  const cells = [...(await features(page, "cells")), ...(await features(page, "rows"))];
  const seen = new Map(
    cells.map(({ id, properties, x, y }) => [id ?? `${x} ${y}`, Number(properties["point_count"] ?? 1)]),
  );
  assert.equal(
    [...seen.values()].reduce((sum, count) => sum + count, 0),
    400,
  );
  await page.click("#answers > summary");
  await page.waitForSelector("#ranked li", { timeout: PATIENCE });
  // The bar of time has come since, and lies over the last rows.
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: window.duotile.map.getZoom() - 0.5 }));
  await drawn(page);
  await page.click("#rows-view");
  await says(page, "#rows h2", /400/);
  assert.deepEqual(asked, []);
  assert.deepEqual(complaints, []);
  await close();
});

test("what is no table of points is told with its name, and leaves the map as it is", async () => {
  const { page, close } = await open(browser, server.base);
  await drop(page, "notes.csv", "a,b\n1,2\n");
  await says(page, "#status", /^notes\.csv could not be opened: .+ CSV, GeoJSON, Arrow and PMTiles are read here/);
  await says(page, "#title, #facts", /./);
  await counts(page, "#drop", 0);
  await close();
});

test("GeoJSON with a feature on each line is drawn, and making tiles of it can be given up", async () => {
  const { page, close, complaints } = await open(browser, server.base);
  const { next } = random(9);
  const lines = Array.from({ length: 20_000 }, (_, row) => {
    const coordinates = [5 + 8 * next(), 45 + 6 * next()];
    return JSON.stringify({ type: "Feature", geometry: { type: "Point", coordinates }, properties: { row } });
  });
  await drop(page, "stops.geojsonl", `${lines.join("\n")}\n`);
  await says(page, "#facts", /^20,000 rows/);
  assert.match(await page.evaluate(() => location.hash), /dataset=stops(&|$)/);
  await drawn(page);
  await unfold(page);
  const said = "Cancelled. Nothing was saved.";
  let files = 0;
  page.on("download", () => {
    files += 1;
  });
  await page.selectOption("#tiles-last", "14");
  await page.click("#tiles-make");
  await page.click("#tiles-stop");
  await says(page, "#tiles-said", new RegExp(`^${said}$`));
  // What was given up is in nobody's way.
  await page.selectOption("#tiles-last", "5");
  await saved(page, "#tiles-make");
  assert.equal(files, 1);
  assert.deepEqual(complaints, []);
  await close();
});

test("what is in view of a file is saved as PMTiles, whose tiles are the module's", async () => {
  const { page, close, complaints } = await open(browser, `${server.base}?#4/48/8`);
  await unfold(page);
  await page.click("#sharing details:has(#tiles-command) > summary");
  // Of the server's data the program's command stands there, with what is on the map.
  assert.match(await page.inputValue("#tiles-command"), /^duotile export places=FILE -o places\.pmtiles --zooms 0-\d+/);
  const { next } = random(5);
  const lines = Array.from(
    { length: 3000 },
    (_, row) => `${(5 + 8 * next()).toFixed(4)},${(45 + 6 * next()).toFixed(4)},${row % 10}`,
  );
  const csv = `lon,lat,weight\n${lines.join("\n")}\n`;
  await drop(page, "stops.csv", csv);
  await says(page, "#facts", /^3,000 rows/);
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [7, 47], zoom: 7 }));
  await drawn(page);
  await page.check("#tiles-view");
  await page.selectOption("#tiles-last", "9");
  await page.focus("#tiles-guess");
  await page.keyboard.press("Enter");
  await says(page, "#tiles-size", /^About .+ in \d+ tiles: an estimate/);
  const command = await page.inputValue("#tiles-command");
  const file = await saved(page, "#tiles-make");
  assert.match(file.name, /^stops-.*\.pmtiles$/);
  await says(page, "#tiles-said", /\.pmtiles: \d+ tiles, /);
  const range = (/** @type {number} */ offset, /** @type {number} */ length) =>
    new Uint8Array(file.bytes.subarray(offset, offset + length)).buffer;
  const archive = new PMTiles({
    getKey: () => "stops",
    getBytes: async (offset, length) => ({ data: range(offset, length) }),
  });
  const header = await archive.getHeader();
  assert.deepEqual([header.minZoom, header.maxZoom], [0, 9]);
  assert.ok(header.minLon >= 4.9 && header.maxLon < 11, JSON.stringify(header));
  const [, query = ""] = command.match(/--query '?([^' ]+)/) ?? [];
  assert.match(command, /^duotile export stops=stops\.csv .*--bounds [\d.,]+$/);
  const tiler = await Tiler.from(csv, { name: "stops" });
  for (const [z, x, y] of /** @type {const} */ ([
    [0, 0, 0],
    [6, 33, 22],
    [9, 266, 180],
  ])) {
    const found = await archive.getZxy(z, x, y);
    assert.deepEqual(new Uint8Array(found?.data ?? new ArrayBuffer(0)), tiler.tile(z, x, y, query), `${z}/${x}/${y}`);
    assert.ok(found, `${z}/${x}/${y}`);
  }
  // Beside the view there are rows, which are not in it.
  assert.equal(await archive.getZxy(9, 273, 180), undefined);
  assert.ok(tiler.tile(9, 273, 180, query).length > 0);
  // The file that was saved is a layer again, beside the live one, and of it nothing is asked that it cannot answer.
  await page.setInputFiles("#open-file input", file.path);
  await says(page, "#facts", /^\d+ tiles, zooms 0 to 9$/);
  await drawn(page);
  const shown = await page.evaluate(() => {
    const { map } = window.duotile ?? {};
    const layers = map?.getStyle().layers.flatMap(({ id }) => (/^tiles-/.test(id) ? id : [])) ?? [];
    return new Set(map?.queryRenderedFeatures({ layers }).map(({ id }) => id)).size;
  });
  assert.ok(shown > 100, `${shown} features`);
  assert.deepEqual(complaints, []);
  await close();
});
