/** What a click on a saved view tells: what the tiles carry. */

import { type Map as MapLibre, Popup } from "maplibre-gl";
import { element, formatted, number } from "../../dom";
import { cellsId, type Drawable, rowsId } from "../../map/layers";

const NEAR = 3;

export function popups(map: MapLibre, drawables: readonly Drawable[]): void {
  map.on("click", ({ point: { x, y }, lngLat }) => {
    for (const { layer, loaded } of [...drawables].reverse()) {
      const ids = [rowsId(layer), cellsId(layer)].filter(
        (id) => map.getLayer(id) && map.getLayer(id)?.type !== "heatmap",
      );
      const [feature] = map.queryRenderedFeatures(
        [
          [x - NEAR, y - NEAR],
          [x + NEAR, y + NEAR],
        ],
        { layers: ids },
      );
      if (!feature) continue;
      const { point_count: count, ...rest } = feature.properties;
      const title = count === undefined ? "Row" : count === 1 ? "1 row" : `${number(Number(count))} rows`;
      const lines = Object.entries(rest).map(([name, value]) => {
        const info = loaded.tileJson.properties.find(({ property }) => property === name);
        return element("tr", "", element("th", "", name), element("td", "", formatted(value, info)));
      });
      const content = element("article", "popup", element("h2", "", title), element("table", "", ...lines));
      new Popup({ maxWidth: "min(320px, 80vw)" }).setLngLat(lngLat).setDOMContent(content).addTo(map);
      return;
    }
  });
}
