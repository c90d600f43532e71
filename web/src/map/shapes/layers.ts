/**
 * Rows drawn as they are: fills with their outlines, lines, and dots where a row is a point. All have the colour of the row's value;
 * outlines are a shade away from it, so that neighbours alike are told apart. What is under the pointer is marked, in all of
 * its tiles.
 */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../../state";
import { type Colours, colourOf } from "./colour";

/** The map's layers of a layer of shapes: what is filled, what is drawn as a line, what is a dot. */
export const fillId = ({ id }: Pick<Layer, "id">): string => `shapes-${id}`;
const lineId = ({ id }: Pick<Layer, "id">): string => `shapes-${id}-line`;
const dotId = ({ id }: Pick<Layer, "id">): string => `shapes-${id}-dot`;
export const shapeIds = (layer: Pick<Layer, "id">): string[] => [dotId(layer), lineId(layer), fillId(layer)];

/** Pixels of the world at zoom 0. */
const TILE = 512;
/** How much is seen through what is filled with one colour for all: what lies under it, and where two overlap. */
const PLAIN = 0.45;
export const filled = (opacity: number, plain: boolean): number => (plain ? opacity * PLAIN : opacity);
/**
 * Lines of one colour for all are seen through where there are many: what lies over one another adds up, and a knot of a thousand is
 * told from ten. So many are opaque; of more, each has a share that falls with the root of their number, down to the least.
 */
const [OPAQUE, LEAST] = [2000, 0.12];
export const thinned = (rows: number): number => Math.max(LEAST, Math.min(1, Math.sqrt(OPAQUE / Math.max(rows, 1))));
/**
 * Outlines are whole where rows would be so many pixels from one to the next if they lay evenly in their frame, of which much is
 * empty as a rule; at zooms before, they would cover what they go round.
 */
const APART = 64;
/** Of fewer rows they are always whole: how far apart these are says nothing of how large they are. */
const FEW = 100;
/** So many zooms before that they are as faint as they become. */
const FADING = 3;
/** Lines are so many times as wide as outlines, dots have half of so many pixels, and what is marked is so many pixels wider. */
export const [LINES, DOT] = [2, 3];
const MARKED = 2;

/** How strong outlines are at a zoom, where they are whole from another one on. */
export const fading = (zoom: number, whole: number): number => 2 ** Math.min(Math.max(zoom - whole, -FADING), 0);

/** The name of what is marked, as a state of a feature. */
export const MARK = "marked";
const marked = <T>(yes: T, no: T): ExpressionSpecification =>
  ["case", ["boolean", ["feature-state", MARK], false], yes, no] as unknown as ExpressionSpecification;
const is = (geometry: "Polygon" | "LineString" | "Point") =>
  ["==", ["geometry-type"], geometry] as unknown as ExpressionSpecification;

/** Where a layer of the map takes its features from. */
interface From {
  source: string;
  "source-layer": string;
}

interface Shown {
  /** How many rows of the layer pass. */
  rows: number;
  /** The frame that they are in, in degrees: west, south, east, north. */
  frame: readonly number[];
  /** How high polygons stand, if they do. */
  height?: ExpressionSpecification;
}

/** The zoom from which outlines of so many rows are whole, where these lie evenly in a frame: west, south, east, north. At least 0. */
export function outlined(rows: number, [west, south, east, north]: readonly number[]): number {
  const down = (lat = 0) => Math.atanh(Math.sin((Math.max(-85, Math.min(lat, 85)) * Math.PI) / 180)) / (2 * Math.PI);
  const world = (((east ?? 180) - (west ?? -180)) / 360) * (down(north ?? 85) - down(south ?? -85));
  return rows < FEW ? 0 : Math.max(0, Math.log2(APART / (TILE * Math.sqrt(Math.max(world, 1e-12) / rows))));
}

export function shapeLayers(
  layer: Layer,
  colours: Colours,
  from: From,
  { rows, frame, height }: Shown,
): LayerSpecification[] {
  const { opacity, line } = layer.drawing;
  const colour = colourOf(colours, "fill");
  const edge = colourOf(colours, "edge");
  const plain = !colours.property;
  const strength = filled(opacity, plain);
  const thin = marked(opacity, plain ? opacity * thinned(rows) : opacity);
  const whole = outlined(rows, frame);
  const seen = (share: number) => ["case", is("Polygon"), marked(opacity, opacity * share), thin];
  const width = (times: number) => marked(line * times + MARKED, line * times);
  const flat: LayerSpecification = {
    id: fillId(layer),
    ...from,
    type: "fill",
    filter: is("Polygon"),
    paint: {
      "fill-color": colour,
      // It would be an outline of its own.
      "fill-antialias": false,
      "fill-opacity": marked(Math.min(strength + 0.2, 1), strength),
    },
  };
  const standing: LayerSpecification = {
    id: fillId(layer),
    ...from,
    type: "fill-extrusion",
    filter: is("Polygon"),
    paint: {
      "fill-extrusion-color": marked(edge, colour),
      ...(height ? { "fill-extrusion-height": height } : {}),
      "fill-extrusion-opacity": opacity,
    },
  };
  // Outlines of what stands would lie on the ground.
  const lines = height ? is("LineString") : ["!", is("Point")];
  return [
    height ? standing : flat,
    {
      id: lineId(layer),
      ...from,
      type: "line",
      filter: lines as unknown as ExpressionSpecification,
      layout: { "line-join": "round", "line-cap": "round" },
      paint: {
        "line-color": ["case", is("Polygon"), edge, colour] as unknown as ExpressionSpecification,
        "line-width": ["case", is("Polygon"), width(1), width(LINES)] as unknown as ExpressionSpecification,
        "line-opacity": [
          "interpolate",
          ["exponential", 2],
          ["zoom"],
          ...[whole - FADING, seen(2 ** -FADING), whole, seen(1)],
        ] as unknown as ExpressionSpecification,
      },
    },
    {
      id: dotId(layer),
      ...from,
      type: "circle",
      filter: is("Point"),
      paint: { "circle-color": colour, "circle-radius": marked(DOT + MARKED, DOT), "circle-opacity": opacity },
    },
  ];
}
