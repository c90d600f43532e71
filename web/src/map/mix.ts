/**
 * The colour of a cell by how many of its rows each category has. Mixed, it is the mean of the categories' colours, each as
 * heavy as its rows: in OKLab, so that half of each looks half way, and a mixture of mixtures is that of all their rows. Of two
 * that are compared it is a place between their colours, with grey in the middle. Few rows are near the ground, many far from
 * it, so that one row is not as loud as a thousand.
 */

import { between, hexOf, type Lab } from "./oklab";
import { placeOf, type Stop, type Stops, stopsAt, type ZoomStops } from "./stops";

export type Comparison = "share" | "difference" | "ratio";

/** Rows of a cell that have a colour of their own: how they are called, what counts them, and that colour. */
export interface Part {
  title: string;
  property: string;
  colour: Lab;
}

/** What the colours of cells are made of. */
export interface Blend {
  how: "mixed" | Comparison;
  /** Of a comparison the first and the second. */
  parts: readonly Part[];
  /** Where values of a comparison lie from the second (0) to the first (1). */
  scale: ZoomStops;
  /** Where numbers of rows lie from few to many. */
  density: ZoomStops;
  ground: Lab;
  /** As much of the first as of the second. */
  middle: Lab;
}

/** How far from the ground in lightness the colours of the fewest rows and of the most are, where a category's own is 1. */
const [FAINT, STRONG] = [0.35, 1.3];
/** A ratio beyond this, or below its inverse, has the colour of the end. */
export const MOST_RATIO = 16;
/** How far from the middle the least difference lies: whose it is can be seen. */
const LEAST = 0.06;

/** The mean of the colours of some parts, by their counts; nothing of no rows. */
export function mean(colours: readonly Lab[], counts: ArrayLike<number>): Lab | undefined {
  let [lightness, a, b, total] = [0, 0, 0, 0];
  for (let at = 0; at < colours.length; at += 1) {
    const count = counts[at] ?? 0;
    if (!(count > 0)) continue;
    const colour = colours[at] as Lab;
    lightness += count * colour[0];
    a += count * colour[1];
    b += count * colour[2];
    total += count;
  }
  return total > 0 ? [lightness / total, a / total, b / total] : undefined;
}

/** What two counts are compared by, of a ratio its logarithm to base 2; nothing if there is neither. */
export function compared(how: Comparison, first: number, second: number): number | undefined {
  if (first + second === 0) return undefined;
  if (how === "share") return first / (first + second);
  return how === "ratio" ? Math.log2(first / second) : first - second;
}

/** A colour as strong as there are rows, by their place from few (0) to many (1). */
export function faded(colour: Lab, ground: Lab, at: number): Lab {
  const far = FAINT + (STRONG - FAINT) * at;
  const [, a, b] = between(ground, colour, Math.min(far, 1));
  return [between(ground, colour, far)[0], a, b];
}

/** The colour between two that are compared. */
export function alongBlend({ parts: [first, second], middle }: Blend, at: number): Lab {
  const end = at < 0.5 ? second : first;
  return end ? between(middle, end.colour, Math.abs(at - 0.5) * 2) : middle;
}

/** From the counts of a cell's parts at a zoom to its colour as #rrggbb; nothing for what is not to be drawn. */
export function blender(blend: Blend, z: number): (counts: ArrayLike<number>) => string | undefined {
  const { how, parts, ground } = blend;
  const [scale, density] = [stopsAt(blend.scale, z), stopsAt(blend.density, z)];
  const colours = parts.map(({ colour }) => colour);
  if (how === "mixed") {
    return (counts) => {
      const colour = mean(colours, counts);
      return colour && hexOf(faded(colour, ground, placeOf(sum(counts), density)));
    };
  }
  return (counts) => {
    const [first = 0, second = 0] = [counts[0], counts[1]];
    const value = compared(how, first, second);
    if (value === undefined) return undefined;
    const colour = alongBlend(blend, placeOf(value, scale));
    // How great a difference is says itself how many rows there are at least.
    return hexOf(how === "difference" ? colour : faded(colour, ground, placeOf(first + second, density)));
  };
}

function sum(counts: ArrayLike<number>): number {
  let all = 0;
  for (let at = 0; at < counts.length; at += 1) all += counts[at] ?? 0;
  return all;
}

/** The scale of a comparison: of differences as that of counts on both sides of 0, of the others the same everywhere. */
export function scaleOf(how: Comparison, counts: ZoomStops): ZoomStops {
  if (how === "difference") return counts.map(mirrored) as unknown as ZoomStops;
  if (how === "share") {
    return [
      [
        { value: 0, at: 0 },
        { value: 1, at: 1 },
      ],
    ];
  }
  const most = Math.log2(MOST_RATIO);
  return [
    [
      { value: -most, at: 0 },
      { value: most, at: 1 },
    ],
  ];
}

function mirrored(stops: Stops): Stops {
  const far = (at: number) => (LEAST + (1 - LEAST) * at) / 2;
  // Counts of which all are alike have one stop, in the middle of their ramp.
  const single = stops.length === 1;
  const above = stops
    .filter(({ value }) => value > 0)
    .map(({ value, at, ...rest }): Stop => ({ ...rest, value, at: 0.5 + far(single ? 1 : at) }));
  const below = above.map((stop): Stop => ({ ...stop, value: -stop.value, at: 1 - stop.at })).reverse();
  return [...below, { value: 0, at: 0.5 }, ...above] as unknown as Stops;
}

/** How many rows have each title, the most first; of others and of none last. */
export function told(parts: readonly Part[], properties: Readonly<Record<string, unknown>>): [string, number][] {
  const counts = new Map<string, number>();
  for (const { title, property } of parts) {
    const count = Number(properties[property] ?? 0);
    if (count > 0) counts.set(title, (counts.get(title) ?? 0) + count);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
