/** Scales of values: steady from zoom to zoom, in order at each, and with all of their colours where there are values. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofPage, standIn } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/map/steady")} */
const { steady } = await ofPage("map/steady");
/** @type {typeof import("../../web/src/map/scale")} */
const { along, areaStops, cellStops, rowStops } = await ofPage("map/scale");
/** @type {typeof import("../../web/src/map/stops")} */
const { placeOf } = await ofPage("map/stops");
/** @type {typeof import("../../web/src/map/glide")} */
const { counts } = await ofPage("map/glide");
/** @type {typeof import("../../web/src/panel/ticks")} */
const { ticksOf } = await ofPage("panel/ticks");
/** @type {typeof import("../../web/src/filter/axis")} */
const { axisOf, binsOf, numberOf, unitOf, wholeAxis } = await ofPage("filter/axis");
/** @type {typeof import("../../web/src/filter/ends")} */
const { brushOf, nudged, rangeAt, valueAt } = await ofPage("filter/ends");
/** @type {typeof import("../../web/src/map/lock")} */
const { parse, print } = await ofPage("map/lock");
/** @type {typeof import("../../web/src/compare/alike")} */
const { haveColoursAlike, haveLegendsAlike } = await ofPage("compare/alike");
/** @type {typeof import("../../web/src/compare/pooled")} */
const { together } = await ofPage("compare/pooled");
standIn();
/**
 * @type {typeof import("../../web/src/state") & typeof import("../../web/src/address") &
 *   typeof import("../../web/src/compare/compared") & typeof import("../../web/src/map/paint")}
 */
const page = await ofPage("state", "address", "compare/compared", "map/paint");
const { DRAWING, draw, makeLayer, paintedBy, paintOf, reset, state } = page;

const ZOOMS = 23;
const PROBABILITIES = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];

/** Quantiles as a sort has them. @param {number[]} values */
function quantiles(values) {
  const all = [...values].sort((a, b) => a - b);
  return PROBABILITIES.map((share) => all[Math.round(share * (all.length - 1))] ?? 0);
}

test("quantiles ascend at every zoom, whatever values there are, and lie between those they are made of", () => {
  const { next, below } = random(5);
  const values = [
    () => next() ** 6 * 1e7,
    () => (next() < 0.1 ? 0 : next() ** 6 * 1e7),
    () => (next() - 0.3) ** 3 * 1e6,
    () => -(next() ** 4) * 100,
    () => below(3),
  ];
  for (const value of values) {
    for (let round = 0; round < 50; round += 1) {
      const known = Array.from({ length: 1 + below(10) }, (_, z) =>
        quantiles(Array.from({ length: 300 }, () => value() / 4 ** z)),
      );
      for (const adds of [true, false]) {
        const all = steady(known, adds);
        assert.equal(all.length, ZOOMS);
        for (const [z, levels] of all.entries()) {
          assert.ok(
            levels.every((level, at) => level >= (levels[at - 1] ?? level)),
            `${z}: ${levels}`,
          );
          assert.ok(levels.every(Number.isFinite), `${z}: ${levels}`);
        }
        for (const at of PROBABILITIES.keys()) {
          const column = known.map((levels) => levels[at] ?? 0);
          const [low, high] = [Math.min(...column), Math.max(...column)];
          const slack = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
          for (const z of known.keys()) {
            const mean = all[z]?.[at] ?? 0;
            // Deeper ones than are known go on as they went: they are no larger.
            assert.ok(mean <= high + slack && (known.length < ZOOMS || mean >= low - slack), `${z} ${at}: ${mean}`);
          }
        }
      }
    }
  }
});

