/**
 * Another style for a map that differs from the one before in how layers are painted, and in nothing else: set property by
 * property. MapLibre's own comparison makes a source anew that has other tiles, so that the map goes blank, and checks and
 * copies the whole style each time.
 */

import type {
  LayerSpecification,
  Map as MapLibre,
  RasterTileSource,
  StyleSpecification,
  VectorTileSource,
} from "maplibre-gl";

/** Patches the map; `false`, and nothing done, if more differs than tiles, paint, layout and filters. */
export function patch(map: MapLibre, before: StyleSpecification | undefined, after: StyleSpecification): boolean {
  if (!before || !alike(before, after)) return false;
  for (const [name, { tiles }] of Object.entries(after.sources) as [string, { tiles?: string[] }][]) {
    const source = map.getSource<VectorTileSource | RasterTileSource>(name);
    if (tiles && isTiled(source) && !same(source.tiles, tiles)) source.setTiles(tiles);
  }
  after.layers.forEach((layer, at) => {
    const old = before.layers[at];
    if (!old || !map.getLayer(layer.id)) return;
    const [was, is] = [old, layer].map(changeable);
    if (!was || !is) return;
    if (!same(was.filter, is.filter)) map.setFilter(layer.id, is.filter ?? null, UNCHECKED);
    for (const name of namesOf(was.layout, is.layout)) {
      if (same(map.getLayoutProperty(layer.id, name as "visibility"), is.layout[name])) continue;
      map.setLayoutProperty(layer.id, name as "visibility", is.layout[name] as "none", UNCHECKED);
    }
    // What the map has now, not what it was told: an animation turns layers on and off by itself.
    for (const name of namesOf(was.paint, is.paint)) {
      if (same(map.getPaintProperty(layer.id, name as "fill-opacity"), is.paint[name])) continue;
      map.setPaintProperty(layer.id, name as "fill-opacity", is.paint[name] as number, UNCHECKED);
    }
  });
  return true;
}

const UNCHECKED = { validate: false };

type Values = Record<string, unknown>;

/** What of a layer can change in place. */
function changeable(layer: LayerSpecification) {
  const { filter, layout = {}, paint = {} } = layer as { filter?: never; layout?: Values; paint?: Values };
  return { filter, layout, paint };
}

/** Whether two styles have the same sources and layers in the same order. Tiles are exchanged one by one. */
function alike(before: StyleSpecification, after: StyleSpecification): boolean {
  const rest = ({ sources: _, layers: __, ...rest }: StyleSpecification) => rest;
  const fixed = (layer: LayerSpecification) => ({ ...layer, filter: 0, layout: 0, paint: 0 });
  const names = namesOf(before.sources, after.sources);
  return (
    before.layers.length === after.layers.length &&
    after.layers.every((layer, at) => same(fixed(layer), fixed(before.layers[at] ?? layer))) &&
    same(rest(before), rest(after)) &&
    names.every((name) => {
      const [was, is] = [before.sources[name], after.sources[name]];
      // Sources of the ground are the same objects for as long as there is that ground.
      return was === is || (isTiled(was) && isTiled(is) && same({ ...was, tiles: 0 }, { ...is, tiles: 0 }));
    })
  );
}

/** Whether a source has tiles that may be exchanged: features or pictures. */
const isTiled = <T extends { type: string }>(source: T | undefined): source is T =>
  source?.type === "vector" || source?.type === "raster";

const namesOf = (a: object, b: object): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
