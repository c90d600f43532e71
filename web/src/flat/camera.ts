/** Where a flat map looks: a middle, a zoom and a size; from pixels to degrees and back. */

import type { Box } from "../tiles/place";
import { toLat, toLng, toX, toY } from "../tiles/place";

/** A tile's side at its own zoom, in pixels. */
export const TILE = 512;
const [LEAST, MOST] = [0, 22];

export interface Camera {
  lng: number;
  lat: number;
  zoom: number;
  width: number;
  height: number;
}

/** Pixels of the world's side. */
export const worldOf = ({ zoom }: Camera): number => TILE * 2 ** zoom;

/** The pixel of a place: of the world's copies, that which is nearest to the middle. */
export function project(camera: Camera, lng: number, lat: number): { x: number; y: number } {
  const world = worldOf(camera);
  const away = toX(lng) - toX(camera.lng);
  return {
    x: camera.width / 2 + (away - Math.round(away)) * world,
    y: camera.height / 2 + (toY(lat) - toY(camera.lat)) * world,
  };
}

/** The place of a pixel; its longitude may lie beyond 180. */
export function unproject(camera: Camera, x: number, y: number): { lng: number; lat: number } {
  const world = worldOf(camera);
  return {
    lng: toLng(toX(camera.lng) + (x - camera.width / 2) / world),
    lat: toLat(Math.min(Math.max(toY(camera.lat) + (y - camera.height / 2) / world, 0), 1)),
  };
}

/** What is seen, as a box. */
export function boxOf(camera: Camera): Box {
  const [from, to] = [unproject(camera, 0, camera.height), unproject(camera, camera.width, 0)];
  return [from.lng, from.lat, to.lng, to.lat];
}

/** A camera that stays on the map. */
export function held(camera: Camera): Camera {
  const zoom = Math.min(Math.max(camera.zoom, LEAST), MOST);
  const lng = ((((camera.lng + 180) % 360) + 360) % 360) - 180;
  return { ...camera, zoom, lng, lat: Math.min(Math.max(camera.lat, -85), 85) };
}

/** The camera moved by pixels. */
export function panned(camera: Camera, x: number, y: number): Camera {
  return held({ ...camera, ...unproject(camera, camera.width / 2 - x, camera.height / 2 - y) });
}

/** The camera closer by so many zooms, with what is under a pixel staying there. */
export function zoomed(camera: Camera, by: number, x: number, y: number): Camera {
  const there = unproject(camera, x, y);
  const next = held({ ...camera, zoom: camera.zoom + by });
  const now = project(next, there.lng, there.lat);
  return panned(next, x - now.x, y - now.y);
}

/** The camera that holds a box within its padding. */
export function fitting(
  camera: Camera,
  [west, south, east, north]: Box,
  { top, right, bottom, left }: Record<"top" | "right" | "bottom" | "left", number>,
  most: number,
): Camera {
  const [wide, high] = [Math.max(toX(east) - toX(west), 1e-9), Math.max(toY(south) - toY(north), 1e-9)];
  const room = [Math.max(camera.width - left - right, 60), Math.max(camera.height - top - bottom, 60)] as const;
  const zoom = Math.min(Math.log2(room[0] / wide / TILE), Math.log2(room[1] / high / TILE), most);
  const middle = held({ ...camera, lng: (west + east) / 2, lat: toLat((toY(south) + toY(north)) / 2), zoom });
  return panned(middle, (left - right) / 2, (top - bottom) / 2);
}
