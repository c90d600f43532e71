/** What is known of two layers that are drawn alike, as of one that has the rows of both: scales and categories that hold on both sides. */

import type { MeasureInfo, Metadata, Stats } from "duotile";
import { numeric } from "../map/scale";
import { bounded, placeOf, type Stops } from "../map/stops";

/** How some values are spread, and how many there are. */
interface Spread {
  quantiles: readonly number[];
  probabilities: readonly number[];
  count: number;
}

/** Quantiles of two sets of values together, of the probabilities of the first. */
export function together(one: Spread, other: Spread): number[] {
  if (one.quantiles.length === 0 || one.count === 0) return [...other.quantiles];
  if (other.quantiles.length === 0 || other.count === 0) return [...one.quantiles];
  const shares = [one, other].map(sharesOf);
  const total = one.count + other.count;
  const of = (value: number, side: "below" | "to") =>
    shares.reduce((sum, share, at) => sum + share[side](value) * ([one, other][at]?.count ?? 0), 0) / total;
  const values = [...new Set([...one.quantiles, ...other.quantiles].map(bounded))].sort((a, b) => a - b);
  // From a share of all values to the value up to which they are: where many are alike, that is one for several shares.
  const found = values.flatMap((value) => [
    { value: of(value, "below"), at: value },
    { value: of(value, "to"), at: value },
  ]) as unknown as Stops;
  const ends = (at: number) => [one, other].map(({ quantiles }) => quantiles.at(at) ?? 0);
  const inner = one.probabilities.slice(1, -1).map((share) => placeOf(share, found));
  return [Math.min(...ends(0)), ...inner, Math.max(...ends(-1))];
}

/** Which share of some values is less than a value, and which is not more. */
function sharesOf({ quantiles, probabilities }: Spread) {
  const levels = quantiles.map(bounded);
  const stops = levels.map((value, at) => ({ value, at: probabilities[at] ?? 0 })) as unknown as Stops;
  const below = (value: number) => placeOf(value, stops);
  const to = (value: number) => {
    const last = levels.lastIndexOf(value);
    return last < 0 ? below(value) : (probabilities[last] ?? 1);
  };
  return { below, to };
}

/** Statistics of cells: as of the layer with more rows, but for the scales. */
export function bothCells(one: Metadata, other: Metadata): Metadata {
  const measures = one.measures.map((measure): MeasureInfo => {
    const theirs = other.measures.find(({ property }) => property === measure.property);
    return theirs ? bothMeasures([measure, one.rows], [theirs, other.rows]) : measure;
  });
  return { ...(one.rows > other.rows ? one : other), measures };
}

type Measured = readonly [MeasureInfo, rows: number];

/** A measure of two layers, by how many rows each has, at the zooms that are known of both. */
function bothMeasures(one: Measured, other: Measured): MeasureInfo {
  const both = [one, other].filter(([{ zooms }]) => zooms.some(({ quantiles }) => quantiles.length > 0));
  const [first, second] = both.map(([{ probabilities, zooms }, rows]) => {
    const last = zooms.at(-1);
    // Where each row is a cell of its own, all deeper zooms are the same.
    const isWhole = last !== undefined && last.cells >= rows;
    const at = (z: number): Spread => {
      const { quantiles = [], cells = 0 } = zooms[z] ?? last ?? {};
      return { quantiles, probabilities, count: cells };
    };
    return { at, known: zooms.length, until: isWhole ? Number.POSITIVE_INFINITY : zooms.length };
  });
  if (!first || !second) return both[0]?.[0] ?? one[0];
  const length = Math.min(Math.max(first.known, second.known), first.until, second.until);
  const zooms = Array.from({ length }, (_, z) => {
    const [own, theirs] = [first.at(z), second.at(z)];
    return { z, cells: own.count + theirs.count, quantiles: together(own, theirs) };
  });
  const [{ min, max }, its] = [one[0], other[0]];
  return { ...one[0], zooms, min: Math.min(min, its.min), max: Math.max(max, its.max) };
}

/** Statistics of the columns of both that give colours or sizes. */
export function bothColumns(one: Readonly<Record<string, Stats>>, other: Readonly<Record<string, Stats>>) {
  const all = { ...other, ...one };
  for (const [name, own] of Object.entries(one)) {
    const theirs = other[name];
    if (theirs) all[name] = bothRows(own, theirs);
  }
  return all;
}

function bothRows(one: Stats, other: Stats): Stats {
  const spread = ({ quantiles = [], probabilities = [], present }: Stats) => ({
    quantiles: quantiles.map(numeric),
    probabilities,
    count: present,
  });
  const [own, theirs] = [spread(one), spread(other)];
  return {
    ...one,
    rows: one.rows + other.rows,
    present: one.present + other.present,
    nulls: one.nulls + other.nulls,
    probabilities: own.quantiles.length > 0 ? own.probabilities : theirs.probabilities,
    quantiles: together(own, theirs),
    ...(one.categories || other.categories ? { categories: added(one.categories, other.categories) } : {}),
  };
}

type Categories = NonNullable<Stats["categories"]>;

/** The values of both, those of most rows first. */
function added(one: Categories = [], other: Categories = []): Categories {
  const all = new Map<unknown, Categories[number]>();
  for (const { value, count } of [...one, ...other])
    all.set(value, { value, count: (all.get(value)?.count ?? 0) + count });
  return [...all.values()].sort((a, b) => b.count - a.count);
}
