/** What the page does with tiles that the server does not give: a film says so and ends, or is given up; without WebGL they are asked for again. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { counts, drawn, features, launch, open, PATIENCE, says } from "./lib.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-faults-"));
const DAYS = 4;
const VIEW = "#view=2/33/3&cell=16";
const FIRST = "&time=2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z";
/** @type {Awaited<ReturnType<typeof serve>>} */
let program;
/** @type {Awaited<ReturnType<typeof front>>} */
let proxy;

before(async () => {
  const lines = Array.from({ length: DAYS * 400 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1) + (i * 86_400_000) / 400).toISOString();
    return `${(i % 20) * 0.5},${30 + (Math.floor(i / 20) % 20) * 0.5},${at}`;
  });
  writeFileSync(join(folder, "days.csv"), `lon,lat,time\n${lines.join("\n")}\n`);
  program = await serve(join(folder, "days.csv"));
  proxy = await front(program.base);
});
after(async () => {
  await proxy?.stop();
  await program?.stop();
  rmSync(folder, { recursive: true });
});

const isTile = (/** @type {string} */ path) => /^tiles\/days\/\d+\/\d+\/\d+\.mvt/.test(path);
const ofDay = (/** @type {number} */ day, /** @type {string} */ path) =>
  isTile(path) && decodeURIComponent(path).includes(`datetime=2024-01-0${day}`);

test("a film whose tile is not there ends with why, one that waits can be given up, and the map is as it was", async () => {
  const browser = await launch();
  try {
    const { page, close } = await open(browser, proxy.base + VIEW + FIRST);
    await page.click("#share > summary");
    await says(page, "#film-size", /^4 frames/);
    proxy.otherwise = (path, response) => {
      if (!ofDay(3, path)) return false;
      response.writeHead(500, { "content-type": "application/problem+json" });
      response.end('{"title":"x","status":500,"detail":"the disk is gone"}');
      return true;
    };
    await page.click("#film");
    await says(page, "#film-said", /disk is gone/i);
    await counts(page, "#film", 1);
    /** @type {(() => void)[]} */
    const held = [];
    proxy.otherwise = (path, _, forward) => {
      if (ofDay(3, path)) held.push(forward);
      return ofDay(3, path);
    };
    await page.click("#film");
    while (held.length === 0) await page.waitForTimeout(100);
    await page.click("#sharing button:text-is('Cancel')");
    await says(page, "#film-said", /^Cancelled\.$/);
    proxy.otherwise = undefined;
    for (const forward of held) forward();
    await says(page, "#time-now", /^1 January 2024|^1 Jan 2024/);
    await drawn(page);
    await close();
  } finally {
    proxy.otherwise = undefined;
    await browser.close();
  }
});

test("a filter that was chosen while the server was away holds when it is back, and until then the page says what it shows", async () => {
  const browser = await launch();
  try {
    const { page, close } = await open(browser, proxy.base + VIEW);
    await says(page, "#origin", /^From the server$/);
    proxy.down = true;
    await page.fill("#filter-text", "lon < 5");
    await page.keyboard.press("Enter");
    await says(page, "#origin", /^Offline: what is here came before/);
    await says(page, "#status", /does not answer/);
    assert.match((await page.textContent("#facts")) ?? "", /^1,600 rows/);
    proxy.down = false;
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await says(page, "#facts", /^800 of 1,600 rows/);
    await says(page, "#origin", /^From the server$/);
    await says(page, "#status", /^$/);
    await drawn(page);
    const cells = await features(page, "cells");
    assert.equal(
      cells.reduce((sum, { properties }) => sum + Number(properties["point_count"]), 0),
      800,
    );
    await close();
  } finally {
    proxy.down = false;
    await browser.close();
  }
});

