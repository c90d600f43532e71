/**
 * The cells of a tile as a tile of points, which the map draws larger than cells are: what is drawn round a square is drawn round
 * each of its corners. Cells and their colours enter; a point in the middle of each, in its colour, leaves. The greatest come
 * last, and lie on top.
 */

import { DOTS } from "../layers";
import { written } from "./picture";
import { type Cells, NONE } from "./read";

/** Fields of the specification's messages (version 2.1), with their wire types. */
const [TILE_LAYER, VERSION, NAME, FEATURE, KEY, VALUE, EXTENT] = [26, 120, 10, 18, 26, 34, 40];
const [TEXT, UINT] = [10, 40];
const [TAGS, SHAPE, GEOMETRY] = [18, 24, 34];
const POINT = 1;
/** The command that moves to one place. */
const MOVE = 9;
/** Steps of a cell: its middle is between two of them. */
const STEPS = 2;
/** More than there are cells in a tile. */
const CELLS = 2 ** 18;
/** Bytes of a feature, at most: its numbers are below 2²⁸. */
const MOST = 32;

const utf8 = new TextEncoder();

/** The tile. Across tiles points lie over each other by powers of two: each number more is drawn by itself. */
export function dotsOf({ column, row, count, values }: Cells, colours: Uint32Array, side: number): ArrayBuffer {
  const counts = Float64Array.from(count, (which) => (which === NONE ? 1 : Number(values[which])));
  const order = Float64Array.from(counts, (count, at) => count * CELLS + at).sort();
  const looks = new Map<number, number>();
  const ranks = new Map<number, number>();
  const parts: number[][] = [];
  const index = (known: Map<number, number>, value: number, part: () => number[]) => {
    let at = known.get(value);
    if (at === undefined) {
      at = parts.length;
      known.set(value, at);
      parts.push(part());
    }
    return at;
  };
  const features = new Uint8Array(order.length * MOST);
  let end = 0;
  const put = (value: number) => {
    let rest = value;
    for (; rest > 127; rest >>>= 7) features[end++] = (rest & 127) | 128;
    features[end++] = rest;
  };
  for (const key of order) {
    const at = key % CELLS;
    const colour = colours[at] as number;
    if (colour === 0) continue;
    const power = Math.floor(Math.log2(counts[at] as number));
    const look = index(looks, colour, () => message(TEXT, [...utf8.encode(written(colour))]));
    const rank = index(ranks, power, () => [UINT, ...varint(power)]);
    const [x, y] = [(2 * (column[at] as number) + 1) * 2, (2 * (row[at] as number) + 1) * 2];
    const [tags, geometry] = [2 + size(look) + size(rank), 1 + size(x) + size(y)];
    put(FEATURE);
    put(6 + tags + geometry);
    put(TAGS);
    put(tags);
    put(0);
    put(look);
    put(1);
    put(rank);
    put(SHAPE);
    put(POINT);
    put(GEOMETRY);
    put(geometry);
    put(MOVE);
    put(x);
    put(y);
  }
  const text = (value: string) => [...utf8.encode(value)];
  const layer = [
    ...[VERSION, 2],
    ...message(NAME, text(DOTS)),
    ...["colour", "order"].flatMap((key) => message(KEY, text(key))),
    ...parts.flatMap((part) => message(VALUE, part)),
    ...[EXTENT, ...varint(side * STEPS)],
  ];
  const length = varint(layer.length + end);
  const tile = new Uint8Array(1 + length.length + layer.length + end);
  tile.set([TILE_LAYER, ...length, ...layer]);
  tile.set(features.subarray(0, end), 1 + length.length + layer.length);
  return tile.buffer;
}

const message = (tag: number, body: readonly number[]): number[] => [tag, ...varint(body.length), ...body];

/** How many bytes a number has that stands in a feature. */
const size = (value: number): number => (value < 2 ** 7 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : 4);

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
