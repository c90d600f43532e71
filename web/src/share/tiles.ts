/** A layer's tiles as one file: which of them, by which command the program makes it, and when this page does not. */

import { type Dataset, type TileQuery, toQueryString } from "duotile";
import type { Shown } from "./shown";

/** Rows of a server that are fetched for it at most. */
export const MOST_ROWS = 500_000;
/** What is made here at most, as far as can be estimated. */
export const MOST = { bytes: 200e6, tiles: 400_000 };
/** The deepest zoom that is chosen by itself. */
const DEEP = 14;

export type Box = [west: number, south: number, east: number, north: number];

/** Which tiles. */
export interface Wanted {
  query: TileQuery;
  zooms: [number, number];
  /** Those of a box; all without it. */
  bounds?: Box;
}

/** The last zoom unless one is chosen: one at which rows show, and closer than the map is; clients draw what is deeper from it. */
export function lastZoom(pointsFrom: number | undefined, zoom: number): number {
  return Math.min(DEEP, Math.max(pointsFrom ?? 0, Math.ceil(zoom) + 1));
}

/** The box of the map, as far as it is on the world once; it may lie over the antimeridian. */
export function boxOf(map: Shown["map"]): Box | undefined {
  const bounds = map.getBounds();
  const [west, east] = [bounds.getWest(), bounds.getEast()];
  if (east - west >= 360) return undefined;
  const around = (longitude: number) => ((((longitude + 180) % 360) + 360) % 360) - 180;
  const near = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
  const [south, north] = [Math.max(bounds.getSouth(), -90), Math.min(bounds.getNorth(), 90)];
  return [near(around(west)), near(south), near(around(east)), near(north)];
}

/** The command by which the program makes the same. The name of its file is not known here, but for a file of this device. */
export function commandOf({ id, title }: Dataset, { query, zooms, bounds }: Wanted, isFile: boolean): string {
  const said = toQueryString(query);
  // What the program takes as a name; a file without one is named after itself.
  const named = /^[\w.-]+$/.test(id) ? `${id}=` : "";
  return [
    "duotile export",
    quoted(named + (isFile ? title : "FILE")),
    `-o ${quoted(`${id}.pmtiles`)}`,
    `--zooms ${zooms.join("-")}`,
    ...(said ? [`--query ${quoted(said)}`] : []),
    ...(bounds ? [`--bounds ${bounds.join()}`] : []),
  ].join(" ");
}

/** An argument as a shell takes it. */
function quoted(text: string): string {
  return /^[\w.,=/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
