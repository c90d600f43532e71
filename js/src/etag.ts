/** A tile as MapLibre takes it: its bytes, and a tag that is the same as long as they are. */

/** A tile for MapLibre, which does not parse one again whose `etag` it has. */
export interface Tile {
  data: ArrayBuffer;
  etag: string;
}

/** Wraps the bytes of a tile; none are copied if the array is all of its buffer. */
export function tileOf(bytes: Uint8Array<ArrayBuffer>): Tile {
  const whole = bytes.byteLength === bytes.buffer.byteLength;
  return { data: whole ? bytes.buffer : bytes.slice().buffer, etag: etagOf(bytes) };
}

/** A hash of the bytes (two lanes of 32 bits), and how many there are. */
function etagOf(bytes: Uint8Array): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 15);
  }
  return `"${bytes.length.toString(36)}-${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}"`;
}
