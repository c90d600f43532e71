/** The examples of deck.gl and MapLibre: what they draw is what the server says is there, and they ask nobody else. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { assertQuiet, launch, open, PATIENCE, picture, pixels } from "./lib.js";

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof front>>} */
let proxy;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([serve("--trust-proxy"), launch()]);
  proxy = await front(server.base, "/some/where/");
});
after(async () => {
  await browser?.close();
  await proxy?.stop();
  await server?.stop();
});

const matched = async (/** @type {string} */ filter) => {
  const path = `datasets/places/rows?limit=0&filter=${encodeURIComponent(filter)}`;
  return (await (await fetch(new URL(path, server.base))).json()).numberMatched;
};
const query = (/** @type {string} */ filter) => `?dataset=places&filter=${encodeURIComponent(filter)}`;
/** Too many rows for tiles of rows, and few. */
const [EUROPE, OCEANIA] = ["continent = 'EU'", "continent = 'OC'"];

test("MapLibre draws the server's style, and layers of one's own, with every row of the filter in its tiles", async () => {
  const loaded = async (/** @type {import("playwright-core").Page} */ page) => {
    // Until the page's script has run, `map` is the element with that id.
    const ready = () => !(window.map instanceof Element) && window.map?.loaded() && window.map.areTilesLoaded();
    await page.waitForFunction(ready, undefined, { timeout: PATIENCE, polling: 200 });
  };
  // From far enough that all of the world is one tile, whose cells are all in view.
  const { page, close, ...seen } = await open(browser, `${proxy.base}examples/maplibre${query(EUROPE)}`, {
    ready: loaded,
  });
  for (const [button, source] of /** @type {const} */ ([
    ["served", "places"],
    ["own", "points"],
  ])) {
    await page.check(`input[value=${button}]`);
    await page.waitForFunction((source) => window.map?.getSource(source) !== undefined, source, { timeout: PATIENCE });
    await page.evaluate(() => window.map?.jumpTo({ zoom: 0, center: [20, 50] }));
    await page.waitForTimeout(500);
    await loaded(page);
    const sum = await page.evaluate((source) => {
      const features = window.map?.querySourceFeatures(source, { sourceLayer: "places" }) ?? [];
      const counts = new Map(features.map(({ id, properties }) => [id, Number(properties["point_count"])]));
      return [...counts.values()].reduce((sum, count) => sum + count, 0);
    }, source);
    assert.equal(sum, await matched(EUROPE));
    const rendered = await page.evaluate(() =>
      (window.map?.queryRenderedFeatures() ?? [])
        .filter(({ properties }) => properties["point_count"] > 50)
        .map(({ geometry }) => window.map?.project(/** @type {any} */ (geometry).coordinates) ?? { x: 0, y: 0 })
        .map(({ x, y }) => ({ x, y })),
    );
    assert.ok(rendered.length > 3, `${rendered.length} dense cells`);
    const colours = await pixels(page, rendered);
    assert.ok(
      colours.some((parts) => Math.max(...parts) - Math.min(...parts) > 40),
      JSON.stringify(colours),
    );
    await picture(page, `example-maplibre-${button}`);
  }
  assertQuiet(seen);
  await close();
});

test("deck.gl draws the cells of the filter, and tells the count of one that is pointed at", async () => {
  const { page, close, ...seen } = await open(browser, `${proxy.base}examples/deck${query(OCEANIA)}`, {
    ready: async (page) => {
      const loaded = () =>
        /** @type {{ id: string, isLoaded: boolean }[]} */ (window.deck?.props.layers ?? []).every(
          ({ isLoaded }) => isLoaded,
        );
      // Until the page's script has run, `deck` is the element with that id.
      await page.waitForFunction(() => window.deck?.props !== undefined, undefined, { timeout: PATIENCE });
      await page.waitForFunction(loaded, undefined, { timeout: PATIENCE, polling: 200 });
      // What is loaded is not drawn yet; what is drawn can be picked.
      const drawn = () =>
        /** @type {any} */ (window.deck).pickObjects({ x: 0, y: 0, width: innerWidth, height: innerHeight }).length > 0;
      await page.waitForFunction(drawn, undefined, { timeout: PATIENCE, polling: 500 });
      await page.waitForFunction(loaded, undefined, { timeout: PATIENCE, polling: 200 });
    },
  });
  await picture(page, "example-deck");
  // Everything that can be picked in view, each once.
  const picked = await page.evaluate(() => {
    const deck = /** @type {any} */ (window.deck);
    const objects = deck.pickObjects({ x: 0, y: 0, width: innerWidth, height: innerHeight, maxObjects: 100_000 });
    return objects.map((/** @type {any} */ { object }) => [object.id, object.properties.point_count]);
  });
  const counts = new Map(picked);
  const sum = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const rows = await matched(OCEANIA);
  assert.ok(counts.size > 50, `${counts.size} cells`);
  assert.ok(sum > 0.9 * rows && sum <= rows, `${sum} of ${rows} rows are in view`);
  const place = await page.evaluate(() => {
    const deck = /** @type {any} */ (window.deck);
    for (let y = 20; y < innerHeight; y += 4)
      for (let x = 20; x < innerWidth; x += 4) {
        const found = deck.pickObject({ x, y });
        if (found?.object) return { x, y, count: found.object.properties.point_count };
      }
    return null;
  });
  assert.ok(place);
  const [colour = []] = await pixels(page, [place]);
  assert.ok(Math.max(...colour) - Math.min(...colour) > 40, String(colour));
  await page.mouse.move(place.x, place.y);
  await page.waitForSelector(".deck-tooltip", { state: "visible", timeout: PATIENCE });
  assert.equal(await page.textContent(".deck-tooltip"), `${place.count} rows`);
  assertQuiet(seen);
  await close();
});

test("the list of examples leads to each page", async () => {
  const page = await browser.newPage();
  await page.goto(`${proxy.base}examples`);
  const links = await page
    .locator("a")
    .evaluateAll((all) => all.map((link) => /** @type {HTMLAnchorElement} */ (link).href));
  assert.equal(links.length, 5);
  for (const link of links) {
    const response = await fetch(link);
    assert.equal(response.status, 200, link);
    assert.match(response.headers.get("content-type") ?? "", /html/, link);
  }
  await page.close();
});
