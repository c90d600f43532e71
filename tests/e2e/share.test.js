/** What is passed on: addresses, rows, pictures, films and pages in one file are what was seen. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { byMapbox } from "../node/lib/decode.js";
import { open as openDuckdb } from "../node/lib/duckdb.js";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { assertQuiet, drawn, features, launch, open, PATIENCE, picture, says, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

const folder = mkdtempSync(join(tmpdir(), "duotile-share-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([site(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const SOME = "population > 1000";
const EUROPE = `#view=4.3/49/8&filter=${encodeURIComponent(SOME)}`;

/** @param {Page} page */
async function unfold(page) {
  await page.click("#share > summary");
  await page.waitForSelector("#sharing", { timeout: PATIENCE });
}

/** What a press saves, as a file in our folder. @param {Page} page @param {string} selector */
async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent("download", { timeout: PATIENCE }), page.click(selector)]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { path, name: download.suggestedFilename(), bytes: readFileSync(path) };
}

/** Features by id, with what they carry. @param {Page} page @param {string} kind */
async function seen(page, kind) {
  const all = await features(page, kind);
  return new Map(all.map(({ id, properties }) => [Number(id), properties]));
}

test("the address restores what was chosen, in a browser that has never seen the page", async () => {
  const chosen = `${server.base}#view=4.7/47.5/7&filter=population+>+2000&kind=points&measure=mean:population&scale=log&ramp=lagoon&cell=16&opacity=0.7&dataset=places&filter=country+%3D+'FR'&category=admin1`;
  const first = await open(browser, chosen);
  await unfold(first.page);
  const address = await first.page.inputValue("#link-page");
  assert.equal(decodeURIComponent(new URL(address).hash), decodeURIComponent(new URL(chosen).hash));
  const second = await open(browser, address);
  /** @param {Page} page */
  const layers = (page) =>
    page.evaluate(() => window.duotile?.map.getStyle().layers.filter(({ id }) => /^(cells|rows)-/.test(id)));
  assert.equal((await layers(first.page))?.length, 4);
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

test("the picture is the map, with its title, legend and sources if they are wanted", async () => {
  const { page, close, ...quiet } = await open(browser, server.base + EUROPE, { deviceScaleFactor: 2 });
  await unfold(page);
  await page.uncheck("#noted");
  const bare = await saved(page, "#png");
  await page.check("#noted");
  const noted = await saved(page, "#png");
  assert.match(noted.name, /^places-\d{4}-\d\d-\d\d\.png$/);
  const cells = (await features(page, "cells")).filter(({ x, y }) => x > 20 && x < 1180 && y > 130 && y < 700);
  const looked = await page.evaluate(
    async ({ files, cells }) => {
      /** @param {string} file */
      const read = async (file) => {
        const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
        if (!context) throw new Error("no canvas");
        context.drawImage(bitmap, 0, 0);
        return (/** @type {number} */ x, /** @type {number} */ y) =>
          [...context.getImageData(Math.round(x * 2), Math.round(y * 2), 1, 1).data.slice(0, 3)].join();
      };
      const [bare, noted] = await Promise.all(files.map(read));
      if (!bare || !noted) throw new Error("no picture");
      return {
        sea: bare(560, 60),
        cells: cells.map(({ x, y }) => bare(x, y)),
        same: cells.filter(({ x, y }) => bare(x, y) === noted(x, y)).length,
        title: [bare(20, 20), noted(20, 20)],
        legend: [bare(1180, 20), noted(1180, 20)],
      };
    },
    { files: [bare, noted].map(({ bytes }) => bytes.toString("base64")), cells },
  );
  for (const { bytes } of [bare, noted]) {
    assert.equal(bytes.readUInt32BE(16), 2400, "as wide as the screen has pixels");
    assert.equal(bytes.readUInt32BE(20), 1520);
  }
  assert.equal(looked.sea, "223,230,234");
  const coloured = looked.cells.filter((colour) => !["223,230,234", "247,245,240"].includes(colour));
  assert.ok(cells.length > 3000 && coloured.length > 0.98 * cells.length, `${coloured.length} of ${cells.length}`);
  assert.ok(new Set(coloured).size > 10);
  assert.equal(looked.same, cells.length, "away from the notes both pictures are the same");
  assert.equal(looked.title[1], "255,255,255");
  assert.equal(looked.legend[1], "255,255,255");
  assert.notDeepEqual(looked.title, [looked.title[1], looked.title[1]]);
  writeFileSync(new URL("screenshots/share-picture.png", import.meta.url), noted.bytes);
  assertQuiet(quiet);
  await close();
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

test("a page in one file opens from disk without a network, and shows what was seen", async () => {
  const { page, close, ...quiet } = await open(browser, server.base + EUROPE);
  await unfold(page);
  const cells = await seen(page, "cells");
  assert.ok(cells.size > 5000);
  await page.click("#snapshot");
  await page.waitForSelector("#snapshot-save", { timeout: PATIENCE });
  assert.match((await page.textContent("#snapshot-said")) ?? "", /tiles, 4 zooms deeper than the view/);
  const file = await saved(page, "#snapshot-save");
  assert.match(file.name, /\.html$/);
  const legend = await page.textContent("#legend");
  // Closer, in the same place.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 8 }));
  await drawn(page);
  const rows = await seen(page, "rows");
  assert.ok(rows.size > 100, `${rows.size} rows`);
  assertQuiet(quiet);
  await close();

  const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, offline: true });
  const alone = await context.newPage();
  /** @type {string[]} */
  const wrong = [];
  alone.on("console", (message) => wrong.push(message.text()));
  alone.on("pageerror", (error) => wrong.push(error.message));
  alone.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && request.url() !== pathToFileURL(file.path).href)
      wrong.push(request.url());
  });
  await alone.goto(pathToFileURL(file.path).href);
  await drawn(alone);
  assert.deepEqual(await seen(alone, "cells"), cells);
  assert.equal(await alone.textContent("#legend"), legend);
  assert.equal(await alone.textContent("#facts"), SOME);
  assert.match((await alone.textContent(".maplibregl-ctrl-attrib")) ?? "", /GeoNames/);
  await picture(alone, "share-file");
  await alone.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 8 }));
  await drawn(alone);
  const there = await seen(alone, "rows");
  assert.deepEqual([...there.keys()].sort(), [...rows.keys()].sort());
  // Without a server to ask, a click tells what the tiles carry: everything. Closer than they go, they are drawn larger.
  await alone.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 13 }));
  await drawn(alone);
  const paris = (await features(alone, "rows")).find(({ properties }) => properties["name"] === "Paris");
  await alone.mouse.click(paris?.x ?? 0, paris?.y ?? 0);
  await alone.waitForSelector(".popup");
  assert.match((await alone.textContent(".popup")) ?? "", /^Paris.*countryFR.*population2138551/);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("nothing in the data becomes markup of the file", async () => {
  const evil = "</script><script>window.evil = true</script><img src=x onerror='window.evil = true'>";
  const path = join(folder, "evil.csv");
  writeFileSync(path, `lon,lat,name\n8,49,"${evil}"\n9,49,"<!--"\n`);
  const program = await serve(`${evil.slice(0, 9).replaceAll("/", "")}=${path}`).catch(() => serve(path));
  const proxy = await front(program.base);
  const { page, close } = await open(
    browser,
    `${proxy.base}#view=12/49/8&filter=name+%3D+'${encodeURIComponent(evil.replaceAll("'", "''"))}'`,
  );
  await unfold(page);
  await page.click("#snapshot");
  await page.waitForSelector("#snapshot-save", { timeout: PATIENCE });
  const file = await saved(page, "#snapshot-save");
  await close();
  await proxy.stop();
  await program.stop();
  const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, offline: true });
  const alone = await context.newPage();
  await alone.goto(pathToFileURL(file.path).href);
  await drawn(alone);
  const [row] = await features(alone, "rows");
  assert.equal(row?.properties["name"], evil);
  await alone.mouse.click(row?.x ?? 0, row?.y ?? 0);
  await alone.waitForSelector(".popup");
  assert.ok((await alone.textContent(".popup"))?.includes(evil));
  assert.ok((await alone.textContent("#facts"))?.includes("</script>"));
  assert.equal(await alone.evaluate(() => "evil" in window), false);
  await context.close();
});

