/** Which rows a subset has, as far as its texts and its box tell: without a look at rows, and without the module. */

import type { Subset } from "./store.js";

export type TileId = readonly [z: number, x: number, y: number];

type Box = readonly [west: number, south: number, east: number, north: number];

/** Whether a subset has all rows of a tile, as far as the texts of both tell. */
export function coverage(subset: Subset, text: string, tile: TileId): "yes" | "no" | "maybe" {
  const [had, asked] = [new URLSearchParams(subset.selects), new URLSearchParams(text)];
  // Ranks are those among all rows, and columns that are made have the facts of the rows that are there: only the module tells.
  if (asked.has("rank") || asked.has("let")) return "maybe";
  const outlined = subset.about.vertices !== undefined;
  if (had.has("bbox") && !asked.has("bbox") && subset.bbox && !contains(subset.bbox, tile, outlined)) return "no";
  const same = (name: string) => !had.has(name) || had.get(name) === asked.get(name);
  // Cells of H3 have rows beside their tile, too.
  if (had.has("bbox") && asked.get("cell") === "h3") return "maybe";
  const boxed = !had.has("bbox") || !asked.has("bbox") || same("bbox");
  return boxed && same("filter") && same("datetime") ? "yes" : "maybe";
}

/** Whether a tile lies in a box; of outlines, all that comes into its buffer, too. */
function contains(box: Box, tile: TileId, outlined: boolean): boolean {
  const [west, south, east, north] = edges(tile, outlined ? 1 / 16 : 0);
  const [left, bottom, right, top] = box;
  const wide = left <= right ? west >= left && east <= right : west >= left || east <= right;
  const whole = left <= -180 && right >= 180;
  return (whole || wide) && south >= bottom && north <= top;
}

/** Whether a tile and a box have anything in common. */
export function touches(box: Box, tile: TileId): boolean {
  const [west, south, east, north] = edges(tile);
  const [left, bottom, right, top] = box;
  const wide = left <= right ? west <= right && east >= left : west <= right || east >= left;
  return wide && south <= top && north >= bottom;
}

/** West, south, east, north of a tile in degrees, with a part of its width around it. */
function edges([z, x, y]: TileId, around = 0): Box {
  const n = 2 ** z;
  const latitude = (row: number) => {
    const at = Math.min(Math.max(row, 0), n);
    return Math.atan(Math.sinh(Math.PI * (1 - (2 * at) / n))) * (180 / Math.PI);
  };
  const longitude = (column: number) => (column / n) * 360 - 180;
  return [longitude(x - around), latitude(y + 1 + around), longitude(x + 1 + around), latitude(y - around)];
}

/** The tile that a cell fills, whose id is a one in front of its Morton code; that of the world for no cell. */
export function tileOfCell(cell = 1): TileId {
  const z = Math.floor(Math.log2(cell) / 2);
  let [x, y] = [0, 0];
  for (let bit = 0; bit < z; bit += 1) {
    const pair = Math.floor(cell / 4 ** bit) % 4;
    x += (pair & 1) * 2 ** bit;
    y += (pair >> 1) * 2 ** bit;
  }
  return [z, x, y];
}
