/**
 * Whether the picture is true: colours are strongest where most rows are, by the pixels of the screen against rows that are
 * counted here, whatever the zoom; cells are as large on the screen as they are said to be; few rows are seen; many at one
 * place are told.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertQuiet, drawn, features, launch, open, picture, raster, says, site } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {[lng: number, lat: number]} Place */

/** As many as were on one dot of a real file. */
const TOGETHER = 1339;
/** Where they are; and the middle of a heap that looks the same at every zoom. */
const CROWD = /** @type {Place} */ ([1, 1]);
const HEAP = /** @type {Place} */ ([100, 0]);
const SIZE = { width: 640, height: 480 };

/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
const folder = mkdtempSync(join(tmpdir(), "duotile-truth-"));

/** Numbers from 0 to 1, the same in every run. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Towns of very unlike sizes, some rows anywhere, and many at one place. @returns {Place[]} */
function towns() {
  const next = random(7);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  /** @type {Place[]} */
  const rows = Array.from({ length: TOGETHER }, () => CROWD);
  for (let town = 0; town < 60; town += 1) {
    const [lng, lat] = town === 0 ? CROWD : [(next() - 0.5) * 24, (next() - 0.5) * 18];
    const people = Math.round(12_000 / (town + 1));
    for (let at = 0; at < people; at += 1) {
      const far = next() < 0.7 ? 0.15 : 0.6;
      rows.push([lng + normal() * far, lat + normal() * far]);
    }
  }
  for (let at = 0; at < 3000; at += 1) rows.push([(next() - 0.5) * 28, (next() - 0.5) * 22]);
  return rows;
}

/** Rows around a place, as many at each distance as at any other: at every zoom the same heap. @returns {Place[]} */
function heap() {
  const next = random(11);
  return Array.from({ length: 400_000 }, () => {
    const [far, turn] = [30 * Math.exp(-15 * next()), 2 * Math.PI * next()];
    return [HEAP[0] + far * Math.cos(turn), HEAP[1] + far * Math.sin(turn)];
  });
}

const rows = towns();