/** A block of points on each of four days, each in another place. */
const DAYS = [
  [-60, 30],
  [-20, 30],
  [20, 30],
  [60, 30],
];

test("the animation of time is saved as GIF and as video, every frame whole and in its place", async () => {
  const path = join(folder, "days.csv");
  const lines = DAYS.flatMap(([lon = 0, lat = 0], day) =>
    Array.from({ length: 400 }, (_, i) => {
      const at = new Date(Date.UTC(2024, 0, 1 + day, 0, 0, i * 200)).toISOString();
      return `${lon + (i % 20) * 0.5},${lat + Math.floor(i / 20) * 0.5},${at}`;
    }),
  );
  writeFileSync(path, `lon,lat,time\n${lines.join("\n")}\n`);
  const program = await serve(path);
  const proxy = await front(program.base);
  const firstDay = "2024-01-01T00:00:00.000Z/2024-01-02T00:00:00.000Z";
  const { page, close, ...quiet } = await open(browser, `${proxy.base}#view=1.6/33/3&time=${firstDay}&cell=16`);
  await unfold(page);
  await says(page, "#film-size", /^4 frames/);
  await page.selectOption("#film-width", "480");
  await page.selectOption("#film-rate", "2");
  const places = await page.evaluate(
    (days) => days.map(([lon = 0, lat = 0]) => window.duotile?.map.project([lon + 5, lat + 5])),
    DAYS,
  );
  const { width } = await page.evaluate(() => ({ width: window.duotile?.map.getCanvas().clientWidth ?? 0 }));
  const at = places.map((point) => ({ x: ((point?.x ?? 0) * 480) / width, y: ((point?.y ?? 0) * 480) / width }));
  // Where the policy of the page forbids nothing.
  const looker = await page.context().newPage();
  await looker.goto(`${proxy.base}datasets`);
  for (const kind of ["gif", "webm"]) {
    await page.selectOption("#film-kind", kind);
    const film = await saved(page, "#film");
    await says(page, "#film-said", /4 frames of 480 × 304 pixels/);
    assert.match(film.name, new RegExp(`\\.${kind}$`));
    const frames = await looker.evaluate(
      async ({ kind, file, at }) => {
        const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
        const context = new OffscreenCanvas(480, 304).getContext("2d", { willReadFrequently: true });
        if (!context) throw new Error("no canvas");
        const look = (/** @type {CanvasImageSource} */ picture) => {
          context.drawImage(picture, 0, 0);
          return at.map(({ x, y }) => [...context.getImageData(Math.round(x), Math.round(y), 1, 1).data.slice(0, 3)]);
        };
        const frames = [];
        if (kind === "gif") {
          const decoder = new ImageDecoder({ data: bytes, type: "image/gif" });
          await decoder.tracks.ready;
          await decoder.completed;
          const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
          for (let frameIndex = 0; frameIndex < count; frameIndex += 1) {
            const { image } = await decoder.decode({ frameIndex });
            frames.push({ colours: look(image), length: image.duration });
          }
        } else {
          const video = document.createElement("video");
          video.muted = true;
          video.src = URL.createObjectURL(new Blob([bytes], { type: "video/webm" }));
          await new Promise((resolve, reject) => {
            video.onloadeddata = resolve;
            video.onerror = () => reject(new Error(video.error?.message));
          });
          const count = Math.round(video.duration * 2);
          for (let i = 0; i < count; i += 1) {
            const sought = new Promise((resolve) => {
              video.onseeked = resolve;
            });
            video.currentTime = (i + 0.5) / 2;
            await sought;
            frames.push({ colours: look(video), length: (video.duration / count) * 1e6 });
          }
        }
        return frames;
      },
      { kind, file: film.bytes.toString("base64"), at },
    );
    assert.equal(frames.length, 4, kind);
    frames.forEach(({ colours, length }, day) => {
      assert.equal(length, 500_000, `${kind}: a frame lasts half a second`);
      colours.forEach((colour, place) => {
        // The ground is nearly white; cells of whatever count are not.
        const ground = Math.min(...colour) > 190;
        assert.equal(ground, place !== day, `${kind}: place ${place} in frame ${day} is ${colour}`);
      });
    });
  }
  // What was shown before is shown again.
  await drawn(page);
  assertQuiet(quiet);
  await close();
  await proxy.stop();
  await program.stop();
});
