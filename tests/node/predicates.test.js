/** Every predicate of CQL2's annex A on polygons and lines, over HTTP, as text and as JSON. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { json } from "../cql2/json.js";
import { predicates } from "../cql2/predicates.js";
import { serve } from "./lib/duotile.js";

const TABLES = { admin_0_countries: ["countries", 58], rivers_lake_centerlines: ["rivers", 14] };

const folder = mkdtempSync(join(tmpdir(), "duotile-predicates-"));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

/** A table of the standard as GeoJSON: a name, a number, and runs of degrees, each a shell, a hole or a line. @param {string} name */
function write(name) {
  const rows = readFileSync(new URL(`../cql2/${name}.tsv`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  const features = rows.map((row) => {
    const [NAME, people, runs = ""] = row.split("\t");
    /** @type {[number, number][][][]} */
    const polygons = [];
    for (const run of runs.split("/")) {
      const numbers = run.slice(2).split(" ").map(Number);
      const places = numbers.flatMap((x, at) =>
        at % 2 ? [] : [/** @type {[number, number]} */ ([x, numbers[at + 1] ?? 0])],
      );
      if (run[0] === "H") polygons.at(-1)?.push(places);
      else polygons.push([places]);
    }
    const lines = runs.startsWith("L");
    const geometry = lines
      ? { type: "MultiLineString", coordinates: polygons.flat() }
      : { type: "MultiPolygon", coordinates: polygons };
    return { type: "Feature", properties: { NAME, POP_EST: Number(people) }, geometry };
  });
  const file = join(folder, `${name}.geojson`);
  writeFileSync(file, JSON.stringify({ type: "FeatureCollection", features }));
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
