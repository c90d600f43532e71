/** What a feature of the map tells of itself before anything is asked for, which is all that a saved view has. */

import type { MapGeoJSONFeature } from "maplibre-gl";
import { element, formatted, number, percent, rowsSaid } from "../dom";
import type { Drawable } from "./layers";
import { type Blend, told as sharesOf } from "./mix";
import { label, table } from "./tables";

/** How many rows a cell has, with the counts and shares that its colour is mixed of, or its measures. */
export function cellTold(
  { properties }: MapGeoJSONFeature,
  { tileJson, dataset }: Drawable["loaded"],
  blend: Blend | undefined,
): HTMLElement[] {
  const { point_count: count = 1, h3, ...measures } = properties;
  const carried = typeof h3 === "string" ? { ...measures, h3 } : measures;
  return [
    element("h2", "", `${rowsSaid(Number(count))} here`),
    blend ? sharesTable(blend, measures) : table(Object.entries(carried), tileJson.properties, dataset),
  ];
}

/** How many rows of a cell have each of its categories, or each of two that are compared, and their shares. */
function sharesTable({ parts }: Blend, properties: Record<string, unknown>): HTMLElement {
  const counts = sharesOf(parts, properties);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return table(
    counts.map(([title, count]) => [title, `${number(count)} (${percent(count / all)})`]),
    [],
  );
}

/** What a feature of finished tiles carries, which is all that there is of it. */
export function finishedTold({ properties, sourceLayer = "" }: MapGeoJSONFeature): HTMLElement[] {
  const name = label(properties);
  const rest = Object.entries(properties).filter(([property]) => property !== name);
  const title = name === undefined ? sourceLayer : formatted(properties[name], undefined);
  return [
    element("h2", "", title),
    table(rest, []),
    element("p", "quiet", `Of the layer ${sourceLayer} of an archive: its tiles carry no more`),
  ];
}
