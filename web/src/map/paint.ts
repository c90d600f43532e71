/** How a layer is painted now: the scale of its colours, its ramp or its categories. The map and the legend both read it. */

import type { ExpressionSpecification } from "maplibre-gl";
import type { Loaded } from "../load";
import { categoryOf, propertyOf } from "../query";
import type { Layer } from "../state";
import { along, byZoom, cellStops, rowStops, type Stops, type ZoomStops } from "./scale";
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
  /** How many rows a cell has: for sizes and weights. */
  counts: ZoomStops;
  /** What columns are as high as. */
  heights: ZoomStops;
  /** The column that colours rows, and the scale of its values; absent where rows are all of one colour. */
  column?: string;
  rows?: Stops;
  /** The scale of the column that gives rows their size. */
  sizes?: Stops;
  /** The column whose values have colours, and those values. */
  category?: string;
  categories?: Category[];
}

/** How a layer is painted. */
export function paintOf({ drawing }: Layer, { metadata, dataset, columns }: Loaded): Paint {
  const { measure, category, size, scale } = drawing;
  const now = theme();
  const { property, column } = propertyOf(measure);
  const info = (name: string) => metadata?.measures.find((measure) => measure.property === name);
  const rows = column === undefined ? undefined : rowStops(columns[column], scale);
  const sizes = size ? rowStops(columns[size], scale) : undefined;
  const known = category ? columns[category]?.categories : undefined;
  const usual = dataset?.columns.find(({ name }) => name === category)?.categories ?? [];
  const counts = cellStops(info("point_count"), "log");
  return {
    theme: now,
    ramp: ramp(drawing.ramp, now),
    property,
    cells: cellStops(info(property), scale),
    counts,
    heights: category ? counts : cellStops(info(property), "log"),
    ...(column !== undefined && rows ? { column, rows } : {}),
    ...(sizes ? { sizes } : {}),
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

/** The colour of a row. */
export function rowColour(paint: Paint): ExpressionSpecification | string {
  if (paint.categories && paint.category) return ofCategory(paint.category, paint.categories, paint.theme);
  if (!paint.column || !paint.rows) return paint.theme.row;
  // A row without a value is in the colour of what has none.
  return ["case", ["has", paint.column], along(paint.column, paint.rows, paint.ramp), paint.theme.other];
}

function ofCategory(property: string, categories: readonly Category[], theme: Theme): ExpressionSpecification {
  if (categories.length === 0) return ["literal", theme.other] as unknown as ExpressionSpecification;
  const pairs = categories.flatMap(({ value, colour }) => [value, colour]);
  return ["match", ["to-string", ["get", property]], ...pairs, theme.other] as unknown as ExpressionSpecification;
}
