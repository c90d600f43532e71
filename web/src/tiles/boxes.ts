/** Where the features of a tile are, in steps of its extent: their boxes, and which of them is at a place. */

import type { Feature } from "./decode";

/** Least and most x, least and most y of each feature: four numbers each. */
export function boxesOf(features: readonly Feature[]): Float32Array {
  const boxes = new Float32Array(4 * features.length);
  for (let at = 0; at < features.length; at += 1) {
    const ends = boxes.subarray(4 * at, 4 * at + 4);
    ends.set(NOWHERE);
    for (const part of features[at]?.parts ?? []) {
      part.forEach((value, i) => {
        const least = i % 2 === 0 ? 0 : 2;
        if (value < (ends[least] ?? 0)) ends[least] = value;
        if (value > (ends[least + 1] ?? 0)) ends[least + 1] = value;
      });
    }
  }
  return boxes;
}

const NOWHERE = [Infinity, -Infinity, Infinity, -Infinity];

/** The number of the last box that has a place, or is so near it, and whose feature fits; -1 if none is. */
export function lastAt(
  boxes: Float32Array,
  x: number,
  y: number,
  near: (at: number) => number,
  fits: (at: number) => boolean = () => true,
): number {
  const within = (value: number, first: number, slack: number) =>
    value >= (boxes[first] ?? 0) - slack && value <= (boxes[first + 1] ?? 0) + slack;
  for (let at = boxes.length / 4 - 1; at >= 0; at -= 1) {
    const slack = near(at);
    if (within(x, 4 * at, slack) && within(y, 4 * at + 2, slack) && fits(at)) return at;
  }
  return -1;
}
