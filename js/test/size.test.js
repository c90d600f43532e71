import assert from "node:assert/strict";
import { test } from "node:test";
import { budgets, LESS, MORE, sizes } from "../size.js";

test("what browsers load is as large as size.json says; too large fails, and so does much smaller", async () => {
  const [found, said] = [await sizes(), budgets()];
  assert.deepEqual(Object.keys(found), Object.keys(said));
  for (const [name, size] of Object.entries(found)) {
    for (const kind of /** @type {const} */ (["gzip", "brotli"])) {
      const [got, budget] = [size[kind], said[name]?.[kind] ?? 0];
      const told = `${name}: ${got} bytes with ${kind}, ${budget} in size.json (node size.js --write)`;
      assert.ok(got <= budget + MORE, `${told}: too large`);
      assert.ok(got >= budget - LESS, `${told}: make the budget smaller`);
    }
  }
});

test("the targets are kept: 16 KB of JavaScript, gzipped, without the reader of Arrow and without the module", async () => {
  for (const [name, { gzip }] of Object.entries(await sizes())) {
    if (name.startsWith("page") || name === "worker") assert.ok(gzip <= 16 * 1024, `${name}: ${gzip} bytes`);
  }
});
