/** PMTiles' own reader of bytes, and what it finds in their directories. */

import { PMTiles, tileIdToZxy } from "pmtiles";

/** @param {Uint8Array} bytes */
export function archiveOf(bytes) {
  const key = `${Math.random()}`;
  const range = (/** @type {number} */ offset, /** @type {number} */ length) =>
    new Uint8Array(bytes.slice(offset, offset + length)).buffer;
  return new PMTiles({ getKey: () => key, getBytes: async (offset, length) => ({ data: range(offset, length) }) });
}

/** Which tiles have which bytes, in the order of their numbers. @param {PMTiles} archive */
export async function entries(archive) {
  const header = await archive.getHeader();
  /** @type {import("pmtiles").Entry[]} */
  const all = [];
  const read = async (/** @type {number} */ offset, /** @type {number} */ length) => {
    for (const entry of await archive.cache.getDirectory(archive.source, offset, length, header)) {
      if (entry.runLength > 0) all.push(entry);
      else await read(header.leafDirectoryOffset + entry.offset, entry.length);
    }
  };
  await read(header.rootDirectoryOffset, header.rootDirectoryLength);
  return all;
}

/** Bytes of the largest tile of a zoom, as it lies there. @param {PMTiles} archive @param {number} z */
export async function largest(archive, z) {
  const lengths = (await entries(archive)).filter(({ tileId }) => tileIdToZxy(tileId)[0] === z);
  return Math.max(...lengths.map(({ length }) => length));
}

/** All tiles of a zoom. @param {number} z */
export const tilesOf = (z) =>
  Array.from({ length: 4 ** z }, (_, at) => /** @type {const} */ ([z, at % 2 ** z, Math.floor(at / 2 ** z)]));
