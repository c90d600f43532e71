/**
 * What a request can say about a tile but its address. A {@link TileQuery} enters, the text that the server reads
 * leaves; the server's canonical form of it may be shorter, never different in meaning.
 */

/** Parameters as design and server name them; what is left out has the server's default. */
export interface TileQuery {
  /** Columns made of columns, each a name and a formula: `rate:fare/distance`. All else may speak of them. */
  let?: readonly string[];
  /** CQL2 text: `population > 1000 AND country = 'FR'`. */
  filter?: string;
  /** An interval over the dataset's time column: `2024-01-01/2024-02-01`, `../b`, `a/..`. */
  datetime?: string;
  /** West, south, east, north in degrees; west > east crosses the antimeridian. */
  bbox?: readonly [number, number, number, number];
  /** `sum:fare`, `mean:fare`, …; the count is always there. */
  agg?: readonly string[];
  /** A count for each value of this column, or for each period as in `time:month`; on a server `time:day:Europe/Paris`, too. */
  by?: string;
  /** `places` are cells, of which one with a single row carries that row's columns, too. */
  mode?: "auto" | "points" | "cells" | "places";
  /** Pixels of a cell's side in a tile of 512 pixels; `h3` are cells of H3. */
  cell?: 1 | 2 | 4 | 8 | 16 | 32 | 64 | "h3";
  /** With `cell: "h3"` their resolution, 0 to 15; without it, that which goes with a zoom. */
  res?: number;
  shape?: "point" | "polygon" | "centroid";
  /** What is drawn for a row: its outline, or one point of it, as for labels; what is too small to be seen has its point, too. */
  geometry?: "outline" | "point";
  /** Quarters of a zoom by which outlines are more, or less, detailed than is usual: -16 to 16. */
  detail?: number;
  /** Columns that a row carries, and with `mode=places` a cell of one row; `"*"` means all of them. */
  properties?: "*" | readonly string[];
  /** The column that says which rows show first, and stay where a tile has too many: those with its highest values. */
  rank?: string;
  /** Most rows in a tile before cells take over. */
  limit?: number;
  alias?: readonly ("carto" | "quadbin" | "supercluster" | "tippecanoe")[];
}

const ORDER = [
  "let",
  "filter",
  "datetime",
  "bbox",
  "agg",
  "by",
  "mode",
  "cell",
  "res",
  "shape",
  "geometry",
  "detail",
  "properties",
  "rank",
  "limit",
  "alias",
] as const satisfies readonly (keyof TileQuery)[];

/**
 * The query string, without a question mark; empty for an empty query. A blank filter is no filter. Throws a `TypeError` for a key
 * that no query has: what it was to leave out would be shown.
 */
export function toQueryString(query: TileQuery): string {
  const pairs: string[] = [];
  const known: readonly string[] = ORDER;
  const keys =
    Symbol.iterator in query ? [...(query as unknown as Iterable<[string, unknown]>)] : Object.entries(query);
  const odd = keys.find(([name, value]) => value !== undefined && !known.includes(name));
  if (odd) throw new TypeError(`a query has no key "${odd[0]}", expected one of ${known.join(", ")}`);
  if (Symbol.iterator in query) return toQueryString(Object.fromEntries(keys) as TileQuery);
  for (const name of ORDER) {
    const value = query[name];
    const text = value === undefined ? "" : String(value).trim();
    // `properties=` without a column is a wish of its own: rows that carry nothing.
    if (text !== "" || (name === "properties" && value !== undefined)) {
      pairs.push(`${name}=${encodeURIComponent(text)}`);
    }
  }
  return pairs.join("&");
}

/** The text of a query, which may be one already. @internal */
export function textOf(query: TileQuery | string): string {
  return typeof query === "string" ? query.replace(/^\?/, "") : toQueryString(query);
}
