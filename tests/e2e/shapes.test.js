/**
 * Lines and polygons on the page, by the pixels of the screen against shapes that are drawn here: neighbours without gaps over the
 * edges of tiles, a lake with an island, a field over the antimeridian, lines; the whole of a feature is marked under the pointer, in
 * all of its tiles; a filter and the legend; houses, which from afar are too small.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { random } from "../node/lib/random.js";
import { assertQuiet, drawn, launch, open, PATIENCE, picture, raster, says, site } from "./lib.js";
import { saved, unfold } from "./share.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {[number, number]} Place */
/** @typedef {{ kind: string, rings: Place[][] }} Shape A row, whose rings are its shells and holes. */

const SIZE = { width: 900, height: 600 };
const KINDS = ["forest", "meadow", "town"];
/** Nearer to an edge than this, in pixels, no pixel is judged. */
const EDGE = 4;
/** What of the map no panel lies on. */
const OPEN = { x: 330, y: 90, width: 440, height: 460 };

const folder = mkdtempSync(join(tmpdir(), "duotile-shapes-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

/** Fields side by side about the corner of four tiles of every zoom, one of them with a lake in which lies an island. @returns {Shape[]} */
function fields() {
  const { next } = random(5);
  const steps = 6;
  const corners = Array.from({ length: 5 }, (_, row) =>
    Array.from(
      { length: 7 },
      (_, column) => /** @type {Place} */ ([column * 6 - 18 + next() * 3, row * 5 - 10 + next() * 3]),
    ),
  );
  /** Rough borders, each one line for both that share it. @type {Map<string, Place[]>} */
  const borders = new Map();
  const border = (/** @type {[number, number]} */ from, /** @type {[number, number]} */ to) => {
    const [a, b] = [from, to].map(([row, column]) => /** @type {Place} */ (corners[row]?.[column]));
    if (!a || !b) assert.fail("a corner");
    const ends = [from.join(), to.join()];
    const name = ends.toSorted().join(";");
    const [first, last] = ends[0] === name.split(";")[0] ? [a, b] : [b, a];
    const found =
      borders.get(name) ??
      Array.from({ length: steps }, (_, at) => {
        const along = at / steps;
        const off = at === 0 ? 0 : (next() - 0.5) * 1.2;
        return /** @type {Place} */ ([
          first[0] + (last[0] - first[0]) * along - (last[1] - first[1]) * off * 0.2,
          first[1] + (last[1] - first[1]) * along + (last[0] - first[0]) * off * 0.2,
        ]);
      });
    borders.set(name, found);
    return first === a ? found : [a, ...found.slice(1).reverse()];
  };
  /** @type {Shape[]} */
  const shapes = [];
  for (let row = 0; row < 4; row += 1) {
    for (let column = 0; column < 6; column += 1) {
      const round = /** @type {[number, number][]} */ ([
        [row, column],
        [row, column + 1],
        [row + 1, column + 1],
        [row + 1, column],
      ]);
      const ring = round.flatMap((corner, at) => border(corner, round[(at + 1) % 4] ?? corner));
      shapes.push({ kind: KINDS[(row + column) % 3] ?? "", rings: [ring] });
    }
  }
  const lake = shapes[8];
  assert.ok(lake);
  const [x, y] = middle(lake);
  const square = (/** @type {number} */ half) =>
    /** @type {Place[]} */ ([
      [x - half, y - half],
      [x + half, y - half],
      [x + half, y + half],
      [x - half, y + half],
    ]);
  lake.rings.push(square(0.9));
  shapes.push({ kind: "town", rings: [square(0.4)] });
  return shapes;
}

/** The middle of a shape's vertices. @param {Shape} shape @returns {Place} */
function middle({ rings: [ring = []] }) {
  const mean = (/** @type {0 | 1} */ axis) => ring.reduce((sum, place) => sum + place[axis], 0) / ring.length;
  return [mean(0), mean(1)];
}

/** A field over the antimeridian, and lines that cross it and one another. */
const FAR = /** @type {Shape} */ ({
  kind: "meadow",
  rings: [
    [
      [174, -6],
      [186, -8],
      [188, 3],
      [179, 8],
      [173, 4],
    ],
  ],
});
const LINES = /** @type {Place[][]} */ ([
  [
    [166, 12],
    [178, 16],
    [194, 11],
  ],
  [
    [168, 17],
    [190, 17],
  ],
]);

const shapes = fields();

/** Houses of about twenty metres, a hundred and more apart. @type {Shape[]} */
const HOUSES = Array.from({ length: 400 }, (_, at) => {
  const [x, y] = [9.5 + (at % 20) * 0.002, 47.1 + Math.floor(at / 20) * 0.0015];
  const ring = /** @type {Place[]} */ ([
    [x, y],
    [x + 0.0003, y],
    [x + 0.0003, y + 0.0002],
    [x, y + 0.0002],
  ]);
  return { kind: "town", rings: [ring] };
});

/** @param {Shape[]} rows */
function geojson(rows) {
  const features = rows.map(({ kind, rings }, row) => ({
    type: "Feature",
    properties: { kind, row },
    geometry: { type: "Polygon", coordinates: rings.map((ring) => [...ring, ring[0]]) },
  }));
  return JSON.stringify({ type: "FeatureCollection", features });
}

/** Whether a place is inside: by how many edges lie to its east. @param {Place} place @param {Place[][]} rings */
function isIn([x, y], rings) {
  let inside = false;
  for (const ring of rings) {
    ring.forEach(([a, b], at) => {
      const [c, d] = ring[(at + 1) % ring.length] ?? [a, b];
      if (b > y !== d > y && x < a + ((y - b) / (d - b)) * (c - a)) inside = !inside;
    });
  }
  return inside;
}

/** How far a place is from lines. @param {Place} place @param {Place[][]} lines @param {boolean} closed */
function distance([x, y], lines, closed) {
  let least = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    line.forEach(([a, b], at) => {
      const next = line[at + 1] ?? (closed ? line[0] : undefined);
      if (!next) return;
      const [dx, dy] = [next[0] - a, next[1] - b];
      const along = Math.min(1, Math.max(0, ((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1)));
      least = Math.min(least, Math.hypot(a + along * dx - x, b + along * dy - y));
    });
  }
  return least;
}

before(async () => {
  const write = (/** @type {string} */ name, /** @type {string} */ text) => {
    writeFileSync(join(folder, `${name}.geojson`), text);
    return `${name}=${join(folder, `${name}.geojson`)}`;
  };
  const lines = LINES.map((coordinates, row) => ({
    type: "Feature",
    properties: { row },
    geometry: { type: "LineString", coordinates },
  }));
  const files = [
    write("fields", geojson(shapes)),
    write("far", geojson([FAR])),
    write("houses", geojson(HOUSES)),
    write("lines", JSON.stringify({ type: "FeatureCollection", features: lines })),
  ];
  [server, browser] = await Promise.all([site(...files), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Which pixels of the map shapes are drawn on, as they are seen: those that are other than without the layers of shapes.
 *
 * @param {Page} page
 */
async function painted(page) {
  const show = (/** @type {boolean} */ on) =>
    page.evaluate(async (on) => {
      const map = window.duotile?.map;
      if (!map) throw new Error("no map");
      const ids = map
        .getStyle()
        .layers.map(({ id }) => id)
        .filter((id) => id.startsWith("shapes-"));
      for (const id of ids) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
      await new Promise((resolve) => map.once("idle", resolve));
    }, on);
  const withShapes = await raster(page, OPEN);
  await show(false);
  const without = await raster(page, OPEN);
  await show(true);
  const at = (/** @type {number} */ x, /** @type {number} */ y) => {
    const [a, b] = [withShapes.at(x, y), without.at(x, y)];
    return Math.max(...[0, 1, 2].map((channel) => Math.abs((a[channel] ?? 0) - (b[channel] ?? 0)))) > 12;
  };
  return at;
}

/** Rings on the map, in pixels. @param {Page} page @param {Place[][]} rings */
function projected(page, rings) {
  return page.evaluate((rings) => {
    const map = window.duotile?.map;
    if (!map) throw new Error("no map");
    return rings.map((ring) =>
      ring.map((place) => map.project(place)).map(({ x, y }) => /** @type {[number, number]} */ ([x, y])),
    );
  }, rings);
}

/**
 * Every pixel of the middle of the map that is not close to an edge is painted where a shape is, and nowhere else.
 *
 * @param {Page} page
 * @param {Shape[]} rows
 */
async function judge(page, rows) {
  const seen = await painted(page);
  const zoom = await page.evaluate(() => window.duotile?.map.getZoom());
  const all = await Promise.all(rows.map(({ rings }) => projected(page, rings)));
  let [inside, outside] = [0, 0];
  for (let y = 1; y < OPEN.height; y += 4) {
    for (let x = 1; x < OPEN.width; x += 4) {
      const place = /** @type {Place} */ ([x + 0.5 + OPEN.x, y + 0.5 + OPEN.y]);
      // Between neighbours there is nothing to be seen of an edge but its line.
      if (all.some((rings) => distance(place, rings, true) < EDGE)) continue;
      const due = all.some((rings) => isIn(place, rings));
      assert.equal(seen(x, y), due, `zoom ${zoom}: ${due ? "a hole in" : "paint beside"} a shape at ${x}, ${y}`);
      if (due) inside += 1;
      else outside += 1;
    }
  }
  return { inside, outside };
}

test("polygons are painted where they are, with lakes and islands, over the edges of tiles and at several zooms", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#ground=none&view=4.3/1/0`, { viewport: SIZE });
  const lake = shapes[8];
  assert.ok(lake);
  for (const [zoom, centre] of /** @type {const} */ ([
    [4.3, [1, 1.5]],
    [6, middle(lake)],
  ])) {
    await page.evaluate(
      async ([zoom, [lng, lat]]) => {
        const map = window.duotile?.map;
        await new Promise((resolve) => map?.once("idle", resolve).jumpTo({ zoom, center: [lng, lat] }));
      },
      /** @type {const} */ ([zoom, centre]),
    );
    await drawn(page);
    const { inside, outside } = await judge(page, shapes);
    assert.ok(inside > 1000 && outside > 20, `${zoom}: ${inside} inside, ${outside} outside`);
  }
  await picture(page, "shapes-fields");
  assertQuiet(seen);
  await close();
});

test("a polygon over the antimeridian is whole there, and without a line along it", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#ground=none&view=4/0/180&dataset=far`, {
    viewport: SIZE,
  });
  const moved = (/** @type {number} */ by) => ({
    ...FAR,
    rings: FAR.rings.map((ring) => ring.map(([x, y]) => /** @type {Place} */ ([x + by, y]))),
  });
  const centre = await page.evaluate(() => window.duotile?.map.getCenter().lng ?? 0);
  const { inside, outside } = await judge(page, [moved(centre < 0 ? -360 : 0)]);
  assert.ok(inside > 1000 && outside > 1000, `${inside} inside, ${outside} outside`);
  await picture(page, "shapes-antimeridian");
  assertQuiet(seen);
  await close();
});

test("lines are painted along their ways, also over the antimeridian, and nowhere else", async () => {
  const { page, close, ...seen } = await open(
    browser,
    // Lines have no height, whatever an address says.
    `${server.base}#ground=none&view=4/14/180&dataset=lines&line=3&size=row`,
    {
      viewport: SIZE,
    },
  );
  assert.equal(await page.evaluate(() => window.duotile?.map.getPitch()), 0);
  assert.equal(await page.locator("#legend .high").count(), 0);
  const centre = await page.evaluate(() => window.duotile?.map.getCenter().lng ?? 0);
  const lines = await projected(
    page,
    LINES.map((line) => line.map(([x, y]) => /** @type {Place} */ ([x - (centre < 0 ? 360 : 0), y]))),
  );
  const found = await painted(page);
  let [on, off] = [0, 0];
  for (let y = 0; y < OPEN.height; y += 1) {
    for (let x = 0; x < OPEN.width; x += 1) {
      const far = distance([x + 0.5 + OPEN.x, y + 0.5 + OPEN.y], lines, false);
      if (far > 1 && far < 8) continue;
      assert.equal(found(x, y), far <= 1, `${far <= 1 ? "a gap in" : "paint beside"} a line at ${x}, ${y}`);
      if (far <= 1) on += 1;
      else off += 1;
    }
  }
  assert.ok(on > 1000 && off > 1000, `${on} on, ${off} off`);
  assertQuiet(seen);
  await close();
});

test("under the pointer a feature is marked in all of its tiles; a filter leaves those that pass, the legend names what is coloured", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#ground=none&view=5/2/-1.5&category=kind`, {
    viewport: SIZE,
  });
  await says(page, "#legend", /forest[\s\S]*meadow|meadow[\s\S]*forest/);
  // A field over the edge of tiles along Greenwich.
  const over = shapes.find(
    (shape) =>
      middle(shape)[1] > 0 && shape.rings[0]?.some(([x]) => x < -0.5) && shape.rings[0]?.some(([x]) => x > 0.5),
  );
  assert.ok(over);
  const [[at]] = /** @type {[[Place]]} */ (await projected(page, [[middle(over)]]));
  await page.mouse.move(at[0], at[1], { steps: 3 });
  await page.waitForFunction(
    (row) => {
      const map = window.duotile?.map;
      const layers =
        map
          ?.getStyle()
          .layers.map(({ id }) => id)
          .filter((id) => id.startsWith("shapes-")) ?? [];
      const all = map?.queryRenderedFeatures({ layers }) ?? [];
      const ids = new Set(all.filter(({ state }) => state["marked"]).map(({ id }) => id));
      const parts = all.filter(({ id }) => ids.has(id));
      const lng = parts.flatMap(({ geometry }) =>
        ("coordinates" in geometry ? geometry.coordinates.flat(4) : []).filter((_, at) => at % 2 === 0),
      );
      const both = Math.min(...lng.map(Number)) < -0.5 && Math.max(...lng.map(Number)) > 0.5;
      return ids.size === 1 && ids.has(row) && both && parts.length > 1 && parts.every(({ state }) => state["marked"]);
    },
    shapes.indexOf(over),
    { timeout: PATIENCE, polling: 100 },
  );
  await close();
  assertQuiet(seen);
  const other = await open(browser, `${server.base}#ground=none&view=5/1/1&filter=kind = 'town'`, { viewport: SIZE });
  const { inside, outside } = await judge(
    other.page,
    shapes.filter(({ kind }) => kind === "town"),
  );
  assert.ok(inside > 300 && outside > 300, `${inside} inside, ${outside} outside`);
  assertQuiet(other);
  await other.close();
});

