/** A scale as places on a ramp: some values and where each of them lies. */

/** A value, and where on the ramp it lies: from 0 to 1. */
export interface Stop {
  value: number;
  at: number;
  /** Whether it is a quantile of the values. */
  quantile?: boolean;
  /** Whether there are values beyond it, at an end of the scale: they have its colour. */
  beyond?: boolean;
}

/** Ascending in both. */
export type Stops = readonly [Stop, ...Stop[]];

/** Stops of each zoom from 0; deeper zooms have those of the last. */
export type ZoomStops = readonly [Stops, ...Stops[]];

/** The difference of two that are no further from 0 is a number, too. */
const LARGEST = Number.MAX_VALUE / 4;

/** A value that can be reckoned with: what is further from 0, infinite or not, has the colour of what is so far. */
export const bounded = (value: number): number => Math.min(Math.max(value, -LARGEST), LARGEST);

/** The stops that hold at a zoom of the map. */
export function stopsAt(all: ZoomStops, zoom: number): Stops {
  return all[Math.min(Math.max(Math.floor(zoom), 0), all.length - 1)] ?? all[0];
}

/** Where on the ramp a value lies. */
export function placeOf(value: number, stops: Stops): number {
  const above = stops.findIndex((stop) => stop.value >= value);
  const [before, after] = [stops[above - 1], stops[above]];
  if (!after) return 1;
  if (!before) return after.at;
  return before.at + ((value - before.value) / (after.value - before.value)) * (after.at - before.at);
}
