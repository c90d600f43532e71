/**
 * Cells of H3 on the map: how they are drawn, and how large they are. They come as polygons in the tiles that they reach into, and each
 * tile shows its part, so that they join; what is under the pointer is marked in all of its tiles.
 */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Drawing } from "../state";
import { gridOf, tileZoom } from "./grid";
import { MARK } from "./shapes/layers";

/** The resolution that tiles of each zoom have, unless one is asked for (docs/h3.md). */
const BY_ZOOM = [1, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 11, 12, 13, 14, 14, 15] as const;

/** The mean length of an edge at each resolution, in metres, as h3geo.org has it. */
const EDGES = [
  1281256, 483057, 182513, 68979, 26072, 9854, 3725, 1406, 531, 201, 75.9, 28.7, 10.8, 4.09, 1.55, 0.584,
] as const;

/** All resolutions that there are. */
export const RESOLUTIONS = EDGES.map((_, resolution) => resolution);

/** The resolution that is drawn at a zoom of the map. */
export function resolutionAt(zoom: number, drawing: Pick<Drawing, "kind" | "cell" | "res">): number {
  if (drawing.res >= 0) return drawing.res;
  return BY_ZOOM[Math.min(tileZoom(zoom, gridOf(drawing)), BY_ZOOM.length - 1)] ?? 15;
}

/** How long the edges of a resolution are, in metres. */
export const edgeLength = (resolution: number): number => EDGES[resolution] ?? 0;

/** The same in words; to two digits, as they differ from place to place. */
export function edgeOf(resolution: number): string {
  const metres = edgeLength(resolution);
  const [value, unit] = metres >= 1000 ? [metres / 1000, "km"] : metres >= 1 ? [metres, "m"] : [metres * 100, "cm"];
  return `${Number(value.toPrecision(2)).toLocaleString("en")} ${unit}`;
}

/** The map's layers: cells in their colours, and the outline of the one that is marked: light on dark, to be seen on any of these. */
export function hexagonLayers(
  { id, ...from }: { id: string; source: string; "source-layer": string },
  colour: ExpressionSpecification,
  opacity: number,
): LayerSpecification[] {
  const marked = <T>(yes: T, no: T): ExpressionSpecification =>
    ["case", ["boolean", ["feature-state", MARK], false], yes, no] as unknown as ExpressionSpecification;
  const outline = (name: string, colour: string, width: number): LayerSpecification => ({
    id: id.replace("cells", name),
    ...from,
    type: "line",
    layout: { "line-join": "round" },
    paint: { "line-color": colour, "line-width": marked(width, 0), "line-opacity": marked(1, 0) },
  });
  return [
    {
      id,
      ...from,
      type: "fill",
      // Smooth at its edges, which tells neighbours of one colour apart.
      paint: { "fill-color": colour, "fill-opacity": opacity, "fill-antialias": true },
    },
    outline("rims", "#000000", 4.5),
    outline("edges", "#ffffff", 2),
  ];
}