before(async () => {
  const write = (/** @type {string} */ name, /** @type {Place[]} */ places) => {
    const file = join(folder, name);
    writeFileSync(
      file,
      `lon,lat,few\n${places.map(([lng, lat], at) => `${lng},${lat},${at % 10 === 9}`).join("\n")}\n`,
    );
    return file;
  };
  const three = join(folder, "three.csv");
  const shares = [
    [10, 400, 0],
    [10.5, 300, 100],
    [11, 0, 400],
  ];
  const lines = shares.flatMap(([lng, one = 0, two = 0]) => [
    ...Array(one).fill(`${lng},1,one`),
    ...Array(two).fill(`${lng},1,two`),
  ]);
  writeFileSync(three, `lon,lat,side\n${lines.join("\n")}\n11.5,1,\n`);
  const files = [`three=${three}`, `towns=${write("towns.csv", rows)}`, `heap=${write("heap.csv", heap())}`];
  [server, browser] = await Promise.all([site(...files), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Where a place is on a map of this size. @param {Place} place @param {Place} centre @param {number} zoom */
function project([lng, lat], centre, zoom) {
  const world = 512 * 2 ** zoom;
  const x = (/** @type {number} */ lng) => ((lng + 180) / 360) * world;
  const y = (/** @type {number} */ lat) =>
    (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * world;
  return [x(lng) - x(centre[0]) + SIZE.width / 2, y(lat) - y(centre[1]) + SIZE.height / 2];
}

/** Ranks of numbers, those that are alike with the mean of theirs. @param {number[]} values */
function ranks(values) {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranked = values.map(() => 0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at += 1) ranked[order[at] ?? 0] = (from + to - 1) / 2;
    from = to;
  }
  return ranked;
}

/** Spearman's rank correlation. @param {number[]} a @param {number[]} b */
function correlation(a, b) {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  let [both, own, other] = [0, 0, 0];
  ranksA.forEach((rank, at) => {
    const [x, y] = [rank - mean, (ranksB[at] ?? 0) - mean];
    both += x * y;
    own += x * x;
    other += y * y;
  });
  return both / Math.sqrt(own * other);
}

/** The correlation of counts with what is in their order, but nowhere alike: of many blocks with one row each no more can be. @param {number[]} counts */
const bestOf = (counts) => {
  const next = random(3);
  return correlation(
    counts,
    counts.map((count) => count + next()),
  );
};

/** How light a colour is, about as the eye has it. @param {ArrayLike<number>} colour */
const lightness = (colour) =>
  Math.sqrt(0.2126 * (colour[0] ?? 0) ** 2 + 0.7152 * (colour[1] ?? 0) ** 2 + 0.0722 * (colour[2] ?? 0) ** 2);

/** Nothing but the map. @param {Page} page */
async function bare(page) {
  await page
    .locator("#page, .maplibregl-control-container")
    .evaluateAll((all) => all.map((part) => /** @type {HTMLElement} */ (part).style.setProperty("display", "none")));
}

/** @param {Page} page @param {Place} centre @param {number} zoom */
async function go(page, centre, zoom) {
  await page.evaluate(
    ([lng, lat, zoom]) => window.duotile?.map.jumpTo({ center: [lng ?? 0, lat ?? 0], zoom: zoom ?? 0 }),
    [...centre, zoom],
  );
  await page.waitForTimeout(100);
  await drawn(page);
}

const BLOCK = 40;

/** How strong the colours of blocks of the screen are, and how many rows lie in them. @param {Page} page @param {Place} centre @param {number} zoom @param {(at: number) => boolean} passes */
async function compared(page, centre, zoom, passes) {
  const image = await raster(page, { x: 0, y: 0, ...SIZE });
  const [across, down] = [SIZE.width / BLOCK, SIZE.height / BLOCK];
  const strengths = Array.from({ length: across * down }, () => 0);
  const ground = lightness(image.at(0, 0));
  for (let y = 0; y < SIZE.height; y += 1) {
    for (let x = 0; x < SIZE.width; x += 1) {
      const block = Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK);
      strengths[block] = (strengths[block] ?? 0) + Math.abs(lightness(image.at(x, y)) - ground);
    }
  }
  const counts = strengths.map(() => 0);
  rows.forEach((place, at) => {
    if (!passes(at)) return;
    const [x = -1, y = -1] = project(place, centre, zoom);
    if (x < 0 || y < 0 || x >= SIZE.width || y >= SIZE.height) return;
    const block = Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK);
    counts[block] = (counts[block] ?? 0) + 1;
  });
  // Of the empty ones, which are many and alike, none.
  const some = counts.map((_, block) => block).filter((block) => (counts[block] ?? 0) > 0);
  return { counts: some.map((block) => counts[block] ?? 0), strengths: some.map((block) => strengths[block] ?? 0) };
}

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const kind of ["cells", "points"]) {
    for (const filter of ["", "few = true"]) {
      test(`${kind} are strongest where most rows are: ${colorScheme}${filter && `, ${filter}`}`, async () => {
        const address = `${server.base}#dataset=towns&ground=none&kind=${kind}&view=4/1/1${filter && `&filter=${filter}`}`;
        const { page, close, ...seen } = await open(browser, address, { colorScheme, viewport: SIZE });
        await bare(page);
        const told = [];
        for (const zoom of [3.3, 4.5, 6.5, 8.1, 9.7]) {
          await go(page, CROWD, zoom);
          const { counts, strengths } = await compared(page, CROWD, zoom, (at) => !filter || at % 10 === 9);
          told.push({ zoom, blocks: counts.length, r: correlation(counts, strengths) / bestOf(counts) });
          assert.ok(counts.length > 20, `${counts.length} blocks at zoom ${zoom}`);
        }
        await picture(page, `truth-${kind}-${colorScheme}`);
        assert.ok(
          told.every(({ r }) => r >= 0.9),
          JSON.stringify(told),
        );
        assertQuiet(seen);
        await close();
      });
    }
  }
}

/** How long runs of one colour are along the middle of the map, on average: where neighbours differ, a cell. @param {Page} page @param {number} ratio */
async function cellSize(page, ratio) {
  const clip = { x: SIZE.width / 2 - 24, y: SIZE.height / 2 - 24, width: 48, height: 48 };
  const image = await raster(page, clip);
  assert.equal(image.width, clip.width * ratio);
  // Of all rows and columns of cells, places where any two pixels differ are borders.
  let borders = 0;
  for (let x = 1; x < image.width; x += 1) {
    let differ = 0;
    for (let y = 0; y < image.height; y += 1)
      differ += Number(Buffer.compare(image.at(x, y), image.at(x - 1, y)) !== 0);
    borders += Number(differ > image.height / 8);
  }
  const places = Array.from({ length: image.width * image.height }, (_, at) => [
    at % image.width,
    Math.floor(at / image.width),
  ]);
  const mean = [0, 1, 2].map(
    (part) => places.reduce((sum, [x = 0, y = 0]) => sum + (image.at(x, y)[part] ?? 0), 0) / places.length,
  );
  return { pixels: image.width / (borders + 0.5), mean };
}

/** @param {number[]} a @param {number[]} b */
const apart = (a, b) => Math.hypot(...a.map((part, at) => part - (b[at] ?? 0)));

