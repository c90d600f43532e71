/** How a layer is painted now: the scale of its colours, its ramp or its categories. The map and the legend both read it. */

import type { MeasureInfo, Stats } from "duotile";
import type { ExpressionSpecification } from "maplibre-gl";
import { shortValue, VALUES } from "../filter/cycle";
import type { Loaded } from "../load";
import { rest } from "../page";
import { addsUp, type Coloured, categoryOf, colouredBy, isMixed, propertyOf } from "../query";
import type { Layer } from "../state";
import { blendOf } from "./blend";
import { stepOf } from "./glide";
import { gridOf } from "./grid";
import { parse } from "./lock";
import type { Blend } from "./mix";
import { along, areaStops, byZoom, cellStops, rowStops } from "./scale";
import { stands } from "./shapes/usual";
import type { Stops, ZoomStops } from "./stops";
import { CATEGORIES, categoryColour, type Ramp, ramp, type Theme, theme, wheel } from "./theme";

/** A value, as tiles have it, its colour, and what it is called, if not by the value. */
export interface Category {
  value: string;
  colour: string;
  title?: string;
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
  /** The property that gives points their size and shapes their height, and the scale of its values. */
  size?: string;
  sizes?: Stops;
  /** The column of the measure, and where the values of rows lie: what shapes are coloured by. */
  column?: string;
  values?: Stops;
  /** The column whose values have colours, as queries name it, and those values. */
  category?: string;
  categories?: Category[];
  /** Whether rows have other values, and whether rows have none; as long as that is known. */
  rest?: { others: boolean; none: boolean };
  /** What colours of cells are mixed of, if they are not those of the most frequent values. */
  blend?: Blend;
  /** What the column is made of, if it is one of a time. */
  cycle?: NonNullable<Coloured["cycle"]>;
}

/** How a layer is painted. */
export function paintOf(layer: Layer, { metadata, dataset, columns, tileJson }: Loaded): Paint {
  const { drawing } = layer;
  const { kind, measure, category, size, scale, lock } = drawing;
  const now = theme();
  const { property, column } = propertyOf(measure);
  const values = column ? rowStops(columns[column], scale) : undefined;
  const info = (name: string) => metadata?.measures.find((measure) => measure.property === name);
  // Heights of shapes go by logarithms, as those of columns do.
  const sized = kind === "shapes" ? stands(layer, dataset) : size !== "";
  const sizes = sized ? rowStops(columns[size], kind === "shapes" ? "log" : scale) : undefined;
  // A hexagon is no quarter of one of the zoom before: of these, a colour is the same number everywhere.
  const locked = parse(lock, addsUp(measure) && kind !== "hexagons");
  // Where tiles end, the last of them are drawn larger, in their colours.
  const ending = (all: ZoomStops) => all.slice(0, (tileJson?.maxzoom ?? all.length) + 1) as unknown as ZoomStops;
  const by = colouredBy(category, dataset);
  const known = by ? columns[by.name]?.categories : undefined;
  const usual = dataset?.columns.find(({ name }) => name === by?.name)?.categories ?? [];
  // Of sums it is not known how many of a cell's parts have a share in them.
  const glide = measure.startsWith("sum:") ? undefined : stepOf(rest.value + gridOf(drawing).closer);
  const at = kind === "hexagons" ? "own" : glide;
  const counts = ending(cellStops(info("point_count"), "balanced", true));
  const categories = by && categoriesOf(by, known ?? usual, usual, now);
  const mixed = isMixed(drawing, by) ? dataset?.columns.find(({ name }) => name === by?.name) : undefined;
  const countsOf = (property: string) => ending(cellStops(info(property), scale, true, at));
  const given = {
    theme: now,
    categories: categories ?? [],
    counts: (property: string) => (isKnown(info(property)) ? countsOf(property) : undefined),
    all: countsOf("point_count"),
    locked: locked && ending(locked),
  };
  const blend = mixed && tileJson && blendOf(drawing, mixed, tileJson, given);
  return {
    theme: now,
    ramp: ramp(drawing.ramp, now),
    property,
    cells: blend?.scale ?? ending(locked ?? cellStops(info(property), scale, addsUp(measure), at)),
    locked: locked !== undefined,
    empty: !locked && metadata !== undefined && !isKnown(info(property)),
    counts,
    areas: (ratio) => ending(areaStops(info("point_count"), ratio)),
    heights: by ? counts : ending(cellStops(info(property), "log", addsUp(measure))),
    ...(column ? { column } : {}),
    ...(values ? { values } : {}),
    ...(sizes ? { size: kind === "shapes" ? size : propertyOf(`mean:${size}`).property, sizes } : {}),
    ...(by ? { category: by.name, categories: categories ?? [] } : {}),
    ...(by && columns[by.name] ? { rest: restOf(columns[by.name]) } : {}),
    ...(blend ? { blend } : {}),
    ...(by?.cycle ? { cycle: by.cycle } : {}),
  };
}

/** Whether some cell has a value. */
const isKnown = (measure: MeasureInfo | undefined): boolean =>
  measure?.zooms.some(({ quantiles }) => quantiles.length > 0) ?? false;

/** All hours, weekdays or months, round a wheel of colours; else the values that are there. */
function categoriesOf({ cycle }: Coloured, ...[now, usual, theme]: Parameters<typeof coloured>): Category[] {
  if (!cycle) return coloured(now, usual, theme);
  const order = VALUES[cycle.name];
  return order.map((value, at) => ({
    value: String(value),
    colour: wheel(at / order.length, theme),
    title: shortValue(cycle.name, value),
  }));
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

/** What rows have that have none of the values that are coloured. */
function restOf({ categories = [], present = 0, nulls = 0 }: Partial<Stats> = {}): { others: boolean; none: boolean } {
  const coloured = categories.slice(0, CATEGORIES).reduce((sum, { count }) => sum + count, 0);
  return { others: present > coloured, none: nulls > 0 };
}

/** The colour of a cell. */
export function cellColour(paint: Paint): ExpressionSpecification {
  if (paint.categories && paint.category) return ofCategory(categoryOf(paint.category), paint.categories, paint.theme);
  const each = paint.cells.map((stops) => along(paint.property, stops, paint.ramp));
  return byZoom(each as [ExpressionSpecification, ...ExpressionSpecification[]]);
}

function ofCategory(property: string, categories: readonly Category[], theme: Theme): ExpressionSpecification {
  if (categories.length === 0) {
    return ["case", ["has", property], theme.other, theme.none] as unknown as ExpressionSpecification;
  }
  const pairs = categories.flatMap(({ value, colour }) => [value, colour]);
  const found = ["match", ["to-string", ["get", property]], ...pairs, theme.other];
  return ["case", ["has", property], found, theme.none] as unknown as ExpressionSpecification;
}
