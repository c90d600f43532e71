/** What the page asks for and when it asks again: of sources that fail, come back, or have but a part. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Server } from "duotile";
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

/** @type {typeof import("../../web/src/device/opened") & typeof import("../../web/src/page")} */
const opening = await ofPage("device/opened", "page");
/** @type {typeof import("../../web/src/map/exchange")} */
const { makeExchange } = await ofPage("map/exchange");
/** @type {typeof import("../../web/src/share/rows")} */
const { fromServer } = await ofPage("share/rows");

/** @type {typeof import("../../web/src/filter/pace") & typeof import("../../web/src/filter/dragging")} */
const { abandon, dragging, finish, offer } = await ofPage("filter/pace", "filter/dragging");

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
  // Those of versions before are let go.
  dataset.version = "3";
  answer = { partial: false, rows: 95 };
  assert.deepEqual(await known(), [95, 95]);
  dataset.version = "2";
  assert.deepEqual(await known(), [95, 95]);
  assert.equal(asked, 5);
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

test("of a layer that is hidden as much is known as is true: all where the panel is about it, else no number of rows", async () => {
  const { change, follow, loaded, makeLayer, reset, state, withLayer } = loading;
  const answer = async (/** @type {any} */ value) => ({ value, from: "server", partial: false });
  /** @type {any} */
  const source = {
    dataset: () => answer({ id: "trips", columns: [], version: "1" }),
    tileJson: () => answer({ dataset: "trips", properties: [] }),
    // As many rows as the filter has characters.
    metadata: (/** @type {string} */ _, /** @type {any} */ { filter = "" }) =>
      answer({ rows: filter.length, measures: [] }),
  };
  const layers = [makeLayer([], "trips", { filter: "a = 1" }), makeLayer([], "trips", { id: "2", filter: "b = 22" })];
  reset({ layers, active: "1", ground: "" });
  follow(
    /** @type {any} */ ({ source, share: () => ({ server: 0 }) }),
    (error) => assert.fail(String(error)),
    async () => undefined,
  );
  const now = () => state.peek().layers.map(({ id }) => [loaded.value[id]?.query.filter, loaded.value[id]?.counted]);
  const set = async (/** @type {string} */ id, /** @type {any} */ changes) => {
    change("test", (before) => withLayer(before, id, changes));
    await soon();
  };
  await soon();
  await set("1", { visible: false });
  await set("2", { visible: false });
  assert.deepEqual(now(), [
    ["a = 1", 5],
    ["b = 22", 6],
  ]);
  await set("1", { filter: "a = 1 AND c = 2" });
  await set("2", { filter: "b = 2222" });
  assert.deepEqual(now(), [
    ["a = 1 AND c = 2", 15],
    ["b = 22", undefined],
  ]);
  // What was changed back is asked for when it is seen, as what was not.
  await set("2", { filter: "b = 22" });
  assert.deepEqual(now()[1], ["b = 22", undefined]);
  await set("2", { visible: true });
  assert.deepEqual(now()[1], ["b = 22", 6]);
  await set("2", { visible: false });
  await set("2", { filter: "b = 333" });
  change("active", (before) => ({ ...before, active: "2" }));
  await soon();
  assert.deepEqual(now()[1], ["b = 333", 7]);
});

test("a subset that cannot be opened leaves rows to be fetched", async () => {
  const { catalog, PageSource } = opening;
  const server = new Server("https://example.org/");
  catalog.value = /** @type {any} */ ([{ id: "trips", version: "1" }]);
  /** @type {string[]} */
  const tried = [];
  const subset = (/** @type {string} */ id) => ({ id, server: server.base, dataset: "trips", version: "1" });
  const source = new PageSource(
    /** @type {any} */ ({
      server,
      subsets: async () => [subset("broken"), subset("whole")],
      read: () => assert.fail("nothing is fetched"),
      open: async (/** @type {any} */ { id }) => {
        tried.push(id);
        if (id === "broken") throw new Error("its file is gone");
        return { id, covers: async () => true, free: async () => undefined };
      },
    }),
  );
  const { tiler } = await source.rowsHere("trips", {}, {}, signal);
  assert.deepEqual([tried, /** @type {any} */ (tiler).id], [["broken", "whole"], "whole"]);
  catalog.value = [];
});

