/** What the colours of a layer's cells are mixed of: which counts its tiles carry, and the colour of each. */

import type { ColumnInfo, TileJson } from "duotile";
import type { Drawing } from "../state";
import { type Counted, countedOf, NONE, OTHERS, twoOf, valueSaid } from "./counted";
import { type Blend, type Part, scaleOf } from "./mix";
import { between, type Lab, labOf } from "./oklab";
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

/** What cells are mixed of. Categories that have no colour of their own are others; one that is alone is compared with none. */
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
  const [one, two] = twoOf({ first, second }, counted);
  if (mix === "mixed" || !one || !two) {
    const parts = counted.map(({ property, value, others }): Part => {
      const colour = value === undefined ? undefined : known.get(value);
      if (colour && value !== undefined) return { title: valueSaid(value), property, colour };
      if (others || value !== undefined) return { title: OTHERS, property, colour: other };
      return { title: NONE, property, colour: between(ground, other, 0.5) };
    });
    const density = locked ?? counts("point_count");
    return { how: "mixed", parts, scale: density, density, ground, middle };
  }
  // What has no colour of its own has one that the other has not.
  const [own, others] = [known.get(one.value ?? ""), known.get(two.value ?? "")];
  const free = (taken: Lab | undefined) =>
    [0, 1].map((rank) => labOf(categoryColour(rank, theme))).find((colour) => String(colour) !== String(taken)) ??
    other;
  const colour = own ?? free(others);
  const part = ({ property, value = "" }: Counted, colour: Lab): Part => ({
    title: valueSaid(value),
    property,
    colour,
  });
  const parts = [part(one, colour), part(two, others ?? free(colour))];
  // The scale is that of what there is more of.
  const scales = parts.map(({ property }) => counts(property));
  const most = (scale: ZoomStops | undefined) => scale?.[0].at(-1)?.value ?? 0;
  const density = (most(scales[0]) >= most(scales[1]) ? scales[0] : scales[1]) ?? counts("point_count");
  const scale = (mix === "difference" ? locked : undefined) ?? scaleOf(mix, density);
  return { how: mix, parts, scale, density, ground, middle };
}
