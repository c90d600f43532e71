/** A page in one file: which tiles it has, that nothing is asked for where nothing is, what does not fit; its layers and words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { ofPage, standIn } from "./lib/page.js";

/** @type {typeof import("../../web/src/share/snapshot/tiles")} */
const { collect, tilesAt } = await ofPage("share/snapshot/tiles");

standIn();
/** @type {typeof import("../../web/src/share/snapshot/held")} */
const { heldOf, isNested } = await ofPage("share/snapshot/held");
/** @type {typeof import("../../web/src/share/notes") & typeof import("../../web/src/state") & typeof import("../../web/src/time/animation") & typeof import("../../web/src/share/picture") & typeof import("../../web/src/compare/compared")} */
const page = await ofPage("share/notes", "state", "time/animation", "share/picture", "compare/compared");
const { change, choiceOf, DRAWING, frame, makeLayer, reset } = page;

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
  return { asked, layers: [{ id: "1", fetch, isNested: true, zooms: /** @type {const} */ ([0, 22]) }] };
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
    layers: layers.map((each) => ({ ...each, fetch: slow })),
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

test("rows that are too small to be drawn from afar are in the file all the same, and zooms that a layer has not are left out", async () => {
  /** @type {string[]} */
  const asked = [];
  const fetch = async (/** @type {[number, number, number]} */ [z, x, y]) => {
    asked.push(`${z}/${x}/${y}`);
    // Houses of a village: nothing is drawn of them before zoom 3.
    const there = z > 2 && Math.floor(0.3 * 2 ** z) === x && Math.floor(0.6 * 2 ** z) === y;
    return new TextEncoder().encode(there ? "houses" : "");
  };
  const layers = [{ id: "1", fetch, isNested: false, zooms: /** @type {const} */ ([1, 4]) }];
  const { packed, deepest } = await collect({ layers, box: WORLD, zoom: 0, last: 5, budget: 1e6, ...more });
  assert.equal(deepest, 5);
  const full = packed.flatMap(({ tile, data }) => (data.length > 0 ? [tile.join("/")] : []));
  assert.deepEqual(full, ["3/2/4", "4/4/9"]);
  assert.equal(asked.length, 4 + 16 + 64 + 256);
});

test("layers are held as they are drawn: a frame of an animation, both sides of a comparison, an archive to its last zoom", () => {
  const one = makeLayer([], "trips");
  const other = makeLayer([one], "old", { drawing: { ...DRAWING, kind: "tiles" } });
  /** @type {import("../../web/src/state").State} */
  const state = { layers: [one, other], active: other.id, compare: "swipe", ground: "" };
  const tileJson = (/** @type {number} */ maxzoom) => /** @type {any} */ ({ minzoom: 0, maxzoom });
  const drawn = (/** @type {typeof one} */ layer, /** @type {string} */ metadata) =>
    /** @type {any} */ ({ layer, loaded: { metadata, busy: true, problem: "the filter before" }, tiles: "" });
  // Of the first, what is seen is a frame, painted by the scale of all frames.
  const shown = [drawn({ ...one, id: `${one.id}~3.1` }, "of all frames"), drawn(other, "")];
  const [first, second] = shown;
  assert.deepEqual(shown.map(isNested), [true, false]);
  const held = [
    { drawable: first, tileJson: tileJson(22), query: { datetime: "a/b" } },
    { drawable: second, tileJson: tileJson(8), query: {} },
  ];
  const { state: kept, loaded } = heldOf(held, state, 12);
  assert.deepEqual(kept.layers, [one, other]);
  assert.equal(kept.compare, undefined);
  assert.equal(kept.ground, "natural-earth");
  assert.deepEqual(Object.keys(loaded), [one.id, other.id]);
  assert.equal(loaded[one.id]?.metadata, "of all frames");
  assert.deepEqual(loaded[one.id]?.query, { datetime: "a/b" });
  assert.equal(loaded[one.id]?.problem, undefined);
  assert.equal(loaded[one.id]?.tileJson?.maxzoom, 12);
  assert.equal(loaded[other.id]?.tileJson?.maxzoom, 8);
});

test("while time plays, what is made of the view tells the window that is seen", () => {
  const day = (/** @type {number} */ at) => Date.UTC(2024, 0, at);
  reset({ layers: [makeLayer([], "trips", { filter: "fare > 3" })], active: "1", ground: "" });
  assert.equal(choiceOf(), "fare > 3");
  change("time", (before) => ({ ...before, window: [day(1), day(2)] }));
  assert.equal(choiceOf(), "fare > 3 · 1 Jan 2024");
  frame.value = { index: 4, of: 9, window: [day(5), day(6)] };
  assert.equal(choiceOf(), "fare > 3 · 5 Jan 2024");
  frame.value = undefined;
  assert.equal(choiceOf(), "fare > 3 · 1 Jan 2024");
});

test("a picture of two that are compared waits for both maps, and tells where the data of both is from", async () => {
  const map = (/** @type {string} */ attribution) => {
    const state = { drawn: true };
    const made = {
      loaded: () => true,
      areTilesLoaded: () => state.drawn,
      once: () => new Promise(() => undefined),
      getStyle: () => ({ sources: { data: { attribution }, ground: { attribution: "Natural Earth" } } }),
    };
    return { state, map: /** @type {any} */ (made) };
  };
  const [first, above] = [map("A city"), map("A <b>state</b>")];
  const parser = class {
    parseFromString = (/** @type {string} */ text) => ({ body: { textContent: text.replaceAll(/<[^>]*>/g, "") } });
  };
  Object.assign(globalThis, { DOMParser: parser });
  assert.equal(page.attributionOf(first.map), "A city · Natural Earth");
  page.second.value = above.map;
  assert.equal(page.attributionOf(first.map), "A city · Natural Earth · A state");
  // The first thing that is made of a map that is drawn is a canvas.
  let begun = false;
  Object.assign(globalThis.document, {
    createElement: () => {
      begun = true;
      throw new Error("no canvas");
    },
  });
  above.state.drawn = false;
  const shot = page.shoot(first.map).catch((error) => error.message);
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(begun, false);
  above.state.drawn = true;
  assert.equal(await shot, "no canvas");
  page.second.value = undefined;
});
