/**
 * Drawables that are on the map without being seen. What is drawn with no opacity is skipped by MapLibre, while its tiles
 * are loaded and made ready as if it were seen; what is not visible has no tiles. So the next frames of an animation wait
 * `ahead`, and being shown costs no more than another opacity.
 */

import type { LayerSpecification } from "maplibre-gl";

/** `ahead`: loaded, but not seen. `away`: neither. */
export type Phase = "ahead" | "away";

/** A property of one of the map's layers, and its value when the layer is seen. */
export type Opacity = readonly [layer: string, property: string, seen: unknown];

/** What has to be nothing for a layer not to be seen. */
const OPACITIES: Partial<Record<LayerSpecification["type"], readonly string[]>> = {
  fill: ["fill-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  heatmap: ["heatmap-opacity"],
  "fill-extrusion": ["fill-extrusion-opacity"],
};

/** The opacities of a layer as it is when it is seen. */
export function opacities(layer: LayerSpecification): Opacity[] {
  const paint = (layer.paint ?? {}) as Record<string, unknown>;
  return (OPACITIES[layer.type] ?? []).map((property) => [layer.id, property, paint[property] ?? 1]);
}

/** A layer in a phase. Those of an animation change at once, without fading. */
export function inPhase(layer: LayerSpecification, phase: Phase | undefined, animated: boolean): LayerSpecification {
  if (phase === "away") return { ...layer, layout: { ...layer.layout, visibility: "none" } } as LayerSpecification;
  if (phase === undefined && !animated) return layer;
  const own = opacities(layer);
  const now = own.map(([, property, seen]) => [property, phase === "ahead" ? 0 : seen]);
  const atOnce = animated ? own.map(([, property]) => [`${property}-transition`, { duration: 0, delay: 0 }]) : [];
  return { ...layer, paint: { ...layer.paint, ...Object.fromEntries([...now, ...atOnce]) } } as LayerSpecification;
}
