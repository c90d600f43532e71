/**
 * From how values are spread to where they lie on a ramp. Cells have a scale for each zoom of tiles, because a cell covers
 * a quarter of the ground at the next; the quantiles are those of the cells under the present query.
 */

import type { MeasureInfo, Stats } from "duotile";
import type { ExpressionSpecification } from "maplibre-gl";
import type { Scale } from "../state";
import { alike, gliding, partsOf } from "./glide";
import { steady } from "./steady";
import { bounded, placeOf, type Stop, type Stops, type ZoomStops } from "./stops";

/** Until quantiles are known. */
const UNKNOWN: Stops = [1, 2, 5, 20, 100, 500, 5000].map((value, at) => ({ value, at: at / 6 })) as unknown as Stops;
/** What part of a ramp is short enough to be drawn as a straight line between its ends. */
const STRAIGHT = 0.1;
/** Stops of a logarithm: colours are linear between them. */
const LOG_STEPS = 16;

/**
 * Where the values of cells lie at each zoom; `adds` says whether a cell's value is that of its parts added up. Tiles may be drawn
 * between two zooms: `at` says where, if colours are to glide there. Hexagons, of which those of the next zoom are no quarters, have
 * each zoom's `own`.
 */
export function cellStops(
  measure: MeasureInfo | undefined,
  scale: Scale,
  adds: boolean,
  at?: number | "own",
): ZoomStops {
  const zooms = (measure?.zooms ?? []).filter(({ quantiles }) => quantiles.length > 0);
  const known = zooms.map(({ quantiles }) => quantiles.map(bounded));
  // What is told as quantiles or as ends is exactly these; what is only to look right is steady from zoom to zoom.
  const levels = scale === "balanced" && at !== "own" ? steady(known, adds) : known;
  const all = levels.map((quantiles) => stops(quantiles, measure?.probabilities ?? [], scale));
  const [first, ...more] = all;
  if (!first) return [UNKNOWN];
  const glides = scale === "balanced" && typeof at === "number";
  const now = glides ? gliding([first, ...more], at, adds ? partsOf(zooms) : alike) : all;
  return now.map((stops, z) => ending(within(stops, known[z]), zooms[z]?.quantiles)) as unknown as ZoomStops;
}

/**
 * Where on the way from the least area of a dot to one `ratio` times as large the counts of cells lie, at each zoom. Many dots
 * of one row are not to look like less than a dot of many, nor the other way round: areas grow as counts do, or, where the
 * largest are more than `ratio` times the least, as a power of them. A few that are beyond all others are as large as these.
 */
export function areaStops(measure: MeasureInfo | undefined, ratio: number): ZoomStops {
  const probabilities = measure?.probabilities ?? [];
  const known = (measure?.zooms ?? [])
    .map(({ quantiles }) => quantiles.map(bounded))
    .filter(({ length }) => length > 0);
  const all = steady(known, true).map((quantiles): Stops => {
    const [least = 1, most = least] = [quantiles[0], quantiles.at(-1)];
    const usual = quantiles[probabilities.indexOf(0.95)] ?? most;
    const large = Math.sqrt(usual * most);
    if (!(least > 0 && large > least)) return [{ value: least, at: 0 }];
    const power = Math.min(Math.log(ratio) / Math.log(large / least), 1);
    const stop = (_: unknown, step: number): Stop => {
      const value = least * (large / least) ** (step / LOG_STEPS);
      return { value, at: ((value / least) ** power - 1) / (ratio - 1) };
    };
    return Array.from({ length: LOG_STEPS + 1 }, stop) as unknown as Stops;
  });
  const [first, ...more] = all;
  return first ? [first, ...more] : [UNKNOWN];
}

/**
 * Stops from the least to the greatest of some values: what is steady, or glides, has its ends from other zooms, too. Colours are
 * what they were; those that nothing has are at an end of the ramp, beyond the last number.
 */
function within(stops: Stops, [least, ...more]: readonly number[] = []): Stops {
  if (least === undefined) return stops;
  const [from, to] = [
    Math.max(least, stops[0].value),
    Math.min(more.at(-1) ?? least, (stops.at(-1) ?? stops[0]).value),
  ];
  // No value has a place on the ramp.
  if (!(to >= from)) return stops;
  const ends = [...new Set([from, to])].map((value) => ({ value, at: placeOf(value, stops) }));
  const inner = stops.filter(({ value }) => value >= from && value <= to);
  return [...inner, ...ends.filter(({ value }) => !inner.some((stop) => stop.value === value))].sort(
    (a, b) => a.value - b.value,
  ) as unknown as Stops;
}

/** What is so near another value, as a part of it, is that value: exponentials of logarithms are not quite what they were. */
const NEAR = 1e-9;

/** Stops that say at their ends whether some of the values lie beyond. */
function ending(stops: Stops, [least = Number.NaN, ...more]: readonly number[] = []): Stops {
  const most = more.at(-1) ?? least;
  const isBelow = (one: number, other: number) => other - one > NEAR * Math.max(Math.abs(one), Math.abs(other));
  return stops.map((stop, at) => ({
    ...stop,
    ...((at === 0 && isBelow(least, stop.value)) || (at === stops.length - 1 && isBelow(stop.value, most))
      ? { beyond: true }
      : {}),
  })) as unknown as Stops;
}

