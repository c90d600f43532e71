/** Colours that are mixed of categories, against sums over single rows; and how two categories compare. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { byMapbox } from "./lib/decode.js";
import { serve } from "./lib/duotile.js";
import { ofPage, standIn } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/map/mix")} */
const { alongBlend, blender, compared, faded, mean, scaleOf, told } = await ofPage("map/mix");
/** @type {typeof import("../../web/src/map/oklab")} */
const { hexOf, labOf, oklch } = await ofPage("map/oklab");
/** @type {typeof import("../../web/src/map/stops")} */
const { placeOf, stopsAt } = await ofPage("map/stops");
/** @type {typeof import("../../web/src/map/cells/read")} */
const { readCells } = await ofPage("map/cells/read");
/** @type {typeof import("../../web/src/map/counted")} */
const { countedOf, twoOf, valueSaid } = await ofPage("map/counted");
/** @type {typeof import("../../web/src/map/scale")} */
const { cellStops } = await ofPage("map/scale");
/** @type {typeof import("../../web/src/panel/ticks")} */
const { ticksOf, ticksOfBoth } = await ofPage("panel/ticks");
/** @type {typeof import("../../web/src/map/lock")} */
const { parse, print } = await ofPage("map/lock");
standIn();
/** @type {typeof import("../../web/src/map/blend") & typeof import("../../web/src/map/theme")} */
const page = await ofPage("map/blend", "map/theme");
const { categoryColour, theme } = page;
/** @type {typeof import("../../web/src/state")} */
const { DRAWING } = await ofPage("state");

/** @type {Awaited<ReturnType<typeof serve>>} */
let program;
before(async () => {
  program = await serve();
});
after(() => program?.stop());

/** @typedef {import("../../web/src/map/oklab").Lab} Lab */
/** @typedef {import("../../web/src/map/stops").ZoomStops} ZoomStops */

const COLOURS = ["#3399ff", "#e0a030", "#30a060", "#9a9791"];
const labs = COLOURS.map(labOf);
/** @type {ZoomStops} */
const COUNTS = [
  [
    { value: 1, at: 0 },
    { value: 10, at: 0.5 },
    { value: 1000, at: 1 },
  ],
];

/** @param {readonly number[]} a @param {readonly number[]} b */
const apart = (a, b) => Math.hypot(...a.map((part, at) => part - (b[at] ?? 0)));

test("a colour goes to OKLab and back, and lies where others have it", () => {
  const { below } = random(3);
  for (let round = 0; round < 3000; round += 1) {
    const hex = `#${below(2 ** 24)
      .toString(16)
      .padStart(6, "0")}`;
    assert.equal(hexOf(labOf(hex)), hex);
  }
  // CSS Color 4: red is oklab(0.62796 0.22486 0.12585).
  assert.ok(apart(labOf("#ff0000"), [0.62796, 0.22486, 0.12585]) < 1e-4);
  assert.ok(apart(labOf("#ffffff"), [1, 0, 0]) < 1e-4);
  assert.equal(oklch(0.62796, 0.25768, 29.234), "#ff0000");
});

test("a mixture is the mean over all rows, also of cells that are mixtures themselves", () => {
  const { below } = random(8);
  for (let round = 0; round < 200; round += 1) {
    const cells = Array.from({ length: 4 }, () => labs.map(() => (below(3) === 0 ? 0 : below(40))));
    /** @type {Lab[]} */
    const rows = [];
    for (const counts of cells) {
      for (const [at, count] of counts.entries()) rows.push(...Array(count).fill(labs[at]));
    }
    const all = labs.map((_, at) => cells.reduce((sum, counts) => sum + (counts[at] ?? 0), 0));
    const mixture = mean(labs, all);
    if (rows.length === 0) {
      assert.equal(mixture, undefined);
      continue;
    }
    const expected = [0, 1, 2].map((part) => rows.reduce((sum, row) => sum + (row[part] ?? 0), 0) / rows.length);
    assert.ok(mixture && apart(mixture, expected) < 1e-9);
    const weights = cells.map((counts) => counts.reduce((sum, count) => sum + count, 0));
    const again = mean(
      cells.map((counts) => mean(labs, counts) ?? [0, 0, 0]),
      weights,
    );
    assert.ok(again && apart(again, expected) < 1e-9);
  }
});