test("sums of which some are nothing have as many colours as those of which none is", () => {
  // A tenth of the cells is nothing from zoom 2 on; all are a quarter at each zoom.
  const { next } = random(9);
  const levels = Array.from({ length: 8 }, (_, z) =>
    Array.from({ length: 2000 }, () => (z > 1 && next() < 0.1 ? 0 : (next() ** 2 * 9e6 + 2e5) / 4 ** z)),
  );
  const zooms = levels.map((values, z) => ({ z, quantiles: quantiles(values) }));
  const stops = cellStops(/** @type {any} */ ({ probabilities: PROBABILITIES, zooms }), "balanced", true);
  levels.forEach((values, z) => {
    const first = stops[z]?.[0].value ?? 0;
    const share = (/** @type {(value: number) => boolean} */ is) => values.filter(is).length / values.length;
    const [below, nothing] = [share((value) => value < first), share((value) => value === 0)];
    assert.ok(
      below <= nothing + 0.05,
      `at ${z} ${below} of the cells are below the first colour, ${nothing} are nothing`,
    );
  });
});

test("values that all have a logarithm are steady by it", () => {
  const all = steady(
    [
      [1, 8],
      [1, 4],
      [1, 2],
    ],
    false,
  );
  assert.deepEqual(
    all[1]?.map((value) => Number(value.toPrecision(12))),
    [1, 4],
  );
});

test("a locked scale of an address is one of numbers at a zoom that there is, or none", () => {
  for (const text of ["5/1/2/3", "0/1/2", "22/-1/0/1e290", "22/0/5e-324"]) {
    for (const adds of [true, false]) {
      const all = parse(text, adds);
      assert.equal(all?.length, ZOOMS, text);
      assert.ok(
        all?.flat().every(({ value, at }) => Number.isFinite(value) && at >= 0 && at <= 1),
        text,
      );
    }
  }
  for (const text of ["", "5", "5/1", "2000/1/2", "23/1/2", "-1/1/2", "1.5/1/2", "5/2/1", "5/1/x", "22/1/1e308"]) {
    assert.equal(parse(text, true), undefined, text);
  }
});

test("a scale of a part of the ramp is locked as that: each value has its colour", () => {
  const stops = /** @type {const} */ ([
    { value: 1, at: 0.25 },
    { value: 10, at: 0.5 },
    { value: 400, at: 0.75 },
  ]);
  const [again] = parse(print(0, stops), true) ?? assert.fail();
  for (const value of [1, 2, 5, 10, 100, 399, 400]) {
    assert.ok(Math.abs(placeOf(value, again) - placeOf(value, stops)) < 0.01, `${value}: ${placeOf(value, again)}`);
  }
  assert.deepEqual([again[0].at, again.at(-1)?.at], [0.25, 0.75]);
});

test("colours of two layers are said to mean the same where all that decides them is the same", () => {
  const layer = (/** @type {Partial<typeof DRAWING>} */ drawing, dataset = "trips") =>
    makeLayer([], dataset, { drawing: { ...DRAWING, ...drawing } });
  const below = layer({});
  assert.equal(haveColoursAlike({ below, above: layer({ opacity: 0.5 }) }), true);
  for (const other of /** @type {Partial<typeof DRAWING>[]} */ ([
    { scale: "log" },
    { ramp: "ocean" },
    { lock: "4/1/2/3" },
    { measure: "mean:fare" },
    { category: "kind" },
    { cell: 8 },
    { kind: "points" },
  ])) {
    assert.equal(haveColoursAlike({ below, above: layer(other) }), false, JSON.stringify(other));
  }
  assert.equal(haveColoursAlike({ below, above: layer({}, "stops") }), false);
  // Colours do not tell what is large.
  const sized = { below, above: layer({ size: "fare" }) };
  assert.deepEqual([haveColoursAlike(sized), haveLegendsAlike(sized)], [true, false]);
});