test("without WebGL a tile that was not given is asked for again, and drawn", async () => {
  const browser = await launch("--disable-3d-apis");
  try {
    proxy.asked.length = 0;
    let refused = 0;
    proxy.otherwise = (path, response) => {
      if (!isTile(path) || refused > 0) return false;
      refused += 1;
      response.writeHead(500);
      response.end();
      return true;
    };
    const { page, close } = await open(browser, proxy.base + VIEW);
    assert.equal(refused, 1);
    const asked = () => proxy.asked.filter(isTile);
    const [first = ""] = asked();
    const until = Date.now() + PATIENCE;
    while (asked().filter((path) => path === first).length < 2) {
      assert.ok(Date.now() < until, `${first} is not asked for again`);
      await page.waitForTimeout(200);
    }
    await drawn(page);
    await close();
  } finally {
    proxy.otherwise = undefined;
    await browser.close();
  }
});

test("data that changes is shown whole: of one version on the map, in the counts and the legend, without what fits it no longer", async () => {
  const browser = await launch();
  const rows = (/** @type {number} */ count, /** @type {(at: number) => string} */ more) =>
    Array.from({ length: count }, (_, at) => `${(at % 30) * 0.1},${45 + Math.floor(at / 30) * 0.1},${more(at)}`).join(
      "\n",
    );
  mkdirSync(join(folder, "more"));
  mkdirSync(join(folder, "other"));
  writeFileSync(
    join(folder, "live.csv"),
    `lon,lat,val,kind\n${rows(900, (at) => `${at % 9},${at % 2 ? "x" : "y"}`)}\n`,
  );
  writeFileSync(
    join(folder, "more", "live.csv"),
    `lon,lat,val,kind\n${rows(4500, (at) => `${at % 9000},${at % 2 ? "x" : "y"}`)}\n`,
  );
  writeFileSync(join(folder, "other", "live.csv"), `lon,lat,other\n${rows(600, (at) => `${at}`)}\n`);
  const all = [];
  for (const name of ["live.csv", "more/live.csv", "other/live.csv"]) all.push(await serve(join(folder, name)));
  const [first, more, other] = all;
  const live = await front(first?.base ?? "");
  try {
    const { page, close } = await open(browser, `${live.base}#measure=mean:val`);
    await says(page, "#facts", /900 rows/);
    const seen = async () => {
      const cells = await features(page, "cells");
      const met = new Map(cells.map(({ x, y, properties }) => [`${x.toFixed(2)} ${y.toFixed(2)}`, properties]));
      return [...met.values()].reduce((sum, { point_count: count }) => sum + Number(count ?? 1), 0);
    };
    live.upstream = more?.base ?? "";
    // Nothing but another tile tells it.
    await page.evaluate(() => {
      const { map } = window.duotile ?? {};
      map?.jumpTo({ zoom: map.getZoom() - 2.5, center: [1.5, 52] });
    });
    await says(page, "#facts", /4,500 rows/);
    await says(page, "#status", /new data of live/);
    await drawn(page);
    // But for a few at the edge of the view, these are all of the new ones.
    const now = await seen();
    assert.ok(now > 4000 && now <= 4500, String(now));
    await page.fill("#filter-text", "kind = 'x'");
    await page.keyboard.press("Enter");
    await says(page, "#facts", /2,250 of 4,500 rows/);
    live.upstream = other?.base ?? "";
    await page.evaluate(() => {
      const { map } = window.duotile ?? {};
      map?.jumpTo({ zoom: map.getZoom() - 1.5 });
    });
    await says(page, "#facts", /^600 rows/);
    await says(page, "#status", /filter kind = 'x' is left aside/);
    await says(page, "#status", /measure=mean:val is left aside/);
    await drawn(page);
    const last = await seen();
    assert.ok(last > 500 && last <= 600, String(last));
    assert.doesNotMatch(await page.evaluate(() => decodeURIComponent(location.hash)), /kind|val/);
    await close();
  } finally {
    await browser.close();
    await live.stop();
    for (const each of all) await each.stop();
  }
});
