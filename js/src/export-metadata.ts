/** What an archive tells of itself: its layer with fields and statistics, the query, and how it was made, as `duotile export` has it. */

import type { ArchiveZoom, ExportOptions } from "./archive.js";
import { textOf } from "./query.js";
import type { Metadata, PropertyInfo, Stats } from "./types.js";

/** What the module tells of an archive. */
export interface Told {
  generator: string;
  tileFormat: number;
  zooms: ArchiveZoom[];
}

/** What is asked of a tiler. */
export interface Described {
  readonly name: string;
  readonly version: string;
  describe(query: string): { canonical: string };
  metadataWithin(query: string, zooms: readonly number[]): Metadata;
  stats(column: string, query: string, bins: number): Stats;
}

/** Longest text that is told as a value. */
const MAX_TEXT = 256;
/** The largest integer that every client reads exactly. */
const MAX_EXACT = 2 ** 53 - 1;

/** The metadata of an archive. */
export function described(
  tiler: Described,
  { query = "", zooms = [0, 14], bounds }: ExportOptions,
  told: Told,
): object {
  const metadata = tiler.metadataWithin(textOf(query), zooms);
  const { canonical } = tiler.describe(textOf(query));
  const [layer] = metadata.vector_layers;
  const [minzoom, maxzoom] = zooms;
  const attributes = attributesOf(tiler, textOf(query), metadata);
  const geometry = geometryOf(canonical, metadata.geometry_types);
  const count = { count: metadata.rows, geometry, attributeCount: attributes.length, attributes };
  const { attribution, rows, rows_total, geometry_types, measures, properties } = metadata;
  return {
    name: metadata.name,
    format: "pbf",
    type: "overlay",
    version: "1.0.0",
    generator: told.generator,
    ...(attribution === undefined ? {} : { attribution }),
    vector_layers: [{ ...layer, minzoom, maxzoom }],
    tilestats: { layerCount: 1, layers: [{ layer: tiler.name, ...count }] },
    duotile: {
      layers: [
        {
          layer: tiler.name,
          dataset_version: tiler.version,
          query: canonical,
          rows,
          rows_total,
          geometry_types,
          measures,
          properties,
        },
      ],
      zooms: told.zooms.map(({ z, tiles, features, rows, omitted, cells, reduced }) => {
        return { z, tiles, features, rows, omitted, cells, reduced };
      }),
      tile_format: told.tileFormat,
      bounds: bounds ?? null,
    },
  };
}

/** What most features are. */
function geometryOf(canonical: string, [kind = "Point"]: string[] = []): string {
  const query = new URLSearchParams(canonical);
  const mode = query.get("mode") ?? "auto";
  const points = query.get("geometry") === "point";
  if ((mode === "auto" || mode === "points") && kind !== "Point" && !points) return kind;
  const shape = query.get("shape") ?? (query.get("cell") === "h3" ? "polygon" : "point");
  return shape === "polygon" ? "Polygon" : "Point";
}

/** What is known of each property. Numbers always have `min` and `max`. */
function attributesOf(tiler: Described, query: string, { properties, measures, rows }: Metadata): object[] {
  const columns = new Map<string, Stats>();
  const known = (column: string): Stats => {
    const stats = columns.get(column) ?? tiler.stats(column, query, 1);
    columns.set(column, stats);
    return stats;
  };
  const range = (name: string) => measures.find(({ property }) => property === name);
  const counted = range(properties.find(({ measure, column }) => measure === "count" && !column)?.property ?? "");
  return properties.map((property) => {
    const { property: attribute, column, on, measure, alias } = property;
    const type = { Number: "number", String: "string", Boolean: "boolean" }[property.type];
    // The values of a cell's extreme or mode are values of the column.
    const of = column !== undefined && (on === "rows" || (type !== "number" && measure !== "count"));
    const stats = of ? known(column) : undefined;
    const told = { attribute, type, count: stats?.present ?? rows, values: stats ? valuesOf(stats) : [] };
    if (type !== "number") return told;
    if (stats) return { ...told, min: inTiles(stats, stats.min ?? 0), max: inTiles(stats, stats.max ?? 0) };
    if (alias) return { ...told, ...aliased(property, counted ?? { min: 1, max: Math.max(rows, 1) }) };
    const { min, max } = range(attribute) ?? (column ? { min: 0, max: 0 } : { min: 1, max: Math.max(rows, 1) });
    return { ...told, min, max };
  });
}

/** The range of a property that says a count again for another tool. */
function aliased({ property }: PropertyInfo, { min, max }: { min: number; max: number }) {
  if (property === "cluster_id") return { min: 0, max: MAX_EXACT };
  const of = (count: number) =>
    property.includes("log") ? Math.log10(count) : Math.round(Math.sqrt(count) * 100) / 100;
  return { min: of(min), max: of(max) };
}

/** The most frequent values, as tiles have them. */
function valuesOf(stats: Stats): unknown[] {
  const values = (stats.categories ?? []).map(({ value }) => inTiles(stats, value));
  const short = (text: string) => new TextEncoder().encode(text).length <= MAX_TEXT;
  return values.filter((value) => value !== null && (typeof value !== "string" || short(value)));
}

/** A value as tiles have it: times are milliseconds. */
function inTiles({ type }: Stats, value: unknown): unknown {
  return type === "time" && typeof value === "string" ? Date.parse(value) : value;
}
