/** A PMTiles file of version 3 from tiles, and a picture for one, written byte by byte from its specification, so that a reader is put to the test. */

import { crc32, deflateSync } from "node:zlib";
import { zxyToTileId } from "pmtiles";

/** What the header calls the kinds of tiles. */
const KINDS = { mvt: 1, png: 2 };
const HEADER = 127;

/**
 * The bytes of an archive; nothing in it is compressed.
 *
 * @param {{ at: [z: number, x: number, y: number], data: Uint8Array }[]} tiles
 * @param {{ kind: "mvt" | "png", metadata?: object }} about
 */
export function archive(tiles, { kind, metadata = {} }) {
  const sorted = tiles.map(({ at, data }) => ({ id: zxyToTileId(...at), z: at[0], data })).sort((a, b) => a.id - b.id);
  /** @type {number[]} */
  const directory = [];
  const varint = (/** @type {number} */ value) => {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) directory.push((rest % 128) + 128);
    directory.push(rest);
  };
  varint(sorted.length);
  for (const [at, { id }] of sorted.entries()) varint(id - (sorted[at - 1]?.id ?? 0));
  for (const _ of sorted) varint(1);
  for (const { data } of sorted) varint(data.length);
  // A zero says that a tile follows the one before it.
  for (const at of sorted.keys()) varint(at === 0 ? 1 : 0);
  const told = new TextEncoder().encode(JSON.stringify(metadata));
  const length = sorted.reduce((sum, { data }) => sum + data.length, 0);
  const header = new DataView(new ArrayBuffer(HEADER));
  new TextEncoder().encodeInto("PMTiles", new Uint8Array(header.buffer));
  header.setUint8(7, 3);
  const parts = [
    [HEADER, directory.length],
    [HEADER + directory.length, told.length],
    [0, 0],
    [HEADER + directory.length + told.length, length],
  ];
  for (const [at, value] of parts.flat().entries()) header.setBigUint64(8 + at * 8, BigInt(value), true);
  for (const at of [72, 80, 88]) header.setBigUint64(at, BigInt(sorted.length), true);
  // Clustered; neither directories nor tiles are compressed.
  for (const [at, value] of [1, 1, 1, KINDS[kind]].entries()) header.setUint8(96 + at, value);
  header.setUint8(100, Math.min(...sorted.map(({ z }) => z)));
  header.setUint8(101, Math.max(...sorted.map(({ z }) => z)));
  for (const [at, degrees] of [-180, -85, 180, 85].entries()) header.setInt32(102 + at * 4, degrees * 1e7, true);
  return Buffer.concat([
    new Uint8Array(header.buffer),
    new Uint8Array(directory),
    told,
    ...sorted.map(({ data }) => data),
  ]);
}

/** A PNG of 256 × 256 pixels in one colour. @param {[red: number, green: number, blue: number]} colour */
export function png(colour) {
  const chunk = (/** @type {string} */ name, /** @type {Uint8Array} */ data) => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const ends = new DataView(new ArrayBuffer(8));
    ends.setUint32(0, data.length);
    ends.setUint32(4, crc32(named));
    return Buffer.concat([new Uint8Array(ends.buffer, 0, 4), named, new Uint8Array(ends.buffer, 4)]);
  };
  // 256 × 256, eight bits, red, green and blue; each line begins with a zero for no filter.
  const header = new Uint8Array([0, 0, 1, 0, 0, 0, 1, 0, 8, 2, 0, 0, 0]);
  const line = [0, ...Array.from({ length: 256 }, () => colour).flat()];
  const lines = deflateSync(new Uint8Array(Array.from({ length: 256 }, () => line).flat()));
  const parts = [chunk("IHDR", header), chunk("IDAT", lines), chunk("IEND", new Uint8Array())];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}
