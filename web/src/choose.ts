/** Choices of more than a control's: which datasets there are, one of them for a layer, a subset, what an address says. */

import type { Subset } from "duotile";
import { type Place, parse, print } from "./address";
import { drafts, keep } from "./filter/draft";
import { basemapOf } from "./map/grounds";
import { type DataMap, frameOn, openOn } from "./map/map";
import { drawingFor, usualDrawing } from "./map/shapes/usual";
import { basemap, catalog, first, say, status } from "./page";
import type { Data } from "./source";
import { active, change, MOST_LAYERS, reset, resume, type State, state, withLayer } from "./state";
import { distinct } from "./titles";

/** Looks which datasets there are, on the server or on this device. */
export async function look(data: Data): Promise<void> {
  const { value, from } = await data.source.datasets();
  catalog.value = distinct(value.datasets);
  if (from === "server") basemap.value = basemapOf(value);
  first.value = from === "server" ? value.datasets[0]?.id : undefined;
  if (value.datasets.length === 0) status.value = "This server has no datasets.";
}

/** Another dataset for the active layer, without what was said of the one before. */
export function choose(dataset: string, view: DataMap): void {
  const found = catalog.peek().find(({ id }) => id === dataset);
  const layer = active(state.peek());
  if (!found || !layer) return;
  const drawing = drawingFor(layer, dataset);
  change("dataset", (before) => withLayer(before, layer.id, { dataset, filter: "", drawing }));
  openOn(view.map, found);
}

/** Shows a subset: its dataset, its filter, its box if it has one. */
export function open(subset: Subset, view: DataMap): void {
  const filter = new URLSearchParams(subset.query).get("filter") ?? "";
  const layer = active(state.peek());
  if (!layer) return;
  keep(layer.id, undefined);
  const { dataset } = subset;
  change("subset", (before) => withLayer(before, layer.id, { dataset, filter, drawing: drawingFor(layer, dataset) }));
  if (subset.bbox) frameOn(view.map, subset.bbox);
}

/** What the address says of a state, without the view. */
export const textOf = (state: State): string => print({ state }, first.peek(), usualDrawing);

/** Takes what the address says for the state. Datasets that are not there are told, and the first stands in for them. */
export function readAddress(): Place {
  const there = catalog.peek();
  const { state: wish, view, aside } = parse(location.hash.slice(1), usualDrawing, there[0]?.id);
  const missing = wish.layers.filter(({ dataset }) => dataset && !there.some(({ id }) => id === dataset));
  const where = first.peek() === undefined ? "on this device" : "on this server";
  if (missing.length > 0 && there.length > 0) {
    status.value = `There is no ${missing.map(({ dataset }) => dataset).join(", ")} ${where}.`;
  }
  if (aside) {
    const all = wish.layers.length + aside;
    say(`The address has ${all.toLocaleString("en")} layers: the first ${MOST_LAYERS} are shown, which is the most.`);
  }
  const layers = wish.layers.map((layer, at) =>
    layer.dataset && !missing.includes(layer)
      ? layer
      : {
          ...layer,
          dataset: there[0]?.id ?? "",
          ...(layer.dataset ? { filter: "", drawing: usualDrawing("", at) } : {}),
        },
  );
  const place = { ...(view && missing.length === 0 ? { view } : {}), state: { ...wish, layers } };
  drafts.value = {};
  // What was chosen before, or taken back, is gone to with the steps that lead there.
  const said = textOf(place.state);
  if (!resume((step) => textOf(step) === said)) reset(place.state);
  return place;
}