test("quantiles of two sets of values are those of all of them, to the tenth that they are apart", () => {
  const { next, below } = random(11);
  const kinds = [() => next() ** 3 * 2000, () => 100 + next() * 19, () => below(3), () => -1e3 * next(), () => 7];
  for (const one of kinds) {
    for (const other of kinds) {
      const [first, second] = [Array.from({ length: 400 }, one), Array.from({ length: 1600 }, other)];
      const spread = (/** @type {number[]} */ values) => ({
        quantiles: quantiles(values),
        probabilities: PROBABILITIES,
        count: values.length,
      });
      const all = [...first, ...second].sort((a, b) => a - b);
      for (const [at, value] of together(spread(first), spread(second)).entries()) {
        const share = PROBABILITIES[at] ?? 0;
        // As many are below it, and as many above it, as should be.
        const [less, more] = [all.filter((each) => each < value - 1e-9), all.filter((each) => each > value + 1e-9)];
        assert.ok(less.length / all.length <= share + 0.1, `${one} ${other}: ${share}: ${value}`);
        assert.ok(more.length / all.length <= 1 - share + 0.1, `${one} ${other}: ${share}: ${value}`);
        if (share === 0) assert.equal(value, all[0]);
        if (share === 1) assert.equal(value, all.at(-1));
      }
    }
  }
  const none = { quantiles: [], probabilities: PROBABILITIES, count: 0 };
  const some = { quantiles: PROBABILITIES, probabilities: PROBABILITIES, count: 3 };
  assert.deepEqual([together(none, some), together(some, none)], [PROBABILITIES, PROBABILITIES]);
});

test("two layers that are compared have one scale, from the least value of both to the greatest, and one list of categories", () => {
  const drawing = /** @type {const} */ ({ ...DRAWING, kind: "shapes", measure: "mean:v" });
  const [below, above] = [makeLayer([], "squares", { drawing }), { ...makeLayer([], "squares", { drawing }), id: "2" }];
  reset({ layers: [below, above], active: "1", ground: "", compare: "swipe" });
  const numbers = (/** @type {number} */ unit) => PROBABILITIES.map((share) => unit * (1 + 19 * share));
  const known = (/** @type {number} */ unit, /** @type {[string, number][]} */ towns) => ({
    query: {},
    metadata: {
      rows: 20,
      measures: [
        { property: "v_mean", probabilities: PROBABILITIES, zooms: [{ z: 0, cells: 20, quantiles: numbers(unit) }] },
      ],
    },
    columns: {
      v: { present: 20, nulls: 0, probabilities: PROBABILITIES, quantiles: numbers(unit) },
      town: { present: 20, nulls: unit, categories: towns.map(([value, count]) => ({ value, count })) },
    },
    dataset: {
      id: "squares",
      columns: [
        { name: "town", type: "text" },
        { name: "v", type: "float" },
      ],
    },
  });
  /** @type {any} */
  const all = {
    1: known(1, [
      ["a", 12],
      ["c", 8],
    ]),
    2: known(100, [
      ["b", 15],
      ["c", 5],
    ]),
    3: known(7, []),
  };
  const paints = (/** @type {Partial<typeof DRAWING>} */ changes) => {
    for (const { id } of state.peek().layers) draw(id, changes);
    const painted = paintedBy(all);
    assert.equal(painted[3], all[3]);
    return state.peek().layers.map((layer) => paintOf(layer, /** @type {any} */ (painted[layer.id])));
  };
  for (const { values = [] } of paints({ scale: "linear" })) {
    assert.deepEqual(values, [
      { value: 1, at: 0 },
      { value: 2000, at: 1 },
    ]);
  }
  // Half of the ramp is for each of two sides with as many rows.
  const [ranks] = paints({ scale: "equal" });
  assert.ok(Math.abs(placeOf(50, /** @type {any} */ (ranks?.values)) - 0.5) < 0.01);
  for (const { cells } of paints({ kind: "cells", scale: "linear" })) {
    assert.deepEqual(cells[0], [
      { value: 1, at: 0 },
      { value: 2000, at: 1 },
    ]);
  }
  for (const { categories = [], rest } of paints({ kind: "shapes", category: "town" })) {
    assert.deepEqual(
      categories.map(({ value }) => value),
      ["b", "c", "a"],
    );
    assert.deepEqual(rest, { others: false, none: true });
  }
  assert.deepEqual(new Set(paints({}).map(({ categories }) => JSON.stringify(categories))).size, 1);
  // Of rows that are each a cell of their own, deeper zooms are known; of others they are not.
  const more = structuredClone(all);
  const [measure] = more[1].metadata.measures;
  measure.zooms.push({ ...measure.zooms[0], z: 1 });
  const zooms = () => paintedBy(more)[1]?.metadata?.measures[0]?.zooms.map(({ cells }) => cells);
  assert.deepEqual(zooms(), [40, 40]);
  more[2].metadata.rows = 21;
  assert.deepEqual(zooms(), [40]);
  // What is not drawn alike keeps its own.
  draw("2", { measure: "max:v" });
  assert.equal(paintedBy(all), all);
});

