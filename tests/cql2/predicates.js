/** The predicates of CQL2's annex A on points, each with how many places it selects. */

import { readFileSync } from "node:fs";

/** Where the standard's number is not that of its data (opengeospatial/ogcapi-features#1011). */
const ERRATA = new Map([
  ["ACCENTI(name) LIKE accenti('Ch%')", 3],
  ["ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))", 1],
  ["ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))", 1],
]);

/** @returns {{ text: string, count: number }[]} */
export function predicates() {
  const lines = readFileSync(new URL("predicates.tsv", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines
    .map((line) => line.split("\t"))
    .filter(([source]) => source === "populated_places_simple")
    .map(([, text = "", count]) => ({ text, count: ERRATA.get(text) ?? Number(count) }));
}
