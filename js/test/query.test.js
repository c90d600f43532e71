import assert from "node:assert/strict";
import { test } from "node:test";
import { toQueryString } from "../dist/index.js";

test("an empty query is an empty text", () => {
  assert.equal(toQueryString({}), "");
  assert.equal(toQueryString({ filter: "  " }), "");
});

test("parameters stand in a fixed order, whatever order they were given in", () => {
  const query = /** @type {const} */ ({ shape: "polygon", cell: 8, agg: ["sum:a", "p95:b"], filter: "a = 1" });
  assert.equal(toQueryString(query), "filter=a%20%3D%201&agg=sum%3Aa%2Cp95%3Ab&cell=8&shape=polygon");
});

test("a form decoder reads back every value, odd characters included", () => {
  const filter = "name LIKE '100 %+&#=é\"{z}' OR \"odd name\" IN ('a''b')";
  const query = /** @type {const} */ ({ filter, bbox: [170, -1.5, -170, 2], properties: ["a", "b c"], limit: 5 });
  const read = Object.fromEntries(new URLSearchParams(toQueryString(query)));
  assert.deepEqual(read, { filter, bbox: "170,-1.5,-170,2", properties: "a,b c", limit: "5" });
});

test("asking for no properties is not the same as not asking", () => {
  assert.equal(toQueryString({ properties: [] }), "properties=");
});

test("a query that speaks of what none has is refused, and pairs of names and values are one", () => {
  for (const odd of ["filters", "Filter", "aggs"]) {
    assert.throws(
      () => toQueryString(/** @type {any} */ ({ [odd]: "v > 1" })),
      new RegExp(`no key "${odd}", expected`),
    );
  }
  const pairs = /** @type {any} */ (new URLSearchParams({ filter: "v > 1", cell: "8" }));
  assert.equal(toQueryString(pairs), "filter=v%20%3E%201&cell=8");
  assert.throws(() => toQueryString(/** @type {any} */ (new Map([["limits", 3]]))), /no key "limits"/);
  assert.equal(toQueryString(/** @type {any} */ ({ limits: undefined, limit: 3 })), "limit=3");
});
