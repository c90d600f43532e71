/** The cells of a layer in a box, from its source's tiles: each once, with what it carries and where it is. */

import type { Source, TileQuery } from "duotile";
import { toQueryString } from "duotile";
import { boxesOf } from "./boxes";
import { decode } from "./decode";
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
  const text = toQueryString({ ...query, mode: "cells", shape: "polygon" });
  const todo = tilesOver(z, box);
  const cells: Cell[] = [];
  const work = async () => {
    for (let tile = todo.shift(); tile; tile = todo.shift()) {
      const { value } = await source.tile(dataset, tile, text, signal);
      for (const { features, extent } of decode(value)) {
        const boxes = boxesOf(features);
        features.forEach(({ id, properties }, at) => {
          const place = degrees(boxes.subarray(4 * at, 4 * at + 4), tile, extent);
          const [west, south, east, north] = place;
          if (!isIn((west + east) / 2, (south + north) / 2, box)) return;
          const cell: Cell = { count: Number(properties["point_count"] ?? 1), properties, box: place };
          if (id !== undefined) cell.id = id;
          cells.push(cell);
        });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, todo.length) }, work));
  return cells;
}

/** A box in steps of a tile as one in degrees. */
function degrees(
  [left = 0, right = 0, top = 0, bottom = 0]: Float32Array,
  [z, x, y]: TileAddress,
  extent: number,
): Box {
  const lng = (step: number) => toLng((x + step / extent) / 2 ** z);
  const lat = (step: number) => toLat((y + step / extent) / 2 ** z);
  return [lng(left), lat(bottom), lng(right), lat(top)];
}

/** The frame of all rows that pass a query: found by cells, of ever smaller ones until they tell it. None if no row passes. */
export async function frameOfQuery(source: Source, dataset: string, rows: TileQuery, signal?: AbortSignal) {
  const query: TileQuery = { ...rows, cell: 1, properties: [] };
  let frame: Box | undefined;
  let z = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const cells = await cellsIn(source, dataset, query, z, frame ?? WORLD, signal);
    if (cells.length === 0) break;
    frame = around(cells.map(({ box }) => box));
    const [west, south, east, north] = frame;
    // As deep as the frame still is of few tiles.
    const deeper = Math.floor(Math.log2((2 * 360) / Math.max(east - west, (north - south) * 2, 1e-6)));
    if (deeper <= z) break;
    z = Math.min(deeper, DEEPEST);
  }
  return frame;
}

const WORLD: Box = [-180, -85.0511287798, 180, 85.0511287798];
const ROUNDS = 4;
const DEEPEST = 18;

/** The box around boxes: beside the widest gap between them, which may lie anywhere around the world. */
function around(boxes: readonly Box[]): Box {
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

const least = (all: readonly number[]) => all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (all: readonly number[]) => all.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
