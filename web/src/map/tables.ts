/** Rows and features as tables: their names, the units of their columns, and buttons that filter by a value. */

import type { ColumnInfo, Dataset, PropertyInfo, TileQuery } from "duotile";
import { element, formatted, measured } from "../dom";
import { canNarrow, narrow } from "../filter/narrow";
import type { Layer } from "../state";

/** Which rows a query is about. */
export function rowsOnly({ filter, datetime }: TileQuery): TileQuery {
  return { ...(filter ? { filter } : {}), ...(datetime ? { datetime } : {}) };
}

const NAMES = /^(name|title|label|postcode|callsign)$/i;

/** What something has, in the order in which it is told: an object would have names that are numbers first. */
type Pairs = readonly (readonly [name: string, value: unknown])[];

/** Makes the table of a row. */
export type RowTable = (properties: Pairs) => HTMLElement;

export function one(properties: Record<string, unknown>, rowTable: RowTable): HTMLElement[] {
  const name = label(properties);
  const rest = Object.entries(properties).filter(([key]) => key !== name);
  return [element("h2", "", name === undefined ? "Row" : formatted(properties[name], undefined)), rowTable(rest)];
}

/** The property that tells several rows apart best: one that is called a name, else the text of most values; none if all are alike. */
export function labelOf(rows: readonly Record<string, unknown>[]): string | undefined {
  const valuesOf = (name: string) =>
    new Set(rows.map((row) => row[name]).filter((value) => value !== null && value !== ""));
  const names = Object.keys(rows[0] ?? {}).filter((name) => valuesOf(name).size > 1);
  const texts = names.filter((name) => rows.some((row) => typeof row[name] === "string"));
  const most = Math.max(...texts.map((name) => valuesOf(name).size));
  return names.find((name) => NAMES.test(name)) ?? texts.find((name) => valuesOf(name).size === most);
}

/** The property that names a row best: one called so, else the first text. */
export function label(properties: Record<string, unknown>): string | undefined {
  const names = Object.keys(properties).filter((name) => properties[name] !== null && properties[name] !== "");
  return (
    names.find((name) => NAMES.test(name)) ?? names.find((name) => typeof properties[name] === "string") ?? names[0]
  );
}

/**
 * Properties in lines, with the units of their columns where they are known; those of rows, whose layer is given, each with a
 * button that filters by its value.
 */
export function table(properties: Pairs, infos: PropertyInfo[], dataset?: Dataset, layer?: Layer): HTMLElement {
  const rows = properties.map(([name, value]) => {
    const info = infoOf(name, infos);
    const column = dataset?.columns.find((column) => column.name === (info?.column ?? name));
    const cell = element("td", "", said(name, value, info, column));
    // As it is, for who wants to copy it.
    if (typeof value === "number" && cell.textContent !== String(value)) cell.title = formatted(value, info);
    if (layer && column && canNarrow(column, value)) cell.append(narrower(layer, name, value));
    const head = element("th", "", called(name, infos));
    if (column?.description) head.title = column.description;
    return element("tr", "", head, cell);
  });
  return element("table", "", ...rows);
}

/** A value in words, with the unit of its column where it is one of it. */
export function said(
  name: string,
  value: unknown,
  info: PropertyInfo | undefined,
  column: ColumnInfo | undefined,
): string {
  if (typeof value !== "number" || info?.unit) return formatted(value, info);
  // How many different values there are is of no unit.
  return info?.measure === "nunique" ? measured(value) : measured(value, column ?? { name });
}

function narrower({ id }: Layer, column: string, value: unknown): HTMLElement {
  const button = element("button", "narrow", "only");
  button.type = "button";
  button.ariaLabel = `Only rows with this ${column}`;
  button.addEventListener("click", () => narrow(id, column, value));
  return button;
}

/** What a property of a cell is, in words. */
export function called(name: string, infos: readonly PropertyInfo[]): string {
  const { measure, column, alias } = infos.find(({ property }) => property === name) ?? {};
  if (!measure || !column || alias) return name;
  return measure === "mode" ? `most frequent ${column}` : `${measure} of ${column}`;
}

function infoOf(name: string, infos: PropertyInfo[]): PropertyInfo | undefined {
  return infos.find(({ property }) => property === name);
}
