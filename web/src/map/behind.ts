/** Which rows are behind a feature of the map: those of its hexagon by its index, of its cell by its id, where a number holds that exactly, else those at its place. */

import type { TileQuery } from "duotile";
import type { MapGeoJSONFeature } from "maplibre-gl";
import type { Box } from "../tiles/place";
import { rowsOnly } from "./tables";

type Found = Pick<MapGeoJSONFeature, "id" | "geometry" | "properties">;

/** The id of a feature's cell. MapLibre rounds ids that are too long for a number, as those of cells at deep zooms are. */
export const cellOf = ({ id }: Pick<Found, "id">): number | undefined =>
  typeof id === "number" && Number.isSafeInteger(id) ? id : undefined;

/** The index of a feature that is a hexagon. */
export function hexagonOf({ properties }: Pick<Found, "properties">): string | undefined {
  const { h3 } = properties ?? {};
  return typeof h3 === "string" ? h3 : undefined;
}

/** The box of a cell by its id: a 1, then for each level a bit of y and a bit of x. */
export function cellBox(id: number): Box {
  const bits = id.toString(2).slice(1);
  const side = 2 ** (bits.length / 2);
  const every = (from: number) => [...bits].filter((_, at) => at % 2 === from).join("");
  const [y, x] = [Number.parseInt(every(0) || "0", 2), Number.parseInt(every(1) || "0", 2)];
  const longitude = (x: number) => (x / side) * 360 - 180;
  const latitude = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / side))) * 180) / Math.PI;
  return [longitude(x), latitude(y + 1), longitude(x + 1), latitude(y)];
}

/** West, south, east, north of a feature, and some degrees around it. */
export function boxAround(geometry: Found["geometry"], slack: number): Box {
  const points =
    geometry.type === "Polygon"
      ? (geometry.coordinates[0] ?? [])
      : geometry.type === "Point"
        ? [geometry.coordinates]
        : [];
  const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
  return [Math.min(...xs) - slack, Math.min(...ys) - slack, Math.max(...xs) + slack, Math.max(...ys) + slack];
}

/** The box of a feature of a tile of some zoom by its place: the map's positions are those of tiles, each 4096 steps wide. */
export const placeBox = (geometry: Found["geometry"], z: number): Box =>
  boxAround(geometry, geometry.type === "Polygon" ? 0 : (1.5 * 360) / 4096 / 2 ** z);

/** A query for the rows behind a feature of a tile of some zoom, and so many of them as a page of it. */
export function behind(feature: Found, asked: TileQuery, z: number, limit: number) {
  const [query, cell, h3] = [rowsOnly(asked), cellOf(feature), hexagonOf(feature)];
  if (h3 !== undefined) return { query, page: { h3, limit } };
  if (cell !== undefined) return { query, page: { cell, limit } };
  return { query: { ...query, bbox: placeBox(feature.geometry, z) }, page: { limit } };
}

/** A box that has the rows behind a feature, and no others: cells are half-open and boxes are not. */
export function boxBehind(feature: Found, z: number): Box {
  const cell = cellOf(feature);
  if (cell === undefined) return placeBox(feature.geometry, z);
  const [west, south, east, north] = cellBox(cell);
  return [west, south + EDGE, east - EDGE, north];
}

/** What lies on the far edges of a cell is the next one's, in degrees: less than a cell that has an id is wide. */
const EDGE = 1e-7;
