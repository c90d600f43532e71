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
  /** Of lines and polygons, how many of these the tiles of each zoom draw in `mode=points`. */
  rowsDrawn?: number[];
  /** The frame of all rows, with the whole of their outlines; absent if there are none. */
  bounds?: Bounds;
  /** The frame of the densest 99 % of all rows. */
  focus: Bounds;
  /** The first view: longitude, latitude, zoom. */
  center: [number, number, number];
  /** What rows are, that of most first: `Point`, `LineString`, `Polygon`. */
  geometryTypes: string[];
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
    center: told.center,
    ...(about.attribution === undefined ? {} : { attribution: about.attribution }),
    dataset: name,
    geometry_types: told.geometryTypes,
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
