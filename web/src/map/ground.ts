/**
 * What lies under the data and over it, and the ground that the page brings: land, borders and names of countries from
 * Natural Earth. Neighbours share their border once in the file, so coasts and borders are drawn as different lines.
 */

import type { FeatureCollection, LineString, MultiLineString, Position } from "geojson";
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import address from "../data/countries.topo.json?url";
import type { Theme } from "./theme";

type Countries = Topology<{
  countries: GeometryCollection;
  labels: GeometryCollection<{ name: string; size: number }>;
}>;

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

/** The shipped ground, from its sources. */
export const naturalEarth = (sources: Ground["sources"]): Ground => ({
  sources,
  below: groundLayers,
  above: nameLayers,
});

/** The sources of the shipped ground among those of a style; none if it lies there no more. */
export function shippedSources(all: Ground["sources"]): Ground["sources"] | undefined {
  const mine = Object.entries(all).filter(([id]) => SHIPPED.includes(id));
  return mine.length === SHIPPED.length ? Object.fromEntries(mine) : undefined;
}

const SHIPPED = ["land", "coast", "borders", "countries"];

/** The zoom from which on the coasts are too coarse to tell the truth: there the ground is plain. */
export const NEAR = 11;

/** Loads the shipped ground as sources of a style. */
export async function loadGround(): Promise<Record<string, SourceSpecification>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the base map could not be loaded (${response.status})`);
  const topology: Countries = await response.json();
  const { countries, labels } = topology.objects;
  const source = (data: FeatureCollection | LineString | MultiLineString): SourceSpecification => ({
    type: "geojson",
    data: data.type === "FeatureCollection" ? data : { type: "Feature", properties: {}, geometry: data },
    maxzoom: 9,
  });
  return {
    land: { ...source(feature(topology, countries)), attribution: "Natural Earth" } as SourceSpecification,
    coast: source(withoutSeam(mesh(topology, countries, (a, b) => a === b))),
    borders: source(mesh(topology, countries, (a, b) => a !== b)),
    countries: source(feature(topology, labels)),
  };
}

/** Layers below the data. */
function groundLayers(theme: Theme): LayerSpecification[] {
  const line = (id: string, color: string, near: number): LayerSpecification => ({
    id,
    type: "line",
    source: id,
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
    { id: "land", type: "fill", source: "land", paint: { "fill-color": theme.land, "fill-antialias": false } },
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
      source: "countries",
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

/** Lines without the parts that run along the antimeridian or the edge at the pole, where no coast is. */
function withoutSeam({ coordinates }: MultiLineString): MultiLineString {
  const edge = ([x = 0, y = 0]: Position) => Math.abs(x) > 179.99 || y < -85.1;
  const parts: Position[][] = [];
  for (const line of coordinates) {
    let part: Position[] = [];
    line.forEach((point, at) => {
      const before = line[at - 1];
      if (before && edge(before) && edge(point)) {
        parts.push(part);
        part = [];
      }
      part.push(point);
    });
    parts.push(part);
  }
  return { type: "MultiLineString", coordinates: parts.filter((part) => part.length > 1) };
}
