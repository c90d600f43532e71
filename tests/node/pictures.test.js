/** What cells are painted from on the page: tiles in flat columns, against another decoder; tiles that are kept, shared and exchanged. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { byMapbox } from "./lib/decode.js";
import { serve } from "./lib/duotile.js";
import { ofPage } from "./lib/page.js";

/** @type {typeof import("../../web/src/map/cells/read")} */
const { featureOf, NONE, readCells } = await ofPage("map/cells/read");
/** @type {typeof import("../../web/src/map/cells/kept")} */
const { makeKept } = await ofPage("map/cells/kept");
/** @type {typeof import("../../web/src/map/exchange")} */
const { makeExchange } = await ofPage("map/exchange");

/** @type {Awaited<ReturnType<typeof serve>>} */
let program;
before(async () => {
  program = await serve();
});
after(() => program?.stop());

test("cells of a tile are where another decoder has them, each with its value", async () => {
  for (const [tile, cell, query, property] of /** @type {const} */ ([
    ["0/0/0", 2, "shape=polygon", "point_count"],
    ["3/4/2", 1, "shape=polygon", "point_count"],
    ["2/2/1", 8, "shape=polygon&agg=mean:population", "population_mean"],
    ["1/1/0", 4, "shape=centroid&agg=mode:country", "country_mode"],
  ])) {
    const response = await fetch(`${program.base}tiles/places/${tile}.mvt?mode=cells&cell=${cell}&${query}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const side = 512 / cell;
    const cells = readCells(bytes, side, property);
    const [places] = byMapbox(bytes);
    assert.ok(places && places.features.length > 20, tile);
    assert.equal(cells.row.length, places.features.length);
    places.features.forEach((feature, at) => {
      const points = feature.parts.flat();
      const step = places.extent / side;
      const least = (/** @type {0 | 1} */ axis) => Math.min(...points.map((point) => point[axis]));
      assert.equal(cells.column[at], Math.floor(least(0) / step));
      assert.equal(cells.row[at], Math.floor(least(1) / step));
      const which = cells.value[at] ?? NONE;
      assert.equal(which === NONE ? undefined : cells.values[which], feature.properties[property]);
      assert.deepEqual(featureOf(cells, at).properties, feature.properties);
    });
  }
});

test("what is cut off is an error, and nothing is nothing", async () => {
  const response = await fetch(`${program.base}tiles/places/0/0/0.mvt?mode=cells&shape=polygon`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  assert.throws(() => readCells(bytes.subarray(0, bytes.length - 20), 128, "point_count"), /no vector tile/);
  assert.throws(() => readCells(new TextEncoder().encode("<html>"), 128, "point_count"), /no vector tile/);
  assert.equal(readCells(new Uint8Array(), 128, "point_count").row.length, 0);
});

test("a tile is asked for once, and given up when the last who waits for it does", async () => {
  /** @type {{ url: string, controller: AbortController, come: (text: string) => void, fail: () => void }[]} */
  const asked = [];
  const kept = makeKept(
    (url, controller) =>
      /** @type {Promise<string>} */ (
        new Promise((come, reject) => {
          asked.push({ url, controller, come, fail: () => reject(new Error(url)) });
        })
      ),
    (text) => text.length,
    10,
  );
  const [one, other] = [new AbortController(), new AbortController()];
  const [first, second] = [kept.get("a", one.signal), kept.get("a", other.signal)];
  assert.equal(asked.length, 1);
  one.abort();
  await assert.rejects(first, { name: "AbortError" });
  assert.equal(asked[0]?.controller.signal.aborted, false);
  asked[0]?.come("A");
  assert.equal(await second, "A");
  assert.equal(await kept.get("a", other.signal), "A");
  assert.equal(kept.peek("a"), "A");
  const third = kept.get("b", other.signal);
  other.abort();
  await assert.rejects(third, { name: "AbortError" });
  assert.equal(asked[1]?.controller.signal.aborted, true);
  const again = kept.get("b", new AbortController().signal);
  assert.equal(asked.length, 3);
  asked[2]?.fail();
  await assert.rejects(again, /b/);
  assert.equal(kept.peek("b"), undefined);
  void kept.get("b", new AbortController().signal);
  assert.equal(asked.length, 4, "what failed is asked for again");
});

test("tiles are let go when they hold too much, those first that were not wanted for longest, and never the last", async () => {
  let loads = 0;
  const kept = makeKept(
    async (url) => {
      loads += 1;
      return url;
    },
    (url) => url.length,
    10,
  );
  const { signal } = new AbortController();
  const get = (/** @type {string} */ url) => kept.get(url, signal);
  await get("aaaa");
  await get("bbbb");
  await get("aaaa");
  await get("cccc");
  assert.deepEqual([kept.peek("aaaa"), kept.peek("bbbb"), kept.peek("cccc"), loads], ["aaaa", undefined, "cccc", 3]);
  await get("twice as much as all");
  assert.deepEqual(
    [kept.peek("aaaa"), kept.peek("cccc"), kept.peek("twice as much as all")],
    [undefined, undefined, "twice as much as all"],
  );
  await get("dddd");
  await get("eeee");
  assert.deepEqual(
    [kept.peek("twice as much as all"), kept.peek("dddd"), kept.peek("eeee")],
    [undefined, "dddd", "eeee"],
  );
});

test("a source gets other tiles when those that come for the first time are there, and a map that is only moved keeps none of them", () => {
  /** @type {Map<string, (event: object) => void>} */
  const heard = new Map();
  /** @type {string[]} */
  const given = [];
  const map = {
    on: (/** @type {string} */ name, /** @type {(event: object) => void} */ listener) => heard.set(name, listener),
    getSource: () => ({ setTiles: ([tiles = ""]) => given.push(tiles) }),
  };
  const exchange = makeExchange(/** @type {any} */ (map));
  const tile = { state: "loading" };
  heard.get("sourcedataloading")?.({ sourceId: "data", tile });
  exchange.give("data", "next");
  assert.deepEqual([given, exchange.isDue("data")], [[], true]);
  tile.state = "loaded";
  heard.get("sourcedata")?.({ sourceId: "data" });
  assert.deepEqual([given, exchange.isDue()], [["next"], false]);
  setFlagsFromString("--expose-gc");
  /** @type {WeakRef<object>[]} */
  const tiles = [];
  // In a function of its own: what it held last would be held here.
  const move = () => {
    for (let at = 0; at < 500; at += 1) {
      const tile = { state: "loading" };
      tiles.push(new WeakRef(tile));
      heard.get("sourcedataloading")?.({ sourceId: "ground", tile });
      tile.state = "loaded";
    }
  };
  move();
  return new Promise((resolve) => setTimeout(resolve)).then(() => {
    runInNewContext("gc")();
    const held = tiles.filter((each) => each.deref() !== undefined).length;
    assert.ok(held < 10, `${held} of 500 tiles are held`);
  });
});
