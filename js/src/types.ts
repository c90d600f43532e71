/** The documents of a Duotile server, as far as clients read them. */

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

/** A dataset in the catalogue. */
export interface DatasetSummary {
  id: string;
  title: string;
  attribution: string | null;
  version: string;
  /** Rows that may be asked about; 0 for an archive of finished tiles. */
  rows: number;
  rows_without_position: number;
  bounds: Bounds | null;
  /** The frame of the densest 99 % of the rows; its east may lie beyond 180. */
  focus: Bounds;
  /** The first view: longitude, latitude, zoom. */
  center: [number, number, number];
  id_column: string | null;
  time_column: string | null;
  /** Whose clock days and hours go by where a query names none, such as `Europe/Paris`; from servers that are older, nothing. */
  zone?: string;
  /** What rows are, as GeoJSON names it: points if absent. */
  geometry_types?: string[];
  /** How many vertices the outlines of all its rows have; not told of points. */
  vertices?: number;
  /** First and last time of the time column, ISO 8601. */
  time_range: [string, string] | null;
  /** Whether the rows behind a cell may be asked for. */
  rows_open: boolean;
  /** Whether subsets may be taken. */
  subset_open: boolean;
  /** What is told of an archive of finished tiles, which has no rows to be asked for. */
  archive?: ArchiveInfo;
  /** Absolute addresses of the dataset and of its tiles and documents without a query. */
  links: Record<"self" | "tiles" | "tilejson" | "metadata" | "style", string>;
}

/** An archive of finished tiles that a server gives out as they are. */
export interface ArchiveInfo {
  /** The first and the last zoom. */
  zooms: [number, number];
  /** How many tiles it has, where it tells. */
  tiles: number | null;
  /** The names of the layers in its tiles. */
  layers: string[];
}

/** `GET datasets`. */
export interface Catalog {
  datasets: DatasetSummary[];
  /** The dataset of addresses that name none. */
  default: string | null;
  /** The base map that the operator named: a MapLibre style, or a PMTiles file that the server gives out. */
  basemap: Basemap | null;
}

/** A base map by its absolute address. */
export type Basemap = { style: string } | { pmtiles: string };

/** The kinds of values that a column has. */
export type Kind = "integer" | "number" | "boolean" | "text" | "time";

/** A column of a dataset. */
export interface ColumnInfo {
  name: string;
  type: Kind;
  /** What its values are in tiles; times are numbers there. */
  in_tiles: string;
  present: number;
  nulls: number;
  min?: number | string;
  max?: number | string;
  distinct?: number;
  /** The most frequent values, the most frequent first. */
  categories?: { value: unknown; count: number }[];
  role?: "id" | "time";
  /** What its numbers count, where the server was told. */
  unit?: string;
  /** What it is, where the server was told. */
  description?: string;
}

/** `GET datasets/{id}`. */
export interface Dataset extends DatasetSummary {
  columns: ColumnInfo[];
}

/** What a property of a feature means. */
export interface PropertyInfo {
  property: string;
  type: "Number" | "String" | "Boolean";
  on: "rows" | "cells";
  measure?: string;
  column?: string;
  /** Whether it is there for tools that look for this name. */
  alias?: boolean;
  /** Says so where a number is a point in time: milliseconds since 1970 UTC. */
  unit?: string;
}

/** TileJSON 3.0 of a query. */
export interface TileJson {
  tilejson: string;
  name: string;
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds: Bounds;
  /** Longitude, latitude, zoom. */
  center: [number, number, number];
  attribution?: string;
  dataset: string;
  dataset_version: string;
  /** What rows are, that of most first, as GeoJSON names it; from servers that are older, nothing. */
  geometry_types?: string[];
  vector_layers: {
    id: string;
    description?: string;
    minzoom: number;
    maxzoom: number;
    fields: Record<string, string>;
  }[];
  /** The zoom from which tiles show rows; absent if they never do. */
  points_minzoom?: number;
  properties: PropertyInfo[];
}

/** Range and quantiles of one property of cells. */
export interface MeasureInfo {
  property: string;
  min: number;
  max: number;
  probabilities: number[];
  zooms: { z: number; cells: number; quantiles: number[] }[];
}

/** The metadata of a query: its TileJSON with statistics. */
export interface Metadata extends TileJson {
  /** Rows that pass the filter. */
  rows: number;
  rows_total: number;
  /** Of lines and polygons, how many rows the tiles of each zoom draw in `mode=points`; from servers that are older, nothing. */
  rows_drawn?: number[];
  measures: MeasureInfo[];
  /** The properties of `by`; a server tells them, a tiler does not. */
  categories?: CategoryInfo[];
}

/** A property of cells that counts the rows of one category or period. */
export interface CategoryInfo {
  property: string;
  column: string;
  /** What it counts: a value, or the start of a period in ISO 8601; `null` counts rows without a value. */
  value?: unknown;
  /** Whether it counts the rows of all other values. */
  other?: boolean;
}

/** What a tile showed, and what it left out. */
export interface TileReport {
  features: number;
  /** Rows that the features stand for. */
  rows: number;
  /** Rows left out because there are too many, under `mode=points`. */
  omitted: number;
  /** Whether the features are cells. */
  cells: boolean;
}

/** What a tiler holds. */
export interface Schema {
  rows: number;
  /** Rows that were given but have no position on the map; they are left out. */
  unusable: number;
  columns: ColumnInfo[];
}

/** Statistics of a column under a filter. Times are ISO 8601. */
export interface Stats {
  column: string;
  type: Kind;
  /** Rows that pass. */
  rows: number;
  present: number;
  nulls: number;
  distinct?: number;
  categories?: { value: unknown; count: number }[];
  min?: number | string | null;
  max?: number | string | null;
  mean?: number | string;
  probabilities?: number[];
  quantiles?: (number | string)[];
  histogram?: { edges: (number | string)[]; counts: number[] };
}

/** What the cells of a zoom carry of one measure. */
export interface CellStats {
  measure: string;
  /** The zoom that is told: the one asked for, or the deepest that was walked. */
  z: number;
  asked: number;
  cells: number;
  probabilities: number[];
  quantiles: number[] | null;
  range: [number, number] | null;
}

/** Where a query is under a token: addresses for tools that lose query strings. */
export interface Share {
  dataset: string;
  version: string;
  /** The shortest text of the query. */
  query: string;
  /** The same in letters that a path can hold; empty for the empty query. */
  token: string;
  /** The template of its tiles. */
  tiles: string;
  tilejson: string;
  metadata: string;
  style: string;
  /** The same with the query as a query string. */
  plain: { tiles: string; tilejson: string };
  /** What Kepler.gl is given. */
  kepler: { tileset: string; metadata: string };
}

/** Which rows. */
export interface RowPage {
  /** Those of a tile: z, x, y. */
  tile?: [number, number, number];
  /** Those of a cell, by the id of its feature. */
  cell?: number | bigint;
  /** Those of a cell of H3, by what its feature has in `h3`. */
  h3?: string;
  offset?: number;
  limit?: number;
}

/** Rows as GeoJSON. */
export interface Rows {
  /** How many there are in all. */
  numberMatched: number;
  features: { id?: number | string; properties: Record<string, unknown> }[];
}