const ground = labOf("#f7f5f0");
/** @param {"mixed" | "share" | "difference" | "ratio"} how */
const blendOf = (how) => ({
  how,
  parts: labs.map((colour, at) => ({ title: `c${at}`, property: `k_c${at}`, colour })),
  scale: how === "mixed" ? COUNTS : scaleOf(how, COUNTS),
  density: COUNTS,
  ground,
  middle: labOf("#dcdad6"),
});

test("more rows are further from the ground, of whatever colour", () => {
  for (const counts of [
    [3, 1, 0, 0],
    [0, 0, 0, 1],
    [1, 1, 1, 1],
  ]) {
    let before = 0;
    for (const times of [1, 2, 5, 50, 200]) {
      const colour = blender(blendOf("mixed"), 5)(counts.map((count) => count * times));
      const far = Math.abs(labOf(colour ?? "")[0] - ground[0]);
      assert.ok(far > before, `${counts} × ${times}`);
      before = far;
    }
  }
  assert.equal(blender(blendOf("mixed"), 0)([0, 0, 0, 0]), undefined);
  assert.equal(
    blender(blendOf("mixed"), 0)([750, 250, 0, 0]),
    hexOf(faded(/** @type {Lab} */ (mean(labs, [3, 1, 0, 0])), ground, 1)),
  );
});

test("two are compared by their shares, their difference and their ratio, and the middle is as much of each", () => {
  for (const [first, second] of /** @type {const} */ ([
    [1, 1],
    [3, 1],
    [0, 7],
    [900, 3],
    [0, 0],
  ])) {
    const all = first + second;
    assert.equal(compared("share", first, second), all ? first / all : undefined);
    assert.equal(compared("difference", first, second), all ? first - second : undefined);
    assert.equal(compared("ratio", first, second), all ? Math.log2(first / second) : undefined);
    for (const how of /** @type {const} */ (["share", "difference", "ratio"])) {
      const scale = scaleOf(how, COUNTS)[0];
      const [value, turned] = [compared(how, first, second), compared(how, second, first)];
      if (value === undefined || turned === undefined) {
        assert.equal(blender(blendOf(how), 3)([first, second]), undefined);
        continue;
      }
      const [place, other] = [placeOf(value, scale), placeOf(turned, scale)];
      assert.ok(Math.abs(place + other - 1) < 1e-9, `${how} of ${first} and ${second}: ${place} and ${other}`);
      assert.equal(Math.sign(Math.round((place - 0.5) * 1e9)), Math.sign(first - second), `${how} ${place}`);
    }
  }
  const ratio = scaleOf("ratio", COUNTS)[0];
  assert.ok(Math.abs(placeOf(2, ratio) - 0.75) < 1e-9 && placeOf(-4, ratio) === 0 && placeOf(7, ratio) === 1);
  // Of one row it can be seen whose it is.
  assert.ok(placeOf(1, scaleOf("difference", COUNTS)[0]) > 0.52);
});

