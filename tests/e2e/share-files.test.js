/** Pictures, films and pages in one file are what was seen. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { assertQuiet, drawn, features, open, PATIENCE, picture, says } from "./lib.js";
import { EUROPE, folder, SOME, saved, seen, unfold } from "./share.js";
import { browser, server } from "./stage.js";

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

test("a page in one file opens from disk without a network, and shows what was seen", async () => {
  const { page, close, ...quiet } = await open(browser, server.base + EUROPE);
  await unfold(page);
  const cells = await seen(page, "cells");
  assert.ok(cells.size > 5000);
  // What it takes is told before it begins, for each depth; without a choice it is as deep as seconds suffice for.
  await says(page, "#snapshot-size", /as take up to \d+ seconds/);
  const [soon, ...depths] = await page.locator("#snapshot-depth option").allTextContents();
  assert.equal(soon, "what takes seconds");
  const tiles = depths.map((text) => Number(text.replace(/^.*: /, "").replace(/[^\d]/g, "")));
  assert.ok(
    tiles.length >= 5 && tiles.every((count, at) => at === 0 || count > 1.5 * (tiles[at - 1] ?? 0)),
    `${tiles}`,
  );
  await page.selectOption("#snapshot-depth", "4");
  await says(page, "#snapshot-size", /^At most about .* and [\d.]+ MB/);
  await page.click("#snapshot");
  await page.waitForSelector("#snapshot-save", { timeout: PATIENCE });
  assert.match((await page.textContent("#snapshot-said")) ?? "", /tiles, 4 zooms deeper than the view/);
  const file = await saved(page, "#snapshot-save");
  assert.match(file.name, /\.html$/);
  const legend = await page.textContent("#legend");
  // Closer, in the same place.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 8 }));
  await drawn(page);
  const near = await seen(page, "cells");
  assert.ok(near.size > 100, `${near.size} cells`);
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
  // The file carries the columns of rows that are alone in their cell, too: popups there have nobody to ask.
  const counts = (/** @type {typeof cells} */ all) =>
    new Map([...all].map(([id, { point_count }]) => [id, point_count]));
  assert.deepEqual(counts(await seen(alone, "cells")), counts(cells));
  assert.equal(await alone.textContent("#legend"), legend);
  assert.equal(await alone.textContent("#facts"), SOME);
  assert.match((await alone.textContent(".maplibregl-ctrl-attrib")) ?? "", /GeoNames/);
  await picture(alone, "share-file");
  await alone.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 8 }));
  await drawn(alone);
  const there = await seen(alone, "cells");
  assert.deepEqual([...there.keys()].sort(), [...near.keys()].sort());
  // Without a server to ask, a click tells what the tiles carry: everything. Closer than they go, they are drawn larger.
  await alone.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 13 }));
  await drawn(alone);
  const paris = (await features(alone, "cells")).find(({ properties }) => properties["name"] === "Paris");
  await alone.mouse.click(paris?.x ?? 0, paris?.y ?? 0);
  await alone.waitForSelector(".popup");
  assert.match((await alone.textContent(".popup")) ?? "", /^Paris.*countryFR.*population2,138,551/);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("a click on a page in one file tells a cell in the words of the page", async () => {
  /** @param {import("./share.js").Page} page @param {number} [id] the cell; that which has most if none is named */
  const told = async (page, id) => {
    const cells = (await features(page, "cells")).filter(({ x, y }) => x > 400 && x < 900 && y > 200 && y < 600);
    const most = cells.reduce((a, b) => (a.properties["point_count"] >= b.properties["point_count"] ? a : b));
    const cell = id === undefined ? most : cells.find((each) => each.id === id);
    await page.mouse.click(cell?.x ?? 0, cell?.y ?? 0);
    await page.waitForSelector(".popup table");
    const text = await page.locator(".popup :is(h2, table)").evaluateAll((all) => all.map((each) => each.textContent));
    return { id: Number(cell?.id), text: text.slice(0, 2) };
  };
  const { page, close, ...quiet } = await open(browser, `${server.base}#view=4.3/49/8&category=country&cell=32`);
  const { id, text } = await told(page);
  assert.match(text[0] ?? "", /^[\d,]+ rows here$/);
  await unfold(page);
  await page.selectOption("#snapshot-depth", "0");
  await page.click("#snapshot");
  await page.waitForSelector("#snapshot-save", { timeout: PATIENCE });
  const file = await saved(page, "#snapshot-save");
  assertQuiet(quiet);
  await close();
  const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, offline: true });
  const alone = await context.newPage();
  await alone.goto(pathToFileURL(file.path).href);
  await drawn(alone);
  assert.deepEqual(await told(alone, id), { id, text });
  await picture(alone, "share-file-popup");
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
  const [row] = await features(alone, "cells");
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
  // Where no policy forbids anything: neither that of the page nor that of the documents.
  const looker = await page.context().newPage();
  await looker.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await looker.goto(`${proxy.base}blank`);
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
            // The picture may come a little later than the word that it is there: it tells of which time it is.
            let frame = new VideoFrame(video);
            while (frame.timestamp !== i * 500_000) {
              frame.close();
              await new Promise((resolve) => setTimeout(resolve, 10));
              frame = new VideoFrame(video);
            }
            frames.push({ colours: look(frame), length: (video.duration / count) * 1e6 });
            frame.close();
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