test("heat is said to be of numbers of rows, whatever colours were by before, on the page and in an address", () => {
  const before = { ...DRAWING, measure: "mean:fare", scale: /** @type {const} */ ("log"), lock: "5/1/2/3" };
  for (const drawing of [before, { ...before, category: "kind" }]) {
    reset({ layers: [makeLayer([], "trips", { drawing })], active: "1", ground: "" });
    draw("1", { kind: "heat" });
    assert.deepEqual(state.peek().layers[0]?.drawing, { ...DRAWING, kind: "heat" });
  }
  const { layers } = page.parse("dataset=trips&kind=heat&measure=mean:fare&category=kind&scale=log&ramp=slate").state;
  assert.deepEqual(layers[0]?.drawing, { ...DRAWING, kind: "heat", ramp: "slate" });
  assert.equal(page.parse("dataset=trips&measure=mean:fare").state.layers[0]?.drawing.measure, "mean:fare");
});

test("areas of dots grow as the counts they stand for, and where those are too unlike as a power of them", () => {
  const measure = (/** @type {number[]} */ counts) => ({
    property: "point_count",
    min: null,
    max: null,
    probabilities: PROBABILITIES,
    zooms: [{ zoom: 0, cells: counts.length, quantiles: quantiles(counts) }],
  });
  const area = (/** @type {number[]} */ counts, /** @type {number} */ count) => {
    const [stops] = areaStops(/** @type {any} */ (measure(counts)), 9);
    return 1 + 8 * placeOf(count, stops);
  };
  const few = [...Array(80).fill(1), ...Array(12).fill(2), 3, 3, 4, 5, 6, 7, 8, 9];
  for (const count of [1, 2, 3, 4, 5]) assert.ok(Math.abs(area(few, count) - count) < 0.05 * count, `${count}`);
  const many = Array.from({ length: 1000 }, (_, at) => 2 ** (at / 100) * 10);
  const large = Math.sqrt((many[949] ?? 0) * (many[999] ?? 0));
  const power = Math.log(9) / Math.log(large / 10);
  for (const count of [10, 30, 100, 1000, 5000]) {
    const expected = (count / 10) ** power;
    assert.ok(Math.abs(area(many, count) - expected) < 0.05 * expected, `${count}: ${area(many, count)}, ${expected}`);
  }
  assert.equal(area(many, 1e9), 9);
  assert.equal(area([4, 4, 4], 4), 1);
});

test("the rows of a quarter of a cell are as many as rows thrown into quarters say, and back", () => {
  const { below } = random(13);
  const thrown = counts(1);
  for (const count of [1, 2, 3, 5, 8, 20, 100]) {
    let [rows, quarters] = [0, 0];
    for (let round = 0; round < 20_000; round += 1) {
      const seen = new Set(Array.from({ length: count }, () => below(4)));
      rows += count;
      quarters += seen.size;
    }
    const mean = rows / quarters;
    assert.ok(Math.abs(thrown.part(count) / mean - 1) < 0.02, `${count}: ${thrown.part(count)}, ${mean}`);
    assert.ok(Math.abs(thrown.whole(thrown.part(count)) / count - 1) < 1e-4, `${count} back`);
  }
});

