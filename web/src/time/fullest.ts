/**
 * The window of time that has most rows. Counts of long parts do not tell which has the fullest short one, so the fullest few are
 * cut again, all of them, until they are short; the windows about what is left are counted then.
 */

import type { Window } from "./calendar";

/** How many rows there are in each of so many bins of a part of time, with the edges of these. */
export type Count = (
  part: Window,
  bins: number,
) => Promise<{ edges: readonly number[]; counts: readonly number[] } | undefined>;

/** Bins that a part is cut into at most, parts that are cut again, and how often: a century to its seconds. */
const [BINS, BEST, ROUNDS] = [200, 8, 5];

interface Part {
  part: Window;
  rows: number;
}

/** The fullest of windows, of which `around` has the one about a time; none if there is no row. */
export async function fullest(
  count: Count,
  all: Window,
  length: number,
  around: (time: number) => Window,
): Promise<Window | undefined> {
  const isLong = ([from, to]: Window) => to - from > length;
  // Into halves of a window, so that one of those that it touches has much of it; bins begin and end with the part's rows.
  const cut = async (part: Window): Promise<Part[]> => {
    const bins = Math.min(Math.max(Math.ceil((2 * (part[1] - part[0])) / length), 1), BINS);
    const { edges = [], counts = [] } = (await count(part, bins)) ?? {};
    const [first = Number.NaN, second = Number.NaN] = edges;
    const together = Math.max(Math.floor(length / 2 / (second - first)), 1);
    const parts: Part[] = [];
    for (let at = 0; at < counts.length; at += together) {
      const [from = Number.NaN, to = Number.NaN] = [edges[at], edges[Math.min(at + together, counts.length)]];
      const rows = counts.slice(at, at + together).reduce((sum, rows) => sum + rows, 0);
      if (rows > 0 && to >= from) parts.push({ part: [Math.floor(from), Math.ceil(to) + 1], rows });
    }
    return parts;
  };
  let best = await cut(all);
  for (let round = 1; round <= ROUNDS; round += 1) {
    best = best.sort((a, b) => b.rows - a.rows).slice(0, BEST);
    const long = best.filter(({ part }) => isLong(part));
    if (long.length === 0 || round === ROUNDS) break;
    const cuts = await Promise.all(long.map(({ part }) => cut(part)));
    best = [...best.filter(({ part }) => !isLong(part)), ...cuts.flat()];
  }
  const windows = new Map(
    best.flatMap(({ part: [from, to] }) => [around(from), around(to - 1)]).map((window) => [window[0], window]),
  );
  let found: { window: Window; rows: number } | undefined;
  for (const window of windows.values()) {
    const rows = (await count(window, 1))?.counts.reduce((sum, rows) => sum + rows, 0) ?? 0;
    if (rows > (found?.rows ?? 0)) found = { window, rows };
  }
  return found?.window;
}
