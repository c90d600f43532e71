/** The predicates of CQL2's annex A on one of its tables, places unless said, each with how many rows it selects. */

import { readFileSync } from "node:fs";

/** Where the standard's number is not that of its data (opengeospatial/ogcapi-features#1011). */
const ERRATA = new Map([
  ["ACCENTI(name) LIKE accenti('Ch%')", 3],
  ["ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))", 1],
  ["ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))", 1],
]);

/** @returns {{ text: string, count: number }[]} */
export function predicates(table = "populated_places_simple") {
  const lines = readFileSync(new URL("predicates.tsv", import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  return lines
    .map((line) => line.split("\t"))
    .filter(([source]) => source === table)
    .map(([, text = "", count]) => ({ text, count: ERRATA.get(text) ?? Number(count) }));
}
