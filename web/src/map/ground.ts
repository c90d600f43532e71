/** What lies under the data and over it, and how the ground that the page brings is drawn: land, borders, names of countries. */

import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Theme } from "./theme";

/** A ground: layers below the data, names above it, and what both are drawn from. */
export interface Ground {
  sources: Record<string, SourceSpecification>;
  below: (theme: Theme) => LayerSpecification[];
  above: (theme: Theme) => LayerSpecification[];
  /** Where letters and signs of a style come from; the reader's own fonts without. */
  more?: Pick<StyleSpecification, "glyphs" | "sprite">;
}

/** No ground at all. */
export const BARE: Ground = {
  sources: {},
  below: ({ land }) => [{ id: "plain", type: "background", paint: { "background-color": land } }],
  above: () => [],
};

/** The zoom from which on the coasts are too coarse to tell the truth: there the ground is plain. */
export const NEAR = 11;

/**
 * Sources of all grounds, and layers of those that are not ours, begin with this: they are never taken for the data's, and
 * what goes wrong with them is told of the base map.
 */
export const PREFIX = "ground-";
export const isGround = (id: string): boolean => id.startsWith(PREFIX);

const SOURCE = `${PREFIX}natural-earth`;

/** The ground of Natural Earth, from tiles as `pyramid.js` cuts them. */
export const naturalEarth = (tiles: string, maxzoom: number): Ground => ({
  sources: { [SOURCE]: { type: "vector", tiles: [tiles], maxzoom, attribution: "Natural Earth" } },
  below: groundLayers,
  above: nameLayers,
});

/** Layers below the data. */
function groundLayers(theme: Theme): LayerSpecification[] {
  const line = (id: string, color: string, near: number): LayerSpecification => ({
    id,
    type: "line",
    source: SOURCE,
    "source-layer": id,
    layout: { "line-join": "round" },
    paint: {
      "line-color": color,
      "line-width": ["interpolate", ["linear"], ["zoom"], 0, 0.5, 8, near],
      "line-opacity": ["interpolate", ["linear"], ["zoom"], NEAR - 2, 1, NEAR, 0],
    },
  });
  return [
    {
      id: "sea",
      type: "background",
      paint: { "background-color": ["interpolate", ["linear"], ["zoom"], NEAR - 2, theme.sea, NEAR, theme.land] },
    },
    {
      id: "land",
      type: "fill",
      source: SOURCE,
      "source-layer": "land",
      paint: { "fill-color": theme.land, "fill-antialias": false },
    },
    line("borders", theme.border, 1.4),
    line("coast", theme.coast, 1),
  ];
}

/** Names above the data: the larger a country, the earlier. Drawn with the reader's own fonts. */
function nameLayers(theme: Theme): LayerSpecification[] {
  return [
    {
      id: "names",
      type: "symbol",
      source: SOURCE,
      "source-layer": "countries",
      maxzoom: 8,
      filter: [">=", ["get", "size"], ["step", ["zoom"], 6.2, 2, 5.7, 3, 5, 4, 4.3, 5, 0]],
      layout: {
        "text-field": ["get", "name"],
        "text-font": ["sans-serif"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 1, 10, 6, 14],
        "text-max-width": 7,
        "symbol-sort-key": ["-", ["get", "size"]],
        "text-padding": 6,
      },
      paint: {
        "text-color": theme.text,
        "text-halo-color": theme.halo,
        "text-halo-width": 1.4,
      },
    },
  ];
}
