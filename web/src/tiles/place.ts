/** Boxes of degrees, the tiles that cover them, and where in the world what is in a tile lies. */

/** West, south, east, north; east may lie beyond 180. */
export type Box = readonly [west: number, south: number, east: number, north: number];
export type TileAddress = [z: number, x: number, y: number];

const DEGREES = 180 / Math.PI;
/** Where the square map of the world ends. */
const MOST = 85.0511287798;

/** Positions on the square of the world, from 0 to 1 from its north-western corner. */
export const toX = (lng: number): number => (lng + 180) / 360;
export function toY(lat: number): number {
  const sine = Math.sin(Math.max(Math.min(lat, MOST), -MOST) / DEGREES);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}
export const toLng = (x: number): number => x * 360 - 180;
export const toLat = (y: number): number => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * DEGREES;

/** The tiles of a zoom that a box touches. An edge that lies on the border between two tiles belongs to the one before it. */
export function tilesOver(z: number, [west, south, east, north]: Box): TileAddress[] {
  const count = 2 ** z;
  const first = Math.floor(toX(west) * count);
  const last = Math.min(Math.max(Math.ceil(toX(east) * count) - 1, first), first + count - 1);
  const top = Math.min(Math.max(Math.floor(toY(north) * count), 0), count - 1);
  const bottom = Math.min(Math.max(Math.ceil(toY(south) * count) - 1, top), count - 1);
  const found: TileAddress[] = [];
  for (let y = top; y <= bottom; y += 1) {
    for (let x = first; x <= last; x += 1) found.push([z, ((x % count) + count) % count, y]);
  }
  return found;
}

/** Whether a place lies in a box. */
export function isIn(lng: number, lat: number, [west, south, east, north]: Box): boolean {
  return lat >= south && lat <= north && [lng, lng + 360, lng - 360].some((lng) => lng >= west && lng <= east);
}

/** The same longitude on that copy of the world where it is nearest to another one. */
export const nearTo = (lng: number, other: number): number => lng + 360 * Math.round((other - lng) / 360);

/** A box for a query: its west may lie east of its east, at the antimeridian. */
export function queryBox([west, south, east, north]: Box): Box {
  const wrapped = (longitude: number) => ((((longitude + 180) % 360) + 360) % 360) - 180;
  if (east - west >= 360) return [-180, south, 180, north];
  return [wrapped(west), south, east === 180 ? 180 : wrapped(east), north];
}

/** The box around boxes: beside the widest gap between them, which may lie anywhere around the world. */
export function around(boxes: readonly Box[]): Box {
  const sorted = [...boxes].sort((a, b) => a[0] - b[0]);
  let [reach, gap, start] = [most(boxes.map(([, , east]) => east)) - 360, -1, 0];
  sorted.forEach(([west, , east], at) => {
    if (west - reach > gap) [gap, start] = [west - reach, at];
    reach = Math.max(reach, east);
  });
  const west = sorted[start]?.[0] ?? -180;
  const ends = sorted.map(([left, , right]) => (left < west ? right + 360 : right));
  const [souths, norths] = [boxes.map(([, south]) => south), boxes.map(([, , , north]) => north)];
  return [west, least(souths), most(ends), most(norths)];
}

export const least = (all: readonly number[]) => all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
export const most = (all: readonly number[]) => all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
