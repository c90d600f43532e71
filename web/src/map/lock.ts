/**
 * A scale that was locked, as text: the zoom of tiles at which it was, then values at even steps along the ramp. At other
 * zooms what adds up is taken for as much of the ground: a cell of the next zoom is a quarter of it.
 */

import { bounded, type Stops, type ZoomStops } from "./stops";

/** Values that are kept of a scale. */
const STEPS = 12;
const ZOOMS = 23;

/** The text of a scale at a zoom. */
export function print(zoom: number, stops: Stops): string {
  const values = Array.from({ length: STEPS + 1 }, (_, step) => valueAt(step / STEPS, stops));
  return [zoom, ...values.map((value) => Number(value.toPrecision(4)))].join("/");
}

/** The scale of a text at every zoom; absent if it is none. */
export function parse(text: string, adds: boolean): ZoomStops | undefined {
  const [zoom, ...values] = text.split("/").map((part) => (part === "" ? Number.NaN : Number(part)));
  if (zoom === undefined || !Number.isInteger(zoom) || zoom < 0 || zoom >= ZOOMS || values.length < 2) return undefined;
  // At zoom 0 what adds up is greatest.
  const known = values.every((value) => bounded(value * 4 ** zoom) === value * 4 ** zoom);
  if (!known || values.some((value, at) => value < (values[at - 1] ?? value))) return undefined;
  return Array.from({ length: ZOOMS }, (_, z) => {
    const part = adds ? 4 ** (zoom - z) : 1;
    const steps = values.length - 1;
    // A scale that was of a part of the ramp begins and ends within it: there are values that are as the first, or the last.
    const first = values.lastIndexOf(values[0] ?? 0);
    const last = Math.max(values.indexOf(values.at(-1) ?? 0), first);
    // What is there under another filter is not known.
    return values.slice(first, last + 1).map((value, at) => ({
      value: value * part,
      at: (first + at) / steps,
      ...(at === 0 || at === last - first ? { beyond: true } : {}),
    }));
  }) as unknown as ZoomStops;
}

/** The value at a place on the ramp. */
function valueAt(place: number, stops: Stops): number {
  const above = stops.findIndex(({ at }) => at >= place);
  const [before, after] = [stops[above - 1], stops[above]];
  if (!after) return stops.at(-1)?.value ?? 0;
  if (!before || after.at === before.at) return after.value;
  return before.value + ((place - before.at) / (after.at - before.at)) * (after.value - before.value);
}
