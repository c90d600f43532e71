/** Data that changes while it is looked at, and addresses of other data: what does not fit the columns is left aside, and told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofPage, standIn } from "./lib/page.js";

standIn();
/**
 * @type {typeof import("../../web/src/load") & typeof import("../../web/src/state") & typeof import("../../web/src/page") &
 *   typeof import("../../web/src/suits") & typeof import("../../web/src/address") & typeof import("../../web/src/panel/facts") &
 *   typeof import("../../web/src/time/animation") & { Problem: typeof import("duotile").Problem }}
 */
const page = await ofPage(
  "load",
  "state",
  "page",
  "suits",
  "address",
  "panel/facts",
  "time/animation",
  "../../js/dist/index.js",
);
const { DRAWING, follow, loaded, makeLayer, misfits, reset, state, status } = page;

/** Lets what waits for nothing happen. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const column = (/** @type {string} */ name, /** @type {string} */ type) => ({ name, type, nulls: 0 });
const columns = [column("fare", "number"), column("kind", "text"), column("seen", "time"), column("paid", "boolean")];

test("what of an address has no columns, or columns of another type, is left aside, and what has stays", () => {
  const dataset = /** @type {any} */ ({ id: "trips", columns });
  const aside = (/** @type {string} */ text) => {
    const [layer] = page.parse(`dataset=trips&${text}`).state.layers;
    assert.ok(layer);
    const all = misfits(layer, dataset);
    return [Object.assign({}, ...all.map(({ changes }) => changes)), all.map(({ why }) => why).join("; ")];
  };
  const fine = [
    "measure=mean:fare",
    "measure=p95:fare",
    "measure=max:seen",
    "measure=nunique:kind",
    "measure=sum:paid",
  ];
  const more = ["category=kind", "category=paid", "category=hour(seen)", "kind=points&size=fare", ""];
  for (const text of [...fine, ...more]) assert.deepEqual(aside(text), [{}, ""], text);
  const measure = { measure: "count", lock: "" };
  const category = { category: "", first: "", second: "", lock: "" };
  for (const [text, changes, why] of /** @type {const} */ ([
    ["measure=mean:kind", measure, /kind is of type text, expected a number/],
    ["measure=sum:seen", measure, /seen is of type time, expected a number/],
    ["measure=mean:gone", measure, /trips has no column gone/],
    ["measure=bogus:fare", measure, /bogus is no measure/],
    ["measure=p95:", measure, /no column is named/],
    ["measure=fare", measure, /fare is no measure/],
    ["category=fare", category, /fare is of type number, expected a text/],
    ["category=gone", category, /no column gone/],
    ["category=hour(fare)", category, /fare is of type number, expected a time/],
    ["size=kind", { size: "" }, /kind is of type text/],
    [
      "measure=mean:gone&size=gone",
      { ...measure, size: "" },
      /measure=mean:gone is left aside.*size=gone is left aside/,
    ],
  ])) {
    const [got, said] = aside(text);
    assert.deepEqual(got, changes, text);
    assert.match(said, why, text);
  }
});

test("how many pass is told once it is counted, not awaited of what is refused, and not told of another window", () => {
  const { frame } = page;
  const dataset = /** @type {any} */ ({ rows: 4500, rows_without_position: 0 });
  const said = (/** @type {any} */ known, narrow = true) => page.facts(dataset, page.toldOf(known, narrow));
  const known = { busy: false, partial: false };
  const problem = { status: 400, message: "expected a comparison" };
  assert.equal(said(undefined), "Counting what passes…");
  assert.equal(said({ ...known, busy: true }), "Counting what passes…");
  assert.equal(said({ ...known, counted: 12 }), "12 of 4,500 rows");
  assert.equal(said({ ...known, counted: 4500 }, false), "4,500 rows");
  assert.equal(said({ ...known, counted: 12, partial: true }), "12 rows on this device");
  assert.equal(said({ ...known, counted: 1, partial: true }), "1 row on this device");
  const lost = (/** @type {number} */ count) =>
    page.facts({ ...dataset, rows_without_position: count }, page.toldOf(undefined, false));
  assert.match(lost(1), / · 1 without a position is not shown$/);
  assert.match(lost(2), / · 2 without a position are not shown$/);
  // Refused, or not to be had: the rows of the query before are shown, if there was one.
  assert.equal(said({ ...known, problem }), "4,500 rows");
  assert.equal(said({ ...known, problem, counted: 12 }), "12 of 4,500 rows");
  assert.equal(said(known), "4,500 rows");
  // Time plays, and stands still at a frame, whose window is the state's.
  const window = /** @type {const} */ ([0, 1000]);
  frame.value = { index: 0, of: 9, window };
  assert.equal(said({ ...known, counted: 12 }), "4,500 rows");
  assert.equal(said({ ...known, busy: true }), "4,500 rows");
  reset({ ...state.peek(), window });
  assert.equal(said({ ...known, counted: 12 }), "12 of 4,500 rows");
  frame.value = undefined;
  reset({ layers: [], active: "", ground: "" });
});

