/** What is seen of the map, as an area. */

import type { Map as MapLibre } from "maplibre-gl";
import { seenOf } from "../map/view";
import type { Area } from "./shape";

export function areaIn(map: MapLibre): Area {
  const [west, south, east, north] = seenOf(map);
  return {
    kind: "rectangle",
    corners: [
      [west, south],
      [east, north],
    ],
  };
}
