/**
 * Pictures of a dataset at each quarter zoom, for people to look at, and what is measured of them: node zooms.js OUT DATASET
 *
 * DATASET is `FILE@LAT/LNG`: a file, and a place in it where rows are at every zoom, which is the middle of the pictures.
 * OUT gets `DATASET-05.25.png` and so on, and `DATASET.json`: how large cells are on the screen, by the map's own geometry
 * and by what the page says, how many pixels are drawn on, and how far these and the colours jump at whole zooms and where the
 * tiles change, from just before to just after. `DARK=1` has it on a dark ground, `RATIO=2` on a screen of two pixels to one,
 * `ZOOMS=12-18` between these zooms.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { drawn, launch, open, raster, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

const SIZE = { width: 480, height: 320 };
/** A square of the screen whose colours are compared, and how many of its pixels have to be drawn on. */
const [SQUARE, ENOUGH] = [40, 160];
/** The side of the square in the middle whose cells are measured, in pixels. */
const NEAR = 100;
const [FIRST = 1, LAST = 18] = (process.env["ZOOMS"] ?? "1-18").split("-").map(Number);
/** What a cell may be on the screen, in pixels. */
const [LEAST, MOST] = [1.4, 2.8];

const [out, dataset, more = ""] = process.argv.slice(2);
const [, file = "", middle = ""] = dataset?.match(/^(.*)@([-\d./]+)$/) ?? [];
const [lat = Number.NaN, lng = Number.NaN] = middle.split("/").map(Number);
if (!out || Number.isNaN(lng)) throw new Error("expected: node zooms.js OUT FILE@LAT/LNG [MORE=OF&THE=ADDRESS]");
const name = basename(file).replace(/\..*/, "");
mkdirSync(out, { recursive: true });

/** @param {Page} page @param {number} zoom */
async function go(page, zoom) {
  await page.evaluate(
    ([lat, lng, zoom]) => window.duotile?.map.jumpTo({ center: [lng ?? 0, lat ?? 0], zoom: zoom ?? 0 }),
    [lat, lng, zoom],
  );
  await page.waitForTimeout(150);
  await drawn(page);
}

/** What is on the screen. @param {Page} page */
async function seen(page) {
  const told = await page.evaluate((near) => {
    const map = window.duotile?.map;
    /** What the ground is painted with, which is all that there is where no cell is. */
    const ground = () => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      if (!context) throw new Error("no canvas");
      context.fillStyle = String(map?.getPaintProperty("plain", "background-color"));
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const legend = /** @type {HTMLElement | null} */ (document.querySelector("#legend .cells"));
    const layers = map
      ?.getStyle()
      .layers.map(({ id }) => id)
      .filter((id) => id.startsWith("cells-"));
    // All of a dense view are tens of thousands, and take seconds.
    const { clientWidth: width = 0, clientHeight: height = 0 } = map?.getCanvas() ?? {};
    const [left, top] = [(width - near) / 2, (height - near) / 2];
    const cells =
      map?.queryRenderedFeatures(
        [
          [left, top],
          [left + near, top + near],
        ],
        { layers: layers ?? [] },
      ) ?? [];
    const sides = cells.slice(0, 200).flatMap(({ geometry }) => {
      if (!map || geometry.type !== "Polygon") return [];
      const across = (geometry.coordinates[0] ?? []).map(([lng = 0, lat = 0]) => map.project([lng, lat]).x);
      return [Math.max(...across) - Math.min(...across)];
    });
    sides.sort((a, b) => a - b);
    const side = sides[Math.floor(sides.length / 2)];
    return {
      told: Number(legend?.dataset["pixels"]),
      spread: Number(legend?.dataset["spread"] ?? 0),
      cells: cells.length,
      ground: ground(),
      ...(side === undefined ? {} : { side }),
    };
  }, NEAR);
  const image = await raster(page, { x: 0, y: 0, ...SIZE });
  const { width, height } = image;
  const [red = 0, green = 0, blue = 0] = told.ground;
  /** Of all and of each square of the screen: red, green, blue, and how many pixels are drawn on. @type {number[][]} */
  const sums = Array.from({ length: 1 + (width * height) / SQUARE ** 2 }, () => [0, 0, 0, 0]);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const [r = 0, g = 0, b = 0] = image.at(x, y);
      if (Math.abs(r - red) + Math.abs(g - green) + Math.abs(b - blue) < 20) continue;
      const square = 1 + Math.floor(y / SQUARE) * (width / SQUARE) + Math.floor(x / SQUARE);
      for (const sum of [sums[0] ?? [], sums[square] ?? []]) {
        sum[0] = (sum[0] ?? 0) + r;
        sum[1] = (sum[1] ?? 0) + g;
        sum[2] = (sum[2] ?? 0) + b;
        sum[3] = (sum[3] ?? 0) + 1;
      }
    }
  return { ...told, inked: (sums[0]?.[3] ?? 0) / (width * height), sums };
}

