/**
 * Whatever holds points becomes {@link Columns}: Arrow, GeoJSON, CSV, plain arrays.
 */

import { type Arrays, fromArrays } from "./arrays.js";
import { type Columns, check } from "./columns.js";
import { fromCsv } from "./csv.js";
import { fromGeoJson } from "./geojson.js";
import type { Roles } from "./roles.js";

/**
 * Points: bytes or a file of Arrow IPC, GeoJSON or CSV; the text of the latter two; GeoJSON as an object; plain arrays; or
 * {@link Columns} as they are.
 */
export type Input = ArrayBuffer | Uint8Array<ArrayBuffer> | Blob | string | GeoJson | Arrays | Columns;

/** A GeoJSON feature collection, or its features. */
export type GeoJson = { type: "FeatureCollection"; features: readonly object[] } | readonly object[];

/** What may be said of an input. */
export interface InputOptions extends Roles {
  /** The name of the dataset, and of its layer in tiles; that of a subset, else `points`. */
  name?: string;
  /** What bytes or a text are, if it cannot be told from how they begin. */
  format?: "arrow" | "geojson" | "csv";
}

/** Reads an input. */
export async function toColumns(input: Input, options: InputOptions = {}): Promise<Columns> {
  const { format, name = "points" } = options;
  if (typeof input === "string") {
    const json = format ? format === "geojson" : /^\s*[[{]/.test(input);
    return json ? fromGeoJson(name, input, options) : fromCsv(name, input, options);
  }
  if (input instanceof Blob || input instanceof ArrayBuffer || ArrayBuffer.isView(input)) {
    const bytes = input instanceof Blob ? new Uint8Array(await input.arrayBuffer()) : view(input);
    if ((format ?? formatOf(bytes)) !== "arrow") return toColumns(new TextDecoder().decode(bytes), options);
    const { fromArrow } = await import("./arrow.js");
    return fromArrow(options.name, bytes, options);
  }
  if ("positions" in input) {
    const named = options.name === undefined ? input : { ...input, name: options.name };
    check(named);
    return named;
  }
  if ("lon" in input && "lat" in input) return fromArrays(name, input, options);
  return fromGeoJson(name, input, options);
}

function view(input: ArrayBuffer | Uint8Array<ArrayBuffer>): Uint8Array {
  return input instanceof ArrayBuffer ? new Uint8Array(input) : input;
}

/** Arrow files begin with their name, streams with ones; texts do neither. */
function formatOf(bytes: Uint8Array): "arrow" | "text" {
  const start = String.fromCharCode(...bytes.subarray(0, 6));
  const binary = bytes.subarray(0, 4096).includes(0);
  return binary || start === "ARROW1" || start.startsWith("\xff\xff\xff\xff") ? "arrow" : "text";
}

/** The memory of an input that can be handed to a worker instead of copied. */
export function buffersOf(input: Input): ArrayBuffer[] {
  if (typeof input !== "object" || input instanceof Blob || Array.isArray(input)) return [];
  const found = new Set<ArrayBuffer>();
  const add = (value: unknown): void => {
    if (value instanceof ArrayBuffer) found.add(value);
    else if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  };
  add(input);
  if ("positions" in input) {
    Object.values(input.positions).forEach(add);
    for (const column of input.columns) Object.values(column).forEach(add);
  } else if ("lon" in input) {
    [input.lon, input.lat, ...Object.values(input.columns ?? {})].forEach(add);
  }
  return [...found];
}
