/** Shapes on the page: what is asked for them, what an address says of them, and which colours they have. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { expression, latest } from "@maplibre/maplibre-gl-style-spec";
import { Tiler } from "duotile";
import { ofPage, standIn } from "./lib/page.js";

standIn();

/** @type {typeof import("../../web/src/address")} */
const { parse, print } = await ofPage("address");
/** @type {typeof import("../../web/src/query")} */
const { queryOf } = await ofPage("query");
/** @type {typeof import("../../web/src/state")} */
const { DRAWING, makeLayer } = await ofPage("state");
/** @type {typeof import("../../web/src/map/shapes/colour")} */
const { colourIn, colourOf, edgeOf } = await ofPage("map/shapes/colour");

/** @type {typeof import("../../web/src/map/shapes/layers")} */
const { outlined, shapeLayers, thinned } = await ofPage("map/shapes/layers");

/** @type {typeof import("../../web/src/tiles/frame")} */
const { frameOfQuery } = await ofPage("tiles/frame");
/** @type {typeof import("../../web/src/dom")} */
const { compact, measured, number } = await ofPage("dom");
/** @type {typeof import("../../web/src/filter/ends")} */
const { numberOfEnd, typedNumber } = await ofPage("filter/ends");
/** @type {typeof import("../../web/src/map/shapes/usual") & typeof import("../../web/src/page")} */
const { catalog, drawingFor } = await ofPage("map/shapes/usual", "page");
/**
 * @type {typeof import("../../web/src/area/areas") & typeof import("../../web/src/answers/asked") &
 *   typeof import("../../web/src/state")}
 */
const begun = await ofPage("area/areas", "answers/asked", "state");

/** What MapLibre has for a colour. */
const COLOUR = /** @type {any} */ (latest["paint_fill"]["fill-color"]);

/** A dataset of shapes is drawn as those, any other as cells. @param {string} dataset @param {number} [at] */
const usual = (dataset, at = 0) => ({
  ...DRAWING,
  kind: dataset === "roads" ? /** @type {const} */ ("shapes") : DRAWING.kind,
  ramp: ["ember", "lagoon"][at % 2] ?? "",
});

test("an address says how shapes are drawn only where that is not usual", () => {
  for (const text of [
    "dataset=roads",
    "dataset=roads&line=3",
    "dataset=roads&kind=cells",
    "dataset=hills&kind=shapes",
  ]) {
    assert.equal(print(parse(text, usual), "towns", usual), text);
  }
  // Each dataset begins in its own colours, all layers of one in the same; the address says only which are others.
  const ramps = (/** @type {string} */ text) => parse(text, usual).state.layers.map(({ drawing }) => drawing.ramp);
  for (const [text, ...expected] of [
    ["dataset=roads&dataset=hills", "ember", "lagoon"],
    ["dataset=roads&dataset=roads&line=3", "ember", "ember"],
    ["dataset=roads&dataset=hills&dataset=roads", "ember", "lagoon", "ember"],
    ["dataset=roads&dataset=hills&ramp=ember&dataset=hills&ramp=dusk", "ember", "ember", "dusk"],
  ]) {
    assert.deepEqual(ramps(text ?? ""), expected, text);
    assert.equal(print(parse(text ?? "", usual), "towns", usual), text);
  }
  // A layer that names none is of the first dataset, as one is that names it.
  const text = "line=3&dataset=towns&line=4&dataset=hills";
  const { state } = parse(text, usual, "towns");
  assert.deepEqual(
    state.layers.map(({ drawing }) => drawing.ramp),
    ["ember", "ember", "lagoon"],
  );
  const layers = state.layers.map((layer) => ({ ...layer, dataset: layer.dataset || "towns" }));
  assert.equal(print({ state: { ...state, layers } }, "towns", usual), text);
  assert.equal(parse("dataset=roads", usual).state.layers[0]?.drawing.kind, "shapes");
  assert.equal(parse("dataset=roads&line=-1&line=x", usual).state.layers[0]?.drawing.line, DRAWING.line);
});

