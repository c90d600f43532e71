/** Going to a place that was told, and marking it until the map shows something else. */

import { type Map as MapLibre, Marker } from "maplibre-gl";
import { element } from "../dom";
import { frameOn } from "../map/map";
import { room } from "../map/view";
import { hasWebGl } from "../map/webgl";
import { folded } from "../page";
import { type Box, toLat, toLng, toX, toY } from "../tiles/place";

/** Takes the mark away. */
let unmark = () => {};

/** What is gone to: a cell that is a square of the map, a hexagon, or a row. */
export type Gone = "square" | "hexagon" | "row";

/** Flies to a cell, so close that it is a good part of the view if it is not yet, never farther away, and marks it. */
export function goTo(map: MapLibre, box: Box, what: Gone): void {
  const [west, south, east, north] = box;
  const lng = (west + east) / 2;
  folded.value += 1;
  unmark();
  if (hasWebGl) unmark = mark(map, box, what);
  // Some cells around it are seen as well, but no more than now.
  const turned = (map.getBearing() * Math.PI) / 180;
  const { width, height } = room();
  const most = Math.min(width, height) / (Math.abs(Math.cos(turned)) + Math.abs(Math.sin(turned)));
  const side = Math.min((toX(east) - toX(west)) * AROUND, most / TILE / 2 ** map.getZoom());
  const [x, y] = [toX(lng), (toY(south) + toY(north)) / 2];
  const [top, bottom] = [Math.max(y - side / 2, 0), Math.min(y + side / 2, 1)];
  frameOn(map, [toLng(x - side / 2), toLat(bottom), toLng(x + side / 2), toLat(top)], true);
}

/** Outlines a square; a hexagon has a circle about it, a row a small one. What is small is seen all the same. */
function mark(map: MapLibre, [west, south, east, north]: Box, what: Gone): () => void {
  const outline = element("div", what === "square" ? "found" : "found round");
  const side = what === "row" ? 0 : toX(east) - toX(west);
  const size = () => {
    const pixels = `${Math.max(side * TILE * 2 ** map.getZoom(), LEAST)}px`;
    Object.assign(outline.style, { width: pixels, height: pixels });
  };
  const marker = new Marker({ element: outline, pitchAlignment: "map", rotationAlignment: "map" })
    .setLngLat([(west + east) / 2, toLat((toY(south) + toY(north)) / 2)])
    .addTo(map);
  size();
  map.on("zoom", size);
  return () => {
    map.off("zoom", size);
    marker.remove();
  };
}

/** How wide a mark is at least, in pixels. */
const LEAST = 26;
/** How wide what is seen is, in cells, and a tile at its zoom, in pixels. */
const [AROUND, TILE] = [12, 512];
