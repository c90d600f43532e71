/**
 * The part of time that the bar shows, which is what plays: how it is zoomed, moved and put into the state, and the parts that
 * the data suggests, asked of its source.
 */

import type { Source, TileQuery } from "duotile";
import { numeric } from "../map/scale";
import { interval } from "../query";
import { change } from "../state";
import { range, span, subject, timesOf } from "./animation";
import { around, type Preset, SECOND, type Window } from "./calendar";
import { fullest } from "./fullest";

/** Shows a part of time; all of it if that is what the part has, or none is given. */
export function show(part: Window | undefined): void {
  const all = range.peek();
  const whole = !part || !all || (part[0] <= all[0] && part[1] > all[1]);
  change("span", ({ span: _, ...before }) => ({ ...before, ...(whole ? {} : { span: part }) }));
}

/** A part that is so many times as long, with a time where it was; within all times, and no shorter than a second. */
export function zoomed(part: Window, all: Window, times: number, at: number): Window {
  const [before, most] = [part[1] - part[0], all[1] + 1 - all[0]];
  const length = Math.min(Math.max(before * times, Math.min(SECOND, most)), most);
  return within([at - ((at - part[0]) * length) / before, 0], length, all);
}

/** A part of the same length, so much later. */
export function shifted(part: Window, all: Window, by: number): Window {
  return within([part[0] + by, 0], part[1] - part[0], all);
}

function within([from]: Window, length: number, all: Window): Window {
  const start = Math.round(Math.max(Math.min(from, all[1] + 1 - length), all[0]));
  return [start, Math.round(start + length)];
}

/** Zooms what is shown about a time, or about its middle. */
export function zoomBy(times: number, at?: number): void {
  const [part, all] = [span.peek(), range.peek()];
  if (part && all) show(zoomed(part, all, times, at ?? (part[0] + part[1]) / 2));
}

/** Moves what is shown by a part of its length. */
export function shiftBy(share: number): void {
  const [part, all] = [span.peek(), range.peek()];
  if (part && all && part !== all) show(shifted(part, all, (part[1] - part[0]) * share));
}

/** From the first to the last time of the rows that pass the filter of the bar's layer; none if no row does. */
export async function passing(source: Source): Promise<Window | undefined> {
  const { min, max } = await ask(source, undefined, 1);
  return min === null || max === null || min === undefined || max === undefined
    ? undefined
    : [numeric(min), numeric(max) + 1];
}

/** The window of a length that has most rows, as calendars have them. */
export async function busiest(source: Source, preset: Preset): Promise<Window | undefined> {
  const all = await passing(source);
  const count = async (part: Window, bins: number) => {
    const { histogram } = await ask(source, part, bins);
    return histogram && { edges: histogram.edges.map(numeric), counts: histogram.counts };
  };
  return all && fullest(count, all, preset.about, (time) => around(time, preset));
}

async function ask(source: Source, part: Window | undefined, bins: number) {
  const layer = subject.peek();
  const column = layer && timesOf(layer)?.column;
  if (!layer || !column) throw new Error("no layer with times is shown");
  const query: TileQuery = {
    ...(layer.filter ? { filter: layer.filter } : {}),
    ...(part ? { datetime: interval(part) } : {}),
  };
  return (await source.stats(layer.dataset, column, query, bins)).value;
}