test("a layer of another dataset is drawn as what that is, without what was of columns", () => {
  const one = (/** @type {string} */ id, /** @type {any} */ more) => ({ id, ...more });
  catalog.value = /** @type {any} */ ([
    one("towns", { geometry_types: ["Point"] }),
    one("trips", { geometry_types: ["Point"] }),
    one("roads", { geometry_types: ["LineString"] }),
    one("built", { archive: {} }),
  ]);
  const drawing = /** @type {const} */ ({
    ...DRAWING,
    measure: "mean:fare",
    lock: "3/1/2",
    first: "a",
    ramp: "lagoon",
  });
  const of = (/** @type {string} */ before, /** @type {any} */ more, /** @type {string} */ after) =>
    drawingFor(makeLayer([], before, { drawing: { ...drawing, ...more } }), after);
  const plain = { ...DRAWING, ramp: "lagoon" };
  assert.deepEqual(of("built", { kind: "tiles" }, "trips"), plain);
  assert.deepEqual(of("roads", { kind: "shapes" }, "trips"), plain);
  assert.deepEqual(of("trips", {}, "roads"), { ...plain, kind: "shapes" });
  assert.deepEqual(of("trips", { kind: "points", cell: 8 }, "towns"), { ...plain, kind: "points", cell: 8 });
  assert.deepEqual(of("trips", { kind: "heat" }, "built"), { ...plain, kind: "tiles" });
  // Of the same one, what was chosen stays.
  assert.deepEqual(of("trips", { kind: "points" }, "trips"), { ...drawing, kind: "points" });
});

test("rows in a box are those that come into it, where they have outlines, and those that lie in it, where they are points", () => {
  const rows = (/** @type {string} */ id, /** @type {any} */ box) => {
    const layer = begun.makeLayer([], id, { filter: "n > 3" });
    const state = { layers: [layer], active: "1", ground: "" };
    const dataset = /** @type {any} */ ({ id, version: "1", columns: [] });
    const asked = begun.rowsFor(layer, state, dataset, { title: "Rows in view", ...begun.within(id === "roads", box) });
    return begun.queryOf(asked);
  };
  assert.deepEqual(rows("trips", [170, -20, -175, 3]), { filter: "n > 3", bbox: [170, -20, -175, 3] });
  assert.deepEqual(rows("roads", [170, -20, -175, 3]), {
    filter: "(n > 3) AND S_INTERSECTS(geometry, BBOX(170, -20, -175, 3))",
  });
  assert.match(rows("roads", [-180, -90, 180, 90]).filter ?? "", /BBOX\(-180, -90, 180, 90\)/);
});

test("what is drawn by hand is given up when the panel is about another layer, or about other data", () => {
  const { change, drawing, reset, tool, withLayer } = begun;
  const layers = [begun.makeLayer([], "trips"), begun.makeLayer([], "trips", { id: "2" })];
  reset({ layers, active: "1", ground: "" });
  const hold = () => {
    tool.value = "circle";
    drawing.value = true;
  };
  const held = () => [tool.peek(), drawing.peek()];
  hold();
  change("filter", (before) => withLayer(before, "1", { filter: "fare > 3", visible: false }));
  change("dataset", (before) => withLayer(before, "2", { dataset: "roads" }));
  assert.deepEqual(held(), ["circle", true]);
  change("dataset", (before) => withLayer(before, "1", { dataset: "built" }));
  assert.deepEqual(held(), [undefined, false]);
  hold();
  change("active", (before) => ({ ...before, active: "2" }));
  assert.deepEqual(held(), [undefined, false]);
});