/** Where the values of rows lie; absent if none has a number. */
export function rowStops(stats: Stats | undefined, scale: Scale): Stops | undefined {
  const values = (stats?.quantiles ?? []).map(numeric);
  if (!stats || values.length === 0 || values.some(Number.isNaN)) return undefined;
  return ending(stops(values.map(bounded), stats.probabilities ?? [], scale), values);
}

/**
 * A number as it is, and one that is a text because no double is as exact; a time as milliseconds, which is how tiles carry
 * it.
 */
export function numeric(value: number | string): number {
  const number = Number(value);
  return Number.isNaN(number) ? Date.parse(String(value)) : number;
}

function stops(quantiles: readonly number[], probabilities: readonly number[], scale: Scale): Stops {
  const [least = 0, most = least] = [quantiles[0], quantiles.at(-1)];
  if (!(most > least)) return [{ value: least, at: 0.5 }];
  if (scale === "linear")
    return [
      { value: least, at: 0 },
      { value: most, at: 1 },
    ];
  if (scale === "log") return logarithmic(least, most);
  const ranks = byRank(quantiles, probabilities, least, most);
  if (scale === "equal") return ranks;
  // Half of a colour is the rank of a value among cells, half its logarithm: neither a few great values nor many small
  // ones take the whole ramp.
  const logs = logarithmic(least, most);
  const values = [...new Set([...ranks, ...logs].map(({ value }) => value))].sort((a, b) => a - b);
  return values.map((value) => ({
    value,
    at: (placeOf(value, ranks) + placeOf(value, logs)) / 2,
  })) as unknown as Stops;
}

function logarithmic(least: number, most: number): Stops {
  // What is not positive has no logarithm: then it is taken of 1 and how far a value is above the least.
  const [low, high] = [Math.log(least), Math.log(most)];
  const above = Math.log1p(most - least);
  const value = (at: number) => (least > 0 ? Math.exp(low + (high - low) * at) : least + Math.expm1(above * at));
  const found: Stop[] = [{ value: least, at: 0 }];
  for (let step = 1; step < LOG_STEPS; step += 1) {
    const stop = { value: value(step / LOG_STEPS), at: step / LOG_STEPS };
    // What is near the least may be as good as it, where that is large.
    if (stop.value > (found.at(-1)?.value ?? least) && stop.value < most) found.push(stop);
  }
  found.push({ value: most, at: 1 });
  return found as unknown as Stops;
}

/** Many cells are often alike at an end: the ramp is for those between. A value's place is the share of them below it. */
function byRank(quantiles: readonly number[], probabilities: readonly number[], least: number, most: number): Stops {
  const from = probabilities[quantiles.lastIndexOf(least)] ?? 0;
  const to = probabilities[quantiles.indexOf(most)] ?? 1;
  const found: Stop[] = [{ value: least, at: 0, quantile: true }];
  quantiles.forEach((value, i) => {
    const at = ((probabilities[i] ?? 0) - from) / (to - from);
    if (value > (found.at(-1)?.value ?? least) && value < most) found.push({ value, at, quantile: true });
  });
  found.push({ value: most, at: 1, quantile: true });
  return found as unknown as Stops;
}

/** More stops, so close that what lies between can be drawn as a straight line. */
function close(stops: Stops): Stop[] {
  return stops.flatMap((stop, i) => {
    const before = stops[i - 1];
    if (!before) return [stop];
    const parts = Math.ceil((stop.at - before.at) / STRAIGHT - 1e-9);
    return Array.from({ length: Math.max(parts, 1) }, (_, part) => {
      const share = (part + 1) / Math.max(parts, 1);
      const between = (a: number, b: number) => a + (b - a) * share;
      return { value: between(before.value, stop.value), at: between(before.at, stop.at) };
    });
  });
}

/** What a function of the place on the ramp is for a property: a colour, a height, a radius. */
export function along<T extends string | number>(
  property: string,
  stops: Stops,
  make: (at: number) => T,
): ExpressionSpecification {
  const [only, ...more] = close(stops).filter(({ value }, i, all) => i === 0 || value > (all[i - 1]?.value ?? value));
  const constant = make(only?.at ?? 0.5);
  // An interpolation of one stop is none.
  const pairs =
    more.length > 0 ? [only, ...more].flatMap((stop) => (stop ? [stop.value, make(stop.at)] : [])) : undefined;
  const value = ["to-number", ["get", property]];
  return (pairs
    ? ["interpolate", ["linear"], value, ...pairs]
    : ["case", true, constant, constant]) as unknown as ExpressionSpecification;
}

/** An expression for each zoom from 0, as one. */
export function byZoom<T>(all: readonly [T, ...T[]]): ExpressionSpecification {
  const [first, ...more] = all;
  if (more.length === 0) return first as ExpressionSpecification;
  return ["step", ["zoom"], first, ...more.flatMap((each, i) => [i + 1, each])] as unknown as ExpressionSpecification;
}
