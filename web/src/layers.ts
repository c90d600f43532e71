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

/** Layers of a query. The name of the dataset is that of its layer in the tiles. */
export function dataLayers(tileJson: TileJson, breaks: [Breaks, ...Breaks[]], theme: Theme): LayerSpecification[] {
  const from = { source: SOURCE, "source-layer": tileJson.dataset };
  // Where rows begin they stand as close as they ever do; from there on there is room for larger dots.
  const first = tileJson.points_minzoom ?? 12;
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
        "circle-radius": ["interpolate", ["linear"], ["zoom"], first, 2.4, first + 3, 4.5, first + 8, 6.5],
        "circle-opacity": 0.85,
        "circle-stroke-color": theme.rim,
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], first, 0.2, first + 5, 1],
      },
    },
  ];
}
