/** What the colours of a layer's cells are mixed of: which counts its tiles carry, and the colour of each. */

import type { ColumnInfo, TileJson } from "duotile";
import type { Drawing } from "../state";
import { type Counted, countedOf, twoOf } from "./counted";
import { type Blend, type Part, scaleOf } from "./mix";
import { between, labOf } from "./oklab";
import type { ZoomStops } from "./stops";
import { categoryColour, type Theme } from "./theme";

/** What colours are chosen by beside what is drawn. */
interface Given {
  theme: Theme;
  categories: readonly { value: string; colour: string }[];
  /** Where what a property counts lies from few to many. */
  counts: (property: string) => ZoomStops;
  /** A scale that was locked. */
  locked: ZoomStops | undefined;
}

/** What cells are mixed of. Categories that have no colour of their own are others. */
export function blendOf(
  { mix, first, second }: Drawing,
  column: ColumnInfo,
  tileJson: TileJson,
  { theme, categories, counts, locked }: Given,
): Blend | undefined {
  const counted = countedOf(column, tileJson);
  if (counted.length === 0 || mix === "most") return undefined;
  const ground = labOf(theme.land);
  const other = labOf(theme.other);
  const middle = labOf(theme.dark ? "#6a7078" : "#bfbcb6");
  const known = new Map(categories.map(({ value, colour }) => [value, labOf(colour)]));
  if (mix === "mixed") {
    const parts = counted.map(({ property, value, others }): Part => {
      const colour = value === undefined ? undefined : known.get(value);
      if (colour && value !== undefined) return { title: value, property, colour };
      if (others || value !== undefined) return { title: "others", property, colour: other };
      return { title: "no value", property, colour: between(ground, other, 0.5) };
    });
    const density = locked ?? counts("point_count");
    return { how: mix, parts, scale: density, density, ground, middle };
  }
  const [one, two] = twoOf({ first, second }, counted);
  if (!one || !two) return undefined;
  const free = [0, 1].map((rank) => labOf(categoryColour(rank, theme)));
  const colours = [known.get(one.value ?? ""), known.get(two.value ?? "")];
  const same = (colour: unknown) => colours.some((each) => String(each) === String(colour));
  const part = ({ property, value = "" }: Counted, at: number): Part => ({
    title: value,
    property,
    colour: colours[at] ?? (same(free[0]) ? free[1] : free[at]) ?? other,
  });
  const parts = [part(one, 0), part(two, 1)];
  // The scale is that of what there is more of.
  const scales = parts.map(({ property }) => counts(property));
  const most = (scale: ZoomStops | undefined) => scale?.[0].at(-1)?.value ?? 0;
  const density = (most(scales[0]) >= most(scales[1]) ? scales[0] : scales[1]) ?? counts("point_count");
  const scale = (mix === "difference" ? locked : undefined) ?? scaleOf(mix, density);
  return { how: mix, parts, scale, density, ground, middle };
}