for (const { cell, ratio } of [
  { cell: 0, ratio: 1 },
  { cell: 1, ratio: 1 },
]) {
  test(`cells are steady on the screen: ${cell || 2} pixels, ${ratio} of the screen to one of the page`, async () => {
    const address = `${server.base}#dataset=heap&ground=none&opacity=1&view=4/0/100${cell && `&cell=${cell}`}`;
    const { page, close, ...seen } = await open(browser, address, { viewport: SIZE, deviceScaleFactor: ratio });
    const wish = cell || 2;
    await bare(page);
    let before;
    for (const zoom of [
      3, 3.25, 3.5, 3.75, 3.99, 4.01, 4.25, 4.48, 4.49, 8.5, 8.75, 8.99, 9.01, 13.25, 13.5, 13.99, 14.01,
    ]) {
      await go(page, HEAP, zoom);
      const now = await cellSize(page, ratio);
      const told = Number(await page.getAttribute("#legend .cells", "data-pixels"));
      assert.ok(told >= 0.69 * wish && told <= 1.41 * wish, `${told} pixels at zoom ${zoom}`);
      // No cell is seen as less than a pixel.
      assert.ok(
        Math.abs(now.pixels / Math.max(told, 1) - 1) < 0.12,
        `${now.pixels} pixels, told ${told}, at zoom ${zoom}`,
      );
      if (before && zoom - before.zoom < 0.05) {
        const jump = apart(now.mean, before.mean);
        if (Math.floor(zoom) !== Math.floor(before.zoom)) {
          assert.ok(
            Math.abs(now.pixels / before.pixels - 1) < 0.1,
            `from ${before.pixels} to ${now.pixels} at zoom ${zoom}`,
          );
          assert.ok(jump < 8, `colours jump by ${jump} at zoom ${zoom}`);
        } else {
          assert.ok(jump < 45, `colours jump by ${jump} at zoom ${zoom}, where cells become smaller`);
        }
      }
      before = { ...now, zoom };
    }
    assertQuiet(seen);
    await close();
  });
}

