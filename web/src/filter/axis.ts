/**
 * How numbers lie along a histogram, and how many rows lie where. What the server counts in bins of equal width becomes
 * one growing count of rows, which can be read off between any two places, also where the axis is logarithmic.
 */

import type { Stats } from "duotile";
import { numeric } from "../map/scale";
import { bounded } from "../map/stops";

/** Bars that are drawn, if no whole number has one of its own. */
const BINS = 50;
/** So many whole numbers have each its own. */
const EACH = 100;

/** From 0 at the least value to 1 at the largest. */
export interface Axis {
  min: number;
  max: number;
  log: boolean;
  /** How many bars it has, each as wide as the other. */
  bins: number;
  /** How far a value reaches to both sides: whole numbers have as much room as one step. */
  reach: number;
  at: (value: number) => number;
  value: (at: number) => number;
}

/** Rows below a value, growing with it. */
export interface Spread {
  points: readonly (readonly [value: number, below: number])[];
  rows: number;
}

/** An axis; a logarithmic one is linear about 0, as far as `unit`, so that it has a place for 0 and for what is below. */
export function axisOf(min: number, max: number, log: boolean, unit: number): Axis {
  // The furthest from 0 can still be told in units.
  const furthest = Math.max(Math.abs(bounded(min)), Math.abs(bounded(max)));
  const least = Math.max(unit, furthest / 1e300, Number.MIN_VALUE);
  const bend = log
    ? (value: number) => Math.sign(value) * Math.log1p(Math.abs(bounded(value)) / least)
    : (value: number) => bounded(value);
  const unbend = log ? (at: number) => Math.sign(at) * Math.expm1(Math.abs(at)) * least : (at: number) => at;
  const [low, high] = [bend(min), bend(max)];
  const width = high - low || 1;
  return {
    min,
    max,
    log,
    bins: BINS,
    reach: 0,
    at: (value) => Math.min(Math.max((bend(value) - low) / width, 0), 1),
    // Of one value alone all of the axis is that.
    value: (at) => (at <= 0 ? min : at >= 1 ? max : low === high ? bounded(min) : bounded(unbend(low + at * width))),
  };
}

/**
 * An axis of whole numbers that is linear: each bar has as many of them, so that none is higher because it has one more. The last
 * may reach beyond the largest. Where halves cannot be told, it is as any other.
 */
export function wholeAxis(min: number, max: number): Axis {
  if (!Number.isSafeInteger(2 * min) || !Number.isSafeInteger(2 * max)) return axisOf(min, max, false, 1);
  const count = max - min + 1;
  const each = count <= EACH ? 1 : Math.ceil(count / BINS);
  const [bins, reach] = [Math.ceil(count / each), 0.5];
  const { at, value } = axisOf(min - reach, min - reach + bins * each, false, 1);
  return { min, max, log: false, bins, reach, at, value: (place) => Math.min(Math.max(value(place), min), max) };
}

/** Quantiles that tell whether values are so uneven that a linear axis would show one bar. */
export function isUneven({ probabilities = [], quantiles = [] }: Stats): boolean {
  const at = (p: number) => numberOf(quantiles[probabilities.indexOf(p)]);
  const [min, middle, most, max] = [at(0), at(0.5), at(0.95), at(1)];
  return most - min < 0.1 * (max - min) || (min >= 0 && middle - min < 0.05 * (max - min));
}

/** A number of statistics; a time in milliseconds. */
export const numberOf = (value: unknown): number =>
  typeof value === "string" || typeof value === "number" ? numeric(value) : Number.NaN;

/** Where a logarithmic axis turns linear: whole numbers at 1, others below all but the smallest of them. */
export function unitOf({ type, probabilities = [], quantiles = [] }: Stats): number {
  if (type === "integer") return 1;
  const sizes = quantiles.map((value) => Math.abs(numberOf(value))).filter((size) => size > 0);
  const low = Math.abs(numberOf(quantiles[probabilities.indexOf(0.05)]));
  const least = low > 0 ? low : Math.min(...sizes);
  return Number.isFinite(least) ? 10 ** Math.floor(Math.log10(least)) : 1;
}

/**
 * One growing count from histograms of the same rows, the coarsest first, each next of those up to some value: the finer
 * ones tell what is below. Of whole numbers that reach to both sides, what lies below an edge lies below the next of them.
 */
export function spreadOf(levels: readonly Stats[], reach: number): Spread {
  let points: [number, number][] = [];
  for (const { histogram } of levels) {
    if (!histogram) continue;
    let below = 0;
    const fine = histogram.edges.map((edge, i): [number, number] => {
      below += i > 0 ? (histogram.counts[i - 1] ?? 0) : 0;
      const value = numberOf(edge);
      if (reach === 0) return [value, below];
      return [i === histogram.edges.length - 1 ? value + reach : Math.ceil(value) - reach, below];
    });
    const [last] = fine.at(-1) ?? [Number.NEGATIVE_INFINITY];
    points = [...fine, ...points.filter(([value]) => value > last)];
  }
  // All values are the same: they lie at one place.
  if (points.length === 2 && points[0]?.[0] === points[1]?.[0]) points = [[points[0]?.[0] ?? 0, points[1]?.[1] ?? 0]];
  return { points, rows: levels[0]?.present ?? 0 };
}

/** Rows below a value. */
export function below({ points, rows }: Spread, value: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.[0] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[low - 1], points[low]];
  if (!before) return 0;
  if (!after) return rows;
  const part = (value - before[0]) / (after[0] - before[0]);
  return before[1] + part * (after[1] - before[1]);
}

/** Rows in each bar of an axis. */
export function binsOf(levels: readonly Stats[], axis: Axis): number[] {
  const { bins, reach } = axis;
  const spread = spreadOf(levels, reach);
  const edges = Array.from({ length: bins + 1 }, (_, i) => axis.value(i / bins));
  const counts = edges.map((edge, i) => (i === 0 ? 0 : i === bins ? spread.rows : below(spread, edge)));
  return counts.slice(1).map((count, i) => count - (counts[i] ?? 0));
}

/** Up to which value the rows of a histogram are to be counted more finely, for an axis; `undefined` if they need not be. */
export function finer({ histogram, type }: Stats, axis: Axis): number | undefined {
  const { bins } = axis;
  const edges = histogram?.edges.map(numberOf) ?? [];
  const width = (i: number) => axis.at(edges[i + 1] ?? axis.max) - axis.at(edges[i] ?? axis.max);
  const whole = type === "integer" && (edges[1] ?? 0) - (edges[0] ?? 0) <= 0.4;
  if (!axis.log || axis.min < 0 || edges.length < 3 || whole || width(0) < 1 / bins) return undefined;
  const first = edges.findIndex((_, i) => width(i) < 0.5 / bins);
  return first > 0 && first < edges.length - 1 ? edges[first] : undefined;
}
