/**
 * Sources of pictures for a map: each layer of cells is a raster of MapLibre's, whose tiles are painted here from those of
 * the data. As shapes, a hundred thousand squares take the map longer than all else; as pixels they are made in a few
 * milliseconds and look the same: a pixel of the screen has the colour of the cell that its middle lies in.
 *
 * Drawables enter; templates of addresses leave, and what the map asks for at those. Tiles of the data are kept for a while,
 * so that other colours, and copies of the world, ask for nothing.
 */

import type { GeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import { toLat, toLng, toX, toY } from "../../tiles/place";
import { gridOf, tileZoom } from "../grid";
import type { Drawable, Templates } from "../layers";
import { type Paint, paintOf } from "../paint";
import { bytesAt, register } from "../protocols";
import { stopsAt } from "../stops";
import { dotsOf } from "./dots";
import { makeKept } from "./kept";
import { coloursOf, partsIn, picture, propertyIn } from "./picture";
import { type Cells, featureOf, readCells } from "./read";

type Box = readonly [west: number, south: number, east: number, north: number];
/** The corners of a cell where it is seen, which may be beyond 180 degrees. */
export type Ring = readonly (readonly [lng: number, lat: number])[];

/** A cell that the map shows, as the map itself tells of what it drew. */
export type SeenCell = Pick<GeoJSONFeature, "id" | "properties" | "geometry">;

export interface Pictures {
  /** The templates of a drawable's tiles; another one of pictures whenever they would look different. */
  templates: (source: string, drawable: Drawable) => Templates;
  /** Lets go of what was painted for sources that are no longer there. */
  keep: (isThere: (source: string) => boolean) => void;
  /** The cells of a source that are drawn in a box of degrees, whose east may lie beyond 180, and of which `isIn` holds. */
  cellsIn: (source: string, box: Box, isIn?: (ring: Ring) => boolean) => SeenCell[];
}

/** What the tiles of a source are painted of, and how. */
interface Painting {
  drawable: Drawable;
  paint: Paint;
  /** How tiles of a zoom look, and of all zooms. */
  lookAt: (z: number) => string;
  look: string;
  templates: Templates;
  /** Counts the queries: one that comes again is asked again, as others may answer it now. */
  round: number;
  /** Cells along each side of a tile. */
  side: number;
}

/** A tile of the data, and what was made of it. */
interface Held {
  bytes: Uint8Array;
  cells?: Cells;
  /** The properties that were read. */
  read?: string;
  painted?: { look: string; image: Promise<ImageBitmap> };
}

const SCHEME = "cells";
const ADDRESS = /^\w+:\/\/(\d+)\/(pictures|dots)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)/;
/** Cells of one pixel along the side of a tile. */
const PIXELS = 512;
/** So many zooms above may tiles be that are drawn in the distance. */
const ABOVE = 4;
/** A picture of cells of two pixels, in bytes. */
const PICTURE = 4 * 256 ** 2;
/** What tiles that are kept may hold, in bytes: as much as a few views have, and less than the map itself keeps. */
const MEMORY = 128e6;

/** The paintings of each map, by its number. */
const maps = new Map<string, Answers>();
let numbers = 0;

type Tile = readonly [z: number, x: number, y: number];
type Answer = (source: string, tile: Tile, controller: AbortController) => Promise<{ data: ImageBitmap | ArrayBuffer }>;
type Answers = Record<keyof Templates, Answer>;

