/** What a layer is called: its dataset, and what it asks of it. */

import { partsOf } from "../filter/clauses";
import { catalog } from "../page";
import { type Layer, state } from "../state";

/** The title of a layer with its filter, where several layers are of the same data or the filter says which rows they are. */
export function titleOf({ dataset, filter }: Layer): string {
  const title = catalog.value.find(({ id }) => id === dataset)?.title ?? dataset;
  const several = state.value.layers.filter((layer) => layer.dataset === dataset).length > 1;
  return filter ? `${title}: ${filter}` : several ? `${title}: all rows` : title;
}

/** What tells a layer from another: the parts of its filter that the other has not; all of its title if they are of unlike data. */
export function labelOf(layer: Layer, other: Layer): string {
  if (layer.dataset !== other.dataset) return titleOf(layer);
  const theirs = new Set(partsOf(other.filter)?.map(({ text }) => text));
  const own = partsOf(layer.filter)?.filter(({ text }) => !theirs.has(text)) ?? [];
  return own.length > 0 ? own.map(({ text }) => text).join(" AND ") : titleOf(layer);
}
