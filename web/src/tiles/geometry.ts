/** The geometry of a row as GeoJSON has it, of whatever kind: whether it is a point, the box around it, and its text. */

import { around, type Box } from "./place";

/** As much of it as is read. */
export interface Geometry {
  type?: string;
  coordinates?: unknown;
}

type Position = readonly [lng: number, lat: number];

const isPosition = (value: unknown): value is Position => Array.isArray(value) && typeof value[0] === "number";

/** The place of a row that is a point. */
export const pointOf = (geometry: Geometry | null | undefined): Position | undefined =>
  isPosition(geometry?.coordinates) ? geometry.coordinates : undefined;

/** The box around a geometry, across the antimeridian where its parts lie so. */
export function boxOf(geometry: Geometry | null | undefined): Box | undefined {
  const boxes: Box[] = [];
  const look = (value: unknown): void => {
    if (isPosition(value)) boxes.push(boxAround([value]));
    else if (Array.isArray(value) && value.length > 0 && value.every(isPosition)) boxes.push(boxAround(value));
    else if (Array.isArray(value)) value.forEach(look);
  };
  look(geometry?.coordinates);
  return boxes.length === 0 ? undefined : around(boxes);
}

function boxAround(positions: readonly Position[]): Box {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lng, lat] of positions) {
    [west, east] = [Math.min(west, lng), Math.max(east, lng)];
    [south, north] = [Math.min(south, lat), Math.max(north, lat)];
  }
  return [west, south, east, north];
}

/** A geometry as well-known text, as the server writes it in CSV; nothing of none. */
export function textOf(geometry: Geometry | null | undefined): string | undefined {
  const text = (value: unknown): string =>
    isPosition(value) ? value.join(" ") : Array.isArray(value) ? `(${value.map(text).join(",")})` : "";
  const { type = "", coordinates } = geometry ?? {};
  if (!Array.isArray(coordinates)) return undefined;
  const inner = text(coordinates);
  return `${type.toUpperCase()} ${isPosition(coordinates) ? `(${inner})` : inner}`;
}
