/**
 * The base map in Chromium: a style of another server, PMTiles of the server and of the device; who is asked for what, and
 * what the shipped one says where it has nothing to show.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { archive, png } from "./archive.js";
import { assertQuiet, drawn, launch, open, PATIENCE, picture, pixels, says, site } from "./lib.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-ground-"));
const city = join(folder, "city.pmtiles");
const town = join(folder, "town.pmtiles");
const photo = join(folder, "photo.pmtiles");
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** Another server, which only serves styles. @type {import("node:http").Server} */
let elsewhere;
let other = "";
/** @type {string[]} */
let asked = [];

/** A style with addresses that are relative to its own, in colours that nothing else has. */
const STYLE = {
  version: 8,
  sources: {
    half: { type: "geojson", data: "./half.json" },
    town: {
      type: "geojson",
      data: { type: "Feature", properties: { name: "Elsewhere" }, geometry: { type: "Point", coordinates: [30, 30] } },
    },
  },
  layers: [
    { id: "back", type: "background", paint: { "background-color": "#00ff00" } },
    { id: "rows-half", type: "fill", source: "half", paint: { "fill-color": "#ff00ff", "fill-antialias": false } },
    {
      id: "name",
      type: "symbol",
      source: "town",
      layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-allow-overlap": true },
    },
  ],
};
/** The southern ocean. */
const HALF = {
  type: "Feature",
  properties: {},
  geometry: {
    type: "Polygon",
    coordinates: [
      [
        [-180, -60],
        [0, -60],
        [0, -40],
        [-180, -40],
        [-180, -60],
      ],
    ],
  },
};
const BROKEN = { ...STYLE, layers: [{ id: "x", type: "nonsense", source: "half" }] };

