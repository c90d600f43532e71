/** What the cells of a query with `by` count: which property each value of a column has. */

import type { ColumnInfo, TileJson } from "duotile";
import type { Drawing } from "../state";

/** Values that the server counts one by one at most. */
export const COUNTED = 20;

/** What a property of cells counts: a value, all values that have no property of their own (`others`), or rows without one. */
export interface Counted {
  property: string;
  value?: string;
  others?: boolean;
}

/** What has no colour of its own, in words. */
export const [OTHERS, NONE] = ["others", "no value"];
const EMPTY = "(empty)";

/** A value in words that are those of no other, nor of what has no colour of its own: what reads like these is quoted. */
export function valueSaid(value: string): string {
  if (value === "") return EMPTY;
  return [OTHERS, NONE, EMPTY].includes(value) || value.startsWith("“") ? `“${value}”` : value;
}

/** The properties that count the values of a column: its most frequent ones, then the rest, then rows without a value. */
export function countedOf(column: ColumnInfo, tileJson: TileJson): Counted[] {
  const own = ({ column: of, measure, on }: TileJson["properties"][number]) =>
    of === column.name && measure === "count" && on === "cells";
  const values = (column.categories ?? []).slice(0, COUNTED);
  const others = (column.distinct ?? 0) > values.length;
  return tileJson.properties.filter(own).map(({ property }, at) => {
    const known = values[at];
    if (known) return { property, value: String(known.value) };
    return at === values.length && others ? { property, others } : { property };
  });
}

/** The two values that are compared: those that were chosen, else the most frequent ones that were not. */
export function twoOf<T extends { value?: string }>(
  { first, second }: Pick<Drawing, "first" | "second">,
  all: readonly T[],
): readonly [T | undefined, T | undefined] {
  const valued = all.filter(({ value }) => value !== undefined);
  const chosen = (name: string) => (name === "" ? undefined : valued.find(({ value }) => value === name));
  const [one, two] = [chosen(first), chosen(second)];
  const rest = valued.filter((each) => each !== one && each !== two);
  return [one ?? rest.shift(), two ?? rest.shift()];
}
