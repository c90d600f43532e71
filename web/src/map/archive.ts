/**
 * PMTiles as a ground: a file of this device, or an address that answers ranges of bytes. Vector tiles are drawn by
 * `streets`, pictures as they are. Loaded when it is first needed.
 */

import { addProtocol, type SourceSpecification } from "maplibre-gl";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { Picked } from "../tiles/picked";
import { type Ground, PREFIX } from "./ground";
import { streets } from "./streets";

const SOURCE = `${PREFIX}pmtiles`;
/** Width of pictures, which PMTiles do not tell. */
const PICTURE = 256;

let protocol: Protocol | undefined;

/** Lets the map ask for `pmtiles://` addresses. */
export function register(): Protocol {
  if (!protocol) {
    protocol = new Protocol();
    addProtocol("pmtiles", protocol.tile);
  }
  return protocol;
}

/** Opens an archive. */
export async function openArchive(from: File | string): Promise<Ground> {
  const protocol = register();
  const name = from instanceof File ? from.name : new URL(from).host;
  const source = from instanceof File ? new Picked(from) : from;
  const archive = new PMTiles(source);
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      from instanceof File || !/fetch/i.test(why)
        ? `${name} has no PMTiles of version 3: ${why}`
        : `${name} does not answer, or does not let other pages read it (CORS)`,
    );
  });
  protocol.add(archive);
  const key = typeof source === "string" ? source : source.getKey();
  const { minLon, minLat, maxLon, maxLat, minZoom, maxZoom, tileType } = header;
  const told = (metadata ?? {}) as { attribution?: unknown; vector_layers?: unknown };
  const common = {
    tiles: [`pmtiles://${key}/{z}/{x}/{y}`],
    minzoom: minZoom,
    maxzoom: maxZoom,
    ...(minLon < maxLon && minLat < maxLat ? { bounds: [minLon, minLat, maxLon, maxLat] as Box } : {}),
    ...(typeof told.attribution === "string" ? { attribution: told.attribution } : {}),
  };
  if (tileType === TileType.Mvt || tileType === TileType.Mlt) {
    const vector: SourceSpecification = {
      ...common,
      type: "vector",
      ...(tileType === TileType.Mlt ? { encoding: "mlt" as const } : {}),
    };
    return { sources: { [SOURCE]: vector }, ...streets(SOURCE, layersOf(told.vector_layers)) };
  }
  if (tileType === TileType.Unknown) throw new Error(`${name} does not say what its tiles are`);
  return {
    sources: { [SOURCE]: { ...common, type: "raster", tileSize: PICTURE } },
    below: ({ land }) => [
      { id: `${PREFIX}plain`, type: "background", paint: { "background-color": land } },
      { id: SOURCE, type: "raster", source: SOURCE },
    ],
    above: () => [],
  };
}

type Box = [number, number, number, number];

/** The names of an archive's layers. */
function layersOf(told: unknown): string[] {
  const all: unknown[] = Array.isArray(told) ? told : [];
  return all.flatMap((layer) => {
    const id: unknown = typeof layer === "object" && layer !== null && "id" in layer ? layer.id : undefined;
    return typeof id === "string" ? [id] : [];
  });
}
