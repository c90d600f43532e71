import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { exported, PAGE, page } from "../api.js";
import * as package_ from "../dist/index.js";

test("everything that is exported is documented", () => {
  const entries = exported();
  assert.deepEqual(
    entries.filter(({ doc }) => doc === "").map(({ name }) => name),
    [],
  );
  const names = new Set(entries.map(({ name }) => name));
  for (const name of Object.keys(package_)) assert.ok(names.has(name), `${name} is in the page`);
});

test("docs/js-api.md is what the types say (npm run docs -w duotile)", () => {
  assert.equal(readFileSync(PAGE, "utf8"), page());
});
