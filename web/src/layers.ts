/** The data on the map: cells as the squares that they are, rows as dots. Told apart by `point_count`. */

import type { TileJson } from "duotile";
import type { LayerSpecification, SourceSpecification } from "maplibre-gl";
import { type Breaks, colourExpression } from "./classes";
import type { Theme } from "./theme";

export const SOURCE = "data";
export const CELLS = "cells";
export const ROWS = "rows";

/** The source of a query's tiles. `tiles` is where this page reaches them, whatever proxies lie between. */
export function dataSource(tileJson: TileJson, tiles: string): SourceSpecification {
  const { minzoom, maxzoom, bounds, attribution } = tileJson;
  return { type: "vector", tiles: [tiles], minzoom, maxzoom, bounds, ...(attribution ? { attribution } : {}) };
}

/** Layers of a dataset, whose name is that of its layer in the tiles. */
export function dataLayers(dataset: string, breaks: [Breaks, ...Breaks[]], theme: Theme): LayerSpecification[] {
  const from = { source: SOURCE, "source-layer": dataset };
  return [
    {
      id: CELLS,
      type: "fill",
      ...from,
      filter: ["has", "point_count"],
      paint: { "fill-color": colourExpression(breaks, theme.ramp), "fill-antialias": false, "fill-opacity": 0.9 },
    },
    {
      id: ROWS,
      type: "circle",
      ...from,
      filter: ["!", ["has", "point_count"]],
      paint: {
        "circle-color": theme.row,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1.6, 10, 3.2, 13, 5, 18, 7],
        "circle-opacity": 0.85,
        "circle-stroke-color": theme.rim,
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 8, 0, 11, 0.6, 16, 1.2],
      },
    },
  ];
}
