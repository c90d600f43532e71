/**
 * Drawables that are on the map without being seen. What is drawn with no opacity is skipped by MapLibre, while its tiles
 * are loaded and made ready as if it were seen; what is not visible has no tiles. So the next frames of an animation wait
 * `ahead`, and being shown costs no more than another opacity.
 */

import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";

/** `ahead`: loaded, but not seen. `away`: neither. */
export type Phase = "ahead" | "away";

/** A property of one of the map's layers, and its value when the layer is seen. */
export type Opacity = readonly [layer: string, property: string, seen: unknown];

/** What has to be nothing for a layer not to be seen. */
const OPACITIES: Partial<Record<LayerSpecification["type"], readonly string[]>> = {
  fill: ["fill-opacity"],
  raster: ["raster-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  heatmap: ["heatmap-opacity"],
  "fill-extrusion": ["fill-extrusion-opacity"],
};

/** The opacities of a layer as it is when it is seen. */
export function opacities(layer: LayerSpecification): Opacity[] {
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  return (OPACITIES[layer.type] ?? []).map((property) => [layer.id, property, paint[property] ?? 1]);
}

/** A layer in a phase. */
export function inPhase(layer: LayerSpecification, phase: Phase | undefined): LayerSpecification {
  if (phase === "away") return { ...layer, layout: { ...layer.layout, visibility: "none" } } as LayerSpecification;
  if (phase === undefined) return layer;
  const none = opacities(layer).map(([, property]) => [property, 0]);
  return { ...layer, paint: { ...layer.paint, ...Object.fromEntries(none) } } as LayerSpecification;
}

/**
 * Says whether a layer is seen. MapLibre marks the pixels of each tile before it draws a layer of fills or lines, also of
 * one that it then skips for having no opacity: as much work as drawing it. There is no option for that, only the method
 * by which the layer is asked; should it go by another name one day, things are slower and not otherwise.
 */
export function mark(map: MapLibre, id: string, seen: boolean): void {
  const layer = map.getLayer(id) as (object & { isTileClipped?: () => boolean }) | undefined;
  if (!layer) return;
  if (seen) delete layer.isTileClipped;
  else layer.isTileClipped = () => false;
}
