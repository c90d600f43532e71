/**
 * What the map tells of cells that it draws as pictures: `queryRenderedFeatures` answers with them as with all other features,
 * so that those who ask it need not know how a layer is drawn.
 */

import type { MapGeoJSONFeature, Map as MapLibre, PointLike, QueryRenderedFeaturesOptions } from "maplibre-gl";
import { isData } from "../layers";
import type { Pictures, Ring } from "./pictures";

type Corners = [PointLike, PointLike];

/** Has a map tell of them. */
export function tellCells(map: MapLibre, pictures: Pictures): void {
  const others = map.queryRenderedFeatures.bind(map);
  const isPicture = (id: string) => isData(id) && map.getLayer(id)?.type === "raster";
  map.queryRenderedFeatures = (...given) => {
    const [first, second] = given;
    const where = first !== undefined && isPlace(first) ? first : undefined;
    const options = (where === undefined ? (first as QueryRenderedFeaturesOptions | undefined) : second) ?? {};
    const wanted = [...(options.layers ?? map.getLayersOrder())];
    const shown = (id: string) => map.getLayoutProperty(id, "visibility") !== "none";
    // The uppermost first.
    const found = wanted
      .filter((id) => isPicture(id) && shown(id))
      .reverse()
      .flatMap((id) => cellsOf(map, pictures, id, where));
    const rest = wanted.filter((id) => !isPicture(id));
    return rest.length > 0 ? [...found, ...others(where, { ...options, layers: rest })] : found;
  };
}

const isPlace = (given: object): given is PointLike | Corners => Array.isArray(given) || "x" in given;

/** The cells of a layer that lie at a place on the screen, or in view. */
function cellsOf(
  map: MapLibre,
  pictures: Pictures,
  id: string,
  where: PointLike | Corners | undefined,
): MapGeoJSONFeature[] {
  const layer = map.getLayer(id);
  if (!layer?.source) return [];
  const { clientWidth, clientHeight } = map.getCanvas();
  const [from, to] = where ? cornersOf(where) : [xy([0, 0]), xy([clientWidth, clientHeight])];
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
  const straight = map.getBearing() === 0 && map.getPitch() === 0;
  const corners = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ].map(([x = 0, y = 0]) => map.unproject([x, y]));
  const [lngs, lats] = [corners.map(({ lng }) => lng), corners.map(({ lat }) => lat)];
  const box = [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)] as const;
  const isIn = (ring: Ring) => {
    const places = ring.map(([lng, lat]) => map.project([lng, lat]));
    const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
    return Math.max(...xs) >= left && Math.min(...xs) <= right && Math.max(...ys) >= top && Math.min(...ys) <= bottom;
  };
  const of = { layer: { id, source: layer.source, type: layer.type }, source: layer.source, state: {} };
  return pictures
    .cellsIn(layer.source, box, straight ? undefined : isIn)
    .map((cell) => ({ type: "Feature", ...cell, ...of }) as unknown as MapGeoJSONFeature);
}

function cornersOf(where: PointLike | Corners): [[number, number], [number, number]] {
  if (Array.isArray(where) && typeof where[0] === "object") return [xy(where[0]), xy(where[1] as PointLike)];
  const point = xy(where as PointLike);
  return [point, point];
}

const xy = (point: PointLike): [number, number] => (Array.isArray(point) ? [point[0], point[1]] : [point.x, point.y]);
