/** How deep a saved view may go, and what each depth takes, before anything is asked for: counted, and told by what the view took. */

import type { Metadata } from "duotile";
import { gridOf } from "../../map/grid";
import type { Drawable } from "../../map/layers";
import { viewOf } from "../../map/map";
import { seen } from "../../performance/traces";
import type { Shown } from "../shown";
import { AT_ONCE, type Box, tilesAt } from "./tiles";

/** How deep the tiles go below the view at most, and beyond the zoom from which on each cell is a row: they say no more then. */
const DEEPER = 6;
const BEYOND = 2;
const MAX_ZOOM = 22;
/** What packing a tile takes, in milliseconds, and what one takes and weighs of which nothing is known. */
const PACKING = 2;
const USUAL = { ms: 15, bytes: 10_000 };
/** What a file is about as large as without its tiles: the map, the ground, the page. */
const WITHOUT = 1.6e6;

/** A depth to choose. */
export interface Depth {
  /** The deepest zoom. */
  last: number;
  /** How many zooms that are below the view. */
  deeper: number;
  /** At most. */
  tiles: number;
  bytes: number;
  seconds: number;
}

export function placeOf(map: Shown["map"]): { box: Box; screen: [number, number] } {
  const bounds = map.getBounds();
  const [west, east] = [bounds.getWest(), Math.min(bounds.getEast(), bounds.getWest() + 360)];
  const { clientWidth, clientHeight } = map.getCanvas();
  return { box: [west, bounds.getSouth(), east, bounds.getNorth()], screen: [clientWidth, clientHeight] };
}

/** The zoom of the view, in tiles: they are closer than the map. */
export function zoomOf(map: Shown["map"], drawables: readonly Drawable[]): number {
  return viewOf(map).zoom + Math.max(...drawables.map(({ layer }) => gridOf(layer.drawing).closer), 0);
}

/** From which zoom on every cell holds a single row, as far as that is known. */
function aloneFrom(metadata: Metadata | undefined): number {
  const zooms = metadata?.measures.find(({ property }) => property === "point_count")?.zooms ?? [];
  return zooms.find(({ quantiles }) => quantiles.at(-1) === 1)?.z ?? MAX_ZOOM;
}

/** The depths of the present view, that of the view first. */
export function depthsOf(map: Shown["map"], drawables: readonly Drawable[]): Depth[] {
  const { box, screen } = placeOf(map);
  const zoom = zoomOf(map, drawables);
  const first = Math.max(Math.floor(zoom), 0);
  const rowsFrom = Math.max(...drawables.map(({ loaded }) => aloneFrom(loaded.metadata)), 0);
  const last = Math.min(Math.max(first, Math.min(first + DEEPER, rowsFrom + BEYOND)), MAX_ZOOM);
  const { ms, bytes } = typical();
  const depths: Depth[] = [];
  let tiles = 0;
  for (let z = 0; z <= last; z += 1) {
    tiles += drawables.length * tilesAt(z, box, zoom, screen).length;
    if (z < first) continue;
    depths.push({
      last: z,
      deeper: z - first,
      tiles,
      // In base64.
      bytes: ((tiles * bytes + WITHOUT) * 4) / 3,
      seconds: (tiles * (ms / AT_ONCE + PACKING)) / 1000,
    });
  }
  return depths;
}

/** What a tile of the last view took and weighed. */
function typical(): typeof USUAL {
  const tiles = seen();
  if (tiles.length === 0) return USUAL;
  // While the map is drawn, most tiles wait for it.
  const quick = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 2] ?? 0;
  return {
    ms: quick(tiles.map(({ started, ended }) => ended - started)),
    bytes: tiles.reduce((sum, { bytes }) => sum + bytes, 0) / tiles.length / PACKED,
  };
}

/** How many times smaller a tile is when it is packed, about. */
const PACKED = 2.5;
