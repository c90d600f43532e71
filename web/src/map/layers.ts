/**
 * The data on the map. Each layer of the state is a source and the map's layers over it: cells, told by `point_count`,
 * and rows. Which shapes they have is up to how the layer is drawn.
 */

import type { TileJson } from "duotile";
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Loaded } from "../load";
import type { Layer } from "../state";
import { cellColour, type Paint, paintOf, rowColour } from "./paint";
import type { Phase } from "./phase";
import { along, byZoom, type Stops, stopsAt } from "./scale";

/** A layer that can be drawn: what is known of it, and where its tiles are. */
export interface Drawable {
  layer: Layer;
  loaded: Loaded & { tileJson: TileJson };
  /** The template of tile addresses. */
  tiles: string;
  /** Absent for what is seen. */
  phase?: Phase | undefined;
  /** Whether it is a part of an animation: one of the frames that take turns. */
  animated?: boolean;
}

/** The map's source of a layer. */
export const sourceId = ({ id }: Pick<Layer, "id">): string => `data-${id}`;
/** The map's layers of a layer. */
export const cellsId = ({ id }: Layer): string => `cells-${id}`;
export const rowsId = ({ id }: Layer): string => `rows-${id}`;
/** Whether a layer of the map has cells or rows of the data. */
export const isData = (id: string): boolean => /^(cells|rows)-/.test(id);

/** Where a layer of the map takes its features from. */
interface From {
  source: string;
  "source-layer": string;
}

const IS_CELL: ExpressionSpecification = ["has", "point_count"];

export function dataSource({ loaded, tiles }: Drawable): SourceSpecification {
  const { minzoom, maxzoom, bounds, attribution } = loaded.tileJson;
  return { type: "vector", tiles: [tiles], minzoom, maxzoom, bounds, ...(attribution ? { attribution } : {}) };
}

/** The map's layers of a layer of the state; `source` is where they take their features from. */
export function dataLayers({ layer, loaded }: Drawable, source = sourceId(layer)): LayerSpecification[] {
  const paint = paintOf(layer, loaded);
  const from = { source, "source-layer": loaded.tileJson.dataset };
  // Where rows begin they stand as close as they ever do; from there on there is room for larger dots.
  const first = loaded.tileJson.points_minzoom ?? 12;
  const cells = { id: cellsId(layer), ...from, filter: IS_CELL };
  const rows = rowLayer(layer, paint, first, from);
  switch (layer.drawing.kind) {
    case "cells":
      return [
        {
          ...cells,
          type: "fill",
          paint: {
            "fill-color": cellColour(paint),
            "fill-antialias": false,
            "fill-opacity": layer.drawing.opacity,
          },
        },
        rows,
      ];
    case "columns":
      return [
        {
          ...cells,
          type: "fill-extrusion",
          paint: {
            "fill-extrusion-color": cellColour(paint),
            "fill-extrusion-height": heights(paint),
            "fill-extrusion-opacity": layer.drawing.opacity,
            "fill-extrusion-vertical-gradient": true,
          },
        },
        rows,
      ];
    case "points":
      return [
        {
          ...cells,
          type: "circle",
          paint: {
            "circle-color": cellColour(paint),
            "circle-radius": radii(paint, layer.drawing.cell),
            "circle-opacity": layer.drawing.opacity,
            "circle-stroke-color": paint.theme.rim,
            "circle-stroke-width": 0.4,
          },
        },
        rows,
      ];
    case "heat":
      return [heat(layer, paint, from)];
  }
}

function rowLayer(layer: Layer, paint: Paint, first: number, from: From): LayerSpecification {
  const { opacity, kind } = layer.drawing;
  const size = (small: number, large: number): ExpressionSpecification | number =>
    paint.sizes && kind === "points" && layer.drawing.size
      ? along(layer.drawing.size, paint.sizes, (at) => small * 0.6 + (large * 2.2 - small * 0.6) * at)
      : (small + large) / 2;
  return {
    id: rowsId(layer),
    type: "circle",
    ...from,
    filter: ["!", IS_CELL],
    paint: {
      "circle-color": rowColour(paint),
      "circle-radius": [
        "interpolate",
        ["linear"],
        ["zoom"],
        first,
        size(2, 2.8),
        first + 3,
        size(4, 5),
        first + 8,
        size(6, 7),
      ],
      "circle-opacity": Math.min(opacity, 0.95),
      "circle-stroke-color": paint.theme.rim,
      "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], first, 0.2, first + 5, 1],
    },
  };
}

/** Circles from a dot to more than the cell they stand for: their area grows with the rank of their count. */
function radii({ counts }: Paint, cell: number): ExpressionSpecification {
  const [least, most] = [Math.max(cell * 0.22, 1), Math.max(cell * 0.9, 2.5)];
  return byZoom(
    counts.map((stops) => along("point_count", stops, (at) => least + (most - least) * Math.sqrt(at))) as [
      ExpressionSpecification,
      ...ExpressionSpecification[],
    ],
  );
}

/** How high the highest column stands at a whole zoom, in pixels of the ground. */
const TALL = 90;
/** Metres of a pixel at zoom 0, at the equator. */
const METRES = 40_075_016.686 / 512;

/** Columns stand as high as the logarithm of their value, or of their count where colours tell categories. */
function heights({ heights, category, property }: Paint): ExpressionSpecification {
  const of = category ? "point_count" : property;
  // Zooms deeper than those that are known have the same values, on less ground.
  const all = Array.from({ length: 23 }, (_, zoom) =>
    along(of, stopsAt(heights, zoom), (at) => ((0.02 + at) * TALL * METRES) / 2 ** zoom),
  );
  return byZoom(all as [ExpressionSpecification, ...ExpressionSpecification[]]);
}

/** Heat: each cell as heavy as it has rows, and where there are rows, each as heavy as the other. */
function heat(layer: Layer, { counts, ramp }: Paint, from: From): LayerSpecification {
  const weight = (stops: Stops) => along("point_count", stops, (at) => 0.03 + 0.97 * at ** 2);
  const steps = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);
  const { cell, opacity } = layer.drawing;
  return {
    id: cellsId(layer),
    type: "heatmap",
    ...from,
    paint: {
      "heatmap-weight": byZoom(
        counts.map((stops) => ["case", IS_CELL, weight(stops), 0.6]) as unknown as [
          ExpressionSpecification,
          ...ExpressionSpecification[],
        ],
      ),
      "heatmap-radius": Math.max(cell * 3, 10),
      "heatmap-opacity": opacity,
      "heatmap-color": [
        "interpolate",
        ["linear"],
        ["heatmap-density"],
        0,
        // Of the same colour, or what lies between would be grey.
        `${ramp(0)}00`,
        ...steps.flatMap((at) => [at, ramp(at)]),
        1,
        ramp(1),
      ] as unknown as ExpressionSpecification,
    },
  };
}
