/** What is measured of lines and polygons, and told of them, when they are opened. Loaded where there are some. */

import type { Columns } from "./columns.js";
import { LINE, type Outlines, SHELL } from "./outlines.js";
import type { Core } from "./wasm.js";

/** What the numbers of columns count, by the names of the columns. */
export type Units = Readonly<Record<string, string>>;

/** Adds columns of areas and lengths where there are any, unless there are columns of these names; tells their units. */
export function measure(core: Core, table: Columns, { kinds, parts }: Outlines): Units {
  const free = (name: string): boolean => table.columns.every((column) => column.name !== name);
  const some = (kind: number): boolean =>
    kinds.some((each, part) => each === kind && (parts[part] ?? 0) - (parts[part - 1] ?? 0) > 1);
  const [polygons, lines] = [some(SHELL), some(LINE)];
  const area = polygons && free("area") ? "area" : undefined;
  const length = (polygons || lines) && free("length") ? "length" : undefined;
  core.addSizes(area, length);
  return { ...(area ? { [area]: "m²" } : {}), ...(length ? { [length]: "m" } : {}) };
}

/** What was met while outlines were taken, in words. */
export function toldOf(
  gathered: Record<"unusable" | "short" | "lower" | "untied" | "tangled" | "crossing" | "beyond", number>,
): string[] {
  const words = {
    unusable: "left out: parts with a position that is none",
    short: "left out: lines of one position and rings of less than three",
    lower: "left out: points and lines of collections with polygons, or points of those with lines",
    untied:
      "mended: rings that cross themselves, of which all is inside that they go round more often one way than the other",
    tangled:
      "kept: rings too large to be looked at for crossings, or that cross themselves too often, of which some that they go round may be left out",
    crossing: "cut: rows over the antimeridian, whose parts stay one row",
    beyond: "moved to the edge of the map: rows that reach beyond 85.05 degrees",
  };
  return Object.entries(words).flatMap(([name, text]) => {
    const count = gathered[name as keyof typeof words];
    return count > 0 ? [`${text}: ${count}`] : [];
  });
}
