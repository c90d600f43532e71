/**
 * How long after a brush is let go all tiles in view are drawn: brush.js FILE COLUMN [RELEASES]
 *
 * Serves a file (or asks the server whose address is given instead), opens the page in Chromium and drags one end of the
 * column's brush with the mouse, each time to a value that was not asked for before, at three views: the world, and the
 * fullest cell of it, and the fullest of that. Prints a JSON line for each view, in milliseconds: the median and the
 * slowest from the release of the pointer to the frame in which every tile of the new filter is drawn; the median until
 * the first tile is asked for and until the last has arrived; what the server needed for the slowest tile and for all.
 * Beside these, which are as long as others keep the machine busy, the processor's time that the browser took meanwhile:
 * the page's process with its workers, and the one that draws.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { drawn, features, launch, open, PATIENCE, site } from "../../tests/e2e/lib.js";

const [file = "", column = "", count = "12"] = process.argv.slice(2);
if (!file || !column) throw new Error("brush.js FILE COLUMN [RELEASES]");

/** @typedef {import("playwright-core").Page} Page */

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The processor's time that the browser's processes of a kind have taken, in milliseconds. @param {string} type */
function taken(type) {
  const read = (/** @type {string} */ path) => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      // It ended meanwhile.
      return "";
    }
  };
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    all.map((pid) => [
      pid,
      read(`/proc/${pid}/stat`)
        .replace(/^.*\) /, "")
        .split(" ")[1] ?? "",
    ]),
  );
  const mine = (/** @type {string | undefined} */ pid) => {
    for (let at = pid; at && at !== "0"; at = parents.get(at)) if (at === String(process.pid)) return true;
    return false;
  };
  const threads = (/** @type {string} */ pid) => {
    try {
      return readdirSync(`/proc/${pid}/task`);
    } catch {
      return [];
    }
  };
  const those = all.filter((pid) => mine(pid) && read(`/proc/${pid}/cmdline`).includes(`--type=${type}`));
  const each = those.flatMap((pid) =>
    threads(pid).map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0] ?? 0)),
  );
  return each.reduce((sum, time) => sum + time, 0) / 1e6;
}

/** Where the fullest cell in view is. @param {Page} page */
async function fullest(page) {
  const cells = (await features(page, "cells")).filter(({ x, y }) => x > 330 && x < 1150 && y > 50 && y < 700);
  const most = cells.reduce((a, b) =>
    Number(b.properties["point_count"]) > Number(a.properties["point_count"]) ? b : a,
  );
  return page.evaluate(({ x, y }) => window.duotile?.map.unproject([x, y]), most);
}

/** Has the page note when the pointer is let go and when tiles with another filter are drawn. @param {Page} page */
async function watch(page) {
  await page.evaluate(() => {
    const map = window.duotile?.map;
    if (!map) throw new Error("no map");
    /** @type {any} */
    const page = window;
    page.brush = { released: 0, before: "", drawn: 0 };
    const tiles = () => /** @type {any} */ (map.getSource("data-1"))?.tiles?.[0] ?? "";
    window.addEventListener(
      "pointerup",
      () => {
        performance.clearResourceTimings();
        page.brush = { released: performance.now(), drawn: 0, template: "" };
      },
      { capture: true },
    );
    map.on("render", () => {
      const box = /** @type {HTMLTextAreaElement} */ (document.getElementById("filter-text"));
      const now = tiles();
      const wanted = now.includes(`filter=${encodeURIComponent(box.value)}`);
      if (page.brush.drawn || !page.brush.released || !wanted) return;
      if (map.isSourceLoaded("data-1") && map.areTilesLoaded()) page.brush.drawn = performance.now();
    });
  });
}

