/** What the page asks for and when it asks again: of sources that fail, come back, or have but a part. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofPage, standIn } from "./lib/page.js";

standIn();
/** @type {typeof import("../../web/src/filter/stats")} */
const { ofAll } = await ofPage("filter/stats");
/** @type {typeof import("../../web/src/time/histogram") & typeof import("../../web/src/state") & typeof import("../../web/src/page")} */
const timed = await ofPage("time/histogram", "state", "page");

/** @type {typeof import("../../web/src/filter/narrow") & typeof import("../../web/src/state")} */
const narrowing = await ofPage("filter/narrow", "state");

/** @type {typeof import("../../web/src/load") & typeof import("../../web/src/state")} */
const loading = await ofPage("load", "state");

const { signal } = new AbortController();
/** Lets what waits for nothing happen. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

test("statistics of a part of the rows, or of rows of before, are not taken for those of all when the server is back", async () => {
  /** @type {any} */
  const dataset = { id: "trips", version: "2" };
  /** @type {any} */
  let answer = { partial: true, rows: 10 };
  let asked = 0;
  /** @type {any} */
  const source = {
    stats: async () => {
      asked += 1;
      const { rows, ...origin } = answer;
      return { value: { type: "integer", rows, present: rows, min: 0, max: rows }, ...origin };
    },
  };
  const known = async () => {
    const { first, axis } = await ofAll({ source, dataset, column: "fare", log: false }, signal);
    return [first.rows, axis?.max];
  };
  assert.deepEqual(await known(), [10, 10]);
  answer = { partial: false, rows: 60, subset: { version: "1" } };
  assert.deepEqual(await known(), [60, 60]);
  answer = { partial: false, rows: 90 };
  assert.deepEqual(await known(), [90, 90]);
  // From then on they are known.
  answer = { partial: true, rows: 10 };
  assert.deepEqual(await known(), [90, 90]);
  assert.equal(asked, 3);
});

test("the histogram of time is of all rows again when the server is back", async () => {
  const { catalog, followHistogram, histogram, makeLayer, reset } = timed;
  /** @type {any} */
  const dataset = { id: "trips", time_column: "seen", time_range: ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"] };
  let [round, rows, asked] = [0, 10, 0];
  const edges = dataset.time_range;
  /** @type {any} */
  const source = {
    stats: async () => {
      asked += 1;
      return { value: { histogram: { edges, counts: [rows] } } };
    },
  };
  catalog.value = [dataset];
  reset({ layers: [makeLayer([], "trips")], active: "1", ground: "" });
  followHistogram(/** @type {any} */ ({ source, round: () => round }));
  await soon();
  assert.deepEqual(histogram.value?.counts, [10]);
  // The catalogue is looked at again, as when a file was opened: nothing else is asked for.
  catalog.value = [dataset];
  await soon();
  assert.equal(asked, 1);
  [round, rows] = [1, 90];
  catalog.value = [dataset];
  await soon();
  assert.deepEqual(histogram.value?.counts, [90]);
  assert.equal(asked, 2);
});

test("a value of a row that was clicked while time plays is asked of the layer, of which a frame was met", () => {
  const { frameId, makeLayer, narrow, reset, state } = narrowing;
  reset({ layers: [makeLayer([], "trips", { filter: "fare > 3" })], active: "1", ground: "" });
  narrow(frameId("1", "4.2"), "kind", "night");
  assert.equal(state.peek().layers[0]?.filter, "fare > 3 AND kind = 'night'");
});

test("a number of rows is that of the query that is drawn, or is not told: neither while they are counted, nor when that fails", async () => {
  const { change, follow, loaded, makeLayer, reset, withLayer } = loading;
  /** @type {Map<string, { come: (rows: number) => void, fail: () => void }>} */
  const counting = new Map();
  const answer = async (/** @type {any} */ value) => ({ value, from: "server", partial: false });
  /** @type {any} */
  const source = {
    dataset: () => answer({ id: "trips", columns: [], version: "1" }),
    tileJson: () => answer({ dataset: "trips", properties: [] }),
    metadata: (/** @type {string} */ _, /** @type {any} */ { filter = "" }) =>
      new Promise((resolve, reject) => {
        const come = (/** @type {number} */ rows) => resolve(answer({ rows, measures: [] }));
        counting.set(filter, { come, fail: () => reject(new Error("busy")) });
      }),
  };
  /** @type {unknown[]} */
  const told = [];
  reset({ layers: [makeLayer([], "trips")], active: "1", ground: "" });
  follow(
    /** @type {any} */ ({ source, share: () => ({ server: 0 }) }),
    (error) => told.push(error),
    async () => undefined,
  );
  const now = () => [loaded.value["1"]?.query.filter ?? "", loaded.value["1"]?.counted];
  await soon();
  counting.get("")?.come(90);
  await soon();
  assert.deepEqual(now(), ["", 90]);
  const ask = async (/** @type {string} */ filter) => {
    change("filter", (before) => withLayer(before, "1", { filter }));
    while (!counting.has(filter)) await soon();
  };
  await ask("fare > 3");
  // The scale of the colours holds until there is another.
  assert.deepEqual([...now(), loaded.value["1"]?.metadata?.rows], ["fare > 3", undefined, 90]);
  counting.get("fare > 3")?.come(7);
  await soon();
  assert.deepEqual(now(), ["fare > 3", 7]);
  await ask("fare > 5");
  counting.get("fare > 5")?.fail();
  await soon();
  assert.deepEqual(now(), ["fare > 5", undefined]);
  assert.equal(told.length, 1);
});
