/** The view of all data of the active layer, or of what passes its filter and the window of time. */

import type { Source } from "duotile";
import { loaded } from "../load";
import { type DataMap, frameOn } from "../map/map";
import { hasShapes } from "../map/shapes/usual";
import { catalog, folded, status, tell } from "../page";
import { rowsOf } from "../query";
import { active, state } from "../state";

export type Extent = "data" | "passes";

/** Flies there; the sheet of a phone gives way. */
export async function fit({ map }: DataMap, source: Source, extent: Extent): Promise<void> {
  const layer = active(state.peek());
  const dataset = layer && loaded.peek()[layer.id]?.dataset;
  if (!layer || !dataset) return;
  folded.value += 1;
  if (extent === "data") {
    const { focus } = catalog.peek().find(({ id }) => id === layer.dataset) ?? dataset;
    frameOn(map, focus, true);
    return;
  }
  try {
    const { frameOfQuery } = await import("../tiles/frame");
    const rows = rowsOf(layer, state.peek(), dataset);
    const frame = await frameOfQuery(source, dataset.id, rows, hasShapes(layer.dataset));
    if (frame) frameOn(map, [...frame], true);
    else status.value = "No row passes the filter: there is nothing to go to.";
  } catch (error) {
    tell(error);
  }
}
