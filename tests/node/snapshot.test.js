/** The tiles of a page in one file: which they are, that nothing is asked for where nothing is, and what does not fit. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { ofPage } from "./lib/page.js";

/** @type {typeof import("../../web/src/share/snapshot/tiles")} */
const { collect, tilesAt } = await ofPage("share/snapshot/tiles");

const WORLD = /** @type {const} */ ([-180, -85, 180, 85]);
const more = {
  signal: new AbortController().signal,
  tell: () => undefined,
  screen: /** @type {const} */ ([512, 512]),
  patience: Infinity,
};

/** Tiles that have something around one place of the world's square, each its address in letters. */
function source(/** @type {number} */ x, /** @type {number} */ y) {
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {[number, number, number]} */ [z, tx, ty]) => {
    asked.push(`${z}/${tx}/${ty}`);
    const there = Math.floor(x * 2 ** z) === tx && Math.floor(y * 2 ** z) === ty;
    return new TextEncoder().encode(there ? `${z}/${tx}/${ty}` : "");
  };
  return { asked, layers: [{ id: "1", fetch }] };
}

test("all tiles of each zoom are in the file, and those in an empty one are not asked for", async () => {
  const { asked, layers } = source(0.3, 0.6);
  const { packed, deepest } = await collect({ layers, box: WORLD, zoom: 0, last: 5, budget: 1e6, ...more });
  assert.equal(deepest, 5);
  assert.equal(packed.length, 1 + 4 + 16 + 64 + 256 + 1024);
  assert.equal(new Set(packed.map(({ tile }) => tile.join("/"))).size, packed.length);
  const full = packed.filter(({ data }) => data.length > 0);
  assert.deepEqual(
    full.map(({ tile, data }) => [tile.join("/"), gunzipSync(data).toString()]),
    full.map(({ tile }) => [tile.join("/"), tile.join("/")]),
  );
  assert.equal(full.length, 6);
  // Four in each tile that has something, at each zoom.
  assert.equal(asked.length, 1 + 5 * 4);
});

test("a zoom that does not fit is left out whole", async () => {
  const { layers } = source(0.3, 0.6);
  const all = await collect({ layers, box: WORLD, zoom: 0, last: 5, budget: 1e6, ...more });
  const { packed, deepest } = await collect({ layers, box: WORLD, zoom: 0, last: 5, budget: all.bytes - 1, ...more });
  assert.equal(deepest, 4);
  assert.equal(packed.length, 1 + 4 + 16 + 64 + 256);
});

test("a zoom below the view that would take too long is left out whole, and it is told", async () => {
  const { asked, layers } = source(0.3, 0.6);
  let time = 0;
  const [layer] = layers;
  const slow = async (/** @type {[number, number, number]} */ tile) => {
    time += 1;
    return layer?.fetch(tile) ?? new Uint8Array();
  };
  const wanted = {
    layers: [{ id: "1", fetch: slow }],
    box: WORLD,
    zoom: 2,
    last: 5,
    budget: 1e6,
    ...more,
    now: () => time,
  };
  // The view takes 1 + 4 + 4 tiles, each zoom below it four.
  const some = await collect({ ...wanted, patience: 13 });
  assert.deepEqual([some.deepest, some.late, some.packed.length, asked.length], [3, true, 1 + 4 + 16 + 64, 13]);
  time = 0;
  const view = await collect({ ...wanted, patience: 3 });
  assert.deepEqual([view.deepest, view.late], [2, true]);
  time = 0;
  const all = await collect({ ...wanted, patience: 100 });
  assert.deepEqual([all.deepest, all.late], [5, false]);
});

test("above the view a screen around its middle is taken, below it the view's box", () => {
  const box = /** @type {const} */ ([2, 48, 3, 49]);
  const has = (/** @type {number} */ z) => tilesAt(z, box, 8, [1200, 760]).length;
  assert.equal(tilesAt(0, box, 8, [1200, 760]).length, 1);
  assert.ok(has(5) >= 2 && has(5) <= 12, `${has(5)}`);
  // A degree is 1.42 tiles wide at zoom 9.
  assert.ok(has(9) >= 4 && has(9) <= 9, `${has(9)}`);
  assert.ok(has(11) > 9 * 4, `${has(11)}`);
});
