/** Marks the shape or the hexagon under the pointer: all of it, in whichever tiles it lies, because its id is the same in each. */

import type { MapGeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import type { Drawable } from "../layers";
import { MARK } from "./layers";

/** What may lie in several tiles. */
const WHOLE = new Set(["shapes", "hexagons"]);

/** Marks what is found, and nothing else from then on. */
export function makeMark(map: MapLibre) {
  let now: { source: string; sourceLayer: string; id: string | number } | undefined;
  return (found: { feature: MapGeoJSONFeature; drawable: Drawable } | undefined) => {
    const { source, sourceLayer = "", id } = found?.feature ?? {};
    const shape =
      found !== undefined && WHOLE.has(found.drawable.layer.drawing.kind) && source !== undefined && id !== undefined;
    if (shape && now?.id === id && now.source === source) return;
    if (now && map.style?.getSource(now.source)) map.removeFeatureState(now, MARK);
    now = shape ? { source, sourceLayer, id } : undefined;
    if (now) map.setFeatureState(now, { [MARK]: true });
  };
}
