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

const utf8 = new TextEncoder();

/** The tile. Across tiles points lie over each other by powers of two: each number more is drawn by itself. */
export function dotsOf({ column, row, count, values }: Cells, colours: Uint32Array, side: number): ArrayBuffer {
  const counts = Array.from(count, (which) => (which === NONE ? 1 : Number(values[which])));
  const order = Float64Array.from(counts, (count, at) => count * CELLS + at).sort();
  const looks = new Map<string, number>();
  const parts: number[][] = [];
  const index = (value: string, part: () => number[]) => {
    let known = looks.get(value);
    if (known === undefined) {
      known = looks.size;
      looks.set(value, known);
      parts.push(part());
    }
    return known;
  };
  const features: number[] = [];
  for (const key of order) {
    const at = key % CELLS;
    const colour = colours[at] as number;
    const power = Math.floor(Math.log2(counts[at] as number));
    const look = index(`#${colour}`, () => message(TEXT, [...utf8.encode(written(colour))]));
    const rank = index(String(power), () => [UINT, ...varint(power)]);
    const place = [...varint((2 * (column[at] as number) + 1) * 2), ...varint((2 * (row[at] as number) + 1) * 2)];
    const tags = [0, ...varint(look), 1, ...varint(rank)];
    const geometry = message(GEOMETRY, [MOVE, ...place]);
    for (const byte of message(FEATURE, [...message(TAGS, tags), SHAPE, POINT, ...geometry])) features.push(byte);
  }
  const text = (value: string) => [...utf8.encode(value)];
  const layer = [
    ...[VERSION, 2],
    ...message(NAME, text(DOTS)),
    ...["colour", "order"].flatMap((key) => message(KEY, text(key))),
    ...parts.flatMap((part) => message(VALUE, part)),
    ...[EXTENT, ...varint(side * STEPS)],
  ];
  const length = varint(layer.length + features.length);
  const tile = new Uint8Array(1 + length.length + layer.length + features.length);
  tile.set([TILE_LAYER, ...length, ...layer]);
  tile.set(features, 1 + length.length + layer.length);
  return tile.buffer;
}

const message = (tag: number, body: readonly number[]): number[] => [tag, ...varint(body.length), ...body];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
