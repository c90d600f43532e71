/** The cells of a tile in the colours that the legend says, and as a picture: a pixel for each place that a cell can have. */

import { categoryOf } from "../../query";
import { type Blend, blender } from "../mix";
import type { Paint } from "../paint";
import { placeOf, stopsAt } from "../stops";
import { type Cells, NONE, type Parts } from "./read";

/** The property that gives the colour, and those that are mixed. */
export const propertyIn = ({ blend, category, property }: Paint): string =>
  category && !blend ? categoryOf(category) : property;
export const partsIn = ({ blend }: Paint): string[] => blend?.parts.map(({ property }) => property) ?? [];

/** So many places of a ramp have colours of their own. */
const STEPS = 1024;

/** Counts below this of so many first parts are one number together. */
const [FEW, PLACES] = [128, 7];

/** Colours of ramps, made when they are needed. */
const ramps = new Map<string, Uint32Array>();

/** The picture of cells in a tile that has so many along each side, in their colours. */
export function picture({ column, row }: Cells, colours: Uint32Array, side: number): ImageData {
  const pixels = new Uint32Array(side * side);
  for (let at = 0; at < colours.length; at += 1) {
    pixels[(row[at] as number) * side + (column[at] as number)] = colours[at] as number;
  }
  return new ImageData(new Uint8ClampedArray(pixels.buffer), side, side);
}

/** The colour of each cell in a tile of a zoom, as a pixel; 0 for one that is not to be drawn. */
export function coloursOf({ value, values, parts }: Cells, paint: Paint, z: number): Uint32Array {
  if (paint.blend) return mixed(value.length, values, parts, paint.blend, z);
  const colour = colourer(paint, z);
  const other = packed(paint.category ? paint.theme.none : paint.theme.other);
  // Of one value there are many cells.
  const known = new Uint32Array(values.length);
  return value.map((which) => {
    if (which === NONE) return other;
    known[which] ||= colour(values[which] as string | number | boolean);
    return known[which] as number;
  });
}

function mixed(all: number, values: Cells["values"], { from, part, value }: Parts, blend: Blend, z: number) {
  const colour = blender(blend, z);
  const counts = new Float64Array(blend.parts.length);
  const pixels = new Uint32Array(all);
  // Where few rows are, many cells are alike.
  const known = new Map<number, number>();
  for (let at = 0; at < all; at += 1) {
    counts.fill(0);
    let [key, few] = [0, true];
    for (let i = from[at] as number; i < (from[at + 1] as number); i += 1) {
      const count = Number(values[value[i] as number]);
      counts[part[i] as number] = count;
      few &&= count < FEW && (part[i] as number) < PLACES;
      key += count * FEW ** (part[i] as number);
    }
    let pixel = few ? known.get(key) : undefined;
    if (pixel === undefined) {
      const written = colour(counts);
      pixel = written === undefined ? 0 : packed(written);
      if (few) known.set(key, pixel);
    }
    pixels[at] = pixel;
  }
  return pixels;
}

function colourer(paint: Paint, z: number): (value: string | number | boolean) => number {
  const other = packed(paint.theme.other);
  if (paint.category) {
    const all = new Map(paint.categories?.map(({ value, colour }) => [value, packed(colour)]));
    return (value) => all.get(String(value)) ?? other;
  }
  const stops = stopsAt(paint.cells, z);
  const key = [0, 0.3, 0.6, 1].map(paint.ramp).join();
  const ramp = ramps.get(key) ?? new Uint32Array(STEPS + 1);
  ramps.set(key, ramp);
  return (value) => {
    const number = Number(value);
    if (Number.isNaN(number)) return other;
    const step = Math.round(placeOf(number, stops) * STEPS);
    ramp[step] ||= packed(paint.ramp(step / STEPS));
    return ramp[step] as number;
  };
}

/** Whether the least byte of a number comes first, as nearly everywhere. */
const LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** A pixel as #rrggbb. */
export function written(pixel: number): string {
  const rgb = LITTLE ? ((pixel & 255) << 16) | (pixel & 0xff00) | ((pixel >> 16) & 255) : pixel >>> 8;
  return `#${rgb.toString(16).padStart(6, "0")}`;
}

/** #rrggbb as one pixel, opaque. */
function packed(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  if (!LITTLE) return ((rgb << 8) | 255) >>> 0;
  return ((255 << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}