test("where tiles change to the next zoom, the colours of a town stay; half way between they are those of the zoom alone", () => {
  // A town in a wide country: how many rows each cell of a zoom has, and which of them are the town's.
  const { next } = random(17);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  const places = Array.from({ length: 60_000 }, (_, at) => {
    const [x, y, far] = at % 3 === 0 ? [0.3, 0.4, 0.01] : [0.62, 0.55, 0.08];
    return [x + normal() * far, y + normal() * far];
  });
  const cells = Array.from({ length: 9 }, (_, z) => {
    const side = 8 * 2 ** z;
    /** @type {Map<string, { count: number, near: boolean }>} */
    const found = new Map();
    for (const [x = 0, y = 0] of places) {
      const [column, row] = [Math.floor(x * side), Math.floor(y * side)];
      const near = Math.hypot((column + 0.5) / side - 0.3, (row + 0.5) / side - 0.4) < 0.015;
      const cell = found.get(`${column} ${row}`) ?? { count: 0, near };
      cell.count += 1;
      found.set(`${column} ${row}`, cell);
    }
    return [...found.values()];
  });
  const zooms = cells.map((all, z) => ({ z, cells: all.length, quantiles: quantiles(all.map(({ count }) => count)) }));
  const measure = /** @type {any} */ ({ probabilities: PROBABILITIES, zooms });
  /** The mean place on the ramp of the town's cells. */
  const mean = (/** @type {number} */ z, /** @type {number | undefined} */ at) => {
    const stops = cellStops(measure, "balanced", true, at)[z];
    assert.ok(stops);
    stops.forEach((stop, i) => {
      const before = stops[i - 1];
      assert.ok(!before || (stop.value > before.value && stop.at >= before.at - 1e-12), `${z} ${at}: out of order`);
      assert.ok(stop.at >= 0 && stop.at <= 1);
    });
    const town = (cells[z] ?? []).filter(({ near }) => near);
    return town.reduce((sum, { count }) => sum + placeOf(count, stops), 0) / town.length;
  };
  const [jumps, glides] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let z = 3; z < 7; z += 1) {
    jumps.push(Math.abs(mean(z, undefined) - mean(z + 1, undefined)));
    glides.push(Math.abs(mean(z, z + 1) - mean(z + 1, z + 1)));
    assert.equal(mean(z, z + 0.5), mean(z, undefined));
  }
  assert.ok(Math.max(...jumps) > 0.06 && Math.max(...glides) < 0.03, `${jumps} without, ${glides} with`);
});

test("a scale ends at values that there are at its zoom, wherever colours glide", () => {
  const { next } = random(23);
  // Heaps that part at zoom 3 only: far above, their counts are many times what any cell has from there on.
  const levels = Array.from({ length: 8 }, (_, z) =>
    Array.from({ length: 500 }, () => Math.ceil(next() ** 6 * (z < 3 ? 1760 : 447) + (z < 3 ? 3 : 0))),
  );
  const zooms = levels.map((values, z) => ({ z, cells: 500 * 4 ** z, quantiles: quantiles(values) }));
  const measure = /** @type {any} */ ({ probabilities: PROBABILITIES, zooms });
  for (const at of [undefined, 0.25, 1.75, 2.25, 2.5, 2.75, 3, 3.25, 4.75, 6]) {
    for (const [z, values] of levels.entries()) {
      const stops = cellStops(measure, "balanced", true, at)[z] ?? assert.fail();
      const [least, most] = [Math.min(...values), Math.max(...values)];
      assert.ok(stops[0].value >= least && (stops.at(-1)?.value ?? 0) <= most, `${z} at ${at}`);
      const ends = ticksOf(stops, true, 202).map(({ text }) => text);
      assert.ok(!ends.at(-1)?.endsWith("+") || (stops.at(-1)?.value ?? 0) < most, `${z} at ${at}: ${ends}`);
      stops.forEach((stop, i) => {
        const before = stops[i - 1];
        assert.ok(!before || (stop.value > before.value && stop.at >= before.at), `${z} at ${at}: out of order`);
      });
    }
  }
});

