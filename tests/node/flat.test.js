/** What the page draws without WebGL is made of: what is kept, asked for again and given up; which feature is at a place; shapes. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Tiler } from "duotile";
import { ofPage } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/flat/store")} */
const { makeStore } = await ofPage("flat/store");
/** @type {typeof import("../../web/src/tiles/boxes")} */
const { boxesOf, lastAt } = await ofPage("tiles/boxes");

/** @type {typeof import("../../web/src/flat/shapes")} */
const { paintShapes, touches } = await ofPage("flat/shapes");
/** @type {typeof import("../../web/src/tiles/decode")} */
const { decode } = await ofPage("tiles/decode");

const ROOM = 10;

/** A store whose tiles are letters that arrive when they are told to, and what is asked of it. */
function store() {
  /** @type {Map<string, { signal: AbortSignal, come: () => void, fail: () => void }>} */
  const coming = new Map();
  /** @type {string[]} */
  const asked = [];
  let changes = 0;
  const { need, ...more } = makeStore(ROOM, () => {
    changes += 1;
  });
  /** Draws a picture of some. @param {string[]} keys */
  const draw = (...keys) => {
    const seen = keys.filter((key) => {
      const there = need(
        key,
        (signal) =>
          new Promise((resolve, reject) => {
            asked.push(key);
            coming.set(key, { signal, come: () => resolve(key), fail: () => reject(new Error(key)) });
          }),
      );
      return there === key;
    });
    more.drawn();
    return seen;
  };
  /** Lets some arrive, or fail. @param {"come" | "fail"} how @param {string[]} keys */
  const let_ = async (how, ...keys) => {
    for (const key of keys) coming.get(key)?.[how]();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...more, coming, asked, draw, let_, changes: () => changes };
}

test("more tiles than there is room for are all there while they are seen, and none is asked for twice", async () => {
  const { draw, let_, asked } = store();
  const keys = Array.from({ length: 3 * ROOM }, (_, at) => `${at}`);
  draw(...keys);
  await let_("come", ...keys);
  for (let picture = 0; picture < 3; picture += 1) assert.deepEqual(draw(...keys), keys);
  assert.equal(asked.length, keys.length);
});

test("what was seen last is kept, and what was seen before it goes first", async () => {
  const { draw, let_, asked } = store();
  const [old, kept] = [
    ["a", "b", "c"],
    ["d", "e", "f", "g"],
  ];
  draw(...old, ...kept);
  await let_("come", ...old, ...kept);
  // Seen once more: not the oldest any more.
  draw(...old);
  draw(...kept);
  draw("a");
  const more = ["1", "2", "3", "4", "5"];
  draw(...more);
  await let_("come", ...more);
  asked.length = 0;
  assert.deepEqual(draw("a", ...kept), ["a", ...kept]);
  assert.deepEqual(draw("b", "c"), []);
  assert.deepEqual(asked, ["b", "c"]);
});

test("what failed is asked for again after some seconds, later each time, and the picture is drawn anew for it", async () => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  try {
    const { draw, let_, asked, changes } = store();
    draw("a");
    await let_("fail", "a");
    draw("a");
    draw("a");
    assert.equal(asked.length, 1);
    const before = changes();
    mock.timers.tick(5000);
    assert.equal(changes(), before + 1);
    draw("a");
    assert.equal(asked.length, 2);
    await let_("fail", "a");
    mock.timers.tick(5000);
    draw("a");
    assert.equal(asked.length, 2);
    mock.timers.tick(5000);
    draw("a");
    await let_("come", "a");
    assert.deepEqual(draw("a"), ["a"]);
    assert.equal(asked.length, 3);
  } finally {
    mock.timers.reset();
  }
});

test("what is on its way is given up when it is no longer seen, and asked for anew when it is", async () => {
  const { draw, let_, coming, waiting, asked } = store();
  draw("a", "b");
  assert.equal(waiting(), 2);
  const given = coming.get("a")?.signal;
  draw("b", "c");
  assert.equal(given?.aborted, true);
  assert.equal(coming.get("b")?.signal.aborted, false);
  assert.equal(waiting(), 2);
  // What comes all the same is too late.
  await let_("come", "a");
  draw("a", "b", "c");
  assert.deepEqual(asked, ["a", "b", "c", "a"]);
});

