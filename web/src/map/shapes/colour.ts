/** The colour of a row by its own values: along a ramp by a number, by its category, or one for all. */

import type { ExpressionSpecification } from "maplibre-gl";
import { along } from "../scale";
import { placeOf, type Stops } from "../stops";
import type { Ramp, Theme } from "../theme";

/** A category and its colour. */
interface Category {
  value: string;
  colour: string;
}

/** What of how a layer is painted is about its rows. */
interface Painted {
  theme: Theme;
  ramp: Ramp;
  column?: string;
  values?: Stops;
  category?: string;
  categories?: readonly Category[];
}

export interface Colours {
  theme: Theme;
  ramp: Ramp;
  /** The column that gives the colour; one colour for all rows if absent. */
  property?: string;
  /** Where its values lie, if they are numbers. */
  stops?: Stops;
  categories?: readonly Category[];
}

/** Where on the ramp the colour of rows lies that all have one. */
const ALL = 0.55;
/** How far outlines are from fills. */
const SHADE = 0.45;

/** The colours of a layer of shapes. */
export function coloursOf({ theme, ramp, category, categories, values, column }: Painted): Colours {
  if (category && categories) return { theme, ramp, property: category, categories };
  return { theme, ramp, ...(column ? { property: column } : {}), ...(values ? { stops: values } : {}) };
}

/** The one colour of rows that have no value. */
export const single = ({ ramp }: Pick<Colours, "ramp">): string => ramp(ALL);

/** An expression for fills, or for the edges around them. */
export function colourOf({ theme, ramp, property, stops, categories }: Colours, of: "fill" | "edge") {
  const shade = (colour: string) => (of === "fill" ? colour : edgeOf(colour, theme));
  const [other, none] = [shade(theme.other), shade(theme.none)];
  if (property === undefined) return shade(ramp(ALL));
  if (categories) {
    const pairs = categories.flatMap(({ value, colour }) => [value, shade(colour)]);
    const found = pairs.length === 0 ? other : ["match", ["to-string", ["get", property]], ...pairs, other];
    return ["case", ["has", property], found, none] as unknown as ExpressionSpecification;
  }
  if (!stops) return shade(ramp(ALL));
  const scale = along(property, stops, (at) => shade(ramp(at)));
  // What has no number has no place on the ramp.
  return ["case", ["==", ["typeof", ["get", property]], "number"], scale, other] as unknown as ExpressionSpecification;
}

/** The colour of a row by what it carries, where no map has it from an expression. */
export function colourIn({ theme, ramp, property, stops, categories }: Colours): (row: Row) => string {
  if (property === undefined || !(categories || stops)) return () => ramp(ALL);
  const known = new Map(categories?.map(({ value, colour }) => [value, colour]));
  return (row) => {
    const value = row[property];
    if (stops && !categories) return typeof value === "number" ? ramp(placeOf(value, stops)) : theme.other;
    return value === undefined ? theme.none : (known.get(String(value)) ?? theme.other);
  };
}

type Row = Readonly<Record<string, unknown>>;

/** The colour of an outline. */
export const edgeOf = (colour: string, { dark }: Theme): string => mixed(colour, dark ? 255 : 0, SHADE);

/** A colour mixed with black or white. */
function mixed(colour: string, with_: 0 | 255, share: number): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const hex = (part: number) =>
    Math.round(part + (with_ - part) * share)
      .toString(16)
      .padStart(2, "0");
  return `#${parts.map(hex).join("")}`;
}
