/** What a click on a saved view tells: what the tiles carry. */

import { type Map as MapLibre, Popup } from "maplibre-gl";
import { element, formatted, number } from "../../dom";
import { cellsId, type Drawable } from "../../map/layers";
import { label, table } from "../../map/popup";

const NEAR = 3;

export function popups(map: MapLibre, drawables: readonly Drawable[]): void {
  map.on("click", ({ point: { x, y }, lngLat }) => {
    for (const { layer, loaded } of [...drawables].reverse()) {
      const id = cellsId(layer);
      if (!map.getLayer(id) || map.getLayer(id)?.type === "heatmap") continue;
      const [feature] = map.queryRenderedFeatures(
        [
          [x - NEAR, y - NEAR],
          [x + NEAR, y + NEAR],
        ],
        { layers: [id] },
      );
      if (!feature) continue;
      const { point_count: count, ...rest } = feature.properties;
      const name = count === 1 ? label(rest) : undefined;
      const info = (property: string) => loaded.tileJson.properties.find((info) => info.property === property);
      const title =
        name === undefined
          ? `${number(Number(count))} ${count === 1 ? "row" : "rows"} here`
          : formatted(rest[name], info(name));
      const others = Object.fromEntries(Object.entries(rest).filter(([property]) => property !== name));
      const content = element("article", "popup", element("h2", "", title), table(others, loaded.tileJson.properties));
      new Popup({ maxWidth: "min(320px, 80vw)" }).setLngLat(lngLat).setDOMContent(content).addTo(map);
      return;
    }
  });
}
