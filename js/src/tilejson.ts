/**
 * The TileJSON of a query over a {@link Tiler}, as a server has it.
 */

import type { About } from "./columns.js";
import type { Bounds, PropertyInfo, TileJson } from "./types.js";

/** What the module tells of a query. */
export interface Description {
  /** The shortest text of the same query. */
  canonical: string;
  properties: PropertyInfo[];
  /** The zoom from which tiles show rows; absent if they never do. */
  pointsMinzoom?: number;
  /** Rows that pass the filter. */
  rows: number;
  bounds?: Bounds;
  /** The frame of the densest 99 % of all rows. */
  focus: Bounds;
}

/** The deepest zoom of every dataset: clients keep it, so it never moves. */
export const MAX_ZOOM = 22;

const MAX_LATITUDE = 85.0511287798066;

/** The TileJSON of a query. */
export function tileJson(name: string, version: string, about: About, told: Description, tiles: string): TileJson {
  const title = about.title ?? name;
  const fields = Object.fromEntries(told.properties.map(({ property, type }) => [property, type]));
  return {
    tilejson: "3.0.0",
    name: title,
    tiles: [tiles],
    minzoom: 0,
    maxzoom: MAX_ZOOM,
    bounds: frame(told.bounds),
    center: view(told.focus),
    ...(about.attribution === undefined ? {} : { attribution: about.attribution }),
    dataset: name,
    dataset_version: version,
    vector_layers: [{ id: name, description: title, minzoom: 0, maxzoom: MAX_ZOOM, fields }],
    ...(told.pointsMinzoom === undefined ? {} : { points_minzoom: told.pointsMinzoom }),
    properties: told.properties,
  };
}

/** A frame as TileJSON may have it; the world if there are no rows. */
function frame([west, south, east, north]: Bounds = [-180, -MAX_LATITUDE, 180, MAX_LATITUDE]): Bounds {
  return [Math.max(west, -180), south, Math.min(east, 180), north];
}

/** The centre of a frame, and a whole zoom at which a map of 1024 × 768 pixels holds it. */
export function view([west, south, east, north]: Bounds): [number, number, number] {
  const y = (latitude: number): number => {
    const sin = Math.sin((Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
  };
  const [top, bottom] = [y(north), y(south)];
  const wide = Math.log2((2 * 360) / Math.max(Math.abs(east - west), 1e-9));
  const zoom = Math.min(wide, Math.log2(1.5 / Math.max(Math.abs(bottom - top), 1e-12)));
  const middle = Math.atan(Math.sinh(Math.PI * (1 - (top + bottom)))) * (180 / Math.PI);
  const longitude = (west + east) / 2;
  const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
  return [
    round(longitude > 180 ? longitude - 360 : longitude),
    round(middle),
    Math.max(0, Math.min(16, Math.floor(zoom))),
  ];
}
