/**
 * The data on the map. Each layer of the state is a source and the map's layers over it: cells as pictures, and beneath them,
 * where few are seen, the same cells spread; or cells as columns, points or heat; or rows as the lines and polygons that
 * they are; or finished tiles. Which it is is up to how the layer is drawn.
 */

import type { TileJson } from "duotile";
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import type { Loaded } from "../load";
import { rest, spread } from "../page";
import { type Layer, ownId } from "../state";
import { finishedLayers } from "./finished";
import { gridOf, pixel, sideAt } from "./grid";
import { hexagonLayers } from "./hexagons";
import { cellColour, type Paint, paintOf } from "./paint";
import type { Phase } from "./phase";
import { along, byZoom } from "./scale";
import { coloursOf } from "./shapes/colour";
import { shapeIds, shapeLayers } from "./shapes/layers";
import { type Stops, stopsAt, type ZoomStops } from "./stops";

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

/** Templates of the tiles of cells: as pictures, and as points in the middles of cells. */
export interface Templates {
  pictures: string;
  dots: string;
}

/** The layer of tiles of such points, which have a `colour` and an `order`. */
export const DOTS = "dots";

/** The map's source of a layer, and that of the cells that are spread. */
export const sourceId = ({ id }: Pick<Layer, "id">): string => `data-${id}`;
const widerId = ({ id }: Pick<Layer, "id">): string => `wider-${id}`;
export const sourceIds = (layer: Layer): string[] =>
  layer.drawing.kind === "cells" ? [sourceId(layer), widerId(layer)] : [sourceId(layer)];
/** The map's layers of a layer. */
export const cellsId = ({ id }: Layer): string => `cells-${id}`;
/** Those whose rows are met by the pointer, the uppermost first. */
export function metIds(layer: Layer): string[] {
  // Finished tiles have features, and no rows.
  if (layer.drawing.kind === "tiles") return [];
  return layer.drawing.kind === "shapes" ? shapeIds(layer) : [cellsId(layer)];
}
export const spreadId = ({ id }: Layer): string => `spread-${id}`;
/** Whether a layer of the map has cells or rows of the data. */
export const isData = (id: string): boolean => /^(cells|edges|rims|spread|shapes|tiles)-/.test(id);

/** The greatest lie on top. Tiles of before, as those of shapes, may have no counts. */
const ORDER = ["to-number", ["get", "point_count"], 0] as unknown as ExpressionSpecification;

/** Where a layer of the map takes its features from. */
interface From {
  source: string;
  "source-layer": string;
}

/**
 * The sources that a layer takes its features and its pictures from, by their names; `templates` has those of cells, which ask
 * for a tile once for both.
 */
export function dataSources(
  drawable: Drawable,
  templates: (source: string, drawable: Drawable) => Templates,
): Record<string, SourceSpecification> {
  const { layer, loaded, tiles } = drawable;
  const { minzoom, maxzoom, bounds, attribution } = loaded.tileJson;
  const [all, said] = [{ minzoom, maxzoom, bounds }, attribution ? { attribution } : {}];
  const source = sourceId(layer);
  if (layer.drawing.kind !== "cells") return { [source]: { type: "vector", tiles: [tiles], ...all, ...said } };
  const { pictures, dots } = templates(source, drawable);
  return {
    [source]: { type: "raster", tiles: [pictures], ...all, ...said },
    [widerId(layer)]: { type: "vector", tiles: [dots], ...all },
  };
}

