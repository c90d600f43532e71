/** Tiles of layers as pictures: asked of their source, read, and painted by the scale and the colours that maps have too. */

import { type Source, toQueryString } from "duotile";
import { finishedColour, PLAIN, WIDE } from "../map/finished";
import type { Drawable } from "../map/layers";
import { blender } from "../map/mix";
import { type Paint, paintOf } from "../map/paint";
import { colourIn, coloursOf, edgeOf } from "../map/shapes/colour";
import { DOT, fading, filled, LINES, outlined, thinned } from "../map/shapes/layers";
import { MANY } from "../map/spread";
import { placeOf, stopsAt } from "../map/stops";
import { theme } from "../map/theme";
import { rest } from "../page";
import { categoryOf } from "../query";
import { boxesOf, lastAt } from "../tiles/boxes";
import { decode, type Feature } from "../tiles/decode";
import type { Box, TileAddress } from "../tiles/place";
import { TILE } from "./camera";
import { type Look, paintShapes, touches } from "./shapes";
import { makeStore } from "./store";

/** Tiles that are kept, seen or not. */
const KEPT = 300;
/** Half the side of a point, in pixels. */
const POINT = 2;

export interface Painted {
  features: Feature[];
  /** The layer of each of them. */
  names: string[];
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
      const layers = decode(value);
      const extent = layers[0]?.extent ?? 4096;
      const features = layers.flatMap(({ features, extent: own }) =>
        own === extent ? features : features.map((feature) => scaled(feature, extent / own)),
      );
      return {
        features,
        names: layers.flatMap(({ name, features }) => features.map(() => name)),
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
    { of: Drawable["layer"]; dark: boolean; zoom: number; paint: Paint; look: LookAt | undefined; wanted: string }
  >();
  const paintFor = ({ layer, loaded }: Drawable) => {
    const [{ dark }, zoom] = [theme(), rest.value];
    const known = paints.get(loaded);
    if (known && known.of === layer && known.dark === dark && known.zoom === zoom) return known;
    const paint = paintOf(layer, loaded);
    const { cells, categories, blend, values } = paint;
    const { kind, line } = layer.drawing;
    const look =
      kind === "shapes"
        ? rowsLook(layer, loaded, paint)
        : kind === "tiles"
          ? tilesLook(layer, loaded, paint)
          : undefined;
    const shapes = look && [values, line, loaded.metadata?.rows];
    const wanted = JSON.stringify([cells, categories, blend, paint.ramp(0.5), dark, shapes]);
    const made = { of: layer, dark, zoom, paint, look, wanted };
    paints.set(loaded, made);
    return made;
  };
  return {
    waiting: store.waiting,
    drawn: store.drawn,
    picture(drawable, tile) {
      const found = store.need(keyOf(drawable, tile), (signal) => ask(drawable, tile, signal));
      if (!found) return undefined;
      const { paint, look, wanted } = paintFor(drawable);
      if (found.paint !== wanted) {
        if (look) drawShapes(found, look(found, tile[0]));
        else draw(found, paint, tile[0], drawable.layer.drawing.kind === "hexagons");
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
      const { kind } = drawable.layer.drawing;
      // Boxes of hexagons lie over each other.
      const isOutlined = kind === "shapes" || kind === "hexagons";
      const slack = (at: number) => (features[at]?.shape === 3 ? 0 : near * extent);
      const fits = (at: number) => {
        const feature = features[at];
        return !isOutlined || (feature !== undefined && touches(feature, x * extent, y * extent, near * extent));
      };
      return features[lastAt(boxes, x * extent, y * extent, slack, fits)];
    },
  };
}

type Sides = [number, number, number, number];

/** A feature in steps that are so many times as large. */
const scaled = ({ parts, ...more }: Feature, by: number): Feature => ({
  ...more,
  parts: parts.map((part) => part.map((step) => step * by)),
});

type LookAt = (painted: Painted, z: number) => Look;

/** How rows are painted as the lines and polygons that they are. */
function rowsLook(
  { drawing }: Drawable["layer"],
  { metadata, dataset, tileJson }: Drawable["loaded"],
  paint: Paint,
): LookAt {
  const colours = coloursOf(paint);
  const colour = colourIn(colours);
  const plain = colours.property === undefined;
  const rows = metadata?.rows ?? dataset?.rows ?? 0;
  const whole = outlined(rows, dataset?.focus ?? tileJson.bounds);
  return (_, z) => ({
    colour: ({ properties }) => colour(properties),
    edge: (colour) => edgeOf(colour, paint.theme),
    fill: filled(1, plain),
    outline: fading(z, whole),
    line: plain ? thinned(rows) : 1,
    around: drawing.line,
    wide: drawing.line * LINES,
    dot: DOT,
  });
}

/** How finished tiles are painted: each of their layers in its colour. */
function tilesLook({ drawing }: Drawable["layer"], { tileJson }: Drawable["loaded"], { ramp }: Paint): LookAt {
  const all = tileJson.vector_layers;
  const colours = new Map(all.map(({ id }, at) => [id, finishedColour(at, all.length, ramp)]));
  const other = finishedColour(0, 1, ramp);
  return ({ names }) => ({
    colour: (_, at) => colours.get(names[at] ?? "") ?? other,
    edge: (colour) => colour,
    fill: PLAIN,
    outline: 1,
    line: 1,
    around: 1,
    wide: drawing.line * WIDE,
    dot: DOT,
  });
}

function drawShapes(painted: Painted, look: Look): void {
  const { features, extent, picture } = painted;
  picture.width = TILE;
  picture.height = TILE;
  const context = picture.getContext("2d");
  if (context) paintShapes(context, features, TILE / extent, look);
}

/** Paints a tile: cells as the squares or hexagons they are, points as dots. */
function draw(painted: Painted, paint: Paint, z: number, hexagons: boolean): void {
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
    if (hexagons) {
      context.beginPath();
      for (const [x = 0, y = 0, ...rest] of parts) {
        context.moveTo(x * scale, y * scale);
        for (let at = 0; at < rest.length; at += 2)
          context.lineTo((rest[at] ?? 0) * scale, (rest[at + 1] ?? 0) * scale);
      }
      context.fill();
      continue;
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
