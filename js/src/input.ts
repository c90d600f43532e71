/** What points, lines and polygons may be given as, and what may be said of them. */

import type { Arrays, OutlineArrays } from "./arrays.js";
import type { Columns } from "./columns.js";
import type { CellArrays } from "./hexagons.js";
import type { Roles } from "./roles.js";

/**
 * Points, lines and polygons: bytes or a file of Arrow IPC, GeoJSON or CSV (points); the text of the latter two; GeoJSON as an
 * object; plain arrays; or {@link Columns} as they are.
 */
export type Input =
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  | Blob
  | string
  | GeoJson
  | Arrays
  | CellArrays
  | OutlineArrays
  | Columns;

/** A GeoJSON feature collection, or its features. */
export type GeoJson = { type: "FeatureCollection"; features: readonly object[] } | readonly object[];

/** What may be said of an input. */
export interface InputOptions extends Roles {
  /** The name of the dataset, and of its layer in tiles; that of a subset, else `points`. */
  name?: string;
  /** What bytes or a text are, if it cannot be told from how they begin. */
  format?: "arrow" | "geojson" | "csv";
  /** Columns made of others, such as `"rate = fare / distance"`; one may speak of those before it. */
  column?: readonly string[];
}
