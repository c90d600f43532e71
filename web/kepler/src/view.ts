/** The first look at a tileset: where the map stands, what is drawn of it and in which colours. */

import { COLOURS } from "./scale.ts";
import type { Box, Source } from "./source.ts";

/** What is coloured: a measure before the count, and the count in each period before both. */
export function coloured({ metadata }: Source): string | undefined {
  const periods = metadata.categories.find(({ property }) => property.includes("|"));
  if (periods) return periods.property.split("|")[0];
  const names = metadata.measures.map(({ property }) => property);
  return names.find((name) => name !== "point_count") ?? names[0];
}

/** A saved map of Kepler.gl with one layer of the dataset. */
export function view(source: Source, style: string, width: number, height: number) {
  const field = coloured(source);
  const layer = {
    id: "duotile",
    type: "vectorTile",
    config: {
      dataId: source.id,
      label: source.title,
      color: [53, 183, 121],
      columns: {},
      isVisible: true,
      visConfig: {
        opacity: 0.8,
        radius: 3,
        radiusUnits: true,
        stroked: false,
        colorRange: { name: "Duotile", type: "sequential", category: "Uber", colors: COLOURS },
      },
    },
    visualChannels: field === undefined ? {} : { colorField: { name: field, type: "real" }, colorScale: "quantile" },
  };
  return {
    version: "v1" as const,
    config: {
      mapState: { bearing: 0, pitch: 0, dragRotate: false, ...fit(source.focus, width, height) },
      mapStyle: { styleType: style },
      visState: { layers: [layer], layerBlending: "normal" },
    },
  };
}

const TILE = 512;
/** What Kepler.gl's panel takes of the map's left, and its buttons of the right. */
const PANEL = 340;
const BUTTONS = 60;

/** The place and zoom that show a box as large as can be. */
function fit(box: Box | null, width: number, height: number) {
  if (!box) return { longitude: 0, latitude: 20, zoom: 1 };
  const [west, south, east, north] = box;
  const y = (latitude: number) => Math.asinh(Math.tan((latitude * Math.PI) / 180)) / (2 * Math.PI);
  const wide = (east - west) / 360;
  const high = y(north) - y(south);
  const covered = width > 2 * PANEL ? PANEL + BUTTONS : 0;
  const room = width - covered;
  const scale = Math.min(room / Math.max(wide, 1e-9), height / Math.max(high, 1e-9)) / TILE;
  const zoom = Math.min(Math.max(Math.log2(scale * 0.9), 0), 14);
  const middle = Math.atan(Math.sinh((y(north) + y(south)) * Math.PI)) * (180 / Math.PI);
  const shift = (covered && (PANEL - BUTTONS) / 2 / (TILE * 2 ** zoom)) * 360;
  return { longitude: (west + east) / 2 - shift, latitude: middle, zoom };
}
