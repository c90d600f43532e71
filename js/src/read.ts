/**
 * An input becomes {@link Columns}. What reads it is loaded when there is something to read: a page whose worker does it
 * goes without.
 */

import type { Columns } from "./columns.js";
import type { Input, InputOptions } from "./input.js";

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
  } else if ("outlines" in input) {
    [...Object.values(input.outlines), ...Object.values(input.columns ?? {})].forEach(add);
  } else if ("h3" in input) {
    [input.h3, ...Object.values(input.columns ?? {})].forEach(add);
  } else if ("lon" in input) {
    [input.lon, input.lat, ...Object.values(input.columns ?? {})].forEach(add);
  }
  return [...found];
}
