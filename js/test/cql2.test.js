/** Annex A of CQL2 over the package: every predicate on points selects what the standard says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { predicates } from "../../tests/cql2/predicates.js";
import { Tiler } from "../dist/index.js";

test("every predicate of CQL2's annex A on points selects as many places as it says", async () => {
  const places = readFileSync(new URL("../../tests/cql2/places.csv", import.meta.url), "utf8");
  const tiler = await Tiler.from(new File([places], "places.csv"), { name: "places" });
  const wrong = [];
  for (const { text, count } of predicates()) {
    const { numberMatched } = tiler.rows({ filter: text }, { limit: 1 });
    if (numberMatched !== count) wrong.push([text, numberMatched, count]);
  }
  assert.deepEqual(wrong, []);
});
