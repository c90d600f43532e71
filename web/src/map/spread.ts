/**
 * How far cells are spread so that they are seen: where few are near each other, each is drawn larger, until most of them
 * touch another one. (Datashader's `dynspread` does so to pictures.) What is on the map enters, when it rests; what leaves
 * is a number of pixels for each layer, which grows with the map: what is drawn of a cell is as wide just before its size
 * changes as just after.
 */

import type { MapGeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import { spread } from "../page";
import { ownId } from "../state";
import { nearTo } from "../tiles/place";
import { areTogether, widthOf } from "./apart";
import { gridOf, sideAt, tileZoom } from "./grid";
import { cellsId, type Drawable, metIds } from "./layers";

/** The most that cells of the size that was wished for are spread, in pixels of the page. */
const MOST = 3;
/** Steps in which cells are spread: smaller ones are not seen, and would paint the map anew. */
const STEP = 0.125;
/** What cells cover together at least, in pixels of the page: a few that touch one another would be a speck that nobody sees. */
const SPECK = 240;
/** More cells than this in view are seen as they are. */
export const MANY = 20_000;
/** The side of the samples that tell whether there are many, in pixels, and how many there are along each axis. */
const [SAMPLE, SAMPLES] = [64, 4];

/** Looks at the cells in view and says how far they are spread. */
export function saySpread(map: MapLibre, shown: readonly Drawable[]): void {
  const all = shown.map(
    // A frame of an animation is spread as all of them.
    ({ layer }) => [ownId(layer.id), isSpread(layer.drawing.kind) ? needed(map, layer) : 0] as const,
  );
  // What is drawn by another map, to be compared with what is drawn here, is spread as that.
  const here = all.find(([, pixels]) => pixels !== undefined)?.[1] ?? 0;
  const told = Object.fromEntries(
    all.map(([id, pixels]) => [id, pixels ?? here]).filter(([, pixels]) => Number(pixels) > 0),
  );
  if (JSON.stringify(told) !== JSON.stringify(spread.peek())) spread.value = told;
}

/** Whether cells of a shape are spread. */
export const isSpread = (kind: Drawable["layer"]["drawing"]["kind"]): boolean => kind === "cells" || kind === "points";

/** How far a layer is spread; nothing is told of one that is not on the map. */
function needed(map: MapLibre, layer: Drawable["layer"]): number | undefined {
  const layers = map.getLayer(cellsId(layer)) ? [cellsId(layer)] : [];
  if (layers.length === 0) return undefined;
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const share = (SAMPLE * SAMPLES) ** 2 / (width * height);
  if (sampled(map, layers).reduce((sum, count) => sum + count, 0) / share > MANY) return 0;
  const cells = map.queryRenderedFeatures({ layers });
  if (cells.length === 0 || cells.length > MANY) return 0;
  const places = cells.map((cell) => placeOf(map, cell));
  const grid = gridOf(layer.drawing);
  const side = sideAt(map.getZoom(), grid);
  const most = grid.side + 2 * MOST;
  const wanted = Math.max(widthOf(places, side, most), Math.min(Math.sqrt(SPECK / cells.length), most));
  // Circles are as large at every zoom.
  const drawn = layer.drawing.kind === "points" ? grid.side : side;
  const wider = Math.max(Math.round((wanted - drawn) / 2 / STEP) * STEP, 0);
  // Circles that are little larger than their cells are nothing but edges, which are soft.
  return layer.drawing.kind === "cells" && wider < side / 2 ? 0 : wider;
}

/** How much there is in samples of the screen. */
function sampled(map: MapLibre, layers: string[]): number[] {
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const steps = Array.from({ length: SAMPLES }, (_, at) => (at + 0.5) / SAMPLES);
  return steps.flatMap((x) =>
    steps.map((y): number => {
      const [left, top] = [x * width - SAMPLE / 2, y * height - SAMPLE / 2];
      const box: [[number, number], [number, number]] = [
        [left, top],
        [left + SAMPLE, top + SAMPLE],
      ];
      return map.queryRenderedFeatures(box, { layers }).length;
    }),
  );
}

/** Whether anything of a layer is on the screen; taken for so of one that is not on the map, hidden there, or drawn from closer by. */
export function isSeen(map: MapLibre, { layer, loaded }: Drawable): boolean {
  if (tileZoom(map.getZoom(), gridOf(layer.drawing)) < loaded.tileJson.minzoom) return true;
  const layers = metIds(layer).filter((id) => map.getLayer(id) && map.getLayoutProperty(id, "visibility") !== "none");
  if (layers.length === 0 || sampled(map, layers).some((count) => count > 0)) return true;
  return map.queryRenderedFeatures({ layers }).length > 0;
}

/** Closer than at this zoom what is small is as large as it can be. */
const CLOSE = 12;

/** Whether all that is on the screen of a layer lies in a small part of it. */
export function isHuddled(map: MapLibre, { layer }: Drawable): boolean {
  const layers = map.getLayer(cellsId(layer)) ? [cellsId(layer)] : [];
  if (layers.length === 0 || map.getZoom() > CLOSE) return false;
  if (sampled(map, layers).reduce((sum, count) => sum + count, 0) > MANY) return false;
  const cells = map.queryRenderedFeatures({ layers });
  const { clientWidth, clientHeight } = map.getCanvas();
  return (
    cells.length <= MANY &&
    areTogether(
      cells.map((cell) => placeOf(map, cell)),
      clientWidth,
      clientHeight,
    )
  );
}

function placeOf(map: MapLibre, { geometry }: MapGeoJSONFeature): [number, number] {
  const [lng = 0, lat = 0] =
    geometry.type === "Point"
      ? geometry.coordinates
      : geometry.type === "Polygon"
        ? (geometry.coordinates[0]?.[0] ?? [])
        : [];
  // Of the copies of the world, the one that is looked at.
  const { x, y } = map.project([nearTo(lng, map.getCenter().lng), lat]);
  return [x, y];
}
