/** What is known of the columns whose controls are open: of all rows, and of those that the other filters let through. */

import { type Dataset, Problem, type Source, type Stats, type TileQuery } from "duotile";
import { useEffect, useState } from "preact/hooks";
import { busy } from "../page";
import { type Axis, axisOf, finer, isUneven, numberOf, unitOf, wholeAxis } from "./axis";
import { withClause } from "./clauses";
import { dragging } from "./dragging";
import { valueEnd } from "./ends";

/** Bins that are asked for. */
const FINE = 1000;
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
      const { first, axis, levels } = await ofAll({ source, dataset, column, log }, signal);
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

/** Statistics of all rows, by column and axis, of the version of each dataset that was looked at last: they hold while the data does. */
const whole = new Map<string, { version: string; all: Map<string, readonly Stats[]> }>();

/** What is known of a column of all rows. What this device tells of a part of them is not kept for them. */
export async function ofAll(
  { source, dataset, column, log }: Pick<Question, "source" | "dataset" | "column" | "log">,
  signal: AbortSignal,
) {
  let isWhole = true;
  const ask = async (query: TileQuery) => {
    const { value, partial, subset } = await source.stats(dataset.id, column, query, FINE, signal);
    isWhole &&= !partial && (subset?.version ?? dataset.version) === dataset.version;
    return value;
  };
  const { version } = dataset;
  const known = whole.get(dataset.id);
  const all = known?.version === version ? known.all : new Map<string, readonly Stats[]>();
  whole.set(dataset.id, { version, all });
  const kept = async (key: string, make: () => Promise<readonly Stats[]>) => {
    const found = all.get(key) ?? (await make());
    if (isWhole) all.set(key, found);
    return found;
  };
  const [first] = (await kept(column, async () => [await ask({})])) as [Stats];
  const axis = axisFor(first, log);
  const levels = await kept(`${column} ${axis?.log}`, () =>
    deeper(first, axis, (filter) => ask({ filter }), column, ""),
  );
  return { first, axis, levels };
}

function axisFor(stats: Stats, log = isUneven(stats)): Axis | undefined {
  const [min, max] = [numberOf(stats.min), numberOf(stats.max)];
  if (!(min <= max)) return undefined;
  const bent = log && stats.type !== "time";
  return stats.type === "integer" && !bent ? wholeAxis(min, max) : axisOf(min, max, bent, unitOf(stats));
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
    const to = finer(last, axis);
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
