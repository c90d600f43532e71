/** What a click on a saved view tells: what the tiles carry. */

import { type MapGeoJSONFeature, type Map as MapLibre, Popup } from "maplibre-gl";
import { element } from "../../dom";
import { type Drawable, metIds } from "../../map/layers";
import { paintOf } from "../../map/paint";
import { one, table } from "../../map/tables";
import { cellTold, finishedTold } from "../../map/told";

const NEAR = 3;

export function popups(map: MapLibre, drawables: readonly Drawable[]): void {
  map.on("click", ({ point: { x, y }, lngLat }) => {
    for (const { layer, loaded } of [...drawables].reverse()) {
      const ids = metIds(layer).filter((id) => map.getLayer(id) && map.getLayer(id)?.type !== "heatmap");
      if (ids.length === 0) continue;
      const [feature] = map.queryRenderedFeatures(
        [
          [x - NEAR, y - NEAR],
          [x + NEAR, y + NEAR],
        ],
        { layers: ids },
      );
      if (!feature) continue;
      const content = element("article", "popup", ...told(feature, { layer, loaded }));
      new Popup({ maxWidth: "min(320px, 80vw)" }).setLngLat(lngLat).setDOMContent(content).addTo(map);
      return;
    }
  });
}

/** A row where one is alone, else what its cell is, in the words of the page. */
function told(feature: MapGeoJSONFeature, { layer, loaded }: Pick<Drawable, "layer" | "loaded">): HTMLElement[] {
  if (layer.drawing.kind === "tiles") return finishedTold(feature);
  const { dataset, tileJson } = loaded;
  const { point_count: count = 1, ...rest } = feature.properties;
  const isOfRows = (name: string) => tileJson.properties.some(({ property, on }) => property === name && on === "rows");
  const row = Object.entries(rest).filter(([name]) => isOfRows(name));
  if (count !== 1 || row.length === 0) return cellTold(feature, loaded, paintOf(layer, loaded).blend);
  return one(Object.fromEntries(row), (properties) => table(properties, tileJson.properties, dataset));
}
