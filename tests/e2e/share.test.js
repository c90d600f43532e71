/** What is passed on: addresses and rows are what was seen. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { byMapbox } from "../node/lib/decode.js";
import { open as openDuckdb } from "../node/lib/duckdb.js";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { assertQuiet, drawn, open, PATIENCE, picture, says } from "./lib.js";
import { EUROPE, folder, SOME, saved, seen, unfold } from "./share.js";
import { browser, server } from "./stage.js";

/** @typedef {import("playwright-core").Page} Page */

test("the address restores what was chosen, in a browser that has never seen the page", async () => {
  const chosen = `${server.base}#view=4.7/47.5/7&filter=population+>+2000&kind=points&measure=mean:population&scale=log&ramp=lagoon&cell=16&opacity=0.7&dataset=places&filter=country+%3D+'FR'&category=admin1`;
  const first = await open(browser, chosen);
  await unfold(first.page);
  const address = await first.page.inputValue("#link-page");
  assert.equal(decodeURIComponent(new URL(address).hash), decodeURIComponent(new URL(chosen).hash));
  const second = await open(browser, address);
  /** @param {Page} page */
  const layers = (page) =>
    page.evaluate(() => window.duotile?.map.getStyle().layers.filter(({ id }) => /^cells-/.test(id)));
  assert.equal((await layers(first.page))?.length, 2);
  assert.deepEqual(await layers(second.page), await layers(first.page), "both layers are drawn alike");
  for (const kind of ["cells-1", "cells-2"]) {
    const cells = await seen(first.page, kind);
    assert.ok(cells.size > 50, `${cells.size} ${kind}`);
    assert.deepEqual(await seen(second.page, kind), cells);
  }
  assertQuiet(first);
  assertQuiet(second);
  await first.close();
  await second.close();
});

test("addresses are copied, with and without a clipboard, and they answer", async () => {
  const { page, close, ...quiet } = await open(browser, server.base + EUROPE, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await unfold(page);
  assert.match(
    (await page.textContent("#only-here")) ?? "",
    /Only this machine can open.*--host 0\.0\.0\.0.*--base-url/s,
  );
  await page.click("#sharing .part > summary");
  await page.waitForSelector("#link-kepler-tileset", { timeout: PATIENCE });
  /** @type {Record<string, string>} */
  const links = {};
  for (const id of ["page", "tilejson", "tiles", "style", "kepler", "kepler-tileset", "kepler-metadata"]) {
    const address = page.locator(".address", { has: page.locator(`#link-${id}`) });
    await address.locator("button").click();
    await says(page, "#copied", /^Copied: /);
    links[id] = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(links[id], await page.inputValue(`#link-${id}`));
  }
  await picture(page, "share-links");
  const { tilejson = "", tiles = "", style = "", kepler = "" } = links;
  const json = async (/** @type {string} */ address) => (await fetch(address)).json();
  const expected = await seen(page, "cells");
  const described = await json(tilejson);
  assert.equal(described.dataset, "places");
  assert.ok(described.properties.some((/** @type {{ property: string }} */ { property }) => property === "name"));
  // The tile in the middle of the view, by each template: its cells are those on the map.
  const place = (/** @type {string} */ template) =>
    template.replace("{z}", "4").replace("{x}", "8").replace("{y}", "5");
  const templates = [
    tiles,
    described.tiles[0],
    links["kepler-tileset"] ?? "",
    (await json(links["kepler-metadata"] ?? "")).tiles[0],
  ];
  for (const template of templates) {
    const answer = await fetch(place(template));
    assert.equal(answer.status, 200, template);
    const [layer] = byMapbox(new Uint8Array(await answer.arrayBuffer()));
    assert.ok(layer && layer.features.length > 500, template);
    const known = layer.features.filter(({ id }) => expected.has(Number(id)));
    assert.ok(known.length > 0.5 * layer.features.length, `${known.length} of ${layer.features.length} are in view`);
    for (const { id, properties } of known) {
      assert.equal(properties["point_count"], expected.get(Number(id))?.["point_count"], template);
    }
  }
  const { sources, layers } = await json(style);
  assert.ok(Object.keys(sources).length > 0 && layers.length > 1);
  assert.deepEqual(Object.fromEntries(new URL(kepler).searchParams), {
    dataset: "places",
    filter: SOME,
    mode: "places",
    cell: "2",
    shape: "polygon",
  });
  // Where there is no clipboard, as on a network without https.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const box = page.locator(".address", { has: page.locator("#link-tiles") });
  await box.locator("button").click();
  await says(page, "#copied", /^Copied: Tiles/);
  await page.focus("#filter-text");
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Control+V");
  assert.equal(await page.inputValue("#filter-text"), tiles);
  assertQuiet(quiet);
  await close();
});

test("a server that others can reach says nothing of loopback; without it, addresses say so", async () => {
  const program = await serve("--trust-proxy");
  const proxy = await front(program.base);
  // A proxy says under which address it was asked.
  const told = { "x-forwarded-proto": "https", "x-forwarded-host": "maps.example", "x-forwarded-prefix": "/places" };
  const { page, close } = await open(browser, proxy.base, { extraHTTPHeaders: told });
  await unfold(page);
  assert.match(await page.inputValue("#link-page"), /^https:\/\/maps\.example\/places\/#view=/);
  assert.equal(await page.locator("#only-here").count(), 0);
  await page.click("#sharing .part > summary");
  assert.match(
    await page.inputValue("#link-tilejson"),
    /^https:\/\/maps\.example\/places\/tiles\/places\/tilejson\.json/,
  );
  proxy.down = true;
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [-100, 40], zoom: 5 }));
  await says(page, "#sharing .part", /The server does not answer/);
  await close();
  await proxy.stop();
  await program.stop();
});

