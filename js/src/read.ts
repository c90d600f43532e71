/**
 * What points may be given as. What reads them is loaded when there is something to read: a page whose worker does it
 * goes without.
 */

import type { Arrays } from "./arrays.js";
import type { Columns } from "./columns.js";
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
  return (await import("./readers.js")).read(input, options);
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
