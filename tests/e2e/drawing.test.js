/** How data is drawn: the colours that the legend promises, the shapes there are, layers over each other. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { byMapbox } from "../node/lib/decode.js";
import { assertQuiet, drawn, features, open, PATIENCE, picture, pixels, says } from "./lib.js";
import { browser, server } from "./stage.js";

/** @typedef {import("playwright-core").Page} Page */

/** How light a colour looks, about. @param {number[]} colour */
const lightness = ([r = 0, g = 0, b = 0]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** What stands at the legend: numbers and their colours. @param {Page} page */
const ticks = (page) =>
  page.locator("#legend .ticks li").evaluateAll((items) =>
    items.map((item) => {
      const { value, colour = "" } = /** @type {HTMLElement} */ (item).dataset;
      const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
      return { value: Number(value), colour: parts };
    }),
  );

/** Features where neither names nor panels lie on top. @param {Page} page @param {string} kind */
async function clear(page, kind) {
  await page.evaluate(() => window.duotile?.map.setLayoutProperty("names", "visibility", "none"));
  await page.waitForTimeout(500);
  await drawn(page);
  return (await features(page, kind)).filter(({ x, y }) => x > 330 && x < 940 && y > 60 && y < 660);
}

/**
 * Quantiles of numbers by linear interpolation, as most know them (type 7).
 *
 * @param {number[]} values
 * @param {number} p
 */
function quantile(values, p) {
  const at = p * (values.length - 1);
  const [below = 0, above = 0] = [values[Math.floor(at)], values[Math.ceil(at)]];
  return below + (above - below) * (at - Math.floor(at));
}

test("the numbers at the legend are quantiles of the cells of this zoom, and cells have their colours", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=3/45/10&opacity=1&scale=equal`);
  /** @type {number[]} */
  const counts = [];
  for (let x = 0; x < 8; x += 1) {
    for (let y = 0; y < 8; y += 1) {
      const bytes = new Uint8Array(
        await (await fetch(`${server.base}tiles/places/3/${x}/${y}.mvt?mode=cells&cell=2`)).arrayBuffer(),
      );
      for (const { features } of byMapbox(bytes))
        counts.push(...features.map(({ properties }) => Number(properties["point_count"])));
    }
  }
  counts.sort((a, b) => a - b);
  const possible = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1].map((p) => quantile(counts, p));
  const told = await ticks(page);
  assert.ok(told.length >= 4, JSON.stringify(told));
  for (const { value } of told)
    assert.ok(
      possible.some((quantile) => Math.abs(quantile - value) < 1e-9),
      `${value} is none of ${possible}`,
    );
  assert.deepEqual([told[0]?.value, told.at(-1)?.value], [counts[0], counts.at(-1)]);

  const shown = await clear(page, "cells");
  const colours = await pixels(page, shown);
  let right = 0;
  shown.forEach(({ properties }, at) => {
    const count = Number(properties["point_count"]);
    const above = told.findIndex(({ value }) => value >= count);
    const colour = colours[at] ?? [];
    const [from, to] = [told[Math.max(above - 1, 0)], told[above]];
    if (!from || !to) assert.fail(`no place at the legend for ${count}`);
    if (to.value === count) {
      right += Number(Math.max(...to.colour.map((part, i) => Math.abs(part - (colour[i] ?? 0)))) < 6);
    } else {
      // From light to dark: a count between two numbers is between their colours.
      const [light, dark, own] = [lightness(from.colour), lightness(to.colour), lightness(colour)];
      right += Number(own < light + 4 && own > dark - 4);
    }
  });
  assert.ok(shown.length > 1000 && right > 0.98 * shown.length, `${right} of ${shown.length} cells have their colour`);
  await picture(page, "legend");
  assertQuiet(seen);
  await close();
});

test("the legend is about the present filter and zoom", async () => {
  const { page, close } = await open(browser, `${server.base}#view=3/45/10&scale=log`);
  const before = await ticks(page);
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 4 }));
  await drawn(page);
  const near = await ticks(page);
  assert.ok((near.at(-1)?.value ?? 0) < (before.at(-1)?.value ?? 0), "cells of deeper zooms hold fewer rows");
  await page.fill("#filter-text", "population > 2000");
  await page.keyboard.press("Enter");
  await says(page, "#facts", / of /);
  await drawn(page);
  const few = await ticks(page);
  const { measures } = await (
    await fetch(new URL("tiles/places/metadata.json?mode=cells&cell=2&filter=population > 2000", server.base))
  ).json();
  const { zooms } = measures[0];
  assert.equal(few.at(-1)?.value, zooms[Math.min(4, zooms.length - 1)].quantiles.at(-1));
  await close();
});

