/** Which kinds of features each layer has on screen: what a legend has to explain. */

import type { Map as MapLibre } from "maplibre-gl";
import { drawn } from "../page";
import { cellsId, type Drawable, rowsId } from "./layers";

/** Looks, and says so. Below the zoom of rows there are only cells; above it, the map is asked. */
export function sayDrawn(map: MapLibre, shown: readonly Drawable[]): void {
  const has = (id: string) => map.getLayer(id) !== undefined && map.queryRenderedFeatures({ layers: [id] }).length > 0;
  const kinds = shown.map(({ layer, loaded: { tileJson } }) => {
    const mixed = map.getZoom() >= (tileJson.points_minzoom ?? Infinity);
    const kinds = mixed ? { cells: has(cellsId(layer)), rows: has(rowsId(layer)) } : { cells: true, rows: false };
    return [layer.id, kinds] as const;
  });
  const told = Object.fromEntries(kinds);
  if (JSON.stringify(told) !== JSON.stringify(drawn.peek())) drawn.value = told;
}
