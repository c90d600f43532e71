/** What is asked of a dataset for a layer to be drawn: just the rows, measures and columns that are. */

import type { ColumnInfo, Dataset, TileQuery } from "duotile";
import { readTerm, termOf } from "./filter/cycle";
import { gridOf } from "./map/grid";
import type { Layer, State } from "./state";

/** The property of a cell that a measure becomes, and the column it is of; `count` is of none. */
export function propertyOf(measure: string): { property: string; column: string | undefined } {
  const at = measure.indexOf(":");
  if (at < 0) return { property: "point_count", column: undefined };
  const column = measure.slice(at + 1);
  return { property: `${column}_${measure.slice(0, at)}`, column };
}

/** Whether a measure of cells is that of their parts added up. */
export const addsUp = (measure: string): boolean => measure === "count" || measure.startsWith("sum:");

/** The property of a cell that has its most frequent value of a column. */
export const categoryOf = (column: string): string => `${column}_mode`;

/** What has colours of its own: a column, or the hours, weekdays or months of a column of times. */
export interface Coloured {
  /** The column's name in queries. */
  name: string;
  /** What the column is made of, if the dataset has none of that name. */
  cycle?: NonNullable<ReturnType<typeof readTerm>>;
}

/** What a drawing's category means for a dataset; nothing if the dataset has no such column. */
export function colouredBy(category: string, dataset: Dataset | undefined): Coloured | undefined {
  const has = (name: string) => dataset?.columns.some((column) => column.name === name) ?? true;
  const cycle = readTerm(category);
  if (!cycle || (dataset && has(category))) return category && has(category) ? { name: category } : undefined;
  if (!has(cycle.column)) return undefined;
  let name: string = cycle.name;
  while (dataset && has(name)) name += "_";
  return { name, cycle };
}

/** Whether the colour of a layer's cells is made of the counts of all categories, and not of the most frequent one. */
export const isMixed = ({ kind, mix }: Layer["drawing"], coloured: Coloured | undefined): boolean =>
  kind === "cells" && mix !== "most" && coloured !== undefined && !coloured.cycle;

/** Which rows of a dataset are meant: its filter, and the window of time if it has times. */
export function rowsOf({ filter, drawing }: Layer, { window }: State, dataset: Dataset | undefined): TileQuery {
  if (drawing.kind === "tiles") return {};
  const datetime = window && dataset?.time_column ? interval(window) : undefined;
  return { ...(filter ? { filter } : {}), ...(datetime ? { datetime } : {}) };
}

/**
 * A window of time as queries have it. Theirs are closed at both ends, ours are not, so that windows tile time: times are in
 * microseconds, and the last one before the end of a window is in it.
 */
export function interval([from, to]: readonly [number, number]): string {
  return `${new Date(from).toISOString()}/${new Date(to - 1).toISOString().replace("Z", "999Z")}`;
}

/** Whether a column names its row: what a shape tells of itself under the pointer. */
const isName = ({ name, type }: ColumnInfo): boolean => type === "text" && /^(name|title|label)$/i.test(name);

/** The query of a layer's tiles. Names that the dataset does not have are left aside, as when another was chosen. */
export function queryOf(layer: Layer, state: State, dataset: Dataset | undefined): TileQuery {
  const { kind, measure, category, size, res } = layer.drawing;
  // Tiles that are finished can be asked nothing.
  if (kind === "tiles") return {};
  const { cell } = gridOf(layer.drawing);
  const known = (name: string | undefined) =>
    name !== undefined && name !== "" && (!dataset || dataset.columns.some((column) => column.name === name));
  const { column } = propertyOf(measure);
  const coloured = colouredBy(category, dataset);
  const made = coloured?.cycle ? { let: [`${coloured.name}:${termOf(coloured.cycle)}`] } : {};
  if (kind === "shapes") {
    const name = dataset?.columns.find(isName)?.name;
    const high = known(size) ? size : undefined;
    const carried = [coloured?.name ?? (known(column) ? column : undefined), high, name].filter(Boolean);
    return { ...made, ...rowsOf(layer, state, dataset), mode: "points", properties: [...new Set(carried)] as string[] };
  }
  const hexagons = kind === "hexagons";
  const mixed = isMixed(layer.drawing, coloured);
  const agg = [
    ...(known(column) ? [measure] : []),
    ...(coloured && !mixed ? [`mode:${coloured.name}`] : []),
    ...(kind === "points" && known(size) ? [`mean:${size}`] : []),
  ];
  return {
    ...made,
    ...rowsOf(layer, state, dataset),
    ...(agg.length > 0 ? { agg: [...new Set(agg)] } : {}),
    ...(coloured && mixed ? { by: coloured.name } : {}),
    // What is seen adds up at every zoom and under every filter.
    mode: kind === "points" ? "places" : "cells",
    // Squares fill their place at every zoom, also while the next tiles are loading.
    shape: kind === "cells" || kind === "columns" || hexagons ? "polygon" : "centroid",
    ...(hexagons ? { cell: "h3", ...(res < 0 ? {} : { res }) } : cell === 4 ? {} : { cell }),
    properties: [],
  };
}
