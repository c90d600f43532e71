/**
 * Colours that glide from one zoom of tiles to the next. At the next zoom a cell is a quarter of the ground, so most have fewer
 * rows, and the scale is another one: what lay in the middle of the ramp was at its beginning at once. So a scale is its own in the
 * middle of its zoom only. From there on the next zoom's has a share in it, before it that of the zoom above, up to a half where the
 * tiles change: there both zooms have the mean of both scales.
 */

import { placeOf, type Stop, type Stops, type ZoomStops } from "./stops";

/** Steps of a zoom in which scales change: each paints the map anew. */
const STEPS = 4;

/** A zoom between two of tiles, in steps. */
export const stepOf = (zoom: number): number => Math.round(zoom * STEPS) / STEPS;

/** From the value of a cell to that which its parts have at the next zoom, and back. */
export interface Parts {
  part: (value: number) => number;
  whole: (value: number) => number;
}

/** What is not added up is as much in a part as in the whole. */
const ALIKE: Parts = { part: (value) => value, whole: (value) => value };
export const alike = (): Parts => ALIKE;

/** Of so many rows anywhere in a cell, in how many of its quarters some are, on average. */
const thrown = (count: number): number => 4 * (1 - 0.75 ** count);

/** Rows of which some lie together: `loose` says how far they part, from not at all (0) to as if they lay anywhere (1). */
export function counts(loose: number): Parts {
  const part = (count: number) => (count <= 1 ? count : count / (1 + loose * (thrown(count) - 1)));
  const whole = (count: number) => {
    if (count <= 1) return count;
    let [low, high] = [count, 4 * count];
    for (let step = 0; step < 24; step += 1) {
      const middle = (low + high) / 2;
      if (part(middle) < count) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return { part, whole };
}

/** How many cells a zoom has, and quantiles of their counts. */
interface Zoom {
  cells: number;
  quantiles: readonly number[];
}

/** How the rows of each zoom's cells part, by how many cells the next zoom has; deeper ones do as the last that is known. */
export function partsOf(zooms: readonly Zoom[]): (zoom: number) => Parts {
  const known = zooms.slice(0, -1).map(({ cells, quantiles }, z) => {
    const most = quantiles.reduce((sum, count) => sum + thrown(count) - 1, 0) / quantiles.length;
    const now = (zooms[z + 1]?.cells ?? cells) / cells - 1;
    // Where many rows are they part more readily than on average: half way to as if they lay anywhere, by its root.
    return counts(most > 0 ? Math.sqrt(Math.min(Math.max(now / most, 0), 1)) : 1);
  });
  const last = known.at(-1) ?? counts(1);
  return (zoom) => known[zoom] ?? last;
}

/** Scales of each zoom as they are when tiles are drawn at a zoom, which may lie between two. */
export function gliding(all: ZoomStops, zoom: number, parts: (zoom: number) => Parts): ZoomStops {
  return all.map((own, z) => {
    const far = Math.min(Math.max(zoom - z, 0), 1) - 0.5;
    const other = all[far > 0 ? z + 1 : z - 1];
    if (far === 0 || !other) return own;
    const { part, whole } = parts(far > 0 ? z : z - 1);
    return far > 0 ? mixed(own, other, far, part, whole) : mixed(own, other, -far, whole, part);
  }) as unknown as ZoomStops;
}

/** A scale with a share of another one, whose values are had by `to`. */
function mixed(
  own: Stops,
  other: Stops,
  share: number,
  to: (value: number) => number,
  back: (value: number) => number,
): Stops {
  const values = [...own.map(({ value }) => value), ...other.map(({ value }) => back(value))];
  const found: Stop[] = [];
  for (const value of values.sort((a, b) => a - b)) {
    if (value === found.at(-1)?.value) continue;
    found.push({ value, at: (1 - share) * placeOf(value, own) + share * placeOf(to(value), other) });
  }
  return found as unknown as Stops;
}
