/** A PMTiles file of this device as a dataset: its tiles are drawn as they lie in it, and rows it has none. */

import type { Dataset, Metadata, RemoteTiler, TileJson } from "duotile";
import { PMTiles, TileType } from "pmtiles";
import { Picked } from "../tiles/picked";

/** What answers of a file. */
export type Answers = Pick<RemoteTiler, "tileJson" | "metadata" | "rows" | "stats" | "cells" | "tile">;

/** What an archive tells of itself, which may be anything. */
interface Told {
  name?: unknown;
  attribution?: unknown;
  vector_layers?: unknown;
  tilestats?: { layers?: { geometry?: unknown }[] };
}

/** Opens one under a name. Rejects with what is wrong with it. */
export async function openArchive(
  file: File,
  id: string,
  base: string,
): Promise<{ answers: Answers; dataset: Dataset }> {
  const archive = new PMTiles(new Picked(file));
  const header = await archive.getHeader();
  if (header.tileType !== TileType.Mvt)
    throw new Error("its tiles are no Mapbox Vector Tiles, which layers are drawn from");
  const told = ((await archive.getMetadata()) ?? {}) as Told;
  const layers = layersOf(told.vector_layers, header.minZoom, header.maxZoom);
  if (layers.length === 0) throw new Error("it does not tell which layers its tiles have (vector_layers)");
  const bounds: TileJson["bounds"] = [header.minLon, header.minLat, header.maxLon, header.maxLat];
  const center: TileJson["center"] = [header.centerLon, header.centerLat, header.centerZoom];
  const attribution = typeof told.attribution === "string" ? told.attribution : undefined;
  const self = `${base}datasets/${encodeURIComponent(id)}`;
  const types = (told.tilestats?.layers ?? []).flatMap(({ geometry }) =>
    typeof geometry === "string" ? geometry : [],
  );
  const tileJson: TileJson = {
    tilejson: "3.0.0",
    name: id,
    tiles: [self],
    minzoom: header.minZoom,
    maxzoom: header.maxZoom,
    bounds,
    center,
    ...(attribution === undefined ? {} : { attribution }),
    dataset: id,
    dataset_version: archive.source.getKey(),
    vector_layers: layers,
    properties: [],
  };
  const metadata: Metadata = { ...tileJson, rows: 0, rows_total: 0, measures: [] };
  const none = async () => {
    throw new Error(`${file.name} has finished tiles, and no rows to be asked`);
  };
  const answers: Answers = {
    tileJson: async () => tileJson,
    metadata: async () => metadata,
    tile: async (z, x, y, _, signal) => new Uint8Array((await archive.getZxy(z, x, y, signal))?.data ?? []),
    rows: none,
    stats: none,
    cells: none,
  };
  const dataset: Dataset = {
    id,
    title: typeof told.name === "string" && told.name ? told.name : file.name,
    attribution: attribution ?? null,
    version: tileJson.dataset_version,
    rows: 0,
    rows_without_position: 0,
    bounds,
    focus: bounds,
    center,
    id_column: null,
    time_column: null,
    geometry_types: [...new Set(types)],
    time_range: null,
    rows_open: false,
    subset_open: false,
    archive: {
      zooms: [header.minZoom, header.maxZoom],
      tiles: header.numAddressedTiles || null,
      layers: layers.map(({ id }) => id),
    },
    links: { self, tiles: self, tilejson: self, metadata: self, style: self },
    columns: [],
  };
  return { answers, dataset };
}

/** The layers that are told with a name. */
function layersOf(told: unknown, minzoom: number, maxzoom: number): TileJson["vector_layers"] {
  const all: unknown[] = Array.isArray(told) ? told : [];
  return all.flatMap((layer) => {
    const { id, fields } = (layer ?? {}) as { id?: unknown; fields?: unknown };
    const known = typeof fields === "object" && fields !== null ? (fields as Record<string, string>) : {};
    return typeof id === "string" ? { id, minzoom, maxzoom, fields: known } : [];
  });
}
