/** Going to a place that was told, and marking it until the map shows something else. */

import { type Map as MapLibre, Marker } from "maplibre-gl";
import { element } from "../dom";
import { frameOn } from "../map/map";
import { hasWebGl } from "../map/webgl";
import { folded } from "../page";
import type { Box } from "../tiles/place";

let marker: Marker | undefined;

/** Flies to a cell, so close that it is a good part of the view, and marks it. */
export function goTo(map: MapLibre, box: Box): void {
  const [west, south, east, north] = box;
  const [lng, lat] = [(west + east) / 2, (south + north) / 2];
  folded.value += 1;
  marker?.remove();
  if (hasWebGl) marker = new Marker({ element: element("div", "found") }).setLngLat([lng, lat]).addTo(map);
  // Some cells around it are seen as well.
  const wide = (east - west) * AROUND;
  const high = (north - south) * AROUND;
  frameOn(map, [lng - wide, lat - high, lng + wide, lat + high], true);
}

const AROUND = 6;