test("a source that went and came again is given its tiles at once, whatever was on its way to the one before", () => {
  /** @type {Map<string, (event: any) => void>} */
  const heard = new Map();
  /** @type {string[][]} */
  const set = [];
  /** @type {any} */
  let there = { setTiles: (/** @type {string[]} */ tiles) => set.push(tiles) };
  const map = {
    on: (/** @type {string} */ name, /** @type {any} */ listener) => heard.set(name, listener),
    getSource: () => there,
  };
  const { give, isDue, renewed } = makeExchange(/** @type {any} */ (map));
  heard.get("sourcedataloading")?.({ sourceId: "data-1~0", tile: { state: "loading" } });
  give("data-1~0", "b");
  assert.deepEqual([set, isDue()], [[], true]);
  const before = there;
  there = undefined;
  renewed();
  assert.equal(isDue(), false);
  there = before;
  give("data-1~0", "c");
  assert.deepEqual([set, isDue()], [[["c"]], false]);
});

test("files of one name that are opened at once are as many datasets, and one that cannot be read leaves its name", async () => {
  const { files, PageSource } = opening;
  /** @type {any} */
  const tiler = (/** @type {string} */ name) => ({
    version: name,
    schema: async () => ({ rows: 1, unusable: 0, columns: [] }),
    describe: async () => ({ focus: [0, 0, 1, 1], center: [0, 0, 1], geometryTypes: ["Point"] }),
    metadata: async () => ({ rows: name.length }),
  });
  const source = new PageSource(
    /** @type {any} */ ({
      server: new Server("https://example.org/"),
      subsets: async () => [],
      read: async (/** @type {File} */ file, /** @type {string} */ name) => {
        await soon();
        if (file.size === 0) throw new Error("it is empty");
        return tiler(name);
      },
    }),
  );
  const file = (/** @type {string} */ name, text = "lon,lat") => new File([text], name);
  await assert.rejects(source.openFile(file("trips.csv", "")), /empty/);
  const opened = await Promise.all(
    ["trips.csv", "trips.geojson", "trips.csv"].map((name) => source.openFile(file(name))),
  );
  assert.deepEqual(
    opened.map(({ id, version }) => [id, version]),
    ["trips", "trips 2", "trips 3"].map((id) => [id, id]),
  );
  // In a list they are told apart where they have one name.
  assert.deepEqual(
    opened.map(({ title }) => title),
    ["trips.csv", "trips.geojson", "trips.csv (2)"],
  );
  assert.deepEqual([...files.value], ["trips", "trips 2", "trips 3"]);
  assert.equal((await source.metadata("trips 2")).value.rows, "trips 2".length);
});

test("a download that is refused says why; one of which only the head is refused begins, and is not read by the page", async () => {
  /** @type {string[]} */
  const asked = [];
  let cancelled = false;
  const real = globalThis.fetch;
  let clicks = 0;
  const click = () => {
    clicks += 1;
  };
  const link = { href: "", download: "", click };
  Object.assign(globalThis.document, { createElement: () => link });
  let status = 200;
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ _, /** @type {RequestInit} */ { method = "GET" } = {}) => {
      asked.push(method);
      if (method === "HEAD") return new Response(null, { status: 405 });
      if (status !== 200) return new Response(JSON.stringify({ detail: "too many rows" }), { status });
      const cancel = () => {
        cancelled = true;
      };
      return new Response(new ReadableStream({ cancel }));
    }
  );
  try {
    /** @type {any} */
    const source = { server: new Server("https://example.org/") };
    const download = () => fromServer(source, "trips", {}, "csv", "trips.csv");
    await download();
    assert.deepEqual([asked, cancelled, clicks], [["HEAD", "GET"], true, 1]);
    assert.equal(link.href, "https://example.org/datasets/trips/rows.csv");
    status = 413;
    await assert.rejects(download(), (error) => error instanceof Error && error.message === "too many rows");
    assert.equal(clicks, 1);
  } finally {
    globalThis.fetch = real;
  }
});

test("a drag ends with what it meant last, or with nothing where its control went away: statistics wait no longer", async () => {
  /** @type {string[]} */
  const done = [];
  offer(() => done.push("begun"));
  offer(() => done.push("overtaken"));
  offer(() => done.push("late"));
  assert.deepEqual([done, dragging.value], [["begun"], true]);
  finish(() => done.push("let go"));
  assert.deepEqual([done, dragging.value], [["begun", "let go"], false]);
  offer(() => done.push("gone"));
  assert.equal(dragging.value, true);
  abandon();
  assert.equal(dragging.value, false);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(done, ["begun", "let go"]);
});
