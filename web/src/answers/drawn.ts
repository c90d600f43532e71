/**
 * What was drawn on the map as what is asked of a query: two corners on the screen enter. A map that looks north from straight
 * above gives a box; a turned or tilted one the shape that it has on the ground.
 */

import type { Map as MapLibre } from "maplibre-gl";
import { type Box, queryBox } from "../tiles/place";

type Corner = readonly [x: number, y: number];
type Looking = Pick<MapLibre, "unproject" | "getBearing" | "getPitch">;

/** Each side on the screen is so many straight ones on the ground. */
const PIECES = 8;

export function drawnOn(map: Looking, from: Corner, to: Corner): { box: Box } | { filter: string } {
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  const corners: Corner[] = [
    [left, bottom],
    [right, bottom],
    [right, top],
    [left, top],
  ];
  const ring = corners.flatMap(([x, y], at) => {
    const [toX, toY] = corners[(at + 1) % corners.length] ?? [x, y];
    return Array.from({ length: PIECES }, (_, step) => {
      const { lng, lat } = map.unproject([x + ((toX - x) * step) / PIECES, y + ((toY - y) * step) / PIECES]);
      return [lng, Math.min(Math.max(lat, -90), 90)] as const;
    });
  });
  const [lngs, lats] = [ring.map(([lng]) => lng), ring.map(([, lat]) => lat)];
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)];
  const straight = map.getBearing() === 0 && map.getPitch() === 0;
  // What goes around the world is no polygon.
  if (straight || east - west >= 360) return { box: queryBox([west, Math.min(...lats), east, Math.max(...lats)]) };
  const shift = queryBox([west, 0, west, 0])[0] - west;
  // A centimetre on the ground.
  const said = (degrees: number) => Number(degrees.toFixed(7));
  const text = [...ring, ...ring.slice(0, 1)].map(([lng, lat]) => `${said(lng + shift)} ${said(lat)}`).join(",");
  return { filter: `S_INTERSECTS(geometry, POLYGON((${text})))` };
}
