/** How a layer is painted now: the scale of its colours, its ramp or its categories. The map and the legend both read it. */

import type { ExpressionSpecification } from "maplibre-gl";
import type { Loaded } from "../load";
import { addsUp, categoryOf, propertyOf } from "../query";
import type { Layer } from "../state";
import { parse } from "./lock";
import { along, areaStops, byZoom, cellStops, rowStops, type Stops, type ZoomStops } from "./scale";
import { CATEGORIES, categoryColour, type Ramp, ramp, type Theme, theme } from "./theme";

/** A category, its colour, and how many rows have it in the whole dataset. */
export interface Category {
  value: string;
  colour: string;
}

export interface Paint {
  theme: Theme;
  ramp: Ramp;
  /** The property of cells that gives the colour, and the scale of its values. */
  property: string;
  cells: ZoomStops;
  /** How many rows a cell has: for weights and heights. */
  counts: ZoomStops;
  /** The same for dots, of which the largest have so many times the area of the least. */
  areas: (ratio: number) => ZoomStops;
  /** What columns are as high as. */
  heights: ZoomStops;
  /** Whether the scale is one that was locked. */
  locked: boolean;
  /** Whether it is known that no cell has a value that a scale could be made of. */
  empty: boolean;
  /** The property that gives points their size, and the scale of its values. */
  size?: string;
  sizes?: Stops;
  /** The column of the measure, and where the values of rows lie: what shapes are coloured by. */
  column?: string;
  values?: Stops;
  /** The column whose values have colours, and those values. */
  category?: string;
  categories?: Category[];
}

/** How a layer is painted. */
export function paintOf({ drawing }: Layer, { metadata, dataset, columns, tileJson }: Loaded): Paint {
  const { measure, category, size, scale, lock } = drawing;
  const now = theme();
  const { property, column } = propertyOf(measure);
  const values = column ? rowStops(columns[column], scale) : undefined;
  const info = (name: string) => metadata?.measures.find((measure) => measure.property === name);
  const sizes = size ? rowStops(columns[size], scale) : undefined;
  const locked = parse(lock, addsUp(measure));
  // Where tiles end, the last of them are drawn larger, in their colours.
  const ending = (all: ZoomStops) => all.slice(0, (tileJson?.maxzoom ?? all.length) + 1) as unknown as ZoomStops;
  const known = category ? columns[category]?.categories : undefined;
  const usual = dataset?.columns.find(({ name }) => name === category)?.categories ?? [];
  const counts = ending(cellStops(info("point_count"), "balanced", true));
  return {
    theme: now,
    ramp: ramp(drawing.ramp, now),
    property,
    cells: ending(locked ?? cellStops(info(property), scale, addsUp(measure))),
    locked: locked !== undefined,
    empty: !locked && metadata !== undefined && !info(property)?.zooms.some(({ quantiles }) => quantiles.length > 0),
    counts,
    areas: (ratio) => ending(areaStops(info("point_count"), ratio)),
    heights: category ? counts : ending(cellStops(info(property), "log", addsUp(measure))),
    ...(column ? { column } : {}),
    ...(values ? { values } : {}),
    ...(sizes ? { size: propertyOf(`mean:${size}`).property, sizes } : {}),
    ...(category ? { category, categories: coloured(known ?? usual, usual, now) } : {}),
  };
}

/** The most frequent values under the filter. Those that are so without it, too, have the colours that they have then. */
function coloured(now: readonly { value: unknown }[], usual: readonly { value: unknown }[], theme: Theme): Category[] {
  const values = now.slice(0, CATEGORIES).map(({ value }) => String(value));
  const ranks = new Map(usual.slice(0, CATEGORIES).map(({ value }, rank) => [String(value), rank]));
  const free = Array.from({ length: CATEGORIES }, (_, rank) => rank).filter(
    (rank) => !values.some((value) => ranks.get(value) === rank),
  );
  return values.map((value) => ({
    value,
    colour: categoryColour(ranks.get(value) ?? free.shift() ?? CATEGORIES, theme),
  }));
}

/** The colour of a cell. */
export function cellColour(paint: Paint): ExpressionSpecification {
  if (paint.categories && paint.category) return ofCategory(categoryOf(paint.category), paint.categories, paint.theme);
  const each = paint.cells.map((stops) => along(paint.property, stops, paint.ramp));
  return byZoom(each as [ExpressionSpecification, ...ExpressionSpecification[]]);
}

function ofCategory(property: string, categories: readonly Category[], theme: Theme): ExpressionSpecification {
  if (categories.length === 0) return ["literal", theme.other] as unknown as ExpressionSpecification;
  const pairs = categories.flatMap(({ value, colour }) => [value, colour]);
  return ["match", ["to-string", ["get", property]], ...pairs, theme.other] as unknown as ExpressionSpecification;
}
