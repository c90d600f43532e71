/** Every predicate of CQL2's annex A on polygons and lines, over HTTP, as text and as JSON. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { json } from "../cql2/json.js";
import { predicates } from "../cql2/predicates.js";
import { features, TABLES } from "../cql2/shapes.js";
import { serve } from "./lib/duotile.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-predicates-"));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

/** A table of the standard as a file of GeoJSON. @param {string} name */
function write(name) {
  const file = join(folder, `${name}.geojson`);
  writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features: features(name) }));
  return `${name}=${file}`;
}

before(async () => {
  server = await serve(write("countries"), write("rivers"));
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const [source, [name, many]] of Object.entries(TABLES)) {
  test(`predicates on ${name} select as many as the standard says, as text and as JSON`, async () => {
    const wrong = [];
    const all = predicates(source);
    assert.equal(all.length, many);
    for (const { text, count } of all) {
      const written = JSON.stringify(json(text));
      for (const [language, filter] of [
        ["cql2-text", text],
        ["cql2-json", written],
      ]) {
        const query = new URLSearchParams({ filter: String(filter), "filter-lang": String(language) });
        const answer = await fetch(`${server.base}tiles/${name}/metadata.json?${query}`);
        const told = await answer.json();
        if (told.rows !== count) wrong.push([filter, told.rows ?? told, count]);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
