/**
 * What is met at a point of the screen: the feature that is meant, of the uppermost layer first, where it is, and what else is
 * so near that it may have been meant. The world may be seen more than once: a place is where the pointer is.
 */

import type { MapGeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import { type Box, around as boxOf, nearTo, queryBox } from "../tiles/place";
import { boxAround, cellBox, cellOf } from "./behind";
import { finishedIds } from "./finished";
import { type Drawable, metIds } from "./layers";

/** In pixels. */
export type Point = [x: number, y: number];

export interface Found {
  feature: MapGeoJSONFeature;
  drawable: Drawable;
}

const square = ([x, y]: Point, far: number): [Point, Point] => [
  [x - far, y - far],
  [x + far, y + far],
];

/** Where a feature is that was met at a point: its own place, or the middle of its cell, on the copy of the world that is there. */
export function placeOf(map: MapLibre, { geometry }: Pick<MapGeoJSONFeature, "geometry">, point: Point): Point {
  const there = map.unproject(point).lng;
  if (geometry.type === "Point") return [nearTo(geometry.coordinates[0] ?? 0, there), geometry.coordinates[1] ?? 0];
  const { lng, lat } = map.getCenter();
  if (geometry.type !== "Polygon") return [lng, lat];
  const [west, south, east, north] = boxAround(geometry, 0);
  return [nearTo((west + east) / 2, there), (south + north) / 2];
}

/** What is at a point, of the uppermost layer first: of what may be meant, the cell whose middle is nearest. */
export function at(map: MapLibre, drawables: readonly Drawable[], [x, y]: Point, near = 3): Found | undefined {
  for (const drawable of [...drawables].reverse()) {
    const { layer, loaded } = drawable;
    const finished = layer.drawing.kind === "tiles";
    const ids = finished ? finishedIds(layer, loaded.tileJson.vector_layers.length) : metIds(layer);
    const layers = ids.filter((id) => map.getLayer(id) && map.getLayer(id)?.type !== "heatmap");
    if (layers.length === 0) continue;
    // What is of a pixel or two is missed by a little.
    const found = map.queryRenderedFeatures(square([x, y], near), { layers });
    // The uppermost shape is meant, which may be much larger than the view.
    if (finished || layer.drawing.kind === "shapes") {
      const [feature] = found;
      if (feature) return { feature, drawable };
      continue;
    }
    // A hexagon is met where it is drawn; its middle may be in another tile.
    const exact =
      drawable.layer.drawing.kind === "hexagons" ? map.queryRenderedFeatures([x, y], { layers })[0] : undefined;
    if (exact) return { feature: exact, drawable };
    const distance = (feature: MapGeoJSONFeature) => {
      const place = map.project(placeOf(map, feature, [x, y]));
      return Math.hypot(place.x - x, place.y - y);
    };
    const [feature] = found.length > 1 ? found.sort((a, b) => distance(a) - distance(b)) : found;
    if (feature) return { feature, drawable };
  }
  return undefined;
}

/** What else is so near that it may have been meant, in pixels around it: cells of two pixels are closer than a finger. */
const NEAR = 8;

/** How many more rows are near a cell, and a box for a query of all of them; nothing if there are none, or no box has them. */
export function around(
  map: MapLibre,
  { feature, drawable }: Found,
  point: Point,
): { more: number; box: Box } | undefined {
  const layers = metIds(drawable.layer).filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures(square(point, NEAR), { layers });
  // A circle that reaches over tiles is told of once for each.
  const keyOf = (each: MapGeoJSONFeature) => cellOf(each) ?? JSON.stringify(each.geometry);
  const all = new Map([feature, ...found].map((each) => [keyOf(each), each]));
  const rows = (of: readonly MapGeoJSONFeature[]) =>
    of.reduce((sum, { properties }) => sum + Number(properties["point_count"] ?? 0), 0);
  const more = rows([...all.values()]) - rows([feature]);
  const boxes = [...all.values()].flatMap((each) => {
    const cell = cellOf(each);
    if (cell !== undefined) return [cellBox(cell)];
    return each.geometry.type === "Polygon" ? [boxAround(each.geometry, 0)] : [];
  });
  return more <= 0 || boxes.length < all.size ? undefined : { more, box: queryBox(boxOf(boxes)) };
}