test("a ramp has numbers all along, also where nearly all of it is for what is small beside its end", () => {
  /** @param {number[]} values places are even */
  const texts = (values) => {
    const stops = /** @type {any} */ (values.map((value, at) => ({ value, at: at / (values.length - 1) })));
    const ticks = ticksOf(stops, false, 202);
    ticks.forEach(({ value, at }, i) => {
      assert.ok(at >= (ticks[i - 1]?.at ?? 0) && at <= 1, `${value} at ${at}`);
      const between = values.findIndex((each) => each >= value) / (values.length - 1);
      assert.ok(
        between < 0 || (at <= between + 1e-9 && at >= between - 1 / (values.length - 1) - 1e-9),
        `${value}: ${at}`,
      );
    });
    return ticks.map(({ text }) => text);
  };
  // The mean of casualties of cells: nearly all have 1 or 2.
  const casualties = texts([0, 0.2, 0.5, 0.8, 1, 1.1, 1.3, 1.7, 2.2, 3, 42.5]);
  assert.ok(casualties.length >= 4, casualties.join());
  assert.ok(texts([-40, -3, -1, -0.5, -0.1, 0.1, 0.3, 0.9, 2, 50]).length >= 4);
  assert.deepEqual(texts([0, 10, 20, 30, 40]), ["0", "10", "20", "30", "40"]);
  // As much of a ramp as has values is shown.
  const part = /** @type {any} */ ([
    { value: 1, at: 0.25 },
    { value: 100, at: 0.5 },
  ]);
  assert.deepEqual(
    ticksOf(part, true, 202)
      .map(({ value, at }) => [value, at])
      .filter((_, at, all) => at === 0 || at === all.length - 1),
    [
      [1, 0],
      [100, 1],
    ],
  );
});

/** What the server tells of whole numbers, in a thousand bins. @param {number[]} values */
function statsOf(values) {
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const bins = min === max ? 1 : 1000;
  const edges = Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : min + ((max - min) * i) / bins));
  const counts = Array(bins).fill(0);
  for (const value of values) {
    const above = edges.findIndex((edge) => edge > value);
    counts[(above < 0 ? bins : above) - 1] += 1;
  }
  return /** @type {any} */ ({ type: "integer", present: values.length, histogram: { edges, counts } });
}

test("bars of whole numbers have as many of them each, and as many rows as these have", () => {
  const { below } = random(11);
  for (const count of [1, 2, 3, 24, 60, 80, 100, 101, 120, 365, 999, 1000]) {
    for (const min of [-7, 0, 18, 1990]) {
      const all = Array.from({ length: count }, (_, i) => min + i);
      const some = [min, min + count - 1, ...Array.from({ length: 400 }, () => min + below(count))];
      const axis = wholeAxis(min, min + count - 1);
      const each = count <= 100 ? 1 : Math.ceil(count / 50);
      for (const values of [all, some]) {
        const bars = Array(Math.ceil(count / each)).fill(0);
        for (const value of values) bars[Math.floor((value - min) / each)] += 1;
        const found = binsOf([statsOf(values)], axis).map((rows) => Math.round(rows * 1e9) / 1e9);
        assert.deepEqual(found, bars, `${count} from ${min}`);
      }
      // A bar is where its numbers are.
      const bar = (/** @type {number} */ value) => Math.floor(axis.at(value) * axis.bins);
      for (const value of all) assert.equal(bar(value), Math.floor((value - min) / each), `${value} of ${count}`);
      assert.deepEqual([axis.value(0), axis.value(1)], [min, min + count - 1]);
    }
  }
});

test("an end of a brush over whole numbers is a number that it has whole, and goes on by one", () => {
  for (const [min, max] of /** @type {const} */ ([
    [0, 59],
    [-3, 3],
    [1990, 2019],
    [0, 365],
  ])) {
    const axis = wholeAxis(min, max);
    for (let from = min; from <= max; from += 1) {
      for (const to of [from, Math.min(from + 3, max), max]) {
        const brush = brushOf({ kind: "range", from: { value: from }, to: { value: to } }, axis) ?? assert.fail();
        const range = rangeAt(brush, axis, "integer");
        const told = `${from} to ${to} of ${min} to ${max}`;
        assert.deepEqual(
          [Number(range?.from?.value ?? min) + 0, Number(range?.to?.value ?? max) + 0],
          [from, to],
          told,
        );
        const open = { from: { value: from - 1, open: true }, to: { value: to + 1, open: true } };
        assert.deepEqual(brushOf({ kind: "range", ...open }, axis), brush, told);
        if (max - min > 60) continue;
        for (const by of [-0.01, 0.01]) {
          const ends = /** @type {const} */ (["from", "to"]);
          for (const end of ends) {
            const value = { from, to }[end];
            const next = value + Math.sign(by);
            if (next < min || next > max || brush[end] === 0 || brush[end] === 1) continue;
            const moved = nudged(brush[end], by, axis, "integer", end);
            const reached = moved === 0 ? min : moved === 1 ? max : valueAt(moved, axis, "integer", end);
            assert.ok(
              Math.sign(reached - value) === Math.sign(by) &&
                Math.abs(reached - value) <= Math.max(1, (max - min) / 50),
              `${told}: ${end} from ${value} to ${reached}`,
            );
          }
        }
      }
    }
  }
});

