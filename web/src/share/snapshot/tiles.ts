/**
 * The tiles of a saved view. Zooms are taken one after the other, whole: up to the zoom of the view, what a screen around
 * its middle shows, so that one can look from farther away; below it, the view's box, as deep as the budget goes.
 */

import { type Box, type TileAddress, toX, toY } from "../../tiles/place";

export type { Box };

/**
 * The tiles of a zoom. `screen` is the size of the view in pixels, `zoom` that of the view; `box` may reach beyond the
 * antimeridian.
 */
export function tilesAt(z: number, box: Box, zoom: number, screen: readonly [number, number]): TileAddress[] {
  const [west, south, east, north] = box;
  let [left, top, right, bottom] = [toX(west), toY(north), toX(east), toY(south)];
  if (z <= zoom) {
    const around = (from: number, to: number, pixels: number): [number, number] => {
      const half = Math.max((to - from) / 2, pixels / (512 * 2 ** z) / 2);
      return [(from + to) / 2 - half, (from + to) / 2 + half];
    };
    [left, right] = around(left, right, screen[0]);
    [top, bottom] = around(top, bottom, screen[1]);
  }
  const count = 2 ** z;
  const first = Math.floor(left * count);
  // An edge that lies on the border between two tiles belongs to the one before it.
  const last = Math.min(Math.ceil(right * count) - 1, first + count - 1);
  const rows = [Math.max(Math.floor(top * count), 0), Math.min(Math.ceil(bottom * count) - 1, count - 1)] as const;
  const found: TileAddress[] = [];
  for (let y = rows[0]; y <= rows[1]; y += 1) {
    for (let x = first; x <= last; x += 1) found.push([z, ((x % count) + count) % count, y]);
  }
  return found;
}

/** A tile of a layer, compressed. */
export interface Packed {
  layer: string;
  tile: TileAddress;
  data: Uint8Array<ArrayBuffer>;
}

/** A layer whose tiles are taken. */
export interface Taken {
  id: string;
  fetch: (tile: TileAddress) => Promise<Uint8Array<ArrayBuffer>>;
  /** Whether there is nothing below an empty tile: of cells it is so, but rows that are too small from afar are not drawn there. */
  isNested: boolean;
  /** The first and the last zoom of its tiles. */
  zooms: readonly [number, number];
}

export interface Wanted {
  layers: readonly Taken[];
  box: Box;
  zoom: number;
  screen: readonly [number, number];
  /** The deepest zoom that makes sense. */
  last: number;
  /** Most bytes of all of them. */
  budget: number;
  /** How long it may take below the view, in milliseconds from the start; the view itself is whole. */
  patience: number;
  /** What the time is, in milliseconds. */
  now?: () => number;
  signal: AbortSignal;
  tell: (zoom: number, tiles: number, bytes: number) => void;
}

/** Tiles asked for at once: about as many as a browser asks of one server. */
export const AT_ONCE = 6;

/**
 * Fetches zoom after zoom, until one does not fit, or would take too long by what the one before took; `deepest` is the last that
 * did, and `late` says whether time ended it. Where tiles are nested, what lies in an empty one is empty, and is not asked for.
 */
export async function collect({ layers, box, zoom, screen, last, budget, patience, ...more }: Wanted) {
  const { now = () => performance.now(), signal, tell } = more;
  const packed: Packed[] = [];
  let bytes = 0;
  let deepest = -1;
  const empty = new Set<string>();
  const isEmpty = (layer: string, [z, x, y]: TileAddress) => empty.has(`${layer} ${z - 1} ${x >> 1} ${y >> 1}`);
  const started = now();
  let pace = 0;
  let late = false;
  for (let z = 0; z <= last; z += 1) {
    const all = layers
      .filter(({ zooms: [first, last] }) => z >= first && z <= last)
      .flatMap(({ id, ...more }) => tilesAt(z, box, zoom, screen).map((tile) => ({ layer: id, tile, ...more })));
    const asked = all.filter(({ layer, tile }) => !isEmpty(layer, tile)).length;
    const end = z > zoom ? started + patience : Number.POSITIVE_INFINITY;
    const begun = now();
    late = begun + asked * pace > end;
    if (late) break;
    const level: Packed[] = [];
    let size = 0;
    const todo = all.values();
    const work = async () => {
      for (const { layer, tile, fetch, isNested } of todo) {
        if (late || bytes + size > budget) break;
        signal.throwIfAborted();
        const [z, x, y] = tile;
        const data = isEmpty(layer, tile) ? new Uint8Array() : await gzip(await fetch(tile));
        late ||= now() > end;
        if (data.length === 0 && isNested) empty.add(`${layer} ${z} ${x} ${y}`);
        level.push({ layer, tile, data });
        size += data.length;
        tell(z, packed.length + level.length, bytes + size);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (late || bytes + size > budget) break;
    packed.push(...level);
    bytes += size;
    deepest = z;
    if (asked > 0) pace = (now() - begun) / asked;
  }
  return { packed, bytes, deepest, late };
}

/** Compresses; nothing stays nothing. */
export async function gzip(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (data.length === 0) return data;
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function gunzip(data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  if (data.length === 0) return new ArrayBuffer(0);
  return new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
