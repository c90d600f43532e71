/**
 * How large cells are on the screen. The size that is wished for, in pixels of the screen, enters; what leaves is the size
 * to ask for and how much closer than the map its tiles are taken, so that cells stay within 40 % of the wish at every zoom.
 *
 * A cell is a power of two of its tile, and tiles are of whole zooms: taken at the zoom below the map's, as maps do, cells
 * grow to twice their size and fall back. Taken half a zoom closer, they go from 0.7 times the wish to 1.4 times.
 */

import { signal } from "@preact/signals";
import type { Map as MapLibre, MapSourceDataEvent, RasterTileSource, VectorTileSource } from "maplibre-gl";
import type { CellSize, Drawing, Kind } from "../state";

/** The least that a cell is of its wish; the most is twice that. */
const LEAST = 0.7;
/** A tile's side on the screen at its own zoom, in pixels of the page. */
const TILE = 512;

/** Pixels of the screen to one of the page. */
const ratio = signal(globalThis.devicePixelRatio || 1);
globalThis.addEventListener?.("resize", () => {
  ratio.value = globalThis.devicePixelRatio || 1;
});

/** The side of a pixel of the screen, in pixels of the page. */
export const pixel = (): number => 1 / ratio.value;

/** Whether the device was found to draw too slowly for small cells. */
export const slow = signal(false);

/** Pixels of a cell that suit a shape: cells as fine as the screen, what is meant to be seen one by one for the eye. */
export function suits(kind: Kind): number {
  if (kind === "cells") return slow.value ? 4 : 2;
  return (kind === "heat" ? 4 : 8) * ratio.value;
}

export interface Grid {
  /** A cell's side as queries have it. */
  cell: Exclude<CellSize, 0>;
  /** Zooms that tiles are closer than the map. */
  closer: number;
  /** The side that is wished for, in pixels of the page. */
  side: number;
}

/** Shapes and finished tiles are of no grid: their tiles are those of the map's zoom. */
const NONE: Grid = { cell: 4, closer: 0, side: 1 };

/** Hexagons grow by more than their tiles do, and fall back, however these are taken: half a zoom closer they are 6 to 30 pixels wide. */
const HEXAGONS: Grid = { cell: 4, closer: 0.5, side: 14 };

/** The grid of a layer. */
export function gridOf({ kind, cell }: Pick<Drawing, "kind" | "cell">): Grid {
  if (kind === "shapes" || kind === "tiles") return NONE;
  if (kind === "hexagons") return HEXAGONS;
  const side = (cell || suits(kind)) / ratio.value;
  const power = Math.min(Math.max(Math.ceil(Math.log2(LEAST * side) - 1e-9), 0), 6);
  return { cell: (2 ** power) as Grid["cell"], closer: power - Math.log2(LEAST * side), side };
}

/** The zoom of the tiles that are drawn at a zoom of the map. */
export function tileZoom(zoom: number, { closer }: Grid): number {
  return Math.min(Math.max(Math.floor(zoom + closer), 0), 22);
}

/** A cell's side at a zoom of the map, in pixels of the screen. */
export function pixelsAt(zoom: number, grid: Grid): number {
  return grid.cell * ratio.value * 2 ** (zoom - tileZoom(zoom, grid));
}

/** The same in pixels of the page. */
export const sideAt = (zoom: number, grid: Grid): number => pixelsAt(zoom, grid) * pixel();

/**
 * Has a source take its tiles so much closer. MapLibre goes by the size that a source says its tiles have, and takes 512
 * for that of vector tiles where they are described; what it says later is taken as well. Pictures are taken of the zoom
 * below, as features are, and not of the nearest one. Should that change one day, cells are up to twice as large and not
 * otherwise.
 */
export function takeCloser(map: MapLibre, id: string, { closer }: Grid): void {
  const source = map.getSource<VectorTileSource | RasterTileSource>(id);
  if (source?.type !== "vector" && source?.type !== "raster") return;
  const size = TILE / 2 ** closer;
  if (source.tileSize === size) return;
  source.tileSize = size;
  if (source.type === "raster") source.roundZoom = false;
  // Which tiles are wanted is asked when the map moves.
  if (!map.isMoving()) map.fire("move");
}

/** Lets tiles that were taken closer be as large as they are: what is found under the pointer goes by that. */
export function keepSizes(map: MapLibre): void {
  map.on("sourcedataloading", ({ tile }: MapSourceDataEvent) => {
    const one = tile as { tileSize: number; tileID: { overscaleFactor: () => number } } | undefined;
    if (one?.tileID) one.tileSize = TILE * one.tileID.overscaleFactor();
  });
}