/** The map's layers of a layer of the state; `source` is where they take their features from. */
export function dataLayers({ layer, loaded }: Drawable, source = sourceId(layer)): LayerSpecification[] {
  const paint = paintOf(layer, loaded);
  const from = { source, "source-layer": loaded.tileJson.dataset };
  const cells = { id: cellsId(layer), ...from };
  const colour = cellColour(paint);
  const { kind, opacity } = layer.drawing;
  // Frames of an animation are spread as what they are of.
  const wider = spread.value[ownId(layer.id)] ?? 0;
  switch (kind) {
    case "tiles":
      return finishedLayers(layer, loaded.tileJson.vector_layers, paint.ramp, source);
    case "shapes":
      return shapeLayers(layer, coloursOf(paint), from, {
        rows: loaded.metadata?.rows ?? loaded.dataset?.rows ?? 0,
        frame: loaded.dataset?.focus ?? loaded.tileJson.bounds ?? [],
        ...(paint.size && paint.sizes ? { height: tall(paint.size, [paint.sizes]) } : {}),
      });
    case "cells":
      return [
        {
          // What is under the cells themselves stays hidden beneath them.
          id: spreadId(layer),
          source: widerId(layer),
          "source-layer": DOTS,
          type: "circle",
          layout: { visibility: wider > 0 ? "visible" : "none", "circle-sort-key": ["get", "order"] },
          // MapLibre softens a circle's edge inwards, by a pixel.
          paint: {
            "circle-color": ["to-color", ["get", "colour"]],
            "circle-radius": wider > 0 ? wider + (sideAt(rest.value, gridOf(layer.drawing)) + pixel()) / 2 : 0,
            "circle-opacity": opacity,
          },
        },
        {
          id: cellsId(layer),
          source,
          type: "raster",
          paint: { "raster-resampling": "nearest", "raster-fade-duration": 0, "raster-opacity": opacity },
        },
      ];
    case "hexagons":
      return hexagonLayers(cells, colour, opacity);
    case "columns":
      return [
        {
          ...cells,
          type: "fill-extrusion",
          paint: {
            "fill-extrusion-color": colour,
            "fill-extrusion-height": heights(paint),
            "fill-extrusion-opacity": opacity,
            "fill-extrusion-vertical-gradient": true,
          },
        },
      ];
    case "points":
      return [
        {
          ...cells,
          type: "circle",
          layout: { "circle-sort-key": ORDER },
          paint: {
            "circle-color": colour,
            "circle-radius": radii(paint, gridOf(layer.drawing).side),
            "circle-opacity": opacity,
            "circle-stroke-color": colour,
            "circle-stroke-opacity": opacity,
            "circle-stroke-width": wider,
          },
        },
      ];
    case "heat":
      return [heat(layer, paint, from)];
  }
}

/** Circles from a dot to a little more than the cell they stand for: their area grows with how many rows they are. */
function radii({ areas, size, sizes }: Paint, side: number): ExpressionSpecification {
  const [least, most] = [Math.max(side * 0.2, 1), Math.max(side * 0.6, 2)];
  const radius = (at: number) => Math.sqrt(least ** 2 + (most ** 2 - least ** 2) * at);
  if (size && sizes) return along(size, sizes, radius);
  return byZoom(
    areas((most / least) ** 2).map((stops) => along("point_count", stops, radius)) as [
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
  return tall(category ? "point_count" : property, heights);
}

/** As high as the place of a value on its scale. */
function tall(property: string, scales: ZoomStops): ExpressionSpecification {
  // Zooms deeper than those that are known have the same values, on less ground.
  const all = Array.from({ length: 23 }, (_, zoom) =>
    along(property, stopsAt(scales, zoom), (at) => ((0.02 + at) * TALL * METRES) / 2 ** zoom),
  );
  return byZoom(all as [ExpressionSpecification, ...ExpressionSpecification[]]);
}

/** Heat: each cell as heavy as it has rows. */
function heat(layer: Layer, { counts, ramp }: Paint, from: From): LayerSpecification {
  const weight = (stops: Stops) => along("point_count", stops, (at) => 0.03 + 0.97 * at ** 2);
  const steps = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);
  const { opacity } = layer.drawing;
  return {
    id: cellsId(layer),
    type: "heatmap",
    ...from,
    paint: {
      "heatmap-weight": byZoom(counts.map(weight) as [ExpressionSpecification, ...ExpressionSpecification[]]),
      "heatmap-radius": Math.max(gridOf(layer.drawing).side * 3, 10),
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