test("the feature at a place is the last whose box has it, as a look at all coordinates finds", () => {
  const { below } = random(4);
  const features = Array.from({ length: 300 }, (_, id) => {
    const [x, y] = [below(4000), below(4000)];
    const [wide, high] = [below(200), below(200)];
    const point = id % 3 === 0;
    return {
      id,
      shape: /** @type {1 | 3} */ (point ? 1 : 3),
      properties: {},
      parts: [point ? [x, y] : [x, y, x + wide, y, x + wide, y + high, x, y + high]],
    };
  });
  const boxes = boxesOf(features);
  for (let round = 0; round < 2000; round += 1) {
    const [x, y] = [below(4200) - 100, below(4200) - 100];
    const slack = (/** @type {number} */ at) => (features[at]?.shape === 1 ? 30 : 0);
    const expected = features.findLastIndex(({ parts: [part = []] }, at) => {
      const [xs, ys] = [part.filter((_, i) => i % 2 === 0), part.filter((_, i) => i % 2 === 1)];
      const within = (/** @type {number} */ value, /** @type {number[]} */ all) =>
        value >= Math.min(...all) - slack(at) && value <= Math.max(...all) + slack(at);
      return within(x, xs) && within(y, ys);
    });
    assert.equal(lastAt(boxes, x, y, slack), expected);
  }
});

/** A canvas that keeps what is filled and drawn along: paths of rings and lines, with their colours and strengths. */
function recorder() {
  /** @type {{ how: "fill" | "stroke", paths: [number, number][][], colour: string, alpha: number, width: number, rule?: string }[]} */
  const all = [];
  /** @type {[number, number][][]} */
  let paths = [];
  const context = {
    fillStyle: "",
    strokeStyle: "",
    globalAlpha: 1,
    lineWidth: 0,
    beginPath: () => {
      paths = [];
    },
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => paths.push([[x, y]]),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => paths.at(-1)?.push([x, y]),
    closePath: () => paths.at(-1)?.push(/** @type {[number, number]} */ (paths.at(-1)?.[0])),
    arc: (/** @type {number} */ x, /** @type {number} */ y) => paths.at(-1)?.splice(0, 1, [x, y]),
    fill(/** @type {string} */ rule) {
      all.push({ how: "fill", paths, colour: this.fillStyle, alpha: this.globalAlpha, width: 0, rule });
    },
    stroke() {
      all.push({ how: "stroke", paths, colour: this.strokeStyle, alpha: this.globalAlpha, width: this.lineWidth });
    },
  };
  return { all, context: /** @type {any} */ (context) };
}

/** Whether a place is inside rings, by how often a ray to the right crosses them. */
function inside(/** @type {number[][][]} */ rings, /** @type {number} */ x, /** @type {number} */ y) {
  let crossed = 0;
  for (const ring of rings) {
    ring.forEach(([ax = 0, ay = 0], at) => {
      const [bx = 0, by = 0] = ring[(at + 1) % ring.length] ?? [];
      if (ay > y !== by > y && ax + ((y - ay) / (by - ay)) * (bx - ax) > x) crossed += 1;
    });
  }
  return crossed % 2 === 1;
}

