/** Which rows are shown as a table: none, until somebody asks for those of a cell, of a box or of what is in view. */

import { signal } from "@preact/signals";
import type { Dataset, TileQuery } from "duotile";
import { print } from "../area/shape";
import { rowsOf } from "../query";
import { type Layer, onOther, ownId, type State } from "../state";
import type { Box } from "../tiles/place";

export interface Asked {
  dataset: string;
  /** The version of the dataset, and the layer whose rows they are; neither of rows of a frame while time plays. */
  version?: string;
  layer?: string;
  /** What else they are to be, as what lies in a box that is a filter. */
  more?: string;
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

/** Whose rows are asked for. */
export const whose = ({ id }: Layer, { version }: Dataset): Pick<Asked, "layer" | "version"> =>
  ownId(id) === id ? { layer: id, version } : {};

/** Asks for rows of a layer that pass its filter and lie in the window of time. */
export function rowsFor(
  layer: Layer,
  state: State,
  dataset: Dataset,
  what: Omit<Asked, "dataset" | "version" | "layer" | "query">,
): Asked {
  const query = rowsOf(layer, state, dataset);
  const rows = what.more ? narrowed(query, what.more) : query;
  return { dataset: dataset.id, ...whose(layer, dataset), query: rows, ...what };
}

/** What lies in a box, as what else is asked for: of rows with outlines all that come into it, whatever box each of them has. */
export function within(outlined: boolean, box: Box): Pick<Asked, "box" | "more"> {
  if (!outlined) return { box };
  const [west, south, east, north] = box;
  return {
    more: print({
      kind: "rectangle",
      corners: [
        [west, south],
        [east, north],
      ],
    }),
  };
}

/** The same of now, if it is not what is shown: the layer has another filter, time another window, the dataset other rows. */
export function anew(now: Asked, state: State, dataset: Dataset): Asked | undefined {
  const layer = state.layers.find(({ id }) => id === now.layer);
  if (layer?.dataset !== now.dataset || dataset.id !== now.dataset) return undefined;
  const { dataset: _, version: __, layer: ___, query: ____, ...what } = now;
  // How many there were in a cell is not how many there are.
  const title = now.title.replace(/^\S+ rows? of a cell$/, "Rows of a cell");
  const next = rowsFor(layer, state, dataset, { ...what, title });
  const same = JSON.stringify(next.query) === JSON.stringify(now.query) && next.version === now.version;
  return same ? undefined : next;
}

/** Whether a box is being drawn on the map. */
export const drawing = signal(false);
onOther(() => {
  drawing.value = false;
});

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
