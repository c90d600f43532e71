/** A browser without WebGL: the page says so, draws the data on a plain canvas, and answers as ever. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ofPage } from "../node/lib/page.js";
import { counts, drawn, launch, open, PATIENCE, picture, pixels, says, site } from "./lib.js";

/** @type {typeof import("../../web/src/tiles/decode")} */
const { decode } = await ofPage("tiles/decode");

/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([site(), launch("--disable-3d-apis")]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const EUROPE = "#view=4/48/10";

test("what is drawn is the cells of the tiles, where they are, and nothing where there are none", async () => {
  const { page, close, complaints } = await open(browser, server.base + EUROPE);
  assert.equal(await page.evaluate(() => document.createElement("canvas").getContext("webgl2")), null);
  await says(page, "#flat-told", /draws without WebGL/);
  await says(page, "#facts", /rows/);
  await picture(page, "flat-europe");
  // The tiles that the page asked for, as it asked.
  const asked = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .flatMap(({ name }) => (/\/tiles\/places\/4\/\d+\/\d+\.mvt/.test(name) ? [name] : [])),
  );
  assert.ok(asked.length >= 4, asked.join());
  const places = [];
  /** @type {Set<string>} */
  const taken = new Set();
  for (const address of asked) {
    const [, x = 0, y = 0] = (/\/4\/(\d+)\/(\d+)\.mvt/.exec(address) ?? []).map(Number);
    for (const { features, extent } of decode(new Uint8Array(await (await fetch(address)).arrayBuffer()))) {
      for (const { parts } of features) {
        const [px = 0, py = 0, , , qx = px, qy = py] = parts[0] ?? [];
        const at = { x: x + (px + qx) / 2 / extent, y: y + (py + qy) / 2 / extent };
        places.push(at);
        taken.add(`${Math.floor(at.x * 128)} ${Math.floor(at.y * 128)}`);
      }
    }
  }
  const onScreen = await page.evaluate(
    (places) =>
      places.map(({ x, y }) => {
        const lng = (x / 16) * 360 - 180;
        const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 16))) * 180) / Math.PI;
        return window.duotile?.map.project([lng, lat]) ?? { x: 0, y: 0 };
      }),
    places,
  );
  const free = onScreen.filter(({ x, y }) => x > 330 && x < 930 && y > 120 && y < 640);
  assert.ok(free.length > 1000, `${free.length} cells`);
  const ground = ["223,230,234", "247,245,240"];
  const colours = (await pixels(page, free)).map(String);
  const seen = colours.filter((colour) => !ground.includes(colour));
  assert.ok(seen.length > 0.98 * free.length, `${seen.length} of ${free.length} cells are seen`);
  assert.ok(new Set(seen).size > 10, "in many colours");
  // The middle of the North Sea is sea.
  const sea = await page.evaluate(() => window.duotile?.map.project([3.2, 56.3]) ?? { x: 0, y: 0 });
  assert.deepEqual(await pixels(page, [sea]), [[223, 230, 234]]);
  assert.deepEqual(complaints, []);
  await close();
});

test("it is moved by pointer, wheel and keys, tells what is under a click, is filtered, and lists are there", async () => {
  const { page, close, complaints } = await open(browser, server.base + EUROPE);
  const view = () =>
    page.evaluate(() => ({ zoom: window.duotile?.map.getZoom() ?? 0, lng: window.duotile?.map.getCenter().lng ?? 0 }));
  const first = await view();
  await page.mouse.move(700, 300);
  await page.mouse.down();
  await page.mouse.move(600, 300, { steps: 4 });
  await page.mouse.up();
  const moved = await view();
  assert.ok(Math.abs(moved.lng - first.lng - (100 / 512 / 16) * 360) < 0.2, `${moved.lng - first.lng}`);
  await page.mouse.wheel(0, -300);
  assert.equal((await view()).zoom, 5);
  await page.focus("#map canvas");
  await page.keyboard.press("-");
  await page.keyboard.press("ArrowRight");
  assert.equal((await view()).zoom, 4);
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [2.35, 48.86], zoom: 9 }));
  await drawn(page);
  const paris = await page.evaluate(() => window.duotile?.map.project([2.3488, 48.8534]) ?? { x: 0, y: 0 });
  await page.mouse.click(paris.x, paris.y);
  await page.waitForSelector(".flat-card .popup table tr", { timeout: PATIENCE });
  await picture(page, "flat-popup");
  await page.keyboard.press("Escape");
  await page.fill("#filter-text", "population > 10000000");
  await page.keyboard.press("Enter");
  await says(page, "#facts", / of /);
  await page.click("#fit button:text-is('Show what passes')");
  await page.waitForFunction(() => (window.duotile?.map.getZoom() ?? 9) < 4, undefined, { timeout: PATIENCE });
  await drawn(page);
  // A few cells far from each other are drawn larger, as with WebGL.
  await page.waitForFunction(() => Number(document.querySelector("#legend .cells")?.getAttribute("data-spread")) > 1);
  const few = await page.evaluate(() => {
    const { map } = window.duotile ?? {};
    const places = map?.queryRenderedFeatures().map(({ geometry }) => geometry) ?? [];
    return places.flatMap((place) =>
      map && place.type === "Point" ? [map.project([place.coordinates[0] ?? 0, place.coordinates[1] ?? 0])] : [],
    );
  });
  const free = few.filter(({ x, y }) => x > 330 && x < 930 && y > 160 && y < 640);
  assert.ok(free.length > 3, `${free.length} cells`);
  const about = await pixels(
    page,
    free.flatMap(({ x, y }) => [
      { x: x + 4, y: y + 1 },
      { x: x - 2, y: y + 1 },
    ]),
  );
  const ground = ["223,230,234", "247,245,240"];
  assert.ok(
    about.every((colour) => !ground.includes(String(colour))),
    about.join(" "),
  );
  await page.click("#answers > summary");
  await page.waitForSelector("#ranked li", { timeout: PATIENCE });
  await page.click("#ranked li:first-child .link");
  await page.waitForSelector("#rows tbody tr", { timeout: PATIENCE });
  await counts(page, "#rows h2", 1);
  await page.fill("#filter-text", "S_INTERSECTS(geometry, BBOX(12, 45, 18, 49))");
  await page.keyboard.press("Enter");
  await counts(page, ".areas .edge", 1);
  // Outlines are where the map is, also after the window became another.
  for (const size of [undefined, { width: 900, height: 600 }]) {
    if (size) await page.setViewportSize(size);
    await page.waitForFunction(() => {
      const { x = 0, y = 0 } = window.duotile?.map.project([12, 45]) ?? {};
      return document
        .querySelector(".areas .edge")
        ?.getAttribute("d")
        ?.includes(`M${x.toFixed(1)} ${y.toFixed(1)}L`);
    });
  }
  assert.deepEqual(complaints, []);
  await close();
});
