/** Going to a place that was told, and marking it until the map shows something else. */

import { type Map as MapLibre, Marker } from "maplibre-gl";
import { element } from "../dom";
import { frameOn, room } from "../map/map";
import { hasWebGl } from "../map/webgl";
import { folded } from "../page";
import { type Box, toLat, toLng, toX, toY } from "../tiles/place";

let marker: Marker | undefined;

/** Flies to a cell, so close that it is a good part of the view if it is not yet, never farther away, and marks it. */
export function goTo(map: MapLibre, box: Box): void {
  const [west, south, east, north] = box;
  const [lng, lat] = [(west + east) / 2, (south + north) / 2];
  folded.value += 1;
  marker?.remove();
  if (hasWebGl) marker = new Marker({ element: element("div", "found") }).setLngLat([lng, lat]).addTo(map);
  // Some cells around it are seen as well, but no more than now.
  const turned = (map.getBearing() * Math.PI) / 180;
  const { width, height } = room();
  const most = Math.min(width, height) / (Math.abs(Math.cos(turned)) + Math.abs(Math.sin(turned)));
  const side = Math.min((toX(east) - toX(west)) * AROUND, most / TILE / 2 ** map.getZoom());
  const [x, y] = [toX(lng), (toY(south) + toY(north)) / 2];
  const [top, bottom] = [Math.max(y - side / 2, 0), Math.min(y + side / 2, 1)];
  frameOn(map, [toLng(x - side / 2), toLat(bottom), toLng(x + side / 2), toLat(top)], true);
}

/** How wide what is seen is, in cells, and a tile at its zoom, in pixels. */
const [AROUND, TILE] = [12, 512];
