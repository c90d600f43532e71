/** What is known of the columns whose controls are open: of all rows, and of those that the other filters let through. */

import { type Dataset, Problem, type Source, type Stats, type TileQuery } from "duotile";
import { useEffect, useState } from "preact/hooks";
import { busy } from "../page";
import { type Axis, axisOf, finer, isUneven, numberOf, unitOf } from "./axis";
import { withClause } from "./clauses";
import { dragging } from "./dragging";
import { valueEnd } from "./ends";

/** Bins that are asked for, and bins that are drawn. */
export const FINE = 1000;
export const BINS = 50;
/** So many requests at most for one histogram. */
const LEVELS = 5;
/** How long statistics wait for the map to be drawn, in milliseconds. */
const PATIENCE = 4000;

export interface Known {
  /** Of all rows. */
  all?: Stats;
  /** Of the rows that the other filters let through, from coarse to fine. */
  now?: readonly Stats[];
  /** Of all rows, from coarse to fine. */
  levels?: readonly Stats[];
  axis?: Axis;
  busy: boolean;
  problem?: string;
}

/** Statistics of all rows, by dataset, version, column and axis: they hold while the data does. */
const whole = new Map<string, readonly Stats[]>();

export interface Question {
  source: Source;
  dataset: Dataset;
  column: string;
  /** The filter without what it asks of this column. */
  others: string;
  /** The window of time. */
  datetime: string;
  /** Whether the axis is logarithmic; as the values suggest if it is not said. */
  log?: boolean | undefined;
}

/** Asks when the answer may have changed and nothing is being dragged, after the map has its tiles. */
export function useStats({ source, dataset, column, others, datetime, log }: Question): Known {
  const [known, setKnown] = useState<Known>({ busy: true });
  const held = dragging.value;
  useEffect(() => {
    if (held) return;
    const stop = new AbortController();
    const { signal } = stop;
    setKnown((before) => ({ ...before, busy: true }));
    const work = async () => {
      await drawn(signal);
      const ask = async (query: TileQuery) => (await source.stats(dataset.id, column, query, FINE, signal)).value;
      const key = `${dataset.id} ${dataset.version} ${source.reachable} ${column}`;
      const first = whole.get(key)?.[0] ?? (await ask({}));
      whole.set(key, whole.get(key) ?? [first]);
      const axis = axisFor(first, log);
      const levels =
        whole.get(`${key} ${axis?.log}`) ?? (await deeper(first, axis, (filter) => ask({ filter }), column, ""));
      whole.set(`${key} ${axis?.log}`, levels);
      const query: TileQuery = { ...(others ? { filter: others } : {}), ...(datetime ? { datetime } : {}) };
      const same = !others && !datetime;
      const now = same
        ? levels
        : await deeper(await ask(query), axis, (filter) => ask({ ...query, filter }), column, others);
      if (!signal.aborted) setKnown({ all: first, levels, now, busy: false, ...(axis ? { axis } : {}) });
    };
    work().catch((error: unknown) => {
      if (signal.aborted) return;
      const text = error instanceof Problem ? error.message : "The server does not answer.";
      setKnown((before) => ({ ...before, busy: false, problem: text }));
    });
    return () => stop.abort();
  }, [source, dataset, column, others, datetime, log, held]);
  return known;
}

function axisFor(stats: Stats, log = isUneven(stats)): Axis | undefined {
  const [min, max] = [numberOf(stats.min), numberOf(stats.max)];
  if (!(min <= max)) return undefined;
  return axisOf(min, max, log && stats.type !== "time", unitOf(stats));
}

/** Histograms of ever smaller values, until each part of the axis is counted. */
async function deeper(
  first: Stats,
  axis: Axis | undefined,
  ask: (filter: string) => Promise<Stats>,
  column: string,
  others: string,
): Promise<readonly Stats[]> {
  const levels = [first];
  for (let last = first; axis && levels.length < LEVELS; ) {
    const to = finer(last, axis, BINS);
    if (to === undefined) break;
    last = await ask(withClause(others, column, { kind: "range", to: valueEnd(to, first.type) }));
    levels.push(last);
  }
  return levels;
}

/** Waits until the map has drawn what it is drawing, though not for ever. */
export async function drawn(signal: AbortSignal): Promise<void> {
  const until = performance.now() + PATIENCE;
  do {
    await new Promise((resolve) => setTimeout(resolve, 60));
    signal.throwIfAborted();
  } while (busy.peek() && performance.now() < until);
}
