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
import type { Drawable } from "../layers";
import { type Paint, paintOf } from "../paint";
import { bytesAt, register } from "../protocols";
import { makeKept } from "./kept";
import { colouredBy, picture } from "./picture";
import { type Cells, featureOf, readCells } from "./read";

/** A cell that the map shows, as the map itself tells of what it drew. */
export type SeenCell = Pick<GeoJSONFeature, "id" | "properties" | "geometry">;

export interface Pictures {
  /** The template of a drawable's tiles as pictures; another one whenever they would look different. */
  template: (source: string, drawable: Drawable) => string;
  /** The cells of a source that are drawn in a box of degrees; east may lie beyond 180. */
  cellsIn: (source: string, box: readonly [number, number, number, number]) => SeenCell[];
}

/** What the tiles of a source are painted of, and how. */
interface Painting {
  drawable: Drawable;
  paint: Paint;
  look: string;
  template: string;
  /** Counts the queries: one that comes again is asked again, as others may answer it now. */
  round: number;
  /** Cells along each side of a tile. */
  side: number;
}

/** A tile of the data, and what was made of it. */
interface Held {
  bytes: Uint8Array;
  cells?: Cells;
  property?: string;
  painted?: { look: string; image: Promise<ImageBitmap> };
}

const SCHEME = "cells";
/** Cells of one pixel along the side of a tile. */
const PIXELS = 512;

/** The paintings of each map, by its number. */
const maps = new Map<string, (source: string, tile: Tile, controller: AbortController) => Promise<{ data: unknown }>>();
let numbers = 0;

type Tile = readonly [z: number, x: number, y: number];

export function makePictures(): { pictures: Pictures; follow: (map: MapLibre) => void } {
  numbers += 1;
  const number = String(numbers);
  const paintings = new Map<string, Painting>();
  const kept = makeKept(async (key, controller): Promise<Held> => {
    return { bytes: await bytesAt(key.slice(key.indexOf(" ") + 1), controller) };
  });
  let made = 0;
  let map: MapLibre | undefined;

  const keyOf = ({ drawable: { tiles }, round }: Painting, [z, x, y]: Tile) =>
    `${round} ${tiles.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y))}`;

  const cellsOf = (held: Held, { paint, side }: Painting): Cells => {
    const property = colouredBy(paint);
    if (!held.cells || held.property !== property) {
      held.cells = readCells(held.bytes, side, property);
      held.property = property;
    }
    return held.cells;
  };

  const answer = async (source: string, tile: Tile, controller: AbortController) => {
    for (;;) {
      const painting = paintings.get(source);
      if (!painting) throw new Error(`there is no layer ${source}`);
      const held = await kept.get(keyOf(painting, tile), controller.signal);
      // What was asked for meanwhile is what is to be seen: an answer must not come after that to a later question.
      if (paintings.get(source)?.template !== painting.template) continue;
      if (held.bytes.length === 0) return { data: new ArrayBuffer(0) };
      const look = `${tile[0]} ${painting.look}`;
      if (held.painted?.look !== look) {
        const image = createImageBitmap(picture(cellsOf(held, painting), painting.paint, tile[0], painting.side));
        held.painted = { look, image };
      }
      const data = await held.painted.image;
      if (paintings.get(source)?.template === painting.template) return { data };
    }
  };
  if (maps.size === 0) {
    register(SCHEME, ({ url }, controller) => {
      const [, map = "", source = "", z, x, y] = /^\w+:\/\/(\d+)\/([^/]+)\/(\d+)\/(\d+)\/(\d+)/.exec(url) ?? [];
      const of = maps.get(map);
      if (!of) return Promise.reject(new Error(`there is no map ${map}`));
      return of(source, [Number(z), Number(x), Number(y)], controller);
    });
  }
  maps.set(number, answer);

  const template = (source: string, drawable: Drawable): string => {
    const paint = paintOf(drawable.layer, drawable.loaded);
    const look = JSON.stringify([
      colouredBy(paint),
      paint.category ? paint.categories : paint.cells,
      paint.theme.other,
      [0, 0.3, 0.6, 1].map(paint.ramp),
    ]);
    const before = paintings.get(source);
    if (before?.look === look && before.drawable.tiles === drawable.tiles) {
      before.drawable = drawable;
      return before.template;
    }
    made += 1;
    const [, query = ""] = /\?([^#]*)/.exec(drawable.tiles) ?? [];
    const template = `${SCHEME}://${number}/${source}/{z}/{x}/{y}?${query}#${made}`;
    const side = PIXELS / gridOf(drawable.layer.drawing).cell;
    const round = before?.drawable.tiles === drawable.tiles ? before.round : made;
    paintings.set(source, { drawable, paint, look, template, round, side });
    return template;
  };

  const cellsIn: Pictures["cellsIn"] = (source, [west, south, east, north]) => {
    const painting = paintings.get(source);
    if (!painting || !map) return [];
    const { layer, loaded } = painting.drawable;
    const z = Math.min(tileZoom(map.getZoom(), gridOf(layer.drawing)), loaded.tileJson.maxzoom);
    const { side } = painting;
    const all = 2 ** z * side;
    // Columns and rows of the world's cells.
    const [left, right] = [Math.floor(toX(west) * all), Math.ceil(toX(east) * all) - 1];
    const [top, bottom] = [Math.max(Math.floor(toY(north) * all), 0), Math.min(Math.ceil(toY(south) * all), all) - 1];
    const found: SeenCell[] = [];
    const seen = new Set<string>();
    for (let y = Math.floor(top / side); y <= Math.floor(bottom / side); y += 1) {
      for (let at = Math.floor(left / side); at <= Math.floor(right / side); at += 1) {
        const x = ((at % 2 ** z) + 2 ** z) % 2 ** z;
        const held = kept.peek(keyOf(painting, [z, x, y]));
        if (!held || held.bytes.length === 0) continue;
        const cells = cellsOf(held, painting);
        const shift = at * side;
        for (let i = 0; i < cells.row.length; i += 1) {
          const [column, row] = [shift + (cells.column[i] as number), y * side + (cells.row[i] as number)];
          if (column < left || column > right || row < top || row > bottom) continue;
          // The world may be there more than once.
          const key = `${x} ${y} ${i}`;
          if (seen.has(key)) continue;
          seen.add(key);
          found.push(seenCell(cells, i, x * side + (cells.column[i] as number), row, all));
        }
      }
    }
    return found;
  };

  return {
    pictures: { template, cellsIn },
    follow(of) {
      map = of;
      of.on("remove", () => maps.delete(number));
    },
  };
}

/** A cell with its place among so many along each side of the world. */
function seenCell(cells: Cells, at: number, column: number, row: number, all: number): SeenCell {
  const { id, properties } = featureOf(cells, at);
  const [west, east] = [toLng(column / all), toLng((column + 1) / all)];
  const [north, south] = [toLat(row / all), toLat((row + 1) / all)];
  const ring = [
    [west, north],
    [east, north],
    [east, south],
    [west, south],
    [west, north],
  ];
  return { id, properties, geometry: { type: "Polygon", coordinates: [ring] } };
}
