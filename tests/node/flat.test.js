/** What the page draws without WebGL is made of: what is kept, asked for again and given up; and which feature is at a place. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ofPage } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/flat/store")} */
const { makeStore } = await ofPage("flat/store");
/** @type {typeof import("../../web/src/tiles/boxes")} */
const { boxesOf, lastAt } = await ofPage("tiles/boxes");

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
