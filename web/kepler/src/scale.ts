/**
 * Where colours change: the quantiles of cells at each zoom, from our metadata, as Kepler.gl takes them. Its own scales
 * over the whole range would give nearly all cells the first colour.
 */

import type { Measure } from "./source.ts";

/** From little to much, readable on dark and light ground: a part of viridis (CC0), dark end cut off. */
export const COLOURS = ["#3e4989", "#31688e", "#26828e", "#35b779", "#b5de2b", "#fde725"];
/** The quantiles between them. */
const BREAKS = [0.3, 0.5, 0.7, 0.9, 0.95];

/** Values for each zoom, as far apart in number as in colour: Kepler.gl takes its breaks from them, evenly. */
export interface Quantiles {
  z: number[];
  quantiles: number[][];
}

/** Of one measure, or of several that are the same thing at different times. */
export function quantiles(measures: Measure[]): Quantiles | undefined {
  const [first] = measures;
  if (!first) return undefined;
  const min = Math.min(...measures.map((measure) => measure.min));
  const max = Math.max(...measures.map((measure) => measure.max));
  const whole = measures.every((measure) => Number.isInteger(measure.min) && Number.isInteger(measure.max));
  const step = whole ? 1 : Math.max((max - min) / 1e6, Number.MIN_VALUE);
  const zooms = new Map<number, number[][]>();
  for (const { probabilities, zooms: all } of measures) {
    for (const { z, quantiles } of all) {
      const breaks = BREAKS.map((share) => quantiles[probabilities.indexOf(share)] ?? Number.NaN);
      zooms.set(z, [...(zooms.get(z) ?? []), breaks]);
    }
  }
  const z = [...zooms.keys()].sort((a, b) => a - b);
  const each = z.map((zoom) => {
    const many = zooms.get(zoom) ?? [];
    let last = min;
    const breaks = BREAKS.map((_, at) => {
      const mean = many.reduce((sum, breaks) => sum + (breaks[at] ?? 0), 0) / many.length;
      last = Math.max(whole ? Math.ceil(mean) : mean, last + step);
      return last;
    });
    return [min, ...breaks, Math.max(max, last)];
  });
  return { z, quantiles: each };
}
