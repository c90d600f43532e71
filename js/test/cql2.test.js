/** Annex A of CQL2 over the package: every predicate on points, polygons and lines selects what the standard says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { predicates } from "../../tests/cql2/predicates.js";
import { features, TABLES } from "../../tests/cql2/shapes.js";
import { Tiler } from "../dist/index.js";

test("every predicate of CQL2's annex A on points selects as many places as it says", async () => {
  const places = readFileSync(new URL("../../tests/cql2/places.csv", import.meta.url), "utf8");
  const tiler = await Tiler.from(new File([places], "places.csv"), { name: "places" });
  assert.deepEqual(wrong(tiler, predicates()), []);
});

for (const [source, [name, many]] of Object.entries(TABLES)) {
  test(`every predicate of CQL2's annex A on ${name} selects as many as it says`, async () => {
    const tiler = await Tiler.from(features(name), { name });
    const all = predicates(source);
    assert.deepEqual([all.length, wrong(tiler, all)], [many, []]);
  });
}

/** Those that select another number of rows. @param {Tiler} tiler @param {ReturnType<typeof predicates>} all */
function wrong(tiler, all) {
  const found = all.map(({ text, count }) => [text, tiler.rows({ filter: text }, { limit: 1 }).numberMatched, count]);
  return found.filter(([, matched, count]) => matched !== count);
}
