/**
 * What of a layer its dataset has no columns for: that is left aside, in the state and in the address, and told. An address may be of
 * another dataset, and a dataset may have other columns than before.
 */

import type { ColumnInfo, Dataset } from "duotile";
import { say } from "./page";
import { colouredBy } from "./query";
import { correct, DRAWING, type Drawing, type Layer, withLayer } from "./state";

/** Measures of cells that are numbers. */
const MEASURE = /^(?:sum|mean|avg|average|min|max|median|nunique|p\d{1,2}(?:\.\d+)?|p100)$/;

interface Misfit {
  changes: Partial<Drawing>;
  /** What does not fit, and why. */
  why: string;
}

/** What of a drawing does not fit the columns of a dataset, in the words of its address. */
export function misfits({ drawing }: Layer, { columns, id }: Dataset): Misfit[] {
  const { kind, measure, category, size } = drawing;
  // Finished tiles are drawn as they are.
  if (kind === "tiles") return [];
  const wrong = (name: string, fits: (column: ColumnInfo) => boolean, expected: string): string | undefined => {
    const column = columns.find((each) => each.name === name);
    if (!column) return name === "" ? "no column is named" : `${id} has no column ${name}`;
    return fits(column) ? undefined : `${name} is of type ${column.type}, expected ${expected}`;
  };
  const found: (Misfit | undefined)[] = [];
  const look = (changes: Partial<Drawing>, wish: string, why: string | undefined) =>
    found.push(why === undefined ? undefined : { changes, why: `${wish} is left aside: ${why}` });
  if (measure !== DRAWING.measure) {
    const [name = "", ...rest] = measure.split(":");
    const adds = name === "sum";
    const fits = ({ type }: ColumnInfo) => name === "nunique" || (type !== "text" && !(adds && type === "time"));
    const why = MEASURE.test(name)
      ? wrong(rest.join(":"), fits, adds ? "a number" : "a number or a time")
      : `${name} is no measure, expected one such as mean`;
    look({ measure: DRAWING.measure, lock: "" }, `measure=${measure}`, why);
  }
  if (category !== "") {
    const cycle = colouredBy(category, undefined)?.cycle;
    const own = columns.some(({ name }) => name === category);
    const why =
      cycle && !own
        ? wrong(cycle.column, ({ type }) => type === "time", "a time")
        : wrong(category, ({ type }) => type === "text" || type === "boolean", "a text or a boolean");
    look({ category: "", first: "", second: "", lock: "" }, `category=${category}`, why);
  }
  if (size !== "") {
    const isNumber = ({ type }: ColumnInfo) => type === "integer" || type === "number";
    look({ size: "" }, `size=${size}`, wrong(size, isNumber, "a number"));
  }
  return found.filter((each) => each !== undefined);
}

/** Leaves aside, and tells, what of a layer does not fit a dataset. */
export function suit(layer: Layer, dataset: Dataset): void {
  const all = misfits(layer, dataset);
  if (all.length === 0) return;
  const changes = Object.assign({}, ...all.map(({ changes }) => changes)) as Partial<Drawing>;
  for (const { why } of all) say(`${why}.`);
  correct((before) => withLayer(before, layer.id, { drawing: { ...layer.drawing, ...changes } }));
}

/** Leaves aside, and tells, a filter that the present columns of a dataset have no answer for. */
export function unfilter(layer: Layer, why: string): void {
  say(`The filter ${layer.filter} is left aside: ${why}.`);
  correct((before) => withLayer(before, layer.id, { filter: "" }));
}