test("a cell has the colours of its categories mixed by their shares, and two of them are compared", async () => {
  const address = `${server.base}#dataset=three&ground=none&opacity=1&cell=16&view=7/1/10.5&category=side`;
  const { page, close, ...seen } = await open(browser, address, { viewport: { width: 1000, height: 600 } });
  const look = async () => {
    const cells = (await features(page, "cells")).sort((a, b) => a.x - b.x);
    assert.equal(cells.length, 4);
    const box = { y: Math.round(cells[0]?.y ?? 0) - 1, width: 2, height: 2 };
    const image = async (/** @type {number} */ x) => (await raster(page, { ...box, x: Math.round(x) - 1 })).at(0, 0);
    const colours = [];
    for (const { x } of cells) colours.push([...(await image(x))].slice(0, 3));
    return { cells, colours };
  };
  const near = (/** @type {number[]} */ a, /** @type {number[]} */ b) => assert.ok(apart(a, b) < 6, `${a} and ${b}`);
  const parts = (/** @type {string} */ hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  /** As Chromium mixes them. @param {number[]} a @param {number[]} b @param {number} share */
  const mixture = (a, b, share) =>
    page.evaluate(
      ([a, b, share]) => {
        const context = document.createElement("canvas").getContext("2d");
        if (!context) throw new Error("no canvas");
        context.fillStyle = `color-mix(in oklab, rgb(${a}) ${share}%, rgb(${b}))`;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
      },
      /** @type {const} */ ([a, b, share]),
    );
  const mixed = await look();
  const [one = [], both = [], two = []] = mixed.colours;
  assert.ok(apart(one, two) > 80, `${one} and ${two}`);
  near(both, await mixture(one, two, 75));
  assert.match((await page.textContent("#legend")) ?? "", /mixed by share.*one.*two.*no value/);
  await page.mouse.move(mixed.cells[1]?.x ?? 0, mixed.cells[1]?.y ?? 0);
  await says(page, ".hover", /^one 75 %, two 25 % of 400 rows$/);
  await page.mouse.click(mixed.cells[1]?.x ?? 0, mixed.cells[1]?.y ?? 0);
  await says(page, ".popup", /400 rows here.*one300 \(75 %\)two100 \(25 %\)/);
  await page.keyboard.press("Escape");

  await page.selectOption("#mix", "share");
  await drawn(page);
  assert.match(page.url(), /mix=share/);
  const compared = await look();
  const ends = await page
    .locator("#legend .blend")
    .evaluate((ramp) => ({ .../** @type {HTMLElement} */ (ramp).dataset }));
  const hue = (/** @type {number[]} */ [red = 0, , blue = 0]) => Math.sign(red - blue);
  assert.deepEqual(
    [hue(compared.colours[0] ?? []), hue(compared.colours[2] ?? [])],
    [hue(parts(ends["first"] ?? "")), hue(parts(ends["second"] ?? ""))],
  );
  // What has neither is not drawn, and there all the same.
  assert.ok(apart(compared.colours[3] ?? [], compared.colours[0] ?? []) > 30);
  await says(page, "#legend", /Share of one among one and two.*0 %.*100 %.*neither/);
  await page.mouse.move(compared.cells[1]?.x ?? 0, (compared.cells[1]?.y ?? 0) + 1);
  await says(page, ".hover", /75 % one$/);
  await page.selectOption("#mix-first", "two");
  await drawn(page);
  await says(page, "#legend", /Share of two among two and one/);
  const turned = await look();
  near(turned.colours[0] ?? [], compared.colours[0] ?? []);
  await page.goBack();
  await says(page, "#legend", /Share of one among one and two/);
  assertQuiet(seen);
  await close();
});

test("few rows are seen, and many at one place are told", async () => {
  const address = `${server.base}#dataset=towns&ground=none&opacity=1&view=11/1/1&filter=few = true`;
  const { page, close, ...seen } = await open(browser, address, { viewport: { width: 1000, height: 600 } });
  const alone = (await features(page, "cells")).filter(({ properties, x, y }, _at, all) => {
    const near = all.filter((other) => Math.hypot(other.x - x, other.y - y) < 16).length;
    return properties["point_count"] === 1 && near === 1 && x > 350 && x < 700 && y > 60 && y < 540;
  });
  assert.ok(alone.length > 5, `${alone.length} cells stand alone`);
  assert.match((await page.textContent("#legend")) ?? "", /drawn larger/);
  for (const { x, y } of alone.slice(0, 5)) {
    const image = await raster(page, { x: Math.round(x) - 8, y: Math.round(y) - 8, width: 16, height: 16 });
    const inked = Array.from({ length: 256 }, (_, at) => [at % 16, at >> 4]).filter(
      ([column = 0, row = 0]) => apart([...image.at(column, row)], [...image.at(0, 0)]) > 30,
    );
    assert.ok(inked.length >= 25, `a row is ${inked.length} pixels`);
    // It is seen where it is.
    const middle = (/** @type {0 | 1} */ axis) =>
      inked.reduce((sum, place) => sum + (place[axis] ?? 0) + 0.5, 0) / inked.length;
    const off = Math.hypot(middle(0) - 8 - x + Math.round(x), middle(1) - 8 - y + Math.round(y));
    assert.ok(off < 0.75, `a row is drawn ${off} pixels beside its place`);
  }
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 17 }));
  await drawn(page);
  const [crowd] = (await features(page, "cells")).filter(({ properties }) => Number(properties["point_count"]) > 20);
  assert.ok(crowd, "the crowd is not drawn");
  const expected = rows.filter(([lng, lat], at) => at % 10 === 9 && lng === CROWD[0] && lat === CROWD[1]).length;
  await page.mouse.click(crowd.x, crowd.y);
  await says(page, ".popup h2", new RegExp(`^${expected} rows here$`));
  assertQuiet(seen);
  await close();

  for (const kind of ["cells", "points"]) {
    const { page, close, ...seen } = await open(browser, `${server.base}#dataset=towns&kind=${kind}&view=17/1/1`);
    const all = await features(page, "cells");
    const most = Math.max(...all.map(({ properties }) => Number(properties["point_count"])));
    assert.ok(most >= TOGETHER, `${most} rows at a place`);
    const crowd = all.find(({ properties }) => properties["point_count"] === most);
    await page.mouse.click(crowd?.x ?? 0, crowd?.y ?? 0);
    await says(page, ".popup h2", new RegExp(`^${most.toLocaleString("en")} rows here$`));
    assert.doesNotMatch((await page.textContent("#legend")) ?? "", /one row/);
    assertQuiet(seen);
    await close();
  }
});

test("colours that are locked stay what they are under another filter, and mean as much of the ground at another zoom", async () => {
  const { page, close, ...seen } = await open(browser, `${server.base}#dataset=towns&view=6/1/1`);
  const ticks = () =>
    page
      .locator("#legend .ticks li")
      .evaluateAll((all) => all.map((li) => Number(/** @type {HTMLElement} */ (li).dataset["value"])));
  await page.check("#lock");
  await drawn(page);
  const locked = await ticks();
  await page.fill("#filter-text", "few = true");
  await page.keyboard.press("Enter");
  await says(page, "#facts", / of /);
  await drawn(page);
  assert.deepEqual(await ticks(), locked);
  assert.match(page.url(), /lock=/);
  await page.evaluate(() => window.duotile?.map.jumpTo({ zoom: 7 }));
  await drawn(page);
  const near = await ticks();
  assert.ok(
    Math.abs(Number(near.at(-1)) * 4 - Number(locked.at(-1))) < 1e-6 * Number(locked.at(-1)),
    `${locked} and ${near}`,
  );
  await page.uncheck("#lock");
  await drawn(page);
  assert.notDeepEqual(await ticks(), near);
  assertQuiet(seen);
  await close();
});
