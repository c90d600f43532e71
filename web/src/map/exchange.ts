/**
 * Other tiles for a source that has some. MapLibre draws a tile again from what it was about to get, and not from its new
 * address, if the address changes while it is fetched for the first time: then the tile would be one of another query. So
 * sources with such tiles are given their new addresses when those have arrived.
 */

import type { Map as MapLibre, VectorTileSource } from "maplibre-gl";

/** As much of a tile as is needed here. */
interface FirstTile {
  state: string;
  /** Whether it is no longer needed. */
  aborted?: boolean;
}

export interface Exchange {
  /** Gives a source another template. */
  give: (source: string, tiles: string) => void;
  /** Whether a source still has its tiles from a template before; whether any has, if none is named. */
  isDue: (source?: string) => boolean;
  /** Sources were made anew, with the templates that they should have. */
  renewed: () => void;
}

export function makeExchange(map: MapLibre): Exchange {
  /** Tiles that were asked for and have never been there, by source. */
  const coming = new Map<string, Set<FirstTile>>();
  const due = new Map<string, string>();

  const isComing = (source: string) => {
    const tiles = coming.get(source);
    for (const tile of tiles ?? []) if (tile.state !== "loading" || tile.aborted) tiles?.delete(tile);
    return (tiles?.size ?? 0) > 0;
  };
  const set = (source: string, tiles: string) => map.getSource<VectorTileSource>(source)?.setTiles([tiles]);
  const look = ({ sourceId }: { sourceId?: string }) => {
    const tiles = due.get(sourceId ?? "");
    if (sourceId === undefined || tiles === undefined || isComing(sourceId)) return;
    due.delete(sourceId);
    set(sourceId, tiles);
  };
  map.on("sourcedataloading", ({ sourceId, tile }) => {
    if (!tile) return;
    // Those that have come are let go: a map that is only moved asks for thousands.
    isComing(sourceId);
    const tiles = coming.get(sourceId) ?? new Set();
    coming.set(sourceId, tiles.add(tile as FirstTile));
  });
  map.on("sourcedata", look);
  map.on("sourcedataabort", look);
  map.on("error", (event) => look(event as { sourceId?: string }));
  // A tile that is no longer needed may go without a word.
  map.on("render", () => {
    for (const source of [...due.keys()]) look({ sourceId: source });
  });

  return {
    give(source, tiles) {
      due.delete(source);
      if (isComing(source)) due.set(source, tiles);
      else set(source, tiles);
    },
    isDue: (source) => (source === undefined ? due.size > 0 : due.has(source)),
    renewed() {
      for (const source of coming.keys()) if (!map.getSource(source)) coming.delete(source);
      for (const [source, tiles] of due) {
        if (map.getSource<VectorTileSource>(source)?.tiles?.[0] === tiles || !map.getSource(source)) due.delete(source);
      }
    },
  };
}