test("from afar houses are too small, which the legend tells, with a way to cells, which count all of them", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#ground=none&view=16/47.11/9.52&dataset=houses`, {
    viewport: SIZE,
  });
  await says(page, "#legend", /Each shape is a row/);
  assert.equal(await page.locator("#legend .few").count(), 0);
  await page.evaluate(
    () => new Promise((resolve) => window.duotile?.map.once("idle", resolve).jumpTo({ zoom: 8, center: [9.4, 47.11] })),
  );
  await says(
    page,
    "#legend .few",
    /From so far away [\d,]+ of [\d,]+ rows are drawn: the others are too small, or too many/,
  );
  await page.locator("#legend .few button").click();
  await says(page, "#legend", /Rows in a cell/);
  await drawn(page);
  const counts = await page.evaluate(() => {
    const map = window.duotile?.map;
    const cells = map?.queryRenderedFeatures().filter(({ properties }) => "point_count" in properties) ?? [];
    return Object.values(Object.fromEntries(cells.map((cell) => [JSON.stringify(cell.geometry), cell.properties]))).map(
      ({ point_count }) => point_count,
    );
  });
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    HOUSES.length,
  );
  assertQuiet(seen);
  await close();
});

test("a page in one file that has few of the houses says so, and offers no cells, which it does not have", async () => {
  const address = `${server.base}#ground=none&view=8/47.11/9.4&dataset=houses`;
  const { page, close, ...seen } = await open(browser, address, { viewport: SIZE });
  await says(page, "#legend .few", /Cells count all of them/);
  await unfold(page);
  await page.selectOption("#snapshot-depth", "0");
  await page.click("#snapshot");
  await page.waitForSelector("#snapshot-save", { timeout: PATIENCE });
  const file = await saved(page, "#snapshot-save");
  assertQuiet(seen);
  await close();
  const context = await browser.newContext({ viewport: SIZE, offline: true });
  const alone = await context.newPage();
  await alone.goto(pathToFileURL(file.path).href);
  await drawn(alone);
  await says(alone, "#legend .few", /^From so far away [\d,]+ of [\d,]+ rows are drawn: .* too many\.$/);
  assert.equal(await alone.locator("#legend button").count(), 0);
  await context.close();
});

