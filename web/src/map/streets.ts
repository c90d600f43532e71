/**
 * Vector tiles of streets as a quiet ground: those of Protomaps and of OpenMapTiles, told apart by the names of their
 * layers; of any other kind, plain shapes. Names are written with the reader's own fonts, so nobody is asked for letters.
 */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { type Ground, PREFIX } from "./ground";
import type { Theme } from "./theme";

/** Where a kind of tiles has what is drawn of it. */
interface Schema {
  /** The layer of land; without one, everything that is not water is land. */
  land?: string;
  water: readonly string[];
  green: readonly (readonly [layer: string, property: string])[];
  built: string;
  borders: readonly [layer: string, filter: FilterSpecification];
  roads: string;
  /** The property that tells roads apart, and its values from the widest to the narrowest. */
  road: readonly [property: string, ...ranks: (readonly string[])[]];
  rails: readonly [property: string, values: readonly string[]];
  roadNames: string;
  places: string;
  /** The property that tells places apart, its values from the largest to the smallest, and what sorts equals. */
  place: readonly [property: string, ...ranks: (readonly string[])[]];
  order: ExpressionSpecification;
}

const GREEN = [
  ...["park", "national_park", "nature_reserve", "forest", "wood", "grass", "grassland", "meadow", "scrub", "garden"],
  ...["golf_course", "cemetery", "recreation_ground", "pitch", "orchard", "vineyard", "farmland", "protected_area"],
];

const PROTOMAPS: Schema = {
  land: "earth",
  water: ["water"],
  green: [
    ["landcover", "kind"],
    ["landuse", "kind"],
  ],
  built: "buildings",
  borders: ["boundaries", ["==", ["get", "kind"], "country"]],
  roads: "roads",
  road: ["kind", ["highway"], ["major_road"], ["medium_road"], ["minor_road", "other"], ["path"]],
  rails: ["kind", ["rail"]],
  roadNames: "roads",
  places: "places",
  place: ["kind", ["country"], ["region"], ["locality"], ["macrohood", "neighbourhood"]],
  order: ["-", ["to-number", ["get", "population_rank"], 0]],
};

const OPENMAPTILES: Schema = {
  water: ["water"],
  green: [
    ["landcover", "class"],
    ["landcover", "subclass"],
    ["landuse", "class"],
    ["park", "class"],
  ],
  built: "building",
  borders: ["boundary", ["all", ["==", ["get", "admin_level"], 2], ["!=", ["get", "maritime"], 1]]],
  roads: "transportation",
  road: [
    "class",
    ["motorway"],
    ["trunk", "primary"],
    ["secondary", "tertiary"],
    ["minor", "service", "street"],
    ["path", "track", "pedestrian"],
  ],
  rails: ["class", ["rail", "transit"]],
  roadNames: "transportation_name",
  places: "place",
  place: ["class", ["country"], ["state", "province"], ["city"], ["town"], ["village", "suburb", "hamlet", "quarter"]],
  order: ["to-number", ["get", "rank"], 99],
};

interface Colours {
  green: string;
  built: string;
  road: string;
  edge: string;
  path: string;
}

const LIGHT: Colours = { green: "#e6ecdb", built: "#e9e5dc", road: "#ffffff", edge: "#dcd7cc", path: "#d8d3c7" };
const DARK: Colours = { green: "#1d2a26", built: "#252c36", road: "#36404d", edge: "#141920", path: "#323b46" };

/** Widths of roads in pixels at zooms, from the widest kind to the narrowest. */
const WIDTHS: readonly (readonly [zoom: number, ...widths: number[]])[] = [
  [5, 0.8, 0.3, 0, 0, 0],
  [8, 1.4, 0.8, 0.2, 0, 0],
  [11, 2.2, 1.8, 1.2, 0.5, 0],
  [14, 6, 5, 4, 2.4, 0.8],
  [17, 18, 15, 12, 8, 2],
  [20, 70, 56, 44, 34, 6],
];

/** What draws the tiles of a source whose layers have these names. */
export function streets(source: string, ids: readonly string[]): Pick<Ground, "below" | "above"> {
  const has = (id: string) => ids.includes(id);
  const schema =
    has("roads") || has("earth") ? PROTOMAPS : has("transportation") || has("water") ? OPENMAPTILES : undefined;
  if (!schema) return { below: (theme) => plain(source, ids, theme), above: () => [] };
  return {
    below: (theme) => shapes(source, schema, has, theme),
    above: (theme) => names(source, schema, has, theme),
  };
}

