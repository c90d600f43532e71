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
