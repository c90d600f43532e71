/**
 * The cells of a tile, read for a picture of them: bytes and the property that gives the colour enter, what leaves is where
 * each cell lies and which value it has, in flat columns. A view has a hundred thousand cells, so no object is made of any;
 * of the few that are asked about, features are made from the same bytes.
 */

import { type Feature, featureIn, valueIn } from "../../tiles/decode";

export interface Cells {
  bytes: Uint8Array;
  keys: string[];
  values: (string | number | boolean)[];
  /** Column and row of each cell, from the north-western corner of the tile. */
  column: Uint16Array;
  row: Uint16Array;
  /** Where its value stands among those of the layer, and how many rows it has; `NONE` if it has none. */
  value: Uint32Array;
  count: Uint32Array;
  /** Of the parts that were asked for, those that each cell has, and where their counts stand among the values. */
  parts: Parts;
  /** Where its bytes begin and end. */
  starts: Uint32Array;
  ends: Uint32Array;
}

/** Those of a cell lie from its number in `from` to that of the next. */
export interface Parts {
  from: Uint32Array;
  part: Uint8Array;
  value: Uint32Array;
}

export const NONE = 0xffffffff;

/** Fields of the specification's messages (version 2.1), with their wire types. */
const [TILE_LAYER, FEATURE, KEY, VALUE, EXTENT] = [26, 18, 26, 34, 40];
const [TAGS, GEOMETRY] = [18, 34];

const utf8 = new TextDecoder();

/** The cells of a tile that has so many along each side, with some more properties. What is no tile ends in an error. */
export function readCells(bytes: Uint8Array, side: number, property: string, more: readonly string[] = []): Cells {
  const end = bytes.length;
  let at = 0;
  /** A number; of one that is longer than 32 bits, which only ids are, its last bits. */
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= end) throw new Error("this is no vector tile: it ends too early");
      const byte = bytes[at] as number;
      at += 1;
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  };
  const zigzag = (): number => {
    const value = varint();
    return (value >>> 1) ^ -(value & 1);
  };
  const skip = (wire: number): void => {
    if (wire === 0) varint();
    else if (wire === 2) {
      const length = varint();
      at += length;
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else throw new Error(`this is no vector tile: it has a field of kind ${wire}`);
  };

  const keys: string[] = [];
  const values: (string | number | boolean)[] = [];
  const found: number[] = [];
  let extent = 4096;
  while (at < end) {
    const layer = varint();
    if (layer !== TILE_LAYER) {
      skip(layer & 7);
      continue;
    }
    const layerEnd = varint() + at;
    while (at < layerEnd) {
      const tag = varint();
      if (tag === FEATURE) {
        const length = varint();
        found.push(at, at + length);
        at += length;
      } else if (tag === KEY || tag === VALUE) {
        const length = varint();
        const part = bytes.subarray(at, at + length);
        if (tag === KEY) keys.push(utf8.decode(part));
        else values.push(valueIn(part));
        at += length;
      } else if (tag === EXTENT) extent = varint();
      else skip(tag & 7);
    }
  }
  const all = found.length / 2;
  const [column, row] = [new Uint16Array(all), new Uint16Array(all)];
  const [starts, ends] = [new Uint32Array(all), new Uint32Array(all)];
  const [value, count] = [new Uint32Array(all).fill(NONE), new Uint32Array(all).fill(NONE)];
  const [wanted, counted] = [keys.indexOf(property), keys.indexOf("point_count")];
  const places = keys.map((key) => more.indexOf(key));
  const from = new Uint32Array(all + 1);
  const [part, partValue]: [number[], number[]] = [[], []];
  const size = extent / side;
  for (let i = 0; i < all; i += 1) {
    at = found[2 * i] as number;
    const featureEnd = found[2 * i + 1] as number;
    starts[i] = at;
    ends[i] = featureEnd;
    while (at < featureEnd) {
      const tag = varint();
      if (tag === TAGS) {
        const tagsEnd = varint() + at;
        while (at < tagsEnd) {
          const [key, which] = [varint(), varint()];
          if (key === wanted) value[i] = which;
          if (key === counted) count[i] = which;
          const place = places[key] ?? -1;
          if (place >= 0) {
            part.push(place);
            partValue.push(which);
          }
        }
      } else if (tag === GEOMETRY) {
        const partsEnd = varint() + at;
        varint();
        let [x, y] = [zigzag(), zigzag()];
        let [left, top] = [x, y];
        // The other corners of a square; a point has none.
        for (let corners = at < partsEnd ? varint() >>> 3 : 0; corners > 0; corners -= 1) {
          x += zigzag();
          y += zigzag();
          if (x < left) left = x;
          if (y < top) top = y;
        }
        column[i] = left / size;
        row[i] = top / size;
        at = partsEnd;
      } else skip(tag & 7);
    }
    from[i + 1] = part.length;
  }
  const parts = { from, part: Uint8Array.from(part), value: Uint32Array.from(partValue) };
  return { bytes, keys, values, column, row, value, count, parts, starts, ends };
}

/** What one of the cells carries. */
export function featureOf({ bytes, keys, values, starts, ends }: Cells, at: number): Feature {
  return featureIn(bytes.subarray(starts[at], ends[at]), keys, values);
}
