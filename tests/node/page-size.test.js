import assert from "node:assert/strict";
import { test } from "node:test";
import { budgets, sizes } from "../../web/size.js";

test("what a browser loads of the page is as large as web/size.json says", () => {
  const [found, said] = [sizes(), budgets()];
  for (const [name, bytes] of Object.entries(found)) {
    const budget = said[name] ?? assert.fail(`${name} is not in web/size.json (node web/size.js --write)`);
    assert.ok(Math.abs(bytes - budget) <= 0.03 * budget + 1024, `${name}: ${bytes} bytes, ${budget} in web/size.json`);
  }
});
