/**
 * The ground stands still while time plays: what lies below the data and above it is drawn once, as two pictures with the
 * map between them, and the map draws only the data of each frame. Without a graphics card that is most of the work. When
 * the map moves it draws everything itself, until it rests.
 */

import type { Map as MapLibre } from "maplibre-gl";
import { isData } from "./layers";
import { mark } from "./phase";

/** What has to be nothing for a layer not to be drawn. Of other types nothing is known: then the map draws everything. */
const OPACITIES: Readonly<Record<string, readonly string[]>> = {
  background: ["background-opacity"],
  fill: ["fill-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  raster: ["raster-opacity"],
  symbol: ["text-opacity", "icon-opacity"],
  "fill-extrusion": ["fill-extrusion-opacity"],
  heatmap: ["heatmap-opacity"],
};

/** What part of the pixels, along each side, a coarse map has. */
const COARSE = 0.5;

type Property = "fill-opacity";

export interface Still {
  /** From now on, whenever the map rests. To be called before every frame. */
  keep: () => void;
  /** Draws the map, but not the pictures, in fewer pixels: where drawing is what takes the time. */
  coarsen: () => void;
  /** Whether it does. */
  isCoarse: () => boolean;
  /** The map draws everything itself again. */
  release: () => void;
}

export function makeStill(map: MapLibre): Still {
  const below = picture("ground-below");
  const above = picture("ground-above");
  // What is opaque is put beneath the map without being mixed with anything.
  below.getContext("2d", { alpha: false });
  map.getContainer().prepend(below);
  map.getCanvasContainer().after(above);
  /** What was taken out of the map: layers, properties, and values to put back. */
  let taken: [string, string, unknown][] | undefined;
  /** Whether the layers that there are cannot be taken out. */
  let odd = false;
  let coarse = false;
  /** Whether the size of the map's canvas is being changed here, which is no movement. */
  let sizing = false;
  const resolve = (ratio: number) => {
    if (map.getPixelRatio() === ratio) return;
    sizing = true;
    map.setPixelRatio(ratio);
    sizing = false;
  };
  const full = () => window.devicePixelRatio || 1;

  const hide = (layers: readonly string[]): [string, string, unknown][] =>
    layers.flatMap((id) =>
      (OPACITIES[map.getLayer(id)?.type ?? ""] ?? []).map((property) => {
        const before = map.getPaintProperty(id, property as Property);
        map.setPaintProperty(id, property as Property, 0, { validate: false });
        mark(map, id, false);
        return [id, property, before] as [string, string, unknown];
      }),
    );
  const putBack = (hidden: readonly [string, string, unknown][]) => {
    for (const [id, property, value] of hidden) {
      if (!map.getLayer(id)) continue;
      map.setPaintProperty(id, property as Property, value as number, { validate: false });
      mark(map, id, value !== 0);
    }
  };
  const take = (into: HTMLCanvasElement) => {
    map.redraw();
    const { width, height } = map.getCanvas();
    Object.assign(into, { width, height });
    into.getContext("2d")?.drawImage(map.getCanvas(), 0, 0);
    into.hidden = false;
  };

  const keep = () => {
    if (taken || odd || map.isMoving()) return;
    const order = map.getLayersOrder();
    const data = order.filter(isData);
    const ground = order.filter((id) => !isData(id));
    const first = order.findIndex(isData);
    const [under, over] = [
      ground.filter((id) => order.indexOf(id) < first),
      ground.filter((id) => order.indexOf(id) > first),
    ];
    const layers = ground.map((id) => map.getLayer(id));
    odd = layers.some((layer) => !layer || !(layer.type in OPACITIES));
    const there = layers.every((layer) => !layer?.source || map.isSourceLoaded(layer.source));
    if (odd || first < 0 || !there) return;
    // All of this is one task: nothing of it is seen but its end.
    resolve(full());
    const rows = hide(data);
    const names = hide(over);
    take(below);
    const lands = hide(under);
    putBack(names);
    take(above);
    putBack(rows);
    taken = [...lands, ...hide(over)];
    if (coarse) resolve(full() * COARSE);
    map.redraw();
  };
  const coarsen = () => {
    coarse = true;
    if (taken) resolve(full() * COARSE);
  };

  /** The map draws everything itself. */
  const restore = () => {
    if (!taken) return;
    // Whose graphics are gone gets a style anew.
    if (map.style) putBack(taken);
    taken = undefined;
    // The pictures go when the map has what is on them.
    map.once("render", () => {
      below.hidden = taken === undefined;
      above.hidden = taken === undefined;
    });
    map.triggerRepaint();
  };
  const release = () => {
    odd = false;
    coarse = false;
    restore();
    resolve(full());
  };
  for (const event of ["movestart", "resize"] as const) map.on(event, () => sizing || restore());
  return { keep, coarsen, isCoarse: () => coarse, release };
}

function picture(name: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.className = `still ${name}`;
  canvas.hidden = true;
  return canvas;
}
