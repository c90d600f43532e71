/** Shapes on the page: what is asked for them, what an address says of them, and which colours they have. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { expression, latest } from "@maplibre/maplibre-gl-style-spec";
import { ofPage } from "./lib/page.js";

/** @type {typeof import("../../web/src/address")} */
const { parse, print } = await ofPage("address");
/** @type {typeof import("../../web/src/query")} */
const { queryOf } = await ofPage("query");
/** @type {typeof import("../../web/src/state")} */
const { DRAWING, makeLayer } = await ofPage("state");
/** @type {typeof import("../../web/src/map/shapes/colour")} */
const { colourOf } = await ofPage("map/shapes/colour");

/** @type {typeof import("../../web/src/map/shapes/layers")} */
const { outlined, shapeLayers, thinned } = await ofPage("map/shapes/layers");

/** What MapLibre has for a colour. */
const COLOUR = /** @type {any} */ (latest["paint_fill"]["fill-color"]);

/** A dataset of shapes is drawn as those, any other as cells. @param {string} dataset */
const usual = (dataset) => ({ ...DRAWING, kind: dataset === "roads" ? /** @type {const} */ ("shapes") : DRAWING.kind });

test("an address says how shapes are drawn only where that is not usual", () => {
  for (const text of [
    "dataset=roads",
    "dataset=roads&line=3",
    "dataset=roads&kind=cells",
    "dataset=hills&kind=shapes",
  ]) {
    assert.equal(print(parse(text, usual), "towns", usual), text);
  }
  assert.equal(parse("dataset=roads", usual).state.layers[0]?.drawing.kind, "shapes");
  assert.equal(parse("dataset=roads&line=-1&line=x", usual).state.layers[0]?.drawing.line, DRAWING.line);
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
  const theme = /** @type {any} */ ({ dark: false, other: "#00ff00" });
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
    return String(/** @type {any} */ (made.value).evaluate({ zoom: 3 }, { type: 3, properties }));
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
  for (const properties of [{}, { kind: "b" }]) assert.equal(of(kinds, properties), "rgba(0,255,0,1)");
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
  const theme = /** @type {any} */ ({ dark: false, other: "#00ff00" });
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