test("an axis of one value, or of two that are as good as one, has numbers and no other ends", () => {
  for (const [min, max] of /** @type {const} */ ([
    [0.3, 0.3],
    [0.3, 0.30000000000000004],
    [1e15, 1e15 + 2],
    [5e-324, 5e-324],
    [0, 0],
  ])) {
    for (const axis of [axisOf(min, max, false, 1), axisOf(min, max, true, 1), wholeAxis(min, max)]) {
      for (const kind of /** @type {const} */ (["number", "integer"])) {
        for (const at of [0, 0.2, 0.5, 1]) {
          const value = valueAt(at, axis, kind);
          assert.ok(Math.abs(value - min) <= Math.max(max - min, 0.5, max / 1e14), `${min} to ${max}: ${value}`);
        }
        const range = rangeAt({ from: 0.2, to: 0.7 }, axis, kind);
        assert.ok(Number.isFinite(range?.from?.value) && Number.isFinite(range?.to?.value), `${min} to ${max}`);
      }
    }
  }
});

test("a number that is a text because no double is as exact is a number, and a time a time", () => {
  assert.equal(numberOf("9007199254740993"), 2 ** 53);
  assert.equal(numberOf("-1700000000000000001"), -1.7e18);
  assert.equal(numberOf("2024-01-01T00:00:00Z"), Date.UTC(2024, 0, 1));
  assert.ok(Number.isNaN(numberOf(null)));
  const stats = /** @type {any} */ ({ probabilities: [0, 1], quantiles: ["9007199254740993", "9007199254840993"] });
  assert.deepEqual(
    rowStops(stats, "linear")?.map(({ value }) => value),
    [2 ** 53, 9007199254840992],
  );
});

test("numbers of a legend are told apart, however little is between them", () => {
  const texts = (/** @type {number[]} */ ...ends) =>
    ticksOf(/** @type {any} */ (ends.map((value, at) => ({ value, at }))), false, 202).map(({ text }) => text);
  assert.deepEqual([texts(1990, 2019)[0], texts(1990, 2019).at(-1)], ["1,990", "2,019"]);
  // Those that are next to nothing have no row of zeros.
  assert.deepEqual([texts(1.23e-200), texts(1.2345e-9, 1.2346e-9).at(-1)], [["1.23e-200"], "1.2346e-9"]);
  assert.deepEqual([texts(1012.04, 1014.31)[0], texts(1012.04, 1014.31).at(-1)], ["1,012", "1,014.3"]);
  assert.deepEqual([texts(2451200, 2451900)[0], texts(2451200, 2451900).at(-1)], ["2.4512M", "2.4519M"]);
  assert.deepEqual(texts(12.34567891), ["12.346"]);
  assert.deepEqual([texts(1, 123456)[0], texts(1, 123456).at(-1)], ["1", "123K"]);
  for (const [least, most] of /** @type {const} */ ([
    [1990, 2019],
    [-5.01, -5],
    [100000, 100100],
    [0.12301, 0.12302],
  ])) {
    const all = texts(least, most);
    assert.ok(all.length > 1 && new Set(all).size === all.length, `${least} to ${most}: ${all}`);
  }
});