test("numbers at differences stand where cells of such differences have their colour, on both sides of 0", () => {
  const probabilities = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
  const quantiles = [1, 1, 1, 2, 2, 3, 4, 6, 9, 17, 60, 240, 5240];
  const measure = /** @type {any} */ ({ probabilities, zooms: [{ cells: 900, quantiles }] });
  const texts = new Set();
  for (const scale of /** @type {const} */ (["balanced", "equal", "log", "linear"])) {
    const blend = { ...blendOf("difference"), scale: scaleOf("difference", cellStops(measure, scale, true)) };
    const colour = blender(blend, 0);
    const ticks = ticksOfBoth(blend.scale[0], 202);
    for (const { value, at } of ticks) {
      const [first, second] = value > 0 ? [value, 0] : [0, -value];
      const place = placeOf(value, blend.scale[0]);
      assert.ok(Math.abs(place - at) < 1e-9, `${scale}: ${value} at ${at}, and its colour at ${place}`);
      if (value !== 0) assert.equal(colour([first, second]), hexOf(alongBlend(blend, at)), `${scale}: ${value}`);
    }
    const said = ticks.map(({ text }) => text);
    assert.match(said.join(" "), /^(≤ )?−5,240 .*\b0\b.* 5,240\+?$/);
    assert.equal(said[(said.length - 1) / 2], "0");
    const numbers = ticks.map(({ value }) => value);
    assert.deepEqual(
      numbers.map((value) => 0 - value).reverse(),
      numbers.map((value) => 0 + value),
    );
    assert.ok(scale === "linear" || said.length >= 5, `${scale}: ${said}`);
    const width = (/** @type {string} */ text) => text.length * 6.7;
    ticks.slice(1, -2).forEach(({ at, text }, i) => {
      const next = ticks[i + 2];
      const free = ((next?.at ?? 1) - at) * 202 - (width(text) + width(next?.text ?? "")) / 2;
      assert.ok(free > 3, `${scale}: ${said}`);
    });
    // What is beyond the end is longer below 0, and stands apart from what is next to it.
    for (let most = 800; most < 1e6; most *= 1.05) {
      const ends = [...quantiles.slice(0, -1), Math.round(most)];
      const stops = scaleOf(
        "difference",
        cellStops({ ...measure, zooms: [{ cells: 900, quantiles: ends }] }, scale, true),
      )[0];
      const beyond = stops.map((stop, at) => (at === 0 || at === stops.length - 1 ? { ...stop, beyond: true } : stop));
      const [first, second] = ticksOfBoth(/** @type {any} */ (beyond), 178);
      const free = (second?.at ?? 1) * 178 - width(second?.text ?? "") / 2 - width(first?.text ?? "");
      assert.ok(free > 10, `${scale}: ${first?.text} and ${second?.text}, ${free} apart`);
    }
    texts.add(ticks.map(({ text, at }) => `${text} at ${at.toFixed(2)}`).join());
  }
  assert.equal(texts.size, 4, [...texts].join(" | "));
  // One that is locked is the same; one that was locked of counts is told as it is.
  const [stops] = scaleOf("difference", COUNTS);
  const locked = parse(print(3, stops), true)?.[3] ?? assert.fail();
  assert.deepEqual([ticksOfBoth(locked, 202)[0]?.text, ticksOfBoth(locked, 202).at(-1)?.text], ["≤ −1,000", "1,000+"]);
  const counts = parse(print(3, COUNTS[0]), true)?.[3] ?? assert.fail();
  assert.deepEqual(ticksOfBoth(counts, 202), ticksOf(counts, true, 202));
  // All cells have as many: so many more, or fewer, is all that there can be.
  const alike = ticksOfBoth(scaleOf("difference", [[{ value: 7, at: 0.5 }]])[0], 202);
  assert.deepEqual([alike[0]?.text, alike.at(-1)?.text, alike.at(-1)?.at], ["−7", "7", 1]);
});

test("what is told of a cell adds up what goes by one title", () => {
  const parts = [
    { title: "a", property: "k_a", colour: ground },
    { title: "others", property: "k_b", colour: ground },
    { title: "others", property: "k_other", colour: ground },
  ];
  assert.deepEqual(told(parts, { k_a: 2, k_b: 3, k_other: 4, point_count: 9 }), [
    ["others", 7],
    ["a", 2],
  ]);
});

test("what each property counts is what the server tells of it, and two values are those that were chosen or come first", async () => {
  for (const column of ["country", "admin1", "capital", "kind"]) {
    const { columns } = await (await fetch(`${program.base}datasets/places`)).json();
    const info = columns.find((/** @type {{ name: string }} */ { name }) => name === column);
    if (!info?.categories?.length) continue;
    const response = await fetch(`${program.base}tiles/places/metadata.json?mode=cells&properties=&by=${column}`);
    const { categories, ...tileJson } = await response.json();
    const told = categories.map((/** @type {import("duotile").CategoryInfo} */ { property, value, other }) =>
      other ? { property, others: true } : value === null ? { property } : { property, value: String(value) },
    );
    assert.ok(told.length > 1);
    assert.deepEqual(countedOf(info, tileJson), told, column);
  }
  const all = ["a", "b", "c"].map((value) => ({ value }));
  const two = (/** @type {string} */ first, /** @type {string} */ second) =>
    twoOf({ first, second }, all).map((each) => each?.value);
  assert.deepEqual(two("", ""), ["a", "b"]);
  assert.deepEqual(two("", "a"), ["b", "a"]);
  assert.deepEqual(two("c", "gone"), ["c", "a"]);
});

