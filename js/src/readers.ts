/**
 * Whatever holds points, lines or polygons becomes {@link Columns}: Arrow, GeoJSON, CSV, plain arrays.
 */

import { fromArrays } from "./arrays.js";
import { type Columns, check } from "./columns.js";
import { fromCsv } from "./csv.js";
import { fromGeoJson } from "./geojson.js";
import type { Input, InputOptions } from "./input.js";

/** Reads an input. */
export async function read(input: Input, options: InputOptions): Promise<Columns> {
  const { format, name = "points" } = options;
  if (typeof input === "string") {
    const json = format ? format === "geojson" : /^\s*[[{]/.test(input);
    return json ? fromGeoJson(name, input, options) : fromCsv(name, input, options);
  }
  if (input instanceof Blob || input instanceof ArrayBuffer || ArrayBuffer.isView(input)) {
    const bytes = input instanceof Blob ? new Uint8Array(await input.arrayBuffer()) : view(input);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return read(await unpacked(bytes), options);
    refuseOthers(bytes);
    if ((format ?? formatOf(bytes)) !== "arrow") {
      const [text, note] = decoded(bytes);
      const columns = await read(text, options);
      return note === undefined ? columns : { ...columns, notes: [note, ...columns.notes] };
    }
    const { fromArrow } = await import("./arrow.js");
    return fromArrow(options.name, bytes, options);
  }
  if ("positions" in input) {
    const named = options.name === undefined ? input : { ...input, name: options.name };
    check(named);
    return named;
  }
  if ("outlines" in input || ("lon" in input && "lat" in input)) return fromArrays(name, input, options);
  return fromGeoJson(name, input, options);
}

function view(input: ArrayBuffer | Uint8Array<ArrayBuffer>): Uint8Array {
  return input instanceof ArrayBuffer ? new Uint8Array(input) : input;
}

/** How files begin that are not read here, and what wrote them. */
const OTHERS = {
  PAR1: "Parquet",
  "PK\x03\x04": "ZIP",
  SQLite: "GeoPackage",
  "fgb\x03": "FlatGeobuf",
};

function refuseOthers(bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  for (const [mark, name] of Object.entries(OTHERS)) {
    if (start.startsWith(mark))
      throw new TypeError(`a file of ${name}, expected CSV, GeoJSON or Arrow; see the README`);
  }
}

/** What gzip packed. */
async function unpacked(bytes: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/** Bytes as the text that a mark at the beginning says they are, else as UTF-8; and what is to be told of those that are none. */
function decoded(bytes: Uint8Array): [text: string, note?: string] {
  const encoding = wide(bytes) ?? "utf-8";
  try {
    return [new TextDecoder(encoding, { fatal: true }).decode(bytes)];
  } catch {
    const text = new TextDecoder(encoding).decode(bytes);
    const lost = text.split("\ufffd").length - 1;
    return [
      text,
      `${lost} letters are no ${encoding} and become U+FFFD: decode the bytes by their encoding, and give the text`,
    ];
  }
}

/** UTF-16 by its mark. */
function wide(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
}

/** Arrow files begin with their name, streams with ones; texts do neither. */
function formatOf(bytes: Uint8Array): "arrow" | "text" {
  if (wide(bytes)) return "text";
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  const binary = bytes.subarray(0, 4096).includes(0);
  return binary || start === "ARROW1" || start.startsWith("\xff\xff\xff\xff") ? "arrow" : "text";
}
