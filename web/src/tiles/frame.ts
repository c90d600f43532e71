/**
 * The frame of what passes a query: found in ever smaller tiles until they tell it. Points are where their cells are; lines and
 * polygons reach as far as they are drawn.
 */

import { type Source, type TileQuery, toQueryString } from "duotile";
import { cellsIn, degrees, eachTile } from "./cells";
import { around, type Box, least, most, tilesOver } from "./place";

const WORLD: Box = [-180, -85.0511287798, 180, 85.0511287798];
const ROUNDS = 4;
const DEEPEST = 18;
/** What is drawn of rows may be much: of no more tiles than this at a time. */
const TILES = 16;
/** Outlines are looked at from so near at least, all over the world: what is not drawn there of a row is too small to be gone to. */
const NEAR = 2;

/** The frame of all rows that pass a query, of which some may be more than points. None if no row passes. */
export async function frameOfQuery(
  source: Source,
  dataset: string,
  rows: TileQuery,
  outlined: boolean,
  signal?: AbortSignal,
) {
  const query: TileQuery = { ...rows, cell: 1, properties: [] };
  let frame: Box | undefined;
  let z = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const over = frame ?? WORLD;
    const boxes = (await cellsIn(source, dataset, query, z, over, signal)).map(({ box }) => box);
    if (boxes.length === 0) break;
    if (outlined) {
      const near = Math.max(z, NEAR);
      if (tilesOver(near, over).length > TILES) break;
      boxes.push(...(await outlinesIn(source, dataset, rows, near, over, signal)));
    }
    frame = around(boxes);
    const [west, south, east, north] = frame;
    // As deep as the frame still is of few tiles.
    const deeper = Math.floor(Math.log2((2 * 360) / Math.max(east - west, (north - south) * 2, 1e-6)));
    if (deeper <= z) break;
    z = Math.min(deeper, DEEPEST);
  }
  return frame;
}

/** The boxes of lines and rings as the tiles of a zoom draw them: of each what lies in its tile. */
async function outlinesIn(
  source: Source,
  dataset: string,
  rows: TileQuery,
  z: number,
  over: Box,
  signal: AbortSignal | undefined,
): Promise<Box[]> {
  const boxes: Box[] = [];
  const text = toQueryString({ ...rows, mode: "points", properties: [] });
  await eachTile(source, dataset, text, z, over, signal, ({ features, extent }, tile) => {
    for (const part of features.flatMap(({ parts }) => parts)) {
      const [xs, ys] = [part.filter((_, at) => at % 2 === 0), part.filter((_, at) => at % 2 === 1)];
      const [left, right, top, bottom] = [least(xs), most(xs), least(ys), most(ys)];
      if (right < 0 || left > extent || bottom < 0 || top > extent) continue;
      const inside = [Math.max(left, 0), Math.min(right, extent), Math.max(top, 0), Math.min(bottom, extent)];
      boxes.push(degrees(Float32Array.from(inside), tile, extent));
    }
  });
  return boxes;
}
