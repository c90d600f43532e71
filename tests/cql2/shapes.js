/** Polygons and lines of CQL2's annex A as features of GeoJSON: a name, a number, and runs of degrees, each a shell, a hole or a line. */

import { readFileSync } from "node:fs";

/** What each table of the standard is called here, and how many predicates there are on it. */
export const TABLES = /** @type {const} */ ({
  admin_0_countries: ["countries", 58],
  rivers_lake_centerlines: ["rivers", 14],
});

/** @param {string} name */
export function features(name) {
  const rows = readFileSync(new URL(`${name}.tsv`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return rows.map((row) => {
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
}
