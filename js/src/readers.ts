/**
 * Whatever holds points, lines or polygons becomes {@link Columns}: Arrow, GeoJSON, CSV, plain arrays.
 */

import { fromArrays } from "./arrays.js";
import { type Columns, check } from "./columns.js";
import { fromGeoJson } from "./geojson.js";
import type { Input, InputOptions } from "./input.js";

/** Reads an input. */
export async function read(input: Input, options: InputOptions): Promise<Columns> {
  const { format, name = "points" } = options;
  if (typeof input === "string") {
    const json = format ? format === "geojson" : /^\s*[[{]/.test(input);
    return json ? fromGeoJson(name, input, options) : (await import("./csv.js")).fromCsv(name, input, options);
  }
  if (input instanceof Blob || input instanceof ArrayBuffer || ArrayBuffer.isView(input)) {
    const bytes = input instanceof Blob ? new Uint8Array(await input.arrayBuffer()) : view(input);
    if ((format ?? formatOf(bytes)) !== "arrow") {
      const text = new TextDecoder().decode(bytes);
      if (!text.includes("\ufffd")) return read(text, options);
      const { readOdd } = await import("./bytes.js");
      return readOdd(bytes, (input) => read(input, options));
    }
    const { fromArrow } = await import("./arrow.js");
    return fromArrow(options.name, bytes, options);
  }
  if ("positions" in input) {
    const named = options.name === undefined ? input : { ...input, name: options.name };
    check(named);
    return named;
  }
  if ("h3" in input) return (await import("./hexagons.js")).fromCellArrays(name, input, options);
  if ("outlines" in input || ("lon" in input && "lat" in input)) return fromArrays(name, input, options);
  return fromGeoJson(name, input, options);
}

function view(input: ArrayBuffer | Uint8Array<ArrayBuffer>): Uint8Array {
  return input instanceof ArrayBuffer ? new Uint8Array(input) : input;
}

/** Arrow files begin with their name, streams with ones; texts do neither, but those in UTF-16 or beneath gzip have zeros, too. */
function formatOf(bytes: Uint8Array): "arrow" | "text" {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  const binary = bytes.subarray(0, 4096).some((byte) => byte < 9) && ![0x1f, 0xfe, 0xff].includes(bytes[0] ?? 0);
  return binary || start === "ARROW1" || start.startsWith("\xff\xff\xff\xff") ? "arrow" : "text";
}
