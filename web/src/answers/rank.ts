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
  const valued = cells.flatMap((cell): Ranked[] => {
    const value = property === undefined ? cell.count : Number(cell.properties[property] ?? Number.NaN);
    return Number.isNaN(value) || cell.count < rows ? [] : [{ ...cell, value }];
  });
  const sign = least ? 1 : -1;
  valued.sort((a, b) => sign * (a.value - b.value) || b.count - a.count || a.box[0] - b.box[0] || a.box[1] - b.box[1]);
  return valued.slice(0, LISTED);
}
