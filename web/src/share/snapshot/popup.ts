/** What a click on a saved view tells: what the tiles carry. */

import { type Map as MapLibre, Popup } from "maplibre-gl";
import { element, formatted, number } from "../../dom";
import { type Drawable, metIds } from "../../map/layers";
import { label, table } from "../../map/tables";

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
      // A shape is one row.
      const { point_count: count = 1, h3: _, ...rest } = feature.properties;
      const name = count === 1 ? label(rest) : undefined;
      const info = (property: string) => loaded.tileJson.properties.find((info) => info.property === property);
      const title =
        name === undefined
          ? `${number(Number(count))} ${count === 1 ? "row" : "rows"} here`
          : formatted(rest[name], info(name));
      const others = Object.entries(rest).filter(([property]) => property !== name);
      const content = element("article", "popup", element("h2", "", title), table(others, loaded.tileJson.properties));
      new Popup({ maxWidth: "min(320px, 80vw)" }).setLngLat(lngLat).setDOMContent(content).addTo(map);
      return;
    }
  });
}