test("an end of dates is the moment at which the range ends: with the day that is in it, without the one that is not", () => {
  const value = { time: "2024-01-31" };
  const said = (/** @type {boolean | undefined} */ open, /** @type {"from" | "to"} */ which) =>
    new Date(numberOfEnd({ value, ...(open === undefined ? {} : { open }) }, which)).toISOString();
  assert.equal(said(undefined, "from"), "2024-01-31T00:00:00.000Z");
  assert.equal(said(true, "from"), "2024-01-31T23:59:59.999Z");
  assert.equal(said(undefined, "to"), "2024-01-31T23:59:59.999Z");
  assert.equal(said(true, "to"), "2024-01-31T00:00:00.000Z");
});

test("tiles of shapes carry the column that colours them and the name of their row, and no more", () => {
  const column = (/** @type {string} */ name, /** @type {string} */ type) => ({ name, type });
  const columns = [column("id", "integer"), column("Name", "text"), column("lanes", "integer"), column("ref", "text")];
  const dataset = /** @type {any} */ ({ id: "roads", columns });
  const state = { layers: [], active: "", ground: "" };
  const asked = (/** @type {object} */ drawing) =>
    queryOf(
      makeLayer([], "roads", { filter: "lanes > 1", drawing: { ...usual("roads"), ...drawing } }),
      state,
      dataset,
    );
  const query = { filter: "lanes > 1", mode: "points" };
  assert.deepEqual(asked({}), { ...query, properties: ["Name"] });
  assert.deepEqual(asked({ measure: "mean:lanes" }), { ...query, properties: ["lanes", "Name"] });
  assert.deepEqual(asked({ category: "ref" }), { ...query, properties: ["ref", "Name"] });
  assert.deepEqual(asked({ category: "Name" }), { ...query, properties: ["Name"] });
  assert.deepEqual(asked({ measure: "mean:gone" }), { ...query, properties: ["Name"] });
});

test("a shape has the colour of its value, and the colour of none where it has none", () => {
  const ramp = (/** @type {number} */ at) =>
    `#${Math.round(at * 200)
      .toString(16)
      .padStart(2, "0")}0000`;
  const theme = /** @type {any} */ ({ dark: false, other: "#00ff00", none: "#00ff88" });
  const of = (
    /** @type {any} */ colours,
    /** @type {object} */ properties,
    /** @type {"fill" | "edge"} */ part = "fill",
  ) => {
    const made = expression.createExpression(
      colourOf({ theme, ramp, ...colours }, part),
      "layers[0].paint.fill-color",
      COLOUR,
    );
    assert.equal(made.result, "success", JSON.stringify(made.value));
    const found = String(/** @type {any} */ (made.value).evaluate({ zoom: 3 }, { type: 3, properties }));
    // Without a map it is the same.
    const own = { theme, ramp, ...colours };
    const fill = colourIn(own)(/** @type {any} */ (properties));
    const hex = part === "fill" ? fill : edgeOf(fill, own.theme);
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    assert.equal(found, `rgba(${parts},1)`);
    return found;
  };
  const numbers = {
    property: "lanes",
    stops: [
      { value: 1, at: 0 },
      { value: 5, at: 1 },
    ],
  };
  assert.equal(of(numbers, { lanes: 1 }), "rgba(0,0,0,1)");
  assert.equal(of(numbers, { lanes: 5 }), "rgba(200,0,0,1)");
  assert.equal(of(numbers, { lanes: 50 }), "rgba(200,0,0,1)");
  for (const properties of [{}, { lanes: "many" }]) assert.equal(of(numbers, properties), "rgba(0,255,0,1)");
  const kinds = {
    property: "kind",
    categories: [
      { value: "a", colour: "#0000ff" },
      { value: "true", colour: "#ff0000" },
    ],
  };
  assert.equal(of(kinds, { kind: "a" }), "rgba(0,0,255,1)");
  assert.equal(of(kinds, { kind: true }), "rgba(255,0,0,1)");
  assert.equal(of(kinds, { kind: "b" }), "rgba(0,255,0,1)");
  // A row without a value is none of the others, and not one whose text is empty.
  const empty = { ...kinds, categories: [{ value: "", colour: "#0000ff" }] };
  for (const colours of [kinds, empty, { ...kinds, categories: [] }]) {
    assert.equal(of(colours, {}), "rgba(0,255,136,1)");
  }
  assert.equal(of({}, {}), "rgba(110,0,0,1)");
  // Edges are darker on a light ground, and lighter on a dark one.
  assert.equal(of({}, {}, "edge"), "rgba(61,0,0,1)");
  assert.equal(of({ theme: { ...theme, dark: true } }, {}, "edge"), "rgba(175,115,115,1)");
});