test("spread by logarithm and linearly, the ends are the same and the middle is not", async () => {
  const { page, close } = await open(browser, `${server.base}#view=3/45/10&scale=equal`);
  const equal = await ticks(page);
  await page.selectOption("#scale", "linear");
  await drawn(page);
  const linear = await ticks(page);
  await page.selectOption("#scale", "log");
  await drawn(page);
  const log = await ticks(page);
  for (const ends of [linear, log])
    assert.deepEqual([ends[0]?.value, ends.at(-1)?.value], [equal[0]?.value, equal.at(-1)?.value]);
  const [least = 0, most = 0] = [log[0]?.value, log.at(-1)?.value];
  const middle = log[Math.floor(log.length / 2)]?.value ?? 0;
  assert.ok(Math.abs(Math.log(middle) - Math.log(least * most) / 2) < 0.2 * Math.log(most / least), String(middle));
  assert.match(page.url(), /scale=log/);
  await close();
});

test("a measure of a column colours cells, and only that column travels", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=3/45/10`);
  await page.selectOption("#colour-by", "population");
  await page.selectOption("#measure", "median");
  await drawn(page);
  const cells = await features(page, "cells");
  assert.deepEqual(Object.keys(cells[0]?.properties ?? {}).sort(), ["point_count", "population_median"]);
  assert.match((await page.textContent("#legend h3")) ?? "", /median of population/);
  // A cell's median against the rows behind it.
  const cell = cells.find(({ properties }) => Number(properties["point_count"]) === 7) ?? assert.fail("no cell of 7");
  const asked = new URL(`datasets/places/rows?cell=${cell.id}`, server.base);
  const rows = (await (await fetch(asked)).json()).features;
  const values = rows.map((/** @type {any} */ row) => Number(row.properties.population));
  values.sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  assert.equal(cell.properties["population_median"], values[3]);
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 11 }));
  await drawn(page);
  const near = await features(page, "cells");
  assert.ok(near.length > 5 && near.every(({ properties }) => "population_median" in properties));
  assert.match((await page.textContent("#legend")) ?? "", /median of population in a cell/);
  await picture(page, "median-rows");
  assertQuiet(seen);
  await close();
});

test("categories have colours of their own, which the legend tells, and a popup counts them", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=5/47/6&opacity=1&mix=most`);
  await page.selectOption("#colour-by", "category:country");
  await drawn(page);
  const keys = await page
    .locator("#legend .keys li[data-value]")
    .evaluateAll((items) => items.map((item) => ({ .../** @type {HTMLElement} */ (item).dataset })));
  const colourOf = new Map(keys.map(({ value, colour = "" }) => [value, colour]));
  const shown = (await clear(page, "cells")).filter(({ properties }) => colourOf.has(properties["country_mode"]));
  const colours = await pixels(page, shown);
  let right = 0;
  shown.forEach(({ properties }, at) => {
    const colour = colourOf.get(properties["country_mode"]) ?? "";
    const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    right += Number(Math.max(...parts.map((part, i) => Math.abs(part - (colours[at]?.[i] ?? 0)))) < 6);
  });
  assert.ok(shown.length > 1000 && right > 0.98 * shown.length, `${right} of ${shown.length} cells have their colour`);
  await picture(page, "categories");

  const cell = shown.find(({ properties }) => Number(properties["point_count"]) > 4) ?? assert.fail("no large cell");
  await page.mouse.click(cell.x, cell.y);
  await page.locator(".popup details").first().waitFor();
  const asked = new URL(`datasets/places/rows?cell=${cell.id}&limit=1000`, server.base);
  const rows = (await (await fetch(asked)).json()).features;
  const mode = cell.properties["country_mode"];
  const count = rows.filter((/** @type {any} */ row) => row.properties.country === mode).length;
  await says(page, ".popup", new RegExp(`${mode}${count}`));
  assertQuiet(seen);
  await close();
});

