/** Which rows are shown as a table: none, until somebody asks for those of a cell, of a box or of what is in view. */

import { signal } from "@preact/signals";
import type { TileQuery } from "duotile";
import type { Box } from "../tiles/place";

export interface Asked {
  dataset: string;
  /** Whose rows they are, in words. */
  title: string;
  /** Filter and time. */
  query: TileQuery;
  /** The id of a cell, whose edges are half-open, as those of a box are not. */
  cell?: number;
  /** The index of a cell of H3. */
  h3?: string;
  /** The box of all of them, for a query. */
  box?: Box;
}

export const asked = signal<Asked | undefined>(undefined);
/** Whether a box is being drawn on the map. */
export const drawing = signal(false);

/** What was asked for as a query, and some of its rows as a page of it. */
export const queryOf = ({ query, box, cell, h3 }: Asked): TileQuery =>
  box && cell === undefined && h3 === undefined ? { ...query, bbox: box } : query;

export const pageOf = ({ cell, h3 }: Asked, offset: number, limit: number) => ({
  ...(cell === undefined ? {} : { cell }),
  ...(h3 === undefined ? {} : { h3 }),
  ...(offset > 0 ? { offset } : {}),
  limit,
});

/** A query that asks for something more. */
export const narrowed = (query: TileQuery, filter: string): TileQuery => ({
  ...query,
  filter: query.filter ? `(${query.filter}) AND ${filter}` : filter,
});
