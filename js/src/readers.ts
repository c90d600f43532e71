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
    refuseOthers(bytes);
    if ((format ?? formatOf(bytes)) !== "arrow") return read(new TextDecoder().decode(bytes), options);
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
  "\x1f\x8b": "gzip",
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

/** Arrow files begin with their name, streams with ones; texts do neither. */
function formatOf(bytes: Uint8Array): "arrow" | "text" {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  const binary = bytes.subarray(0, 4096).includes(0);
  return binary || start === "ARROW1" || start.startsWith("\xff\xff\xff\xff") ? "arrow" : "text";
}
