/** The cells of a layer in a box, from its source's tiles: each once, with what it carries and where it is. */

import type { Source, TileQuery } from "duotile";
import { toQueryString } from "duotile";
import { edgeLength } from "../map/hexagons";
import { boxesOf } from "./boxes";
import { decode, type Layer } from "./decode";
import { type Box, isIn, type TileAddress, tilesOver, toLat, toLng } from "./place";

export interface Cell {
  /** That of its feature; absent where a number cannot hold it. */
  id?: number;
  count: number;
  /** What its feature has. */
  properties: Record<string, string | number | boolean>;
  box: Box;
}

/** Tiles that are asked for at once. */
const AT_ONCE = 6;

/** All cells of a zoom whose middles lie in a box. */
export async function cellsIn(
  source: Source,
  dataset: string,
  query: TileQuery,
  z: number,
  box: Box,
  signal?: AbortSignal,
): Promise<Cell[]> {
  // A hexagon is in every tile that it reaches into, and its middle in one.
  const hexagons = query.cell === "h3";
  const text = toQueryString({ ...query, mode: "cells", shape: hexagons ? "point" : "polygon" });
  const cells: Cell[] = [];
  await eachTile(source, dataset, text, z, box, signal, ({ features, extent }, tile) => {
    const boxes = boxesOf(features);
    features.forEach(({ id, properties }, at) => {
      const place = degrees(boxes.subarray(4 * at, 4 * at + 4), tile, extent);
      const [west, south, east, north] = place;
      if (!isIn((west + east) / 2, (south + north) / 2, box)) return;
      const { h3 } = properties;
      const around = typeof h3 === "string" ? hexagonBox(place, h3) : place;
      const cell: Cell = { count: Number(properties["point_count"] ?? 1), properties, box: around };
      if (id !== undefined) cell.id = id;
      cells.push(cell);
    });
  });
  return cells;
}

/** The box about a cell of H3, of its middle and its index, whose second digit is the resolution. */
function hexagonBox([west, south]: Box, h3: string): Box {
  const metres = edgeLength(Number.parseInt(h3.charAt(1), 16));
  const lat = metres / DEGREE;
  const lng = lat / Math.max(Math.cos((south * Math.PI) / 180), 0.01);
  return [west - lng, south - lat, west + lng, south + lat];
}

/** Metres of a degree of latitude, about. */
const DEGREE = 111_195;

/** Hands what is in each tile of a zoom over a box to `take`. */
export async function eachTile(
  source: Source,
  dataset: string,
  query: string,
  z: number,
  box: Box,
  signal: AbortSignal | undefined,
  take: (layer: Layer, tile: TileAddress) => void,
): Promise<void> {
  const todo = tilesOver(z, box);
  const work = async () => {
    for (let tile = todo.shift(); tile; tile = todo.shift()) {
      const { value } = await source.tile(dataset, tile, query, signal);
      for (const layer of decode(value)) take(layer, tile);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, todo.length) }, work));
}

/** A box in steps of a tile as one in degrees. */
export function degrees(
  [left = 0, right = 0, top = 0, bottom = 0]: Float32Array,
  [z, x, y]: TileAddress,
  extent: number,
): Box {
  const lng = (step: number) => toLng((x + step / extent) / 2 ** z);
  const lat = (step: number) => toLat((y + step / extent) / 2 ** z);
  return [lng(left), lat(bottom), lng(right), lat(top)];
}
