/**
 * What a click on a shape tells: the columns of its row. Tiles of the map carry only what is drawn; a closer one of the same place has
 * few rows, and all of their columns.
 */

import { type Dataset, type PropertyInfo, type Source, toQueryString } from "duotile";
import type { LngLat, MapGeoJSONFeature } from "maplibre-gl";
import { element, number } from "../../dom";
import { decode } from "../../tiles/decode";
import { tilesOver } from "../../tiles/place";
import type { Drawable } from "../layers";
import { label, one, rowsOnly, table } from "../tables";

/** How much closer the tile is, and how close it may be. */
const [CLOSER, CLOSEST] = [4, 22];

export async function fillShape(
  content: HTMLElement,
  feature: MapGeoJSONFeature,
  { loaded: { dataset, query, tileJson }, layer }: Drawable,
  source: Source,
  { lng, lat }: LngLat,
  zoom: number,
  signal: AbortSignal,
): Promise<void> {
  const name = label(feature.properties);
  const title = name === undefined ? "1 row here" : String(feature.properties[name]);
  content.append(element("h2", "", title), table(Object.entries(feature.properties), tileJson.properties, dataset));
  if (!dataset?.rows_open) return;
  const waiting = element("p", "rows", "Loading the row…");
  content.append(waiting);
  try {
    // Where a shape is drawn in few corners it may lie beside the place that it has close by.
    for (const closer of [CLOSER, 0]) {
      const z = Math.min(Math.floor(zoom) + closer, CLOSEST);
      const [tile] = tilesOver(z, [lng, lat, lng, lat]);
      if (!tile) return;
      const asked = toQueryString({ ...rowsOnly(query), mode: "points", properties: "*" });
      const { value } = await source.tile(dataset.id, tile, asked, signal);
      if (signal.aborted) return;
      const there = decode(value).flatMap(({ features }) => features);
      const row = there.find(({ id }) => id === feature.id);
      if (!row) continue;
      const { properties } = row;
      content.replaceChildren(...one(properties, (some) => table(some, infosOf(dataset), dataset, layer)));
      // Whatever else is near enough to be meant.
      const others = there.length - 1;
      if (closer > 0 && others > 0) {
        content.append(element("p", "quiet", `${number(others)} more ${others === 1 ? "row" : "rows"} near here`));
      }
      return;
    }
  } finally {
    waiting.remove();
  }
}

/** What columns are in tiles: times are numbers there. */
const infosOf = ({ columns }: Dataset): PropertyInfo[] =>
  columns.map(({ name, type }) => ({
    property: name,
    type: type === "text" ? "String" : type === "boolean" ? "Boolean" : "Number",
    on: "rows",
    column: name,
    ...(type === "time" ? { unit: "milliseconds since 1970" } : {}),
  }));
