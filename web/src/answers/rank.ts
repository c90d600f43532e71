/** The cells that have most of something, or least: twenty of them, as a list. */

import type { Cell } from "../tiles/cells";

export const LISTED = 20;

export interface Ranked extends Cell {
  value: number;
}

/**
 * The first of some cells by a property, or by their counts without one; of those with enough rows. Cells alike in it go by
 * their counts, then by where they are, so that the list is always the same.
 */
export function rank(cells: readonly Cell[], property: string | undefined, least: boolean, rows: number): Ranked[] {
  const sign = least ? 1 : -1;
  const order = (a: Ranked, b: Ranked) =>
    sign * (a.value - b.value) || b.count - a.count || a.box[0] - b.box[0] || a.box[1] - b.box[1];
  // There may be hundreds of thousands, of which few are ever among the first.
  const first: Ranked[] = [];
  for (const cell of cells) {
    const value = property === undefined ? cell.count : Number(cell.properties[property] ?? Number.NaN);
    if (Number.isNaN(value) || cell.count < rows) continue;
    const last = first.length < LISTED ? undefined : first.at(-1);
    if (last && sign * (value - last.value) > 0) continue;
    first.push({ ...cell, value });
    first.sort(order);
    first.length = Math.min(first.length, LISTED);
  }
  return first;
}