test("many lines are seen through, few are not, and none is lost", () => {
  assert.deepEqual([0, 1, 2000].map(thinned), [1, 1, 1]);
  const many = [3000, 20_000, 66_770, 100_000].map(thinned);
  assert.ok(
    many.every((share, at) => share < (many[at - 1] ?? 1)),
    `${many}`,
  );
  // A tenth of an opacity is told from the ground; of 1000 over one another nothing of it is seen.
  assert.ok(thinned(1e9) > 0.1 && (1 - thinned(1e9)) ** 1000 < 1 / 256);
});

test("outlines are faint where rows are a few pixels apart, and whole where they are sixty-four", () => {
  // The world is 512 pixels at zoom 0: 1024 squares of it are 16 pixels wide, and 4 if they are in a sixteenth of it.
  assert.equal(outlined(1024, [-180, -85.0511287798, 180, 85.0511287798]).toFixed(2), Math.log2(64 / 16).toFixed(2));
  assert.equal(outlined(1024, [-45, -40.979898, 45, 40.979898]).toFixed(2), Math.log2(64 / 4).toFixed(2));
  // Of a few large ones the points may be anywhere, or all at one place.
  assert.equal(outlined(3, [7, 46, 7, 46]), 0);
  assert.ok(Number.isFinite(outlined(1000, [7, 46, 7, 46])) && Number.isFinite(outlined(1000, [])));
  const layer = makeLayer([], "roads", { drawing: { ...usual("roads"), opacity: 0.8, line: 1 } });
  const theme = /** @type {any} */ ({ dark: false, other: "#00ff00", none: "#00ff88" });
  const frame = [-125, 24, -66, 50];
  const [, lines] = shapeLayers(
    layer,
    /** @type {any} */ ({ theme, ramp: () => "#ff0000" }),
    { source: "s", "source-layer": "s" },
    { rows: 3100, frame },
  );
  const made = expression.createExpression(
    /** @type {any} */ (lines).paint["line-opacity"],
    "layers[0].paint.line-opacity",
    /** @type {any} */ (latest["paint_line"]["line-opacity"]),
  );
  assert.equal(made.result, "success", JSON.stringify(made.value));
  const of = (/** @type {number} */ zoom, /** @type {1 | 2 | 3} */ type, marked = false) =>
    /** @type {any} */ (made.value).evaluate({ zoom }, { type, properties: {} }, { marked });
  // Counties are 9 pixels apart at zoom 3.
  assert.ok(of(3, 3) > 0.1 && of(3, 3) < 0.3, String(of(3, 3)));
  assert.deepEqual(
    [of(0, 3), of(6, 3), of(3, 3, true)].map((share) => share.toFixed(2)),
    ["0.10", "0.80", "0.80"],
  );
  // Lines are not outlines.
  assert.equal(of(0, 2), of(9, 2));
});

