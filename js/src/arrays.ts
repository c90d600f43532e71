/**
 * Plain arrays, as they come from a program, become {@link Columns}.
 */

import { type Columns, check } from "./columns.js";
import { columnOf, type NumberArray, type Plain } from "./infer.js";
import type { Outlines } from "./outlines.js";
import { type Roles, rolesOf } from "./roles.js";

/** Positions in degrees, and a column for each name, all of one length. */
export interface Arrays {
  lon: NumberArray | readonly (number | null)[];
  lat: NumberArray | readonly (number | null)[];
  columns?: Readonly<Record<string, Plain>>;
}

/** Lines and polygons as flat arrays, and a column for each name, with a value for each row. */
export interface OutlineArrays {
  outlines: Outlines;
  columns?: Readonly<Record<string, Plain>>;
}

/** Reads plain arrays. */
export function fromArrays(name: string, arrays: Arrays | OutlineArrays, roles: Roles): Columns {
  const notes: string[] = [];
  const columns = Object.entries(arrays.columns ?? {}).map(([name, values]) => columnOf(name, values));
  const table: Columns = {
    name,
    positions: "outlines" in arrays ? arrays.outlines : { lon: degrees(arrays.lon), lat: degrees(arrays.lat) },
    columns,
    ...rolesOf(columns, roles, notes),
    notes,
  };
  check(table);
  return table;
}

/** Degrees as doubles; a null is no position. */
export function degrees(values: ArrayLike<number | bigint | null | undefined>): Float64Array {
  if (values instanceof Float64Array) return values;
  return Float64Array.from({ length: values.length }, (_, row) => {
    const value = values[row];
    return value === null || value === undefined ? Number.NaN : Number(value);
  });
}
