/**
 * Pictures where they belong. When it rests, MapLibre moves rasters by up to half a pixel, so that photographs look crisp; cells
 * of two pixels are then beside their places, and jump when the map begins to move. There is no option for that, only what it
 * hands to its painter; should that go by another name one day, they lie half a pixel off and not otherwise.
 */

import type { Map as MapLibre } from "maplibre-gl";

type Render = (style: unknown, transform: unknown, frame: object) => void;

export function keepExact(map: MapLibre): void {
  const { painter } = map as unknown as { painter?: { render?: Render } };
  const render = painter?.render?.bind(painter);
  if (painter && render)
    painter.render = (style, transform, frame) => render(style, transform, { ...frame, moving: true });
}
