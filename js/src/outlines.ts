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

/** What was met while outlines were taken, in words. */
export function toldOf(
  gathered: Record<"unusable" | "short" | "lower" | "untied" | "tangled" | "crossing" | "beyond", number>,
): string[] {
  const words = {
    unusable: "left out: parts with a position that is none",
    short: "left out: lines of one position and rings of less than three",
    lower: "left out: points and lines of collections with polygons, or points of those with lines",
    untied: "mended: rings that cross themselves, of which all that they go round is inside",
    tangled: "kept: rings that cross themselves too often, of which some that they go round may be left out",
    crossing: "cut: rows over the antimeridian, whose parts stay one row",
    beyond: "moved to the edge of the map: rows that reach beyond 85.05 degrees",
  };
  return Object.entries(words).flatMap(([name, text]) => {
    const count = gathered[name as keyof typeof words];
    return count > 0 ? [`${text}: ${count}`] : [];
  });
}
