/**
 * Classes of cells: from the quantiles of a zoom to the numbers at which colours change. Each zoom has its own, because
 * a cell covers a quarter of the ground at the next; within a zoom each class holds about as many cells as it is wide.
 */

import type { MeasureInfo } from "duotile";
import type { ExpressionSpecification } from "maplibre-gl";

/** Where classes end: shares of the cells of a zoom. */
const SHARES = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95];
/** Used until quantiles are known. */
const LOGARITHMIC = [2, 5, 20, 100, 500, 5000];

/** The least count of each class but the first, ascending. */
export type Breaks = number[];

/** The breaks of each zoom from 0; deeper zooms are coloured as the last. */
export function breaksByZoom(measure: MeasureInfo | undefined): [Breaks, ...Breaks[]] {
  const [first, ...more] = (measure?.zooms ?? []).map(({ quantiles }) => {
    const breaks: Breaks = [];
    const [least, most] = [quantiles[0] ?? 0, quantiles.at(-1) ?? 0];
    for (const share of SHARES) {
      const at = measure?.probabilities.indexOf(share) ?? -1;
      // Counts are whole; a class starts above the least count and above the class before it.
      const value = Math.ceil(quantiles[at] ?? 0);
      if (value > (breaks.at(-1) ?? least)) breaks.push(value);
    }
    // Nearly all cells are alike: those with more than the least still look different.
    return breaks.length === 0 && most > least ? [least + 1] : breaks;
  });
  return first ? [first, ...more] : [LOGARITHMIC];
}

/** The breaks that hold at a zoom of the map. */
export function breaksAt(all: [Breaks, ...Breaks[]], zoom: number): Breaks {
  return all[Math.min(Math.max(Math.floor(zoom), 0), all.length - 1)] ?? all[0];
}

/** A colour for each class: the whole ramp, however few they are. */
export function colours(breaks: Breaks, ramp: (at: number) => string): string[] {
  const last = breaks.length;
  return Array.from({ length: last + 1 }, (_, at) => ramp(last === 0 ? 0.4 : at / last));
}

/** The colour of a cell by its count and the zoom of its tile. */
export function colourExpression(all: [Breaks, ...Breaks[]], ramp: (at: number) => string): ExpressionSpecification {
  const steps = all.map((breaks) => {
    const [first = "", ...rest] = colours(breaks, ramp);
    // An expression of one step is none: a break that no count reaches stands in.
    const pairs = rest.length > 0 ? rest.flatMap((colour, at) => [breaks[at] ?? 0, colour]) : [1e300, first];
    return ["step", ["get", "point_count"], first, ...pairs];
  });
  const [first, ...more] = steps;
  if (more.length === 0) return first as ExpressionSpecification;
  return ["step", ["zoom"], first, ...more.flatMap((step, at) => [at + 1, step])] as unknown as ExpressionSpecification;
}