test("what passes is framed with the whole of its outlines, however small, and across the antimeridian", async () => {
  /** @param {number} west @param {number} south @param {number} side */
  const square = (west, south, side) => [
    [
      [west, south],
      [west + side, south],
      [west + side, south + side],
      [west, south + side],
      [west, south],
    ],
  ];
  const feature = (/** @type {string} */ type, /** @type {unknown} */ coordinates, /** @type {number} */ n) => ({
    type: "Feature",
    geometry: { type, coordinates },
    properties: { n },
  });
  const tiler = await Tiler.from([
    feature("Polygon", square(0, 30, 20), 1),
    feature("Polygon", square(8.54, 47.37, 0.001), 2),
    feature("MultiPolygon", [square(176, -20, 4), square(-180, -20, 3)], 3),
    feature("MultiPolygon", [square(0, 41, 9), square(-62, 16, 0.3)], 6),
    ...Array.from({ length: 400 }, (_, n) => feature("Polygon", square(7 + n / 1000, 46, 0.0005), 4)),
  ]);
  const tile = async (
    /** @type {string} */ _,
    /** @type {[number, number, number]} */ at,
    /** @type {string} */ query,
  ) => ({
    value: tiler.tile(...at, query),
  });
  const framed = (/** @type {string} */ filter) =>
    frameOfQuery(/** @type {any} */ ({ tile }), "shapes", { filter }, true);
  /** @param {readonly number[] | undefined} found @param {number[]} expected @param {number} slack */
  const near = (found, expected, slack) => {
    const is = expected.every((degrees, at) => Math.abs(Number(found?.[at]) - degrees) < slack);
    assert.ok(is, `${found}, expected ${expected}`);
  };
  near(await framed("n = 1"), [0, 30, 20, 50], 0.05);
  near(await framed("n = 2"), [8.54, 47.37, 8.541, 47.371], 1e-4);
  near(await framed("n = 3"), [176, -20, 183, -16], 0.05);
  near(await framed("n = 4"), [7, 46, 7.3995, 46.0005], 2e-3);
  // A part that is too small to be drawn with all of the world is as much a part as others.
  near(await framed("n = 6"), [-62, 16, 9, 50], 0.05);
  assert.equal(await framed("n = 5"), undefined);
});

test("numbers are read in groups of digits, without more of them than say something, and large areas in larger units", () => {
  const cases = /** @type {const} */ ([
    [38_346_720, {}, "38,346,720"],
    [2019, {}, "2019"],
    [123_456, { name: "osm_id" }, "123456"],
    [123_456, { role: "id" }, "123456"],
    [0.123456789, {}, "0.123457"],
    [1_234_567.891, {}, "1,234,568"],
    [812.3456789, { unit: "m²" }, "812.346 m²"],
    [41_285_123_456.7, { unit: "m²" }, "41,285.1 km²"],
    [9_999.5, { unit: "m" }, "9,999.5 m"],
    [12_345.678, { unit: "m" }, "12.3457 km"],
    [7, { unit: "floors" }, "7 floors"],
  ]);
  for (const [value, column, text] of cases) assert.equal(measured(value, column), text);
});

test("a number that is small is not told as nothing, and one that is typed is what is meant or none", () => {
  for (const [value, text] of /** @type {const} */ ([
    [0, "0"],
    [0.0000657282, "0.0000657"],
    [-0.0004, "-0.0004"],
    [0.0625, "0.0625"],
    [0.333333, "0.333"],
    [51.50742, "51.507"],
    [1.234e-9, "1.23e-9"],
    [9999.9999, "10,000"],
  ])) {
    assert.equal(number(value), text);
    assert.equal(compact(value), text);
  }
  for (const [text, value] of /** @type {const} */ ([
    ["1,234", 1234],
    ["-12,345,678.5", -12_345_678.5],
    ["1 234'567", 1_234_567],
    [".5", 0.5],
    ["0,5", Number.NaN],
    ["1,23", Number.NaN],
    ["1234,567", Number.NaN],
    ["ten", Number.NaN],
    ["'", Number.NaN],
    ["1e999", Number.NaN],
  ])) {
    assert.equal(typedNumber(text), value, text);
  }
});