test("two that are compared never have one colour, and one that is alone is mixed", () => {
  const values = Array.from({ length: 13 }, (_, at) => String.fromCharCode(97 + at));
  const blend = (/** @type {string[]} */ values, /** @type {Partial<typeof DRAWING>} */ how) => {
    const categories = values.map((value) => ({ value, count: 1 }));
    /** @type {any} */
    const column = { name: "kind", categories, distinct: values.length };
    /** @type {any} */
    const tileJson = {
      properties: values.map((value) => ({ property: `n_${value}`, column: "kind", measure: "count", on: "cells" })),
    };
    const coloured = values.slice(0, 10).map((value, rank) => ({ value, colour: categoryColour(rank, theme()) }));
    const given = { theme: theme(), categories: coloured, counts: () => COUNTS, all: COUNTS, locked: undefined };
    return page.blendOf({ ...DRAWING, category: "kind", ...how }, column, tileJson, given);
  };
  for (const first of values) {
    for (const second of values) {
      if (first === second) continue;
      const parts = blend(values, { mix: "share", first, second })?.parts ?? [];
      assert.deepEqual(
        parts.map(({ title }) => title),
        [first, second],
      );
      const colours = parts.map(({ colour }) => hexOf(colour));
      assert.equal(new Set(colours).size, 2, `${first} and ${second}: ${colours}`);
    }
  }
  for (const mix of /** @type {const} */ (["share", "difference", "ratio"])) {
    const alone = blend(["a"], { mix });
    assert.equal(alone?.how, "mixed");
    assert.deepEqual(
      alone?.parts.map(({ title }) => title),
      ["a"],
    );
  }
});

test("at every zoom the legend of two reaches as far as a cell does, or says that there is more", () => {
  const { below } = random(21);
  const probabilities = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1];
  for (let round = 0; round < 60; round += 1) {
    // The first lies in one place, the second is spread; of a third there may be some.
    const spread = 1 + below(40);
    const third = round % 2 ? 0 : 900;
    /** @type {number[][][]} the counts of the cells of each zoom */
    const zooms = [];
    for (let cells = 1; cells <= 256; cells *= 4) {
      const counts = Array.from({ length: cells }, () => [0, 0, 0]);
      const put = (/** @type {number} */ kind, /** @type {number} */ many, /** @type {number} */ wide) => {
        for (let row = 0; row < many; row += 1) {
          const at = counts[Math.floor((((row * 97) % wide) / 256) * cells)];
          if (at) at[kind] = (at[kind] ?? 0) + 1;
        }
      };
      put(0, 400 + below(200), 256);
      put(1, 300 + below(300), spread);
      put(2, third, 256);
      zooms.push(counts);
    }
    const measure = (/** @type {(counts: number[]) => number} */ of) => ({
      probabilities,
      zooms: zooms.map((cells, z) => {
        const values = cells
          .map(of)
          .filter((count) => count > 0)
          .sort((a, b) => a - b);
        const quantiles = probabilities.map((p) => values[Math.round(p * (values.length - 1))] ?? 0);
        return { z, cells: values.length, quantiles };
      }),
    });
    const measures = {
      n_a: measure(([a = 0]) => a),
      n_b: measure(([, b = 0]) => b),
      point_count: measure((counts) => counts.reduce((sum, count) => sum + count, 0)),
    };
    const names = third ? ["a", "b", "c"] : ["a", "b"];
    /** @type {any} */
    const column = { name: "kind", categories: names.map((value) => ({ value, count: 1 })), distinct: names.length };
    /** @type {any} */
    const tileJson = {
      properties: names.map((name) => ({ property: `n_${name}`, column: "kind", measure: "count", on: "cells" })),
    };
    for (const scale of /** @type {const} */ (["balanced", "linear"])) {
      const counts = (/** @type {string} */ property) =>
        cellStops(/** @type {any} */ (measures)[property], scale, true);
      const given = { theme: theme(), categories: [], counts, all: counts("point_count"), locked: undefined };
      for (const mix of /** @type {const} */ (["difference", "share", "ratio"])) {
        const drawing = { ...DRAWING, category: "kind", mix, first: "a", second: "b" };
        const blend = page.blendOf(drawing, column, tileJson, given) ?? assert.fail();
        zooms.forEach((cells, z) => {
          const stops = stopsAt(mix === "difference" ? blend.scale : blend.density, z);
          const [least, most] = [stops[0], stops.at(-1) ?? stops[0]];
          const values = cells.flatMap(([a = 0, b = 0]) => (a + b === 0 ? [] : [mix === "difference" ? a - b : a + b]));
          const about = `${mix} of two among ${names.length}, ${scale}, zoom ${z}`;
          assert.ok(Math.max(...values) <= most.value + 1e-6 || most.beyond, `${about}: ${most.value} of ${values}`);
          if (mix === "difference")
            assert.ok(Math.min(...values) >= least.value - 1e-6 || least.beyond, `${about}: ${least.value}`);
          // Where the two are all that there is, the end is the greatest.
          else if (!third && scale === "linear")
            assert.deepEqual([most.value, most.beyond], [Math.max(...values), undefined]);
        });
      }
    }
  }
  // What no row passes of has no scale, and takes none from the other.
  const drawing = { ...DRAWING, category: "kind", mix: /** @type {const} */ ("difference") };
  /** @type {any} */
  const column = { name: "kind", categories: [{ value: "a" }, { value: "b" }], distinct: 2 };
  /** @type {any} */
  const tileJson = {
    properties: ["n_a", "n_b"].map((property) => ({ property, column: "kind", measure: "count", on: "cells" })),
  };
  const all = cellStops(undefined, "balanced", true);
  const counts = (/** @type {string} */ property) => (property === "n_a" ? COUNTS : undefined);
  const blend = page.blendOf(drawing, column, tileJson, {
    theme: theme(),
    categories: [],
    counts,
    all,
    locked: undefined,
  });
  assert.equal(blend?.scale[0].at(-1)?.value, 1000);
});