test("points grow with their count, heat and columns are drawn, and the address has it", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=4/48/8`);
  const type = () => page.evaluate(() => window.duotile?.map.getLayer("cells-1")?.type);
  const kind = async (/** @type {string} */ name) => {
    await page.locator("#drawing .choice label", { hasText: name }).click();
    await drawn(page);
  };
  await kind("Points");
  assert.equal(await type(), "circle");
  const circles = await clear(page, "cells");
  circles.sort((a, b) => Number(b.properties["point_count"]) - Number(a.properties["point_count"]));
  // A circle is where the map finds it: the largest further from their middle than the smallest.
  const far = (/** @type {typeof circles} */ some) =>
    page.evaluate(
      (some) =>
        some.filter(({ id, x, y }) =>
          window.duotile?.map
            .queryRenderedFeatures([x + 3.5, y], { layers: ["cells-1"] })
            .some((feature) => feature.id === id),
        ).length,
      some,
    );
  const [large, small] = [await far(circles.slice(0, 40)), await far(circles.slice(-40))];
  assert.ok(large === 40 && small < 20, `${large} of the 40 largest and ${small} of the smallest are 7 pixels wide`);
  // The largest are in the dark end of the ramp; the ground is nearly white.
  const colours = await pixels(page, circles.slice(0, 40));
  assert.ok(colours.filter((colour) => lightness(colour) < 205).length > 35, String(colours));
  await picture(page, "points");

  await kind("Heat");
  assert.equal(await type(), "heatmap");
  const places = await page.evaluate(() =>
    [
      [10.5, 50.5],
      [-30, 45],
    ].map(([x = 0, y = 0]) => window.duotile?.map.project([x, y]) ?? { x: 0, y: 0 }),
  );
  const [germany = [], ocean = []] = await pixels(page, places);
  assert.ok(Math.max(...germany) - Math.min(...germany) > 60, `${germany} is no colour of heat`);
  assert.ok(Math.max(...ocean) - Math.min(...ocean) < 20, `${ocean} is heat on the ocean`);
  await picture(page, "heat");

  // A flight that begins while the map tilts does not leave it half-way.
  await page.locator("#drawing .choice label", { hasText: "3D" }).click();
  await page.waitForFunction(() => (window.duotile?.map.getPitch() ?? 0) > 0);
  await page.evaluate(() => window.duotile?.map.easeTo({ zoom: 4.2, duration: 300 }));
  await page.waitForFunction(() => window.duotile?.map.getPitch() === 50, undefined, { timeout: PATIENCE });
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 4 }));
  await drawn(page);
  assert.equal(await type(), "fill-extrusion");
  assert.ok((await page.evaluate(() => window.duotile?.map.getPitch() ?? 0)) > 20, "columns are seen from above only");
  assert.ok((await features(page, "cells")).length > 500);
  await picture(page, "columns");
  assert.match(page.url(), /view=[^&]*\/\d+&.*kind=columns/);
  assertQuiet(seen);
  await close();
});

test("hexagons have the legend's colours, are marked whole, and have all of their rows", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=4/47/8&opacity=1&scale=equal`);
  await page.locator("#drawing .choice label", { hasText: "Hexagons" }).click();
  await drawn(page);
  assert.match(page.url(), /kind=hexagons/);
  assert.match((await page.textContent("#legend .cells")) ?? "", /hexagon of H3: resolution 4, edges of about 26 km/);
  const told = await ticks(page);
  const shown = await clear(page, "cells-1");
  const colours = await pixels(page, shown);
  let right = 0;
  shown.forEach(({ properties }, at) => {
    const above = told.findIndex(({ value }) => value >= Number(properties["point_count"]));
    const [from, to] = [told[Math.max(above - 1, 0)], told[above]];
    if (!from || !to) assert.fail(`no place at the legend for ${properties["point_count"]}`);
    const [light, dark, own] = [lightness(from.colour), lightness(to.colour), lightness(colours[at] ?? [])];
    right += Number(own < light + 4 && own > dark - 4);
  });
  assert.ok(shown.length > 400 && right > 0.97 * shown.length, `${right} of ${shown.length} have their colour`);
  // A hexagon that lies in several tiles is the same in each.
  const counts = new Map(shown.map(({ properties: { h3, point_count } }) => [h3, point_count]));
  assert.ok(
    counts.size < shown.length && shown.every(({ properties: of }) => counts.get(of["h3"]) === of["point_count"]),
  );

  const one = shown.find(({ properties }) => Number(properties["point_count"]) > 20) ?? assert.fail("none of 20");
  const count = Number(one.properties["point_count"]);
  await page.mouse.move(one.x, one.y);
  await says(page, ".hover", new RegExp(`^${count} rows$`));
  const marked = (/** @type {number} */ id) =>
    page.evaluate((id) => window.duotile?.map.getFeatureState({ source: "data-1", sourceLayer: "places", id }), id);
  assert.deepEqual(await marked(Number(one.id)), { marked: true });
  await picture(page, "hexagons");
  await page.mouse.click(one.x, one.y);
  await says(page, ".popup h2", new RegExp(`^${count} rows here$`));
  await page.click(".popup .more");
  await says(page, "#rows h2", new RegExp(`^${count} rows of a cell$`));
  await page.click("#rows [aria-label='Close the rows']");

  // The resolution that the legend says is that of what is drawn, at each zoom and where it is chosen.
  const resolutions = async () => {
    const all = (await features(page, "cells-1")).map(({ properties }) =>
      Number.parseInt(String(properties["h3"])[1] ?? "", 16),
    );
    return [...new Set(all)];
  };
  for (const zoom of [2.7, 7.6]) {
    await page.evaluate((zoom) => window.duotile?.map.jumpTo({ zoom }), zoom);
    await drawn(page);
    const said = await page.getAttribute("#legend .cells", "data-resolution");
    assert.deepEqual(await resolutions(), [Number(said)], `zoom ${zoom}`);
  }
  await page.selectOption("#res", "5");
  await drawn(page);
  assert.deepEqual(await resolutions(), [5]);
  assert.match(page.url(), /res=5/);
  await page.selectOption("#res", "12");
  await says(page, "#legend .cells", /resolution 12.*too many for this zoom, drawn from zoom 12.5 on/);
  assertQuiet(seen);
  await close();
});