test("polygons are filled where they are, without their holes, lines are drawn along their ways, and a click finds what is there", async () => {
  // In degrees about the middle of the world, where a tile is nearly even: an L with a hole, and a bent line.
  const l = [
    [-60, -50],
    [60, -50],
    [60, -10],
    [-10, -10],
    [-10, 50],
    [-60, 50],
    [-60, -50],
  ];
  const hole = [
    [-50, -40],
    [-50, -20],
    [-20, -20],
    [-20, -40],
    [-50, -40],
  ];
  const line = [
    [20, 10],
    [50, 40],
    [80, 10],
  ];
  const feature = (/** @type {string} */ type, /** @type {unknown} */ coordinates, /** @type {number} */ n) => ({
    type: "Feature",
    properties: { n },
    geometry: { type, coordinates },
  });
  const tiler = await Tiler.from([
    feature("Polygon", [l, hole], 1),
    feature("LineString", line, 2),
    feature("Point", [-30, -70], 3),
  ]);
  const [layer] = decode(tiler.tile(0, 0, 0, "mode=points&properties=n"));
  assert.ok(layer);
  const { features, extent } = layer;
  const of = (/** @type {number} */ n) =>
    features.find(({ properties }) => properties["n"] === n) ?? assert.fail(`there is no ${n}`);
  const { all, context } = recorder();
  const colours = ["", "#ff0000", "#00ff00", "#0000ff"];
  paintShapes(context, features, 512 / extent, {
    colour: ({ properties }) => colours[Number(properties["n"])] ?? "",
    edge: () => "#880000",
    fill: 0.5,
    outline: 0.25,
    line: 0.75,
    around: 1,
    wide: 2,
    dot: 3,
  });
  const toX = (/** @type {number} */ lng) => ((lng + 180) / 360) * 512;
  const toY = (/** @type {number} */ lat) => 256 - (Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI)) * 512;
  const pixels = (/** @type {number[][]} */ ring) => ring.map(([lng = 0, lat = 0]) => [toX(lng), toY(lat)]);
  const rings = [l, hole].map(pixels);
  const filled = all.filter(({ how, colour }) => how === "fill" && colour === "#ff0000");
  assert.deepEqual(
    filled.map(({ alpha, rule }) => [alpha, rule]),
    [[0.5, "evenodd"]],
  );
  // Points of one row that lie over one another are seen, and not wiped out.
  assert.equal(all.find(({ how, colour }) => how === "fill" && colour === "#0000ff")?.rule, "nonzero");
  const { below } = random(9);
  const polygon = of(1);
  let hits = 0;
  for (let round = 0; round < 4000; round += 1) {
    const [x, y] = [below(5120) / 10, below(5120) / 10];
    const near = rings.some((ring) =>
      ring.some(([ax = 0, ay = 0], at) => {
        const [bx = 0, by = 0] = ring[(at + 1) % ring.length] ?? [];
        // Sides run along the axes.
        return ax === bx
          ? Math.abs(x - ax) < 1 && y > Math.min(ay, by) - 1 && y < Math.max(ay, by) + 1
          : Math.abs(y - ay) < 1 && x > Math.min(ax, bx) - 1 && x < Math.max(ax, bx) + 1;
      }),
    );
    if (near) continue;
    const expected = inside(rings, x, y);
    hits += Number(expected);
    assert.equal(inside(filled[0]?.paths ?? [], x, y), expected, `${x} ${y}`);
    assert.equal(touches(polygon, (x / 512) * extent, (y / 512) * extent, 0), expected, `${x} ${y}`);
  }
  assert.ok(hits > 100);
  const along = all.filter(({ how }) => how === "stroke");
  assert.deepEqual(along.map(({ colour, alpha, width }) => [colour, alpha, width]).sort(), [
    ["#00ff00", 0.75, 2],
    ["#880000", 0.25, 1],
  ]);
  const way = along.find(({ colour }) => colour === "#00ff00")?.paths[0] ?? [];
  pixels(line).forEach(([x = 0, y = 0], at) => {
    assert.ok(Math.hypot((way[at]?.[0] ?? 0) - x, (way[at]?.[1] ?? 0) - y) < 0.5, `${way[at]}, expected ${x} ${y}`);
  });
  const at = (/** @type {number} */ n, /** @type {number} */ lng, /** @type {number} */ lat) =>
    touches(of(n), (toX(lng) / 512) * extent, (toY(lat) / 512) * extent, (4 / 512) * extent);
  assert.deepEqual([at(2, 35, 26), at(2, 80, 10), at(2, 50, 20), at(2, 86, 10)], [true, true, false, false]);
  assert.deepEqual([at(3, -30, -70), at(3, -32, -70), at(3, -30, -60)], [true, true, false]);
});
