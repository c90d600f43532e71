/**
 * Kepler.gl with a dataset on its map: what it knows of the data is what the server says of it, what it draws are all rows
 * that the filter leaves, and a number of each month moves with time. Everything comes from the server, under a prefix.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { launch, open, PATIENCE, picture, pixels } from "./lib.js";

/** Rows of each month of 2024 that is served: few enough to count, and more in each. */
const MONTHS = [100, 300, 900];

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof front>>} */
let proxy;
/** @type {import("playwright-core").Browser} */
let browser;
const folder = mkdtempSync(join(tmpdir(), "duotile-kepler-"));

before(async () => {
  const rows = MONTHS.flatMap((count, month) =>
    // A square of places for each month, none of them where another's are.
    Array.from({ length: count }, (_, i) => {
      const [lon, lat] = [10 + month + (i % 30) / 40, 50 + Math.floor(i / 30) / 40];
      return `${lon},${lat},2024-0${month + 1}-15T12:00:00Z,${i % 2 ? "odd" : "even"},${i}`;
    }),
  );
  const file = join(folder, "visits.csv");
  writeFileSync(file, ["lon,lat,at,kind,value", ...rows].join("\n"));
  [server, browser] = await Promise.all([serve(file, "--trust-proxy"), launch()]);
  proxy = await front(server.base, "/some/where/");
});
after(async () => {
  await browser?.close();
  await proxy?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** What Kepler.gl warns of itself, whatever it shows. */
const KNOWN = [/Mapbox Token not valid/, /deck: t\.componentName not specified/, /ignoring tilestats indexed field/];

/** Opens its page when all tiles in view are there. */
const visit = async (/** @type {string} */ query) => {
  const seen = await open(browser, `${proxy.base}kepler${query}`, {
    viewport: { width: 1200, height: 760 },
    ready: async (page) => {
      const loaded = () => {
        const [layer] = window.kepler?.store.getState().keplerGl.map?.visState.layers ?? [];
        return (layer?.tileDataset.getTiles().length ?? 0) > 0;
      };
      await page.waitForFunction(loaded, undefined, { timeout: PATIENCE, polling: 200 });
      await page.waitForTimeout(1000);
    },
  });
  assert.deepEqual(seen.strangers, []);
  assert.deepEqual(
    seen.complaints.filter((text) => !KNOWN.some((known) => known.test(text))),
    [],
  );
  return seen;
};

/** What its store holds of the dataset and its layer, and what the tiles in view add up to. */
const state = (/** @type {import("playwright-core").Page} */ page) =>
  page.evaluate(() => {
    const map = window.kepler?.store.getState().keplerGl.map;
    const [layer] = map?.visState.layers ?? [];
    const [dataset] = Object.values(map?.visState.datasets ?? {});
    if (!map || !layer || !dataset) throw new Error("no layer");
    const tiles = layer.tileDataset.getTiles();
    const features = tiles.flatMap(({ content }) => {
      const { features } = /** @type {{ features: { properties: Record<string, number> }[] }} */ (content);
      return features.map(({ properties }) => properties);
    });
    /** @type {Record<string, number>} */
    const sums = {};
    for (const properties of features)
      for (const [name, value] of Object.entries(properties)) sums[name] = (sums[name] ?? 0) + Number(value);
    const { colorField, colorScale, colorDomain } = layer.config;
    return {
      dataset: { type: dataset.type, fields: dataset.fields.map((field) => ({ ...field, valueAccessor: undefined })) },
      layer: { type: layer.type, isValid: layer.isValid, field: colorField?.name, colorScale, colorDomain },
      view: map.mapState,
      animation: map.visState.animationConfig,
      tiles: tiles.map(({ index: { z, x, y } }) => `${z}/${x}/${y}`),
      cells: features.length,
      sums,
    };
  });

const ask = async (/** @type {string} */ path) => (await fetch(new URL(path, server.base))).json();

/**
 * The cells in view that no panel covers: what they hold, and whether they are painted in a colour on the grey ground.
 *
 * @param {import("playwright-core").Page} page
 */
async function painted(page) {
  const cells = await page.evaluate(() => {
    const map = window.kepler?.store.getState().keplerGl.map;
    if (!map) throw new Error("no map");
    const { longitude, latitude, zoom, width, height } = map.mapState;
    const y = (/** @type {number} */ degrees) => Math.asinh(Math.tan((degrees * Math.PI) / 180)) / (2 * Math.PI);
    const scale = 512 * 2 ** zoom;
    return (map.visState.layers[0]?.tileDataset.getTiles() ?? []).flatMap(({ content }) => {
      const { features } = /** @type {import("geojson").FeatureCollection<import("geojson").Polygon>} */ (content);
      return features.map(({ geometry, properties }) => {
        const corners = (geometry.coordinates[0] ?? []).slice(0, 4);
        const middle = (/** @type {0 | 1} */ axis) => corners.reduce((sum, at) => sum + (at[axis] ?? 0), 0) / 4;
        return {
          properties: properties ?? {},
          x: width / 2 + ((middle(0) - longitude) / 360) * scale,
          y: height / 2 - (y(middle(1)) - y(latitude)) * scale,
        };
      });
    });
  });
  const free = cells.filter(({ x, y }) => x > 340 && x < 1140 && y > 20 && y < 590 && !(x > 1000 && y > 480));
  const colours = await pixels(page, free);
  return free.map(({ properties }, at) => {
    const parts = colours[at] ?? [];
    return { properties, coloured: Math.max(...parts) - Math.min(...parts) > 40 };
  });
}

test("Kepler.gl has the dataset as a layer: its fields, their ranges and all of its rows", async () => {
  const { page, close } = await visit("");
  const { dataset, layer, cells, sums, tiles } = await state(page);
  assert.equal(dataset.type, "vector-tile");
  assert.equal(layer.type, "vectorTile");
  assert.equal(layer.isValid, true);
  assert.equal(layer.field, "point_count");
  const metadata = await ask("tiles/visits/metadata.json?mode=cells");
  const { attributes } = metadata.tilestats.layers[0];
  assert.deepEqual(
    dataset.fields.map(({ name, type, filterProps: { domain } }) => ({ name, type, domain })),
    attributes.map((/** @type {Record<string, unknown>} */ { attribute, min, max }) => {
      return { name: attribute, type: "real", domain: [min, max] };
    }),
  );
  // Colours change where the quantiles of the cells of each zoom are.
  assert.deepEqual(
    layer.colorDomain.z,
    metadata.measures[0].zooms.map((/** @type {{ z: number }} */ { z }) => z),
  );
  const { probabilities, zooms } = metadata.measures[0];
  const { z, quantiles } = zooms[3];
  const [least, ...breaks] = layer.colorDomain.quantiles[z] ?? [];
  assert.equal(least, metadata.measures[0].min);
  assert.equal(breaks.at(-1), metadata.measures[0].max);
  breaks.slice(0, -1).forEach((at, i) => {
    const quantile = quantiles[probabilities.indexOf([0.3, 0.5, 0.7, 0.9, 0.95][i])];
    assert.ok(at >= quantile && at > (breaks[i - 1] ?? least), `${at} is no break for ${quantile}`);
  });
  // Every row is in one cell of one of the tiles.
  assert.equal(new Set(tiles).size, tiles.length);
  assert.ok(cells > 10, `${cells} cells`);
  assert.equal(
    sums["point_count"],
    MONTHS.reduce((sum, count) => sum + count),
  );
  const drawn = await painted(page);
  assert.ok(drawn.length > 100, `${drawn.length} cells in view`);
  assert.ok(drawn.filter(({ coloured }) => coloured).length > 0.95 * drawn.length);
  await picture(page, "kepler");
  await close();
});

test("a filter by category goes to the server by a token, and what is drawn are the rows that it leaves", async () => {
  const filter = "kind = 'odd' AND value > 99";
  const { page, close } = await visit(`?dataset=visits&filter=${encodeURIComponent(filter)}`);
  const { numberMatched } = await ask(`datasets/visits/rows?limit=0&filter=${encodeURIComponent(filter)}`);
  assert.ok(numberMatched > 0 && numberMatched < 1300, String(numberMatched));
  const { sums } = await state(page);
  assert.equal(sums["point_count"], numberMatched);
  assert.ok(proxy.asked.some((path) => /^tiles\/visits\/q\/[\w-]+\/\d+\/\d+\/\d+\.mvt/.test(path)));
  await close();
});

test("a measure is coloured before the count, over its own range", async () => {
  const { page, close } = await visit("?agg=mean:value");
  const { layer, dataset } = await state(page);
  const { measures } = await ask("tiles/visits/metadata.json?mode=cells&agg=mean:value");
  assert.equal(layer.field, measures[1].property);
  const field = dataset.fields.find(({ name }) => name === layer.field);
  // Kepler.gl rounds ranges of numbers outward, to its step.
  const [min = Number.NaN, max = Number.NaN] = field?.filterProps.domain ?? [];
  assert.ok(min <= measures[1].min && max >= measures[1].max && max - min < 1.02 * (measures[1].max - measures[1].min));
  await close();
});

test("counts of months are one number that changes with time, and playing changes what is drawn", async () => {
  const { page, close } = await visit("?by=month");
  const { dataset, animation, layer, sums } = await state(page);
  const times = MONTHS.map((_, month) => Date.UTC(2024, month));
  const names = times.map((time) => `point_count|${new Date(time).toISOString().slice(0, 10)}`);
  const [field] = dataset.fields;
  assert.equal(dataset.fields.length, 1);
  assert.equal(field?.name, "point_count");
  assert.equal(field?.indexBy?.type, "timestamp");
  assert.deepEqual(field?.indexBy?.mappedValue, Object.fromEntries(times.map((time, i) => [time, names[i]])));
  assert.equal(layer.isValid, true);
  assert.deepEqual(animation.timeSteps, times);
  assert.deepEqual(
    names.map((name) => sums[name]),
    MONTHS,
  );
  // The range is that of all months, not of the first.
  const { measures } = await ask("tiles/visits/metadata.json?mode=cells&by=at:month");
  const ranged = measures.filter((/** @type {{ property: string }} */ { property }) => names.includes(property));
  assert.deepEqual(field?.filterProps.domain, [
    Math.min(...ranged.map((/** @type {{ min: number }} */ { min }) => min)),
    Math.max(...ranged.map((/** @type {{ max: number }} */ { max }) => max)),
  ]);

  for (const [month, time] of times.entries()) {
    await page.evaluate((value) => {
      window.kepler?.store.dispatch({ type: "@@kepler.gl/SET_LAYER_ANIMATION_TIME", value });
    }, time);
    await page.waitForTimeout(1500);
    const cells = await painted(page);
    const right = cells.filter(
      ({ properties, coloured }) => coloured === Object.hasOwn(properties, names[month] ?? ""),
    );
    assert.ok(
      right.length > 0.95 * cells.length,
      `${right.length} of ${cells.length} cells are right in month ${month}`,
    );
    assert.ok(cells.some(({ coloured }) => coloured) && cells.some(({ coloured }) => !coloured));
    await picture(page, `kepler-month-${month}`);
  }

  // And by its own button.
  await page.locator(".playback-control-button, .animation-control__play").first().click();
  await page.waitForFunction(
    (last) => window.kepler?.store.getState().keplerGl.map?.visState.animationConfig.currentTime !== last,
    times.at(-1),
    { timeout: PATIENCE },
  );
  await close();
});

test("what cannot be served is said, as the server says it", async () => {
  for (const [query, says] of /** @type {const} */ ([
    ["?filter=nothing%20%3D%201", /nothing/],
    ["?dataset=other", /visits/],
  ])) {
    const { page, close } = await open(browser, `${proxy.base}kepler${query}`, {
      ready: (page) => page.waitForSelector("#message.error").then(() => undefined),
    });
    assert.match((await page.textContent("#message")) ?? "", says);
    await close();
  }
});
