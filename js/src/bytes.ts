/**
 * Bytes that are no UTF-8 as they stand: packed with gzip, in UTF-16 with its mark, damaged, or of another kind. Loaded when
 * there are some.
 */

import type { Columns } from "./columns.js";

/** Reads what they are in their place, and tells what is lost of it. */
export async function readOdd(
  bytes: Uint8Array,
  read: (input: string | ArrayBuffer) => Promise<Columns>,
): Promise<Columns> {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
    return read(await new Response(stream).arrayBuffer());
  }
  refuseOthers(bytes);
  const encoding = bytes[0] === 0xff ? "utf-16le" : bytes[0] === 0xfe ? "utf-16be" : "utf-8";
  const text = new TextDecoder(encoding).decode(bytes);
  const columns = await read(text);
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return columns;
  } catch {
    const lost = text.split("\ufffd").length - 1;
    const told = `${lost} letters are no ${encoding} and become U+FFFD: decode the bytes by their encoding, and give the text`;
    return { ...columns, notes: [told, ...columns.notes] };
  }
}

/** How files begin that are not read here, and what wrote them. */
const OTHERS = {
  PAR1: "Parquet",
  "PK\x03\x04": "ZIP",
  SQLite: "GeoPackage",
  "fgb\x03": "FlatGeobuf",
};

/** Throws for a file of another kind. */
export function refuseOthers(bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  for (const [mark, name] of Object.entries(OTHERS)) {
    if (start.startsWith(mark))
      throw new TypeError(`a file of ${name}, expected CSV, GeoJSON or Arrow; see the README`);
  }
}
