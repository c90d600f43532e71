/**
 * Tiles of an archive as they are: of each of their layers polygons, lines and points, in a colour of its own along the ramp of the
 * layer of the page.
 */

import type { TileJson } from "duotile";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../state";
import type { Ramp } from "./theme";

/** How much is seen through what is filled, and how much wider than outlines of other data lines are. */
export const [PLAIN, WIDE] = [0.4, 1.5];
/** Where colours lie on the ramp: its ends are too near to the ground. */
const [FIRST, LAST] = [0.25, 0.9];

/** The colour of a layer of so many. */
export function finishedColour(at: number, of: number, ramp: Ramp): string {
  return ramp(of === 1 ? (FIRST + LAST) / 2 : FIRST + ((LAST - FIRST) * at) / (of - 1));
}

const is = (geometry: "Polygon" | "LineString" | "Point") =>
  ["==", ["geometry-type"], geometry] as unknown as ExpressionSpecification;

/** What features may be, the uppermost first. */
const KINDS = ["circle", "line", "fill"];

/** The names of the map's layers of so many layers of an archive, the uppermost first. */
export const finishedIds = ({ id }: Pick<Layer, "id">, count: number): string[] =>
  KINDS.flatMap((kind) => Array.from({ length: count }, (_, at) => `tiles-${id}-${at}-${kind}`));

/** The map's layers of all layers of an archive: fills beneath lines beneath points. */
export function finishedLayers(
  layer: Layer,
  all: TileJson["vector_layers"],
  ramp: Ramp,
  source: string,
): LayerSpecification[] {
  const { opacity, line } = layer.drawing;
  const each = (make: (from: From, colour: string) => LayerSpecification) =>
    all.map(({ id }, at) =>
      make({ id: `tiles-${layer.id}-${at}`, source, "source-layer": id }, finishedColour(at, all.length, ramp)),
    );
  return [
    ...each(({ id, ...from }, colour) => ({
      id: `${id}-fill`,
      ...from,
      type: "fill",
      filter: is("Polygon"),
      paint: { "fill-color": colour, "fill-opacity": opacity * PLAIN, "fill-outline-color": colour },
    })),
    ...each(({ id, ...from }, colour) => ({
      id: `${id}-line`,
      ...from,
      type: "line",
      filter: is("LineString"),
      paint: { "line-color": colour, "line-width": line * WIDE, "line-opacity": opacity },
    })),
    ...each(({ id, ...from }, colour) => ({
      id: `${id}-circle`,
      ...from,
      type: "circle",
      filter: is("Point"),
      paint: {
        "circle-color": colour,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1.5, 10, 2.5, 16, 5],
        "circle-opacity": opacity,
      },
    })),
  ];
}

interface From {
  id: string;
  source: string;
  "source-layer": string;
}
