/** What the map shows, as an area. */

import type { Map as MapLibre } from "maplibre-gl";
import type { Area } from "./shape";

export function areaIn(map: MapLibre): Area {
  const bounds = map.getBounds();
  const [west, east] = [bounds.getWest(), Math.min(bounds.getEast(), bounds.getWest() + 360)];
  const within = (lat: number) => Math.max(Math.min(lat, 90), -90);
  return {
    kind: "rectangle",
    corners: [
      [west, within(bounds.getSouth())],
      [east, within(bounds.getNorth())],
    ],
  };
}