test("polygons stand as high as a column has it: they reach over what lies behind them, and the legend tells the range", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#ground=none&view=5/1/1`, { viewport: SIZE });
  await page.selectOption("#height-by", "row");
  await says(page, "#legend .high", /^High: row, by its logarithm, from 0 to 24\.$/);
  await page.waitForFunction(() => window.duotile?.map.getPitch() === 50);
  await drawn(page);
  // From where the corner of the last field in the north is on the ground, a little up the screen.
  const row = 23;
  const north = Math.max(...(shapes[row]?.rings[0] ?? []).map(([, y]) => y));
  await page.evaluate(
    ([lng, lat]) =>
      new Promise((resolve) =>
        window.duotile?.map.once("idle", resolve).jumpTo({ center: [lng ?? 0, (lat ?? 0) - 1], zoom: 5 }),
      ),
    [middle(/** @type {Shape} */ (shapes[row]))[0], north],
  );
  const above = (/** @type {string} */ name) =>
    page.evaluate(
      ([lng, lat]) => {
        const map = window.duotile?.map;
        const { x = 0, y = 0 } = map?.project([Number(lng), Number(lat)]) ?? {};
        return map?.queryRenderedFeatures([x, y - 20]).map(({ id, layer }) => `${layer.type} ${id}`) ?? [];
      },
      [middle(/** @type {Shape} */ (shapes[row]))[0], north, name],
    );
  assert.ok((await above("high")).includes(`fill-extrusion ${row}`), `${await above("high")}`);
  await picture(page, "shapes-high");
  await page.selectOption("#height-by", "");
  await page.waitForFunction(() => window.duotile?.map.getPitch() === 0);
  await drawn(page);
  assert.equal(await page.locator("#legend .high").count(), 0);
  assert.ok(!(await above("flat")).some((found) => found.endsWith(` ${row}`)));
  assertQuiet(seen);
  await close();
});
