/** Lines and polygons as flat arrays: each row the place after its last part, each part the place after its last position. */

/** What a part is: single positions, a line, the outer ring of a polygon, a hole in the polygon before it. */
export const POSITIONS = 0;
export const LINE = 1;
export const SHELL = 2;
export const HOLE = 3;

/** Lines and polygons of rows. A row may have parts of several kinds: those of the highest are drawn. */
export interface Outlines {
  /** For each row, the part after its last. */
  readonly rows: Uint32Array;
  /** For each part, the position after its last. */
  readonly parts: Uint32Array;
  /** What each part is: 0 positions, 1 a line, 2 the outer ring of a polygon, 3 a hole in the polygon before it. */
  readonly kinds: Uint8Array;
  /** Degrees; NaN is no position. */
  readonly lon: Float64Array;
  readonly lat: Float64Array;
}

/** Throws where arrays do not fit one another, with the numbers. */
export function checkOutlines(outlines: Outlines): void {
  const { rows, parts, kinds, lon, lat } = outlines;
  const same = (a: string, first: number, b: string, second: number): void => {
    if (first !== second) throw new RangeError(`${first} ${a} and ${second} ${b}, expected as many of each`);
  };
  same("longitudes", lon.length, "latitudes", lat.length);
  same("kinds", kinds.length, "parts", parts.length);
  same("positions of all parts", parts.at(-1) ?? 0, "positions", lon.length);
  same("parts of all rows", rows.at(-1) ?? 0, "parts", parts.length);
}