function shapes(source: string, schema: Schema, has: (id: string) => boolean, theme: Theme): LayerSpecification[] {
  const colours = theme.dark ? DARK : LIGHT;
  const fill = (
    layer: string,
    color: string,
    more: { filter?: FilterSpecification; minzoom?: number } = {},
    id = layer,
  ) =>
    ({
      ...from(source, layer, id),
      type: "fill",
      ...more,
      filter: ["all", POLYGON, ...(more.filter ? [more.filter] : [])] as FilterSpecification,
      paint: { "fill-color": color, "fill-antialias": false },
    }) satisfies LayerSpecification;
  const { land, road, rails, borders } = schema;
  const isRoad = within(road[0], road.slice(1).flat());
  const line = (id: string, color: string, extra: number): LayerSpecification => ({
    ...from(source, schema.roads, id),
    type: "line",
    filter: isRoad,
    layout: { "line-join": "round", "line-cap": "round", "line-sort-key": ["-", rank(road)] },
    paint: { "line-color": ["match", rank(road), 4, colours.path, color], "line-width": widths(road, extra) },
  });
  const all: LayerSpecification[] = [
    {
      id: `${PREFIX}plain`,
      type: "background",
      paint: { "background-color": land && has(land) ? theme.sea : theme.land },
    },
    ...(land ? [fill(land, theme.land)] : []),
    ...schema.green.map(([layer, property]) =>
      fill(layer, colours.green, { filter: within(property, GREEN) }, `${layer}-${property}`),
    ),
    ...schema.water.map((layer) => fill(layer, theme.sea)),
    fill(schema.built, colours.built, { minzoom: 14 }),
    line("edges", colours.edge, 1.5),
    line("streets", colours.road, 0),
    {
      ...from(source, schema.roads, "rails"),
      type: "line",
      minzoom: 11,
      filter: within(...rails),
      paint: { "line-color": theme.coast, "line-width": ["interpolate", ["linear"], ["zoom"], 11, 0.4, 18, 2] },
    },
    {
      ...from(source, borders[0], "borders"),
      type: "line",
      filter: borders[1],
      paint: { "line-color": theme.border, "line-width": ["interpolate", ["linear"], ["zoom"], 0, 0.6, 10, 2] },
    },
  ];
  return all.filter((layer) => !("source-layer" in layer) || has(String(layer["source-layer"])));
}

function names(source: string, schema: Schema, has: (id: string) => boolean, theme: Theme): LayerSpecification[] {
  const { place, places, roadNames } = schema;
  const text = {
    "text-color": theme.text,
    "text-halo-color": theme.halo,
    "text-halo-width": 1.4,
  };
  const least = place.length - 2;
  const all: LayerSpecification[] = [
    {
      ...from(source, roadNames, "street-names"),
      type: "symbol",
      minzoom: 14,
      filter: ["has", "name"],
      layout: {
        "symbol-placement": "line",
        "text-field": NAME,
        "text-font": ["sans-serif"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 14, 10, 18, 13],
      },
      paint: text,
    },
    {
      ...from(source, places, "place-names"),
      type: "symbol",
      // Countries at first, then towns; the smallest give way where the streets have names.
      filter: [
        "all",
        within(place[0], place.slice(1).flat()),
        [">=", ["zoom"], ["match", rank(place), 0, 0, 1, 5, 2, 3, 3, 8, 11]],
        ["any", [">", rank(place), 1], ["<", ["zoom"], 8]],
      ],
      layout: {
        "text-field": NAME,
        "text-font": ["sans-serif"],
        "text-size": [
          "interpolate",
          ["linear"],
          ["zoom"],
          3,
          ["match", rank(place), 0, 12, 10],
          14,
          ["-", 17, rank(place)],
        ],
        "text-max-width": 7,
        "text-padding": 6,
        "symbol-sort-key": ["+", ["*", 100, ["min", rank(place), least]], schema.order],
      },
      paint: text,
    },
  ];
  return all.filter((layer) => has(String("source-layer" in layer && layer["source-layer"])));
}

/** Tiles of a kind that is not known: outlines of what is there. */
function plain(source: string, ids: readonly string[], theme: Theme): LayerSpecification[] {
  const background: LayerSpecification = {
    id: `${PREFIX}plain`,
    type: "background",
    paint: { "background-color": theme.land },
  };
  return [
    background,
    ...ids.flatMap((id): LayerSpecification[] => [
      {
        ...from(source, id, `${id}-areas`),
        type: "fill",
        filter: POLYGON,
        paint: { "fill-color": theme.coast, "fill-opacity": 0.25, "fill-outline-color": theme.border },
      },
      {
        ...from(source, id, `${id}-lines`),
        type: "line",
        filter: ["==", ["geometry-type"], "LineString"],
        paint: { "line-color": theme.coast, "line-width": 1 },
      },
      {
        ...from(source, id, `${id}-points`),
        type: "circle",
        filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-color": theme.coast, "circle-radius": 2 },
      },
    ]),
  ];
}

const POLYGON: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];

/** The name in the reader's language, else as it is there. */
const NAME: ExpressionSpecification = [
  "coalesce",
  ["get", `name:${navigator.language.split("-")[0]}`],
  ["get", "name"],
  "",
];

const from = (source: string, layer: string, id: string) => ({ id: PREFIX + id, source, "source-layer": layer });

const within = (property: string, values: readonly string[]): ExpressionSpecification => [
  "in",
  ["get", property],
  ["literal", [...values]],
];

/** Which of the ranks a feature has, the first being 0. */
function rank([property, ...ranks]: readonly [string, ...(readonly string[])[]]): ExpressionSpecification {
  const arms = ranks.flatMap((values, at) => [[...values], at]);
  return ["match", ["get", property], ...arms, ranks.length] as unknown as ExpressionSpecification;
}

/** Widths of roads by their rank, wider by so much. */
function widths(road: Schema["road"], extra: number): ExpressionSpecification {
  const stops = WIDTHS.flatMap(([zoom, ...widths]) => {
    const arms = widths.flatMap((width, at) => [at, width > 0 ? width + (width > 1 ? extra : 0) : 0]);
    return [zoom, ["match", rank(road), ...arms, 0]];
  });
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}
