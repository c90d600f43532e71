/** What the colours of a layer's cells are mixed of: which counts its tiles carry, and the colour of each. */

import type { ColumnInfo, TileJson } from "duotile";
import type { Drawing } from "../state";
import { type Counted, countedOf, NONE, OTHERS, twoOf, valueSaid } from "./counted";
import { type Blend, type Part, scaleOf } from "./mix";
import { between, type Lab, labOf } from "./oklab";
import { type Stop, type Stops, stopsAt, type ZoomStops } from "./stops";
import { categoryColour, type Theme } from "./theme";

/** What colours are chosen by beside what is drawn. */
interface Given {
  theme: Theme;
  categories: readonly { value: string; colour: string }[];
  /** Where what a property counts lies from few to many; nothing as long as no cell is known that has some of it. */
  counts: (property: string) => ZoomStops | undefined;
  /** That of all rows, whatever is known. */
  all: ZoomStops;
  /** A scale that was locked. */
  locked: ZoomStops | undefined;
}

/** What cells are mixed of. Categories that have no colour of their own are others; one that is alone is compared with none. */
export function blendOf(
  { mix, first, second }: Drawing,
  column: ColumnInfo,
  tileJson: TileJson,
  { theme, categories, counts, all, locked }: Given,
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
    const density = locked ?? all;
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
  // No difference is greater than what there is more of. Rows of both may be more than those of one, unless both are all.
  const each = parts.map(({ property }) => counts(property)).filter((scale) => scale !== undefined);
  const density = each.length === 0 || (mix !== "difference" && counted.length === 2) ? all : furthest(each);
  const scale = (mix === "difference" ? locked : undefined) ?? scaleOf(mix, density);
  const both =
    mix !== "difference" && density !== all ? density.map((stops, z) => forBoth(stops, stopsAt(all, z))) : density;
  return { how: mix, parts, scale, density: both as unknown as ZoomStops, ground, middle };
}

const endOf = (stops: Stops): Stop => stops.at(-1) ?? stops[0];

/** At each zoom that of some scales which reaches furthest. Where one of them has values beyond its end, this may, too. */
function furthest(scales: readonly ZoomStops[]): ZoomStops {
  const zooms = Math.max(...scales.map(({ length }) => length));
  return Array.from({ length: zooms }, (_, z) => {
    const [first, ...more] = scales.map((scale) => stopsAt(scale, z)) as [Stops, ...Stops[]];
    const far = more.reduce((far, stops) => (endOf(stops).value > endOf(far).value ? stops : far), first);
    return [first, ...more].some((stops) => endOf(stops).beyond) ? beyond(far) : far;
  }) as unknown as ZoomStops;
}

/** The scale of one of two, for rows of both: some cells may have more, as far as any has. */
const forBoth = (stops: Stops, all: Stops): Stops => (endOf(all).value > endOf(stops).value ? beyond(stops) : stops);

const beyond = (stops: Stops): Stops => [...stops.slice(0, -1), { ...endOf(stops), beyond: true }] as unknown as Stops;