test("an axis of one value has that value everywhere", () => {
  for (const log of [false, true]) {
    for (const value of [5, 0, -2.5, 1e9, 1e300]) {
      const axis = axisOf(value, value, log, 1);
      assert.deepEqual([0, 0.3, 0.5, 1].map(axis.value), [value, value, value, value]);
      assert.ok(axis.at(value) >= 0 && axis.at(value) <= 1);
    }
  }
});

test("whatever numbers there are, a scale has finite places in order, a legend a few short texts, an axis a place for each", () => {
  const { next } = random(29);
  const odd = [0, 5e-324, 1e-300, 1e-15, 1, 9.9, 1e15, 9.99e15, 1e18, 3.4e38, 1e300, Number.MAX_VALUE, Infinity];
  const all = [...odd.map((value) => -value), ...odd];
  for (const least of all) {
    for (const most of all.filter((value) => value > least)) {
      // One of them is an outlier, or half of all values are.
      for (const share of [0.02, 0.5, 0.98]) {
        const between = () => Math.min(Math.max(next() * 9.9, least), most);
        const values = Array.from({ length: 200 }, () => (next() < share ? (next() < 0.5 ? least : most) : between()));
        const levels = quantiles([least, most, ...values]);
        for (const scale of /** @type {const} */ (["balanced", "equal", "log", "linear"])) {
          const zooms = [0, 1, 2].map((zoom) => ({ zoom, cells: 200, quantiles: levels }));
          const measure = /** @type {any} */ ({ probabilities: PROBABILITIES, zooms });
          const rows = rowStops(/** @type {any} */ ({ probabilities: PROBABILITIES, quantiles: levels }), scale);
          for (const stops of [...cellStops(measure, scale, true, 1.25), ...cellStops(measure, scale, false), rows]) {
            const told = `${least} to ${most}, ${scale}, ${share}`;
            assert.ok(stops && stops.length > 0, told);
            stops.forEach(({ value, at }, i) => {
              const before = stops[i - 1];
              assert.ok(Number.isFinite(value) && at >= 0 && at <= 1, `${told}: ${value} at ${at}`);
              assert.ok(!before || (value > before.value && at >= before.at - 1e-12), `${told}: out of order`);
            });
            for (const value of levels) assert.ok(placeOf(value, stops) >= 0 && placeOf(value, stops) <= 1, told);
            const ticks = ticksOf(stops, false, 202);
            assert.ok(ticks.length > 0 && ticks.length < 12, `${told}: ${ticks.length} ticks`);
            for (const { at, text } of ticks) {
              assert.ok(at >= 0 && at <= 1 && text.length < 12 && !/NaN|∞/.test(text), `${told}: ${text} at ${at}`);
            }
            const numbers = JSON.stringify(along("v", stops, (at) => at));
            assert.ok(!numbers.includes("null"), `${told}: ${numbers}`);
          }
        }
        for (const log of [false, true]) {
          const unit = unitOf(/** @type {any} */ ({ type: "number", probabilities: PROBABILITIES, quantiles: levels }));
          const axis = axisOf(least, most, log, unit);
          for (const value of levels) assert.ok(axis.at(value) >= 0 && axis.at(value) <= 1, `${least} to ${most}`);
          for (const at of [0.01, 0.5, 0.99])
            assert.ok(Number.isFinite(axis.value(at)), `${least} to ${most} at ${at}`);
        }
      }
    }
  }
  // What is further from 0 than can be reckoned with is said to lie beyond.
  const far = { probabilities: [0, 1], quantiles: [-Number.MAX_VALUE, 5] };
  const measure = /** @type {any} */ ({ probabilities: [0, 1], zooms: [{ zoom: 0, cells: 2, ...far }] });
  for (const stops of [...cellStops(measure, "linear", false), rowStops(/** @type {any} */ (far), "linear")]) {
    assert.deepEqual([stops?.[0].beyond, stops?.at(-1)?.beyond], [true, undefined]);
  }
  const one = /** @type {any} */ ({ probabilities: [0, 1], quantiles: ["no time", "2024-01-01T00:00:00Z"] });
  assert.equal(rowStops(one, "log"), undefined);
});