test("what is chosen while the tiles of before are on their way is drawn", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=4/48/8`);
  await page.route(/\.mvt/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  for (const name of ["Heat", "Cells", "3D", "Cells"]) {
    const asked = page.waitForRequest(/\.mvt/);
    await page.locator("#drawing .choice label", { hasText: name }).click();
    await asked;
  }
  await drawn(page);
  assert.equal(await page.evaluate(() => window.duotile?.map.getLayer("cells-1")?.type), "raster");
  assertQuiet(seen);
  await close();
});

test("layers lie over each other, are hidden, moved and removed, each with its own filter", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#view=4/48/8&filter=country = 'FR'`);
  await page.click("#stack > summary");
  await page.selectOption("#add-layer", "places");
  await page.fill("#filter-text", "country = 'DE'");
  await page.keyboard.press("Enter");
  await says(page, "#layers", /country = 'DE' · 11,870 rows/);
  await drawn(page);
  const of = async (/** @type {string} */ layer) => (await features(page, `cells-${layer}`)).length;
  assert.ok((await of("1")) > 300 && (await of("2")) > 300, `${await of("1")} and ${await of("2")}`);
  const order = () =>
    page.evaluate(() => window.duotile?.map.getStyle().layers.flatMap(({ id }) => id.match(/^cells-(.)$/)?.[1] ?? []));
  assert.deepEqual(await order(), ["1", "2"]);
  await picture(page, "layers");
  await page.click("#layers [aria-label^='Lower'] >> nth=0");
  await drawn(page);
  assert.deepEqual(await order(), ["2", "1"]);
  await page.click("#layers .eye >> nth=0");
  await drawn(page);
  assert.deepEqual(await order(), ["2"]);
  const address = page.url();
  assert.match(address, /hidden=1/);
  await page.click("#layers [aria-label^='Remove'] >> nth=0");
  await drawn(page);
  assert.equal(await page.locator("#layers li").count(), 1);
  await page.click("[aria-label=Undo]");
  await drawn(page);
  assert.equal(await page.locator("#layers li").count(), 2);
  assertQuiet(seen);
  await close();

  // The address opens the same two.
  const again = await open(browser, address);
  assert.equal(await again.page.locator("#layers li").count(), 2);
  assert.equal(await again.page.inputValue("#filter-text"), "country = 'DE'");
  await again.close();
});

test("light and dark can be chosen here, whatever the system says", async () => {
  const { page, close } = await open(browser, `${server.base}#view=4.3/49/8`, { colorScheme: "light" });
  await page.click("#looks > summary");
  await page.selectOption("#theme", "dark");
  await drawn(page);
  await page.waitForTimeout(500);
  const [sea = []] = await pixels(page, [{ x: 460, y: 100 }]);
  assert.ok(Math.max(...sea) < 60, `${sea} is a light sea`);
  const ground = await page.evaluate(
    () => getComputedStyle(document.getElementById("panel") ?? document.body).backgroundColor,
  );
  assert.ok(Math.max(...(ground.match(/\d+/g) ?? []).map(Number)) < 60, `${ground} is a light panel`);
  await page.reload();
  await drawn(page);
  assert.equal(await page.inputValue("#theme"), "dark");
  await close();
});