/** What happened since the pointer was let go. @param {Page} page */
async function told(page) {
  await page.waitForFunction(() => /** @type {any} */ (window).brush.drawn > 0, undefined, { timeout: PATIENCE });
  return page.evaluate(() => {
    const { released, drawn } = /** @type {any} */ (window).brush;
    const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
    const filter = encodeURIComponent(
      /** @type {HTMLTextAreaElement} */ (document.getElementById("filter-text")).value,
    );
    const tiles = entries.filter(({ name }) => name.includes(".mvt?") && name.includes(filter));
    const server = tiles.map(({ serverTiming }) => serverTiming.reduce((sum, { duration }) => sum + duration, 0));
    return {
      drawn: drawn - released,
      first: Math.min(...tiles.map(({ startTime }) => startTime)) - released,
      last: Math.max(...tiles.map(({ responseEnd }) => responseEnd)) - released,
      tiles: tiles.length,
      bytes: tiles.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      slowest: Math.max(...server),
      server: server.reduce((sum, time) => sum + time, 0),
    };
  });
}

const served = existsSync(file) ? await site(file) : { base: file, stop: async () => 0 };
const browser = await launch();
try {
  const { page } = await open(browser, served.base);
  const handle = `[data-column="${column}"] .end.to`;
  await page.click(`[data-column="${column}"] > summary`);
  await page.locator(handle).waitFor({ timeout: PATIENCE });
  await drawn(page);
  await watch(page);
  /** What was asked for before, and is in some cache. */
  const seen = new Set([""]);
  for (const [view, zoom] of /** @type {const} */ ([
    ["world", undefined],
    ["country", 5],
    ["city", 11],
  ])) {
    if (zoom !== undefined) {
      const center = await fullest(page);
      await page.evaluate(
        ([center, zoom]) => window.duotile?.map.jumpTo({ center, zoom }),
        /** @type {any} */ ([center, zoom]),
      );
    }
    await page.waitForTimeout(500);
    await drawn(page);
    const releases = [];
    while (releases.length < Number(count)) {
      // Statistics of the release before are there.
      await page.waitForFunction(
        (column) => document.querySelector(`[data-column="${column}"] .control`)?.getAttribute("aria-busy") === "false",
        column,
        { timeout: PATIENCE },
      );
      await drawn(page);
      const box = await page.locator(`[data-column="${column}"] .plot`).boundingBox();
      const end = await page.locator(handle).boundingBox();
      if (!box || !end) throw new Error("there is no brush");
      const [from, y] = [end.x + end.width / 2, box.y + box.height / 2];
      const to = box.x + box.width * (0.45 + 0.5 * Math.random());
      await page.mouse.move(from, y);
      await page.mouse.down();
      for (let step = 1; step <= 6; step += 1) {
        await page.mouse.move(from + ((to - from) * step) / 8, y);
        await page.waitForTimeout(40);
      }
      // The last stretch is not waited for: what the release means was not drawn while dragging.
      await page.mouse.move(to, y);
      const before = { page: taken("renderer"), gpu: taken("gpu-process") };
      await page.mouse.up();
      const filter = await page.inputValue("#filter-text");
      // The panel may have moved under the pointer.
      if (seen.has(filter)) continue;
      const release = await told(page);
      const work = { page: taken("renderer") - before.page, gpu: taken("gpu-process") - before.gpu };
      if (release.tiles > 0) releases.push({ ...release, ...work });
      seen.add(filter);
    }
    const each = (/** @type {keyof (typeof releases)[0]} */ name) => releases.map((release) => release[name]);
    const middle = (/** @type {keyof (typeof releases)[0]} */ name) => Math.round(median(each(name)) * 10) / 10;
    const line = {
      what: "brush",
      view,
      releases: releases.length,
      drawn: middle("drawn"),
      slowest: Math.round(Math.max(...each("drawn"))),
      first_tile_asked: middle("first"),
      last_tile_arrived: middle("last"),
      tiles: middle("tiles"),
      kilobytes: Math.round(median(each("bytes")) / 1000),
      server_slowest_tile: middle("slowest"),
      server_all_tiles: middle("server"),
      page_processor: middle("page"),
      drawing_processor: middle("gpu"),
      cores: cpus().length,
      load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
} finally {
  await browser.close();
  await served.stop();
}