/** @typedef {Awaited<ReturnType<typeof seen>>} Seen */

/** How far colours are from each other: of all that is drawn, and of nine tenths of the squares at most. @param {Seen} a @param {Seen} b */
function apart(a, b) {
  const far = a.sums.map((one, at) => {
    const [own, other] = [one, b.sums[at] ?? []].map(([r = 0, g = 0, b = 0, n = 0]) => ({
      n,
      mean: [r / n, g / n, b / n],
    }));
    if (!own || !other || own.n < ENOUGH || other.n < ENOUGH) return Number.NaN;
    return Math.hypot(...own.mean.map((part, i) => part - (other.mean[i] ?? 0)));
  });
  const squares = far
    .slice(1)
    .filter((distance) => !Number.isNaN(distance))
    .sort((x, y) => x - y);
  return { all: far[0], squares: squares[Math.floor(squares.length * 0.9)] };
}

const server = await site(`data=${file}`);
const browser = await launch();
const bare = (/** @type {Page} */ page) =>
  page
    .locator("#page, .maplibregl-control-container")
    .evaluateAll((all) => all.map((part) => /** @type {HTMLElement} */ (part).style.setProperty("display", "none")));
try {
  const colorScheme = /** @type {"dark" | "light"} */ (process.env["DARK"] ? "dark" : "light");
  const options = { viewport: SIZE, deviceScaleFactor: Number(process.env["RATIO"] ?? 1), colorScheme };
  const address = `${server.base}#dataset=data&view=1/${lat}/${lng}&${more}`;
  const { page, close } = await open(browser, `${address}&ground=none&opacity=1`, options);
  await bare(page);
  const zooms = [];
  for (let zoom = FIRST; zoom <= LAST; zoom += 0.25) {
    await go(page, zoom);
    await page.screenshot({ path: join(out, `${name}-${zoom.toFixed(2).padStart(5, "0")}.png`) });
    const { sums, ground, ...told } = await seen(page);
    zooms.push({ zoom, ...told });
    process.stdout.write(`${zoom} ${JSON.stringify(told)}\n`);
  }
  const jumps = [];
  // Tiles of two pixels are taken 0.515 zooms closer.
  for (let zoom = FIRST + 1; zoom <= LAST; zoom += 0.5) {
    const at = zoom % 1 === 0 ? zoom : zoom - 0.015;
    await go(page, at - 0.01);
    const before = await seen(page);
    await go(page, at + 0.01);
    const after = await seen(page);
    const [size, inked] = [after.told / before.told, after.inked / before.inked];
    const jump = { zoom: at, size, inked, spread: [before.spread, after.spread], ...apart(before, after) };
    jumps.push(jump);
    process.stdout.write(`${JSON.stringify(jump)}\n`);
  }
  await close();
  const beyond = zooms.filter(({ told }) => !(told >= LEAST - 0.02 && told <= MOST + 0.03)).map(({ zoom }) => zoom);
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ beyond, zooms, jumps }, null, 1)}\n`);
  process.stdout.write(`cells beyond ${LEAST} to ${MOST} pixels at: ${beyond.join(" ") || "no zoom"}\n`);
} finally {
  await browser.close();
  await server.stop();
}
