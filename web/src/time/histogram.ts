/**
 * How the rows of the layer that the bar is about lie in the part of time that it shows, under its filter: asked of its source,
 * once for each filter and part, and again when all is.
 */

import { effect, signal } from "@preact/signals";
import { type TileQuery, toQueryString } from "duotile";
import type { Drawable } from "../map/layers";
import { numeric } from "../map/scale";
import { tell } from "../page";
import { interval } from "../query";
import type { Data } from "../source";
import { range, span, subject, timesOf } from "./animation";
import type { Window } from "./calendar";

const BINS = 100;
/** While the bar is zoomed or moved, the rows of what it shows are counted so long after it came to rest, in milliseconds. */
const REST = 200;

export interface Histogram {
  /** One more than counts. */
  edges: readonly number[];
  counts: readonly number[];
}

export const histogram = signal<Histogram | undefined>(undefined);

/** Follows the layer of the bar. */
export function followHistogram(data: Data): void {
  let asked = "";
  let stop = new AbortController();
  effect(() => {
    const layer = subject.value;
    const column = layer && timesOf(layer)?.column;
    if (!layer || !column) return;
    const part = span.value === range.value ? undefined : span.value;
    const query: TileQuery = {
      ...(layer.filter ? { filter: layer.filter } : {}),
      ...(part ? { datetime: interval(part) } : {}),
    };
    // The catalogue, by which times are known, is another when all is asked for again.
    const of = `${data.round()} ${layer.dataset} `;
    const key = of + toQueryString(query);
    if (key === asked) return;
    const other = !asked.startsWith(of) || !part;
    asked = key;
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    const rested = other ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, REST));
    const ask = async () => {
      await rested;
      signal.throwIfAborted();
      return data.source.stats(layer.dataset, column, query, BINS, signal);
    };
    ask().then(
      ({ value }) => {
        const { edges = [], counts = [] } = value.histogram ?? {};
        if (!signal.aborted) histogram.value = { edges: edges.map(numeric), counts };
      },
      // A wrong filter is told where it stands; the histogram before it stays.
      (error: { status?: number }) => {
        if (signal.aborted || error.status === 400) return;
        asked = "";
        tell(error);
      },
    );
  });
}

/** How the rows of a layer that is drawn lie in a part of time; of nothing if it has no times. */
export async function lying({ source }: Data, { layer, loaded }: Drawable, part: Window): Promise<Histogram> {
  const column = timesOf(layer)?.column;
  if (!column) return { edges: [], counts: [] };
  const query = { ...(layer.filter ? { filter: layer.filter } : {}), datetime: interval(part) };
  const { value } = await source.stats(loaded.tileJson.dataset, column, query, BINS);
  const { edges = [], counts = [] } = value.histogram ?? {};
  return { edges: edges.map(numeric), counts };
}

/** About how many rows there are in a window. */
export function rowsIn({ edges, counts }: Histogram, [from, to]: Window): number {
  return counts.reduce((sum, count, at) => {
    const [left = 0, right = left] = [edges[at], edges[at + 1]];
    const within = Math.min(to, right) - Math.max(from, left);
    if (within < 0) return sum;
    return sum + (right > left ? (count * within) / (right - left) : count);
  }, 0);
}

/** A window that is neither empty nor the fullest: its cells are as those of others. */
export function typical(frames: readonly Window[], all: Histogram | undefined): Window | undefined {
  if (!all) return undefined;
  const some = frames.filter((_, at) => at % Math.ceil(frames.length / 1000) === 0);
  const full = some.map((window) => ({ window, rows: rowsIn(all, window) })).filter(({ rows }) => rows > 0);
  full.sort((a, b) => a.rows - b.rows);
  return full[Math.floor(full.length * 0.75)]?.window;
}
