/**
 * The rows at one end of a number or a time, of more than are fetched: histograms tell where to cut, the server counts what is
 * cut off. Two clauses leave: one of rows that are few enough to be fetched, and one of the rows behind them where these are
 * all alike.
 */

import type { Source, Stats } from "duotile";
import type { Clause } from "../filter/clauses";
import { valueEnd } from "../filter/ends";
import { numeric } from "../map/scale";
import { type Asked, pageOf, queryOf } from "./asked";
import type { Order } from "./order";

/** So many rows are fetched whole. */
export const WHOLE = 20_000;
/** So many are fetched of more than those, in an order. */
export const END = 1000;

export interface Ends {
  few: Clause | undefined;
  alike: Clause | undefined;
}

/** A part of a column's values: its lower end is in it, its upper is not. Times are in milliseconds. */
interface Part {
  from?: number | undefined;
  to?: number | undefined;
}

const BINS = 1000;
/** In each a part becomes a thousandth, unless some values lie very far from all others. */
const ROUNDS = 12;

/** `about` is what was asked for, and a clause. */
export async function endOf(
  source: Source,
  about: (clause: Clause) => Asked,
  { column, down }: Order,
  type: string,
  signal: AbortSignal,
): Promise<Ends> {
  const count = async (part: Part) => {
    const asked = about(clauseOf(part, type));
    return (await source.rows(asked.dataset, queryOf(asked), pageOf(asked, 0, 0), signal)).value.numberMatched;
  };
  let part: Part = {};
  /** Rows before the part, and in it. */
  let [taken, here] = [0, await count(part)];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { from, to } = part;
    if (taken + here <= WHOLE) return { few: clauseOf(down ? { from } : { to }, type), alike: undefined };
    // Of a cell, that of its box is near enough.
    const { dataset, query, box } = about(clauseOf(part, type));
    const within = { ...query, ...(box ? { bbox: box } : {}) };
    const { value } = await source.stats(dataset, column, within, BINS, signal);
    if (value.min === value.max) {
      const edge = down ? to : from;
      const before = down ? { from: to } : { to: from };
      return { few: edge === undefined ? undefined : clauseOf(before, type), alike: clauseOf(part, type) };
    }
    const parts = cut(part, binsOf(value, type), END - taken, down);
    if (!parts) break;
    const [beyond, middle, rest] = parts;
    const [far, near] = [beyond ? await count(beyond) : 0, await count(middle)];
    // The histogram only says where to look: its edges are rounded.
    if (beyond && taken + far >= END) [part, here] = [beyond, far];
    else if (!rest || taken + far + near >= END) [part, taken, here] = [middle, taken + far, near];
    else [part, taken, here] = [rest, taken + far + near, here - far - near];
  }
  throw new Error(
    `the ${down ? "greatest" : "least"} could not be told apart: ${type === "time" ? "too many rows are of one millisecond" : `values of ${column} lie too unevenly`}; choose a smaller area or filter the rows, to ${WHOLE.toLocaleString("en")} at most`,
  );
}

function clauseOf({ from, to }: Part, type: string): Clause {
  if (from === undefined && to === undefined) return { kind: "missing", not: true };
  return {
    kind: "range",
    ...(from === undefined ? {} : { from: valueEnd(from, type) }),
    ...(to === undefined ? {} : { to: { ...valueEnd(to, type), open: true } }),
  };
}

interface Bin {
  /** A value that can stand in a filter. */
  from: number;
  count: number;
}

/** The bins of a histogram, from the least; those that begin with the same value are one. */
function binsOf({ histogram }: Stats, type: string): Bin[] {
  const [edges, bins]: [number[], Bin[]] = [histogram?.edges.map(numeric) ?? [], []];
  histogram?.counts.forEach((count, at) => {
    const edge = edges[at] ?? 0;
    const from = type === "integer" ? Math.ceil(edge) : type === "time" ? Math.floor(edge) : edge;
    const last = bins.at(-1);
    if (last?.from === from) last.count += count;
    else bins.push({ from, count });
  });
  return bins;
}

/** A part in three, from one end: what is before the bin that has the so many-th row, that bin, and the rest. */
function cut(part: Part, bins: readonly Bin[], wanted: number, down: boolean) {
  if (bins.length < 2) return undefined;
  const last = bins.length - 1;
  let [at, sum] = [down ? last : 0, 0];
  for (; at > 0 || !down; at += down ? -1 : 1) {
    sum += bins[at]?.count ?? 0;
    if (sum >= wanted || (!down && at === last)) break;
  }
  const low = at === 0 ? part.from : bins[at]?.from;
  const high = at === last ? part.to : bins[at + 1]?.from;
  const below = at === 0 ? undefined : { from: part.from, to: low };
  const above = at === last ? undefined : { from: high, to: part.to };
  const middle = { from: low, to: high };
  return down ? ([above, middle, below] as const) : ([below, middle, above] as const);
}