test("numbers of an address are numbers that are written, and finite", () => {
  const { parse } = page;
  for (const view of ["2/0/Infinity", "Infinity/0/0", "2//3", "2/0", "2/91/0", "4/48/10/NaN", "4/48/10/0/", "x/0/0"]) {
    assert.equal(parse(`view=${view}`).view, undefined, view);
  }
  assert.deepEqual(parse("view=2/48/10").view, { zoom: 2, lat: 48, lng: 10, bearing: 0, pitch: 0 });
  const [layer] = parse("dataset=trips&opacity=&line=&cell=").state.layers;
  assert.deepEqual(layer?.drawing, DRAWING);
});

test("an address has so many layers at most, each with what is its own, and it is told how many are left aside", () => {
  const text = Array.from({ length: 5000 }, (_, at) => `dataset=trips&filter=fare > ${at}`).join("&");
  const { state, aside } = page.parse(`${text}&view=2/48/10`);
  const most = page.MOST_LAYERS;
  assert.deepEqual([state.layers.length, aside], [most, 5000 - most]);
  assert.deepEqual(
    state.layers.map(({ filter }) => filter),
    Array.from({ length: most }, (_, at) => `fare > ${at}`),
  );
  assert.equal(state.active, state.layers.at(-1)?.id);
  assert.equal(page.parse(page.print({ state }, undefined)).aside, undefined);
});

test("new data with other columns is shown without what it has no columns for, which is told and no step to go back", async () => {
  let dataset = { id: "trips", version: "1", columns };
  const answer = async (/** @type {any} */ value) => ({ value, from: "server", partial: false });
  /** @type {string[]} */
  const asked = [];
  const ask = (/** @type {string} */ _, /** @type {any} */ query) => {
    asked.push(JSON.stringify(query));
    const named = `${query.filter ?? ""} ${query.agg ?? ""}`;
    if (dataset.version === "2" && /kind|fare/.test(named)) {
      return Promise.reject(new page.Problem(400, { detail: "the dataset has no column kind", parameter: "filter" }));
    }
    return answer({ dataset: "trips", dataset_version: dataset.version, properties: [], rows: 5 });
  };
  const source = { dataset: () => answer(dataset), tileJson: ask, metadata: ask, stats: () => answer({}) };
  const layer = makeLayer([], "trips", { filter: "kind = 'x'", drawing: { ...DRAWING, measure: "mean:fare" } });
  reset({ layers: [layer], active: layer.id, ground: "" });
  const data = /** @type {any} */ ({ source, share: () => ({ server: 0 }), renew: () => undefined });
  const { again } = follow(
    data,
    (error) => assert.fail(String(error)),
    async () => undefined,
  );
  await soon();
  assert.equal(loaded.value[layer.id]?.dataset?.version, "1");
  assert.equal(status.value, "");
  assert.equal(state.peek().layers[0]?.filter, "kind = 'x'");
  dataset = { id: "trips", version: "2", columns: [column("other", "number")] };
  again();
  await soon();
  const [after] = state.peek().layers;
  assert.deepEqual([after?.filter, after?.drawing.measure], ["", "count"]);
  assert.match(status.value, /mean:fare is left aside: trips has no column fare\./);
  assert.match(status.value, /filter kind = 'x' is left aside: the dataset has no column kind\./);
  assert.equal(page.canUndo(), false);
  const now = loaded.value[layer.id];
  assert.deepEqual([now?.problem, now?.busy, now?.counted, now?.query.filter], [undefined, false, 5, undefined]);
  // A filter that is wrong of the same data is the reader's, to whom it is told.
  page.change("filter", (before) => page.withLayer(before, layer.id, { filter: "kind = 3" }));
  await soon();
  assert.equal(state.peek().layers[0]?.filter, "kind = 3");
  assert.equal(loaded.value[layer.id]?.problem?.message, "the dataset has no column kind");
});