test("the rows that pass are downloaded, all of them, with every value", async () => {
  const { page, close, ...quiet } = await open(browser, server.base + EUROPE);
  await unfold(page);
  const all = await (await fetch(new URL("datasets/places/subset.arrow", server.base))).arrayBuffer();
  writeFileSync(join(folder, "all.arrow"), new Uint8Array(all));
  const duckdb = await openDuckdb();
  const csv = await saved(page, "#rows-csv");
  const geojson = await saved(page, "#rows-geojson");
  const [count = 0, sum] = await Promise.all([
    duckdb.numbers(`SELECT count(*) FROM read_csv('${csv.path}')`),
    duckdb.numbers(`SELECT sum(population) FROM read_csv('${csv.path}')`),
  ]).then((answers) => answers.map(([value]) => value));
  // The same question in other words, so that no filter is the same.
  const other = encodeURIComponent("NOT (population <= 1000 OR population IS NULL)");
  const { rows } = await (await fetch(new URL(`tiles/places/metadata.json?filter=${other}`, server.base))).json();
  assert.equal(count, rows);
  assert.equal(await page.textContent("#rows-count"), `${rows.toLocaleString("en")} rows that pass the filter`);
  const document = JSON.parse(geojson.bytes.toString());
  assert.equal(document.features.length, rows);
  const total = document.features.reduce(
    (/** @type {number} */ sum, /** @type {any} */ { properties }) => sum + properties.population,
    0,
  );
  assert.equal(total, sum);
  const arrow = await saved(page, "#rows-arrow");
  const { tableFromIPC } = await import("apache-arrow");
  assert.equal(tableFromIPC(arrow.bytes).numRows, rows);
  duckdb.close();
  assertQuiet(quiet);
  await close();
});

test("without the server, the rows of this device are written by the page", async () => {
  const program = await serve();
  const proxy = await front(program.base);
  const { page, close } = await open(browser, `${proxy.base}#view=4.3/49/8&filter=country+%3D+'FR'`);
  await unfold(page);
  const online = await saved(page, "#rows-csv");
  await page.click("#device > summary");
  await page.click("#take-start");
  await says(page, "#device-said", /This page opens/);
  proxy.down = true;
  await page.context().setOffline(true);
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline/);
  await unfold(page);
  const offline = await saved(page, "#rows-csv");
  /** @param {{ bytes: Buffer }} file @returns {{ names: string[], rows: string[] }} */
  const lines = ({ bytes }) => {
    const [names = "", ...rows] = bytes.toString().trim().split("\r\n");
    return { names: names.split(","), rows: rows.sort() };
  };
  const [before, after] = [lines(online), lines(offline)];
  assert.ok(before.rows.length > 1000);
  assert.equal(after.rows.length, before.rows.length);
  const duckdb = await openDuckdb();
  const sums = await Promise.all(
    [online, offline].map(({ path }) =>
      duckdb.numbers(`SELECT sum(geonameid) + sum(population) FROM read_csv('${path}')`),
    ),
  );
  assert.deepEqual(sums[0], sums[1]);
  assert.equal(await page.locator("#rows-arrow").count(), 0);
  duckdb.close();
  await close();
  await proxy.stop();
  await program.stop();
});

test("rows that the operator keeps are not offered, and it is said that they are kept", async () => {
  const path = join(folder, "kept.csv");
  writeFileSync(path, "lon,lat,name\n8,49,a\n9,49,b\n");
  const config = join(folder, "duotile.toml");
  writeFileSync(config, `[[dataset]]\npath = "${path}"\nrows = false\nsubset = false\n`);
  const program = await serve("--config", config);
  const proxy = await front(program.base);
  const { page, close } = await open(browser, proxy.base);
  await unfold(page);
  assert.match((await page.textContent("#rows-closed")) ?? "", /operator.*does not give out the rows/);
  assert.equal(await page.locator("#rows-csv, #rows-geojson, #rows-arrow").count(), 0);
  await close();
  await proxy.stop();
  await program.stop();
});