before(async () => {
  elsewhere = createServer((request, response) => {
    const url = request.url ?? "";
    asked.push(url);
    const found = /** @type {Record<string, object>} */ ({
      "/maps/style.json": STYLE,
      "/maps/half.json": HALF,
      "/maps/broken.json": BROKEN,
    })[url];
    response.writeHead(found ? 200 : 404, { "access-control-allow-origin": "*", "content-type": "application/json" });
    response.end(JSON.stringify(found ?? {}));
  });
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = elsewhere.address();
  assert.ok(address && typeof address === "object");
  other = `http://127.0.0.1:${address.port}`;
  // Countries as tiles of streets have them, cut by our own server: its layer is named after the dataset.
  const lands = join(folder, "places.csv");
  writeFileSync(
    lands,
    "lon,lat,name,kind,class,rank\n-130,-50,Southland,country,country,1\n100,10,Eastland,country,country,2\n",
  );
  const cutter = await site(`places=${lands}`, `place=${lands}`);
  for (const [file, layer, ids] of /** @type {const} */ ([
    [city, "places", ["earth", "water", "landcover", "landuse", "buildings", "boundaries", "roads", "places"]],
    [
      town,
      "place",
      [
        "water",
        "landcover",
        "landuse",
        "park",
        "building",
        "boundary",
        "transportation",
        "transportation_name",
        "place",
      ],
    ],
  ])) {
    const tile = await fetch(new URL(`tiles/${layer}/0/0/0.mvt?mode=points&properties=*`, cutter.base));
    assert.equal(tile.status, 200);
    const metadata = { attribution: "Lands of nobody", vector_layers: ids.map((id) => ({ id })) };
    const data = new Uint8Array(await tile.arrayBuffer());
    writeFileSync(file, archive([{ at: [0, 0, 0], data }], { kind: "mvt", metadata }));
  }
  await cutter.stop();
  writeFileSync(photo, archive([{ at: [0, 0, 0], data: png([12, 200, 90]) }], { kind: "png" }));
  [server, browser] = await Promise.all([site(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  elsewhere?.closeAllConnections();
  await new Promise((resolve) => elsewhere?.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Where there are no places, and where the style has something to show. */
const OCEAN = "#view=2/-40/-110";

/** @param {import("playwright-core").Page} page */
const layers = (page) => page.evaluate(() => window.duotile?.map.getStyle().layers.map(({ id }) => id) ?? []);

/** Waits until a ground lies under the data, and everything is drawn. @param {import("playwright-core").Page} page @param {string} id */
async function lies(page, id) {
  await page.waitForFunction((id) => window.duotile?.map.getLayer(id) !== undefined, id, { timeout: PATIENCE });
  await drawn(page);
}

/** The colour of the map at a place. @param {import("playwright-core").Page} page @param {[number, number]} place */
async function colour(page, place) {
  const at = await page.evaluate((place) => {
    const { x, y } = window.duotile?.map.project(place) ?? { x: 0, y: 0 };
    return { x, y };
  }, place);
  return (await pixels(page, [at]))[0];
}

/** Unfolds the part of the panel. @param {import("playwright-core").Page} page */
async function unfold(page) {
  if ((await page.getAttribute("#ground", "open")) === null) await page.click("#ground > summary");
}

test("a style that the reader types lies under the data, its names above; nobody else is asked, and nobody before", async () => {
  asked = [];
  const { page, close, strangers, complaints } = await open(browser, server.base + OCEAN);
  await unfold(page);
  await page.selectOption("#ground-choice", "style");
  await page.fill("#style-address", `${other}/maps/style.json`);
  assert.deepEqual([asked, strangers], [[], []]);
  await page.click("#ground-style button");
  await lies(page, "ground-back");
  const order = await layers(page);
  assert.deepEqual(order.slice(0, 2), ["ground-back", "ground-rows-half"]);
  assert.equal(order.at(-1), "ground-name");
  assert.ok(order.includes("cells-1") && !order.includes("land"), String(order));
  await page.waitForFunction(() => window.duotile?.map.isSourceLoaded("ground-half"), undefined, { timeout: PATIENCE });
  await drawn(page);
  assert.deepEqual(await colour(page, [-110, -50]), [255, 0, 255]);
  assert.deepEqual(await colour(page, [-110, -35]), [0, 255, 0]);
  assert.deepEqual(asked, ["/maps/style.json", "/maps/half.json"]);
  assert.ok(strangers.length > 0 && strangers.every((url) => url.startsWith(`${other}/`)), String(strangers));
  await says(page, "#ground", new RegExp(`${new URL(other).host} .*sees`));
  // The address says it, and the reader's own browser asks again when it is opened anew.
  assert.match(page.url(), /ground=style:/);
  await page.reload();
  await lies(page, "ground-back");
  await page.keyboard.press("Escape");
  await unfold(page);
  await page.selectOption("#ground-choice", "natural-earth");
  await lies(page, "land");
  await page.keyboard.press("Control+z");
  await lies(page, "ground-back");
  assert.deepEqual(complaints, []);
  await close();
});

test("a style that came with a link is asked for only when the reader says so", async () => {
  asked = [];
  const link = `${server.base}${OCEAN}&ground=style:${encodeURIComponent(`${other}/maps/style.json`)}`;
  const { page, close, strangers } = await open(browser, link);
  await says(page, "#ground-hint", /names a base map of 127\.0\.0\.1/);
  assert.ok((await layers(page)).includes("land"));
  assert.deepEqual([asked, strangers], [[], []]);
  await page.click("#ground-hint button");
  await page.click("#ground-allow");
  await lies(page, "ground-back");
  assert.equal(await page.locator("#ground-hint").count(), 0);
  await close();
});

test("what is no style is told, and the ground stays", async () => {
  const { page, close } = await open(browser, server.base + OCEAN);
  await unfold(page);
  await page.selectOption("#ground-choice", "style");
  for (const [path, expected] of /** @type {const} */ ([
    ["/maps/none.json", /answers 404/],
    ["/maps/half.json", /is no style: expected version 8/],
    ["/maps/broken.json", /nonsense|unknown/],
  ])) {
    await page.fill("#style-address", `${other}${path}`);
    await page.click("#ground-style button");
    await says(page, "#ground-error", expected);
    const order = await layers(page);
    assert.ok(order.includes("land") && order.includes("cells-1"), `${path}: ${order}`);
  }
  // What is chosen afterwards still reaches the map.
  await page.selectOption("#ground-choice", "none");
  await lies(page, "plain");
  assert.ok(!(await layers(page)).includes("land"));
  await close();
});

test("PMTiles of the device are read here, and nothing is asked of anybody", async () => {
  const { page, close, ...seen } = await open(browser, server.base + OCEAN);
  await unfold(page);
  await page.selectOption("#ground-choice", "file");
  await page.setInputFiles("#ground-file input", city);
  await lies(page, "ground-place-names");
  await named(page, ["Southland"]);
  await says(page, "#ground-file", /city\.pmtiles/);
  await says(page, ".maplibregl-ctrl-attrib", /Lands of nobody/);
  assert.doesNotMatch(page.url(), /ground=/, "a file of this device is not for others");
  await picture(page, "ground-file");
  // Tiles of another kind, which call everything otherwise; then pictures.
  await page.setInputFiles("#ground-file input", town);
  await page.waitForFunction(() => window.duotile?.map.getLayer("ground-place-names")?.sourceLayer === "place");
  await named(page, ["Southland"]);
  await page.setInputFiles("#ground-file input", photo);
  await lies(page, "ground-pmtiles");
  assert.deepEqual(await colour(page, [-110, -50]), [12, 200, 90]);
  assert.equal(await page.locator("#ground-error").count(), 0);
  assertQuiet(seen);
  await close();
});

/** Waits until the map writes these names. @param {import("playwright-core").Page} page @param {string[]} expected */
async function named(page, expected) {
  await page.waitForFunction(
    (expected) => {
      const found = window.duotile?.map.queryRenderedFeatures({ layers: ["ground-place-names"] }) ?? [];
      return JSON.stringify([...new Set(found.map(({ properties }) => properties["name"]))].sort()) === expected;
    },
    JSON.stringify(expected),
    { timeout: PATIENCE, polling: 200 },
  );
}

test("the base map that the server names lies there from the start, and is given out in ranges", async (t) => {
  const own = await site("--basemap", city);
  t.after(() => own.stop());
  const { page, close, ...seen } = await open(browser, `${own.base}#view=1/0/0`);
  await lies(page, "ground-place-names");
  await named(page, ["Eastland", "Southland"]);
  await unfold(page);
  assert.equal(await page.inputValue("#ground-choice"), "server");
  const range = await fetch(new URL("basemap.pmtiles", own.base), { headers: { range: "bytes=0-6" } });
  assert.deepEqual([range.status, await range.text()], [206, "PMTiles"]);
  await page.selectOption("#ground-choice", "natural-earth");
  await lies(page, "land");
  assert.match(page.url(), /ground=natural-earth/);
  assertQuiet(seen);
  await close();
});

test("in the streets the shipped base map says that it has none, and leads to another", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=5/48.85/2.35`);
  assert.equal(await page.locator("#ground-hint").count(), 0);
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 12.5 }));
  await says(page, "#ground-hint", /no streets/);
  await page.click("#ground-hint button");
  await page.waitForFunction(() => document.activeElement?.id === "ground-choice", undefined, { timeout: PATIENCE });
  assert.ok(await page.isVisible("#ground-choice"));
  await drawn(page);
  await picture(page, "ground-hint");
  assertQuiet(seen);
  await close();
});

test("an archive that is served as a dataset is drawn as it is, and asked nothing that it cannot answer", async (t) => {
  const own = await site(city);
  t.after(() => own.stop());
  const { page, close, ...seen } = await open(browser, `${own.base}#view=1/0/0`);
  await says(page, "#facts", /^1 tile, zooms 0 to 0$/);
  await says(page, "#legend", /earth.*places/);
  const found = await page.evaluate(() => {
    const { map } = window.duotile ?? {};
    const layers = map?.getStyle().layers.flatMap(({ id }) => (/^tiles-/.test(id) ? id : [])) ?? [];
    return map?.queryRenderedFeatures({ layers }).map(({ properties }) => properties["name"]);
  });
  assert.deepEqual([...new Set(found)].sort(), ["Eastland", "Southland"]);
  // A dot with a colour of its own.
  assert.notDeepEqual(await colour(page, [100, 10]), await colour(page, [104, 8]));
  assert.equal(await page.locator("#filter-text").count(), 0);
  const at = await page.evaluate(() => window.duotile?.map.project([100, 10]));
  await page.locator("canvas.maplibregl-canvas").click({ position: { x: at?.x ?? 0, y: at?.y ?? 0 } });
  await says(page, ".popup h2", /^Eastland$/);
  await says(page, ".popup", /class\s*country(?:.|\n)*rank\s*2(?:.|\n)*Of the layer places of an archive/i);
  assertQuiet(seen);
  await close();
});