test("what values are called is told from each other, and from what has no colour of its own", () => {
  const values = ["a", "", "(empty)", "others", "no value", "“others”", "“", "Others"];
  /** @type {any} */
  const column = { name: "kind", categories: values.map((value) => ({ value, count: 1 })), distinct: 12 };
  const names = [...values.map((_, at) => `n_${at}`), "n_other", "n_null"];
  /** @type {any} */
  const tileJson = {
    properties: names.map((property) => ({ property, column: "kind", measure: "count", on: "cells" })),
  };
  const categories = values.map((value, rank) => ({ value, colour: categoryColour(rank, theme()) }));
  const given = { theme: theme(), categories, counts: () => COUNTS, all: COUNTS, locked: undefined };
  const parts = page.blendOf({ ...DRAWING, category: "kind", mix: "mixed" }, column, tileJson, given)?.parts ?? [];
  assert.equal(new Set(parts.map(({ title }) => title)).size, names.length, parts.map(({ title }) => title).join());
  assert.deepEqual(
    [parts[0], parts.at(-2), parts.at(-1)].map((part) => part?.title),
    ["a", "others", "no value"],
  );
  // The legend has a colour for each, and a cell is told with the count of each.
  const colours = new Map(parts.map(({ title, colour }) => [title, hexOf(colour)]));
  for (const { value, colour } of categories) assert.equal(colours.get(valueSaid(value)), colour, value);
  assert.deepEqual(
    told(parts, Object.fromEntries(names.map((name, at) => [name, 100 - at]))),
    parts.map(({ title }, at) => [title, 100 - at]),
  );
});

test("counts of the parts of a cell are those of another decoder", async () => {
  const response = await fetch(`${program.base}tiles/places/2/2/1.mvt?mode=cells&shape=polygon&cell=8&by=country`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const [places] = byMapbox(bytes);
  const names = [...new Set(places?.features.flatMap(({ properties }) => Object.keys(properties)))].filter(
    (name) => name !== "point_count",
  );
  assert.ok(places && names.length > 5);
  const { parts, values, row } = readCells(bytes, 64, "point_count", names);
  assert.equal(row.length, places.features.length);
  places.features.forEach(({ properties }, at) => {
    const { point_count: _, ...expected } = properties;
    const found = Array.from({ length: (parts.from[at + 1] ?? 0) - (parts.from[at] ?? 0) }, (_, i) => {
      const place = (parts.from[at] ?? 0) + i;
      return [names[parts.part[place] ?? 0], values[parts.value[place] ?? 0]];
    });
    assert.deepEqual(Object.fromEntries(found), expected);
  });
});