export function makePictures(): { pictures: Pictures; follow: (map: MapLibre) => void } {
  numbers += 1;
  const number = String(numbers);
  const paintings = new Map<string, Painting>();
  const kept = makeKept(
    async (key, controller): Promise<Held> => ({ bytes: await bytesAt(key.slice(key.indexOf(" ") + 1), controller) }),
    // Columns of cells are about as large as their bytes.
    ({ bytes }) => (bytes.length > 0 ? 2 * bytes.length + PICTURE : 100),
    MEMORY,
  );
  let made = 0;
  let map: MapLibre | undefined;

  const keyOf = ({ drawable: { tiles }, round }: Painting, [z, x, y]: Tile) =>
    `${round} ${tiles.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y))}`;

  const cellsOf = (held: Held, { paint, side }: Painting): Cells => {
    const [property, parts] = [propertyIn(paint), partsIn(paint)];
    const read = [property, ...parts].join("\n");
    if (!held.cells || held.read !== read) {
      held.cells = readCells(held.bytes, side, property, parts);
      held.read = read;
    }
    return held.cells;
  };

  const paintingOf = (source: string) => {
    const painting = paintings.get(source);
    if (!painting) throw new Error(`there is no layer ${source}`);
    return painting;
  };
  const pictures: Answer = async (source, tile, controller) => {
    for (;;) {
      const painting = paintingOf(source);
      const held = await kept.get(keyOf(painting, tile), controller.signal);
      // What was asked for meanwhile is what is to be seen: an answer must not come after that to a later question.
      if (paintings.get(source)?.templates.pictures !== painting.templates.pictures) continue;
      if (held.bytes.length === 0) return { data: new ArrayBuffer(0) };
      const look = painting.lookAt(tile[0]);
      if (held.painted?.look !== look) {
        const cells = cellsOf(held, painting);
        const image = createImageBitmap(picture(cells, coloursOf(cells, painting.paint, tile[0]), painting.side));
        held.painted = { look, image };
      }
      const data = await held.painted.image;
      if (paintings.get(source)?.templates.pictures === painting.templates.pictures) return { data };
    }
  };
  const dots: Answer = async (source, tile, controller) => {
    const painting = paintingOf(source);
    const held = await kept.get(keyOf(painting, tile), controller.signal);
    if (held.bytes.length === 0) return { data: new ArrayBuffer(0) };
    const cells = cellsOf(held, painting);
    return { data: dotsOf(cells, coloursOf(cells, painting.paint, tile[0]), painting.side) };
  };
  if (maps.size === 0) {
    register(SCHEME, ({ url }, controller) => {
      const [, map = "", what = "", source = "", z, x, y] = ADDRESS.exec(url) ?? [];
      const of = maps.get(map)?.[what as keyof Templates];
      if (!of) return Promise.reject(new Error(`nobody answers for ${url}`));
      return of(source, [Number(z), Number(x), Number(y)], controller);
    });
  }
  maps.set(number, { pictures, dots });

  const templates = (source: string, drawable: Drawable): Templates => {
    const paint = paintOf(drawable.layer, drawable.loaded);
    const ramp = [0, 0.3, 0.6, 1].map(paint.ramp);
    const { blend } = paint;
    const looks = (cells: unknown) => JSON.stringify([propertyIn(paint), cells, paint.theme.other, ramp]);
    const look = looks(blend ?? (paint.category ? paint.categories : paint.cells));
    const scaleAt = (z: number) =>
      blend
        ? { ...blend, scale: stopsAt(blend.scale, z), density: stopsAt(blend.density, z) }
        : paint.category
          ? paint.categories
          : stopsAt(paint.cells, z);
    const lookAt = (z: number) => looks([z, scaleAt(z)]);
    const before = paintings.get(source);
    if (before?.look === look && before.drawable.tiles === drawable.tiles) {
      before.drawable = drawable;
      return before.templates;
    }
    made += 1;
    const [, query = ""] = /\?([^#]*)/.exec(drawable.tiles) ?? [];
    const side = PIXELS / gridOf(drawable.layer.drawing).cell;
    const round = before?.drawable.tiles === drawable.tiles ? before.round : made;
    const address = (what: string) => `${SCHEME}://${number}/${what}/${source}/{z}/{x}/{y}?${query}#${made}`;
    const templates = { pictures: address("pictures"), dots: address("dots") };
    paintings.set(source, { drawable, paint, lookAt, look, templates, round, side });
    return templates;
  };

  /** The tile that is drawn at a place; where the map is tilted it may be of a zoom above. */
  const drawnAt = (painting: Painting, [z, at, y]: Tile) => {
    for (let above = 0; above <= Math.min(z, ABOVE); above += 1) {
      const tile = [z - above, at >> above, y >> above] as const;
      const all = 2 ** tile[0];
      const x = ((tile[1] % all) + all) % all;
      const held = kept.peek(keyOf(painting, [tile[0], x, tile[2]]));
      if (held) return { held, tile, x };
    }
    return undefined;
  };

  const cellsIn: Pictures["cellsIn"] = (source, [west, south, east, north], isIn) => {
    const painting = paintings.get(source);
    if (!painting || !map) return [];
    const { layer, loaded } = painting.drawable;
    const z = Math.min(tileZoom(map.getZoom(), gridOf(layer.drawing)), loaded.tileJson.maxzoom);
    const { side } = painting;
    const tileOf = (place: number) => Math.floor(place * 2 ** z);
    const rows = [Math.max(tileOf(toY(north)), 0), Math.min(tileOf(toY(south)), 2 ** z - 1)] as const;
    const found: SeenCell[] = [];
    const told = new Set<string>();
    for (let y = rows[0]; y <= rows[1]; y += 1) {
      for (let at = tileOf(toX(west)); at <= tileOf(toX(east)); at += 1) {
        const drawn = drawnAt(painting, [z, at, y]);
        if (!drawn || drawn.held.bytes.length === 0) continue;
        const { held, tile, x } = drawn;
        const cells = cellsOf(held, painting);
        // Of the world's columns and rows of cells at this zoom, those of the box within this place: beside it another tile is
        // drawn, or none is.
        const [all, wide] = [2 ** tile[0] * side, side / 2 ** (z - tile[0])];
        const least = (edge: number, place: number) => Math.max(Math.floor(edge * all), Math.floor(place * wide));
        const most = (edge: number, place: number) =>
          Math.min(Math.ceil(edge * all), Math.ceil((place + 1) * wide)) - 1;
        const [left, right] = [least(toX(west), at), most(toX(east), at)];
        const [top, bottom] = [least(toY(north), y), most(toY(south), y)];
        for (let i = 0; i < cells.row.length; i += 1) {
          const [column, row] = [
            tile[1] * side + (cells.column[i] as number),
            tile[2] * side + (cells.row[i] as number),
          ];
          if (column < left || column > right || row < top || row > bottom) continue;
          if (isIn && !isIn(ringOf(column, row, all))) continue;
          // The world may be there more than once.
          const key = `${tile[0]} ${x} ${tile[2]} ${i}`;
          if (told.has(key)) continue;
          told.add(key);
          found.push(seenCell(cells, i, x * side + (cells.column[i] as number), row, all));
        }
      }
    }
    return found;
  };

  const keep: Pictures["keep"] = (isThere) => {
    for (const source of paintings.keys()) if (!isThere(source)) paintings.delete(source);
  };

  return {
    pictures: { templates, keep, cellsIn },
    follow(of) {
      map = of;
      of.on("remove", () => maps.delete(number));
    },
  };
}

/** A cell with its place among so many along each side of the world. */
function seenCell(cells: Cells, at: number, column: number, row: number, all: number): SeenCell {
  const { id, properties } = featureOf(cells, at);
  return {
    id,
    properties,
    geometry: { type: "Polygon", coordinates: [ringOf(column, row, all) as [number, number][]] },
  };
}

function ringOf(column: number, row: number, all: number): Ring {
  const [west, east] = [toLng(column / all), toLng((column + 1) / all)];
  const [north, south] = [toLat(row / all), toLat((row + 1) / all)];
  return [
    [west, north],
    [east, north],
    [east, south],
    [west, south],
    [west, north],
  ];
}
