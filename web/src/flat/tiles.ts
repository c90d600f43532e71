/** Tiles of layers as pictures: asked of their source, read, and painted by the scale and the colours that maps have too. */

import { type Source, toQueryString } from "duotile";
import type { Drawable } from "../map/layers";
import { blender } from "../map/mix";
import { type Paint, paintOf } from "../map/paint";
import { MANY } from "../map/spread";
import { placeOf, stopsAt } from "../map/stops";
import { theme } from "../map/theme";
import { rest } from "../page";
import { categoryOf } from "../query";
import { boxesOf, lastAt } from "../tiles/boxes";
import { decode, type Feature } from "../tiles/decode";
import type { Box, TileAddress } from "../tiles/place";
import { TILE } from "./camera";
import { makeStore } from "./store";

/** Tiles that are kept, seen or not. */
const KEPT = 300;
/** Half the side of a point, in pixels. */
const POINT = 2;

export interface Painted {
  features: Feature[];
  /** Where each of them is: least and most x, least and most y. */
  boxes: Float32Array;
  extent: number;
  picture: HTMLCanvasElement;
  dots: readonly Dot[];
  paint: string;
}

/** The middle of a cell, as parts of its tile, in its colour. */
export interface Dot {
  x: number;
  y: number;
  colour: string;
  count: number;
}

export interface Tiles {
  /** The picture of a tile of a layer, if it is there; asked for otherwise. */
  picture: (drawable: Drawable, tile: TileAddress) => HTMLCanvasElement | undefined;
  /** The cells of a tile that has a picture, those of most rows last; none where they are too many to be drawn larger. */
  dots: (drawable: Drawable, tile: TileAddress) => readonly Dot[];
  /** How many features of a tile touch a part of it, from 0 to 1, and where they begin there. */
  within: (drawable: Drawable, tile: TileAddress, part: Box) => [number, number][];
  /** The feature of a tile at a place of it, from 0 to 1. */
  at: (drawable: Drawable, tile: TileAddress, x: number, y: number, near: number) => Feature | undefined;
  /** How many are on their way. */
  waiting: () => number;
  /** All pictures that are seen were taken: no others are waited for. */
  drawn: () => void;
}

/** `changed` is called with each tile that arrives, `failed` with why one of a layer did not. */
export function makeTiles(
  source: Source,
  changed: () => void,
  failed: (error: unknown, layer: Drawable["layer"]) => void,
): Tiles {
  const store = makeStore<Painted>(KEPT, changed);
  const keyOf = ({ tiles }: Drawable, tile: TileAddress) => `${tiles} ${tile.join("/")}`;
  const ask = async ({ layer, loaded: { query, tileJson } }: Drawable, tile: TileAddress, signal: AbortSignal) => {
    try {
      const { value } = await source.tile(tileJson.dataset, tile, toQueryString(query), signal);
      const [{ features, extent } = { features: [], extent: 4096 }] = decode(value);
      return {
        features,
        boxes: boxesOf(features),
        extent,
        picture: document.createElement("canvas"),
        dots: [],
        paint: "",
      };
    } catch (error) {
      if (!signal.aborted) failed(error, layer);
      throw error;
    }
  };
  // As long as the same is drawn, it is drawn in the same way.
  const paints = new WeakMap<
    Drawable["loaded"],
    { of: Drawable["layer"]; dark: boolean; zoom: number; paint: Paint; wanted: string }
  >();
  const paintFor = ({ layer, loaded }: Drawable) => {
    const [{ dark }, zoom] = [theme(), rest.value];
    const known = paints.get(loaded);
    if (known && known.of === layer && known.dark === dark && known.zoom === zoom) return known;
    const paint = paintOf(layer, loaded);
    const wanted = JSON.stringify([paint.cells, paint.categories, paint.blend, paint.ramp(0.5), dark]);
    const made = { of: layer, dark, zoom, paint, wanted };
    paints.set(loaded, made);
    return made;
  };
  return {
    waiting: store.waiting,
    drawn: store.drawn,
    picture(drawable, tile) {
      const found = store.need(keyOf(drawable, tile), (signal) => ask(drawable, tile, signal));
      if (!found) return undefined;
      const { paint, wanted } = paintFor(drawable);
      if (found.paint !== wanted) {
        draw(found, paint, tile[0]);
        found.paint = wanted;
      }
      return found.picture;
    },
    dots: (drawable, tile) => store.peek(keyOf(drawable, tile))?.dots ?? [],
    within(drawable, tile, [left, top, right, bottom]) {
      const { boxes = new Float32Array(), extent = 1 } = store.peek(keyOf(drawable, tile)) ?? {};
      const found: [number, number][] = [];
      for (let at = 0; at < boxes.length; at += 4) {
        const [x, most, y, last] = [0, 1, 2, 3].map((side) => (boxes[at + side] ?? 0) / extent) as Sides;
        if (most >= left && x <= right && last >= top && y <= bottom) found.push([x, y]);
      }
      return found;
    },
    at(drawable, tile, x, y, near) {
      const found = store.peek(keyOf(drawable, tile));
      if (!found) return undefined;
      const { features, boxes, extent } = found;
      return features[lastAt(boxes, x * extent, y * extent, (at) => (features[at]?.shape === 1 ? near * extent : 0))];
    },
  };
}

type Sides = [number, number, number, number];

/** Paints a tile: cells as the squares they are, points as dots. */
function draw(painted: Painted, paint: Paint, z: number): void {
  const { features, extent, picture } = painted;
  const dots: Dot[] = [];
  picture.width = TILE;
  picture.height = TILE;
  const context = picture.getContext("2d");
  if (!context) return;
  const scale = TILE / extent;
  const stops = stopsAt(paint.cells, z);
  // Colours of a ramp are mixed once for each of some steps.
  const ramp = Array.from({ length: 65 }, (_, step) => paint.ramp(step / 64));
  const along = (value: number, all: typeof stops) => ramp[Math.round(placeOf(value, all) * 64)] ?? ramp[64] ?? "";
  const categories = new Map(paint.categories?.map(({ value, colour }) => [value, colour]));
  const { blend } = paint;
  const blended = blend && blender(blend, z);
  for (const { shape, properties, parts } of features) {
    const value = Number(properties[paint.property]);
    if (blend && blended) {
      const colour = blended(blend.parts.map(({ property }) => Number(properties[property] ?? 0)));
      if (colour === undefined) continue;
      context.fillStyle = colour;
    } else if (paint.category) {
      const value = properties[categoryOf(paint.category)];
      context.fillStyle = value === undefined ? paint.theme.none : (categories.get(String(value)) ?? paint.theme.other);
    } else context.fillStyle = Number.isNaN(value) ? paint.theme.other : along(value, stops);
    const [part = []] = parts;
    if (features.length <= MANY) {
      const middle = (axis: 0 | 1) => ((part[axis] ?? 0) + (part[shape === 3 ? axis + 4 : axis] ?? 0)) / 2 / extent;
      const count = Number(properties["point_count"]);
      dots.push({ x: middle(0), y: middle(1), colour: String(context.fillStyle), count });
    }
    for (const part of parts) {
      const [x = 0, y = 0, , , right = x, bottom = y] = part;
      if (shape === 3) {
        const [left, top] = [Math.min(x, right) * scale, Math.min(y, bottom) * scale];
        context.fillRect(left, top, Math.abs(right - x) * scale, Math.abs(bottom - y) * scale);
      } else {
        context.fillRect(x * scale - POINT, y * scale - POINT, 2 * POINT, 2 * POINT);
      }
    }
  }
  painted.dots = dots.sort((a, b) => a.count - b.count);
}
