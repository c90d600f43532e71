/** Whether two layers are drawn alike: so far that they have the same values, that a colour means the same in both, or all of the legend. */

import type { Drawing, Layer } from "../state";

export interface Two {
  above: Layer;
  below: Layer;
}

const VALUED = ["measure", "cell", "res", "kind"] as const;
const COLOURED = [...VALUED, "category", "mix", "first", "second", "scale", "lock", "ramp"] as const;

const areAlike = ({ above, below }: Two, names: readonly (keyof Drawing)[]): boolean =>
  above.dataset === below.dataset && names.every((name) => above.drawing[name] === below.drawing[name]);

export const haveValuesAlike = (both: Two): boolean => areAlike(both, VALUED);

export const haveColoursAlike = (both: Two): boolean => areAlike(both, COLOURED);

/** Whether one legend tells what both show: what is large or high as well. */
export const haveLegendsAlike = (both: Two): boolean => areAlike(both, [...COLOURED, "size"]);
