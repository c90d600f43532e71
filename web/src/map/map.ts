/** The map: ground, data, names; made anew from what it shows whenever that changes, so that it never depends on the past. */

import type { DatasetSummary } from "duotile";
import {
  type ErrorEvent,
  type LngLatBoundsLike,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
} from "maplibre-gl";
import type { View } from "../address";
import { lost } from "../page";
import { toLat, toY } from "../tiles/place";
import { nearest } from "./beyond";
import { keepExact } from "./cells/exact";
import { makePictures } from "./cells/pictures";
import { tellCells } from "./cells/seen";
import { makeExchange } from "./exchange";
import { gridOf, keepSizes, takeCloser } from "./grid";
import type { Ground } from "./ground";
import { type Drawable, dataLayers, dataSources, sourceIds } from "./layers";
import { patch } from "./patch";
import { inPhase, mark, type Opacity, opacities } from "./phase";
import { makeRhythm, type Rhythm } from "./rhythm";
import { makeStill, type Still } from "./still";
import { theme } from "./theme";
import { type Frame, padding, room } from "./view";

/** A map with the means to change what it shows. */
export interface DataMap {
  map: MapLibre;
  /** Draws these, the last on top. */
  show: (drawables: readonly Drawable[]) => void;
  /** Puts another ground under them. Throws, and keeps the one before, if the map refuses it. */
  lay: (ground: Ground) => void;
  /** Gives one of them, by its layer's id, other tiles, and looks at nothing else: the next frame of an animation. */
  exchange: (id: string, tiles: string) => void;
  /** Lets some be seen from now on, and others no longer. All of them are of an animation. */
  turn: (seen: readonly string[], unseen: readonly string[]) => void;
  /** What keeps the ground still beneath an animation. */
  still: Still;
  /** What draws the map in time with an animation. */
  rhythm: Rhythm;
  /** Whether the tiles of one of them are there. */
  isReady: (id: string) => boolean;
  /** Whether all that was to be drawn is drawn. */
  settled: () => boolean;
}

/** Makes the map, with nothing but the ground yet; MapLibre has been told where its worker is. */
export async function makeMap(container: HTMLElement, first: Ground, view: View | undefined): Promise<DataMap> {
  let now: readonly Drawable[] = [];
  let ground = first;
  /** The opacities of what an animation is made of, by the ids of its layers. */
  const animated = new Map<string, Opacity[]>();
  const { pictures, follow } = makePictures();
  const sourcesOf = (drawable: Drawable) => dataSources(drawable, pictures.templates);
  const layersOf = (drawable: Drawable) => {
    const layers = dataLayers(drawable);
    if (drawable.animated) animated.set(drawable.layer.id, layers.flatMap(opacities));
    return layers.map((layer) => inPhase(layer, drawable.phase));
  };
  const style = (): StyleSpecification => ({
    version: 8,
    ...ground.more,
    // What is chosen is seen at once; frames must not shine through each other.
    transition: { duration: 0, delay: 0 },
    sources: {
      ...ground.sources,
      ...Object.assign({}, ...now.map(sourcesOf)),
    },
    layers: [...ground.below(theme()), ...now.flatMap(layersOf), ...ground.above(theme())],
  });
  /** The style that the map was given last. */
  let shown = style();
  const map = new MapLibre({
    container,
    style: shown,
    ...(view ? { center: [view.lng, view.lat], zoom: view.zoom, bearing: view.bearing, pitch: view.pitch } : {}),
    maxZoom: 22,
    maxPitch: 70,
    ...(window.innerWidth <= PHONE ? { transformConstrain: nearest } : {}),
    attributionControl: { compact: true },
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), "bottom-right");
  map.addControl(new ScaleControl(), "bottom-left");
  keepSizes(map);
  follow(map);
  keepExact(map);
  tellCells(map, pictures);
  /** Whether the browser has taken its graphics away: then it has no style, and cannot be asked anything. */
  let isLost = false;
  const lose = (is: boolean) => {
    if (is !== isLost) lost.value += is ? 1 : -1;
    isLost = is;
    container.inert = is;
  };
  map.on("webglcontextlost", () => lose(true));
  map.on("remove", () => lose(false));
  // What was chosen meanwhile is drawn with the rest.
  map.on("webglcontextrestored", () => {
    keepExact(map);
    shown = style();
    map.once("style.load", () => {
      lose(false);
      paint();
    });
    map.setStyle(shown, { diff: false });
  });
  const still = makeStill(map);
  const tiles = makeExchange(map);
  // Tiles first, colours when they are there: a tile that is told to change its colours while its successor is still
  // being fetched would be drawn once more from what it held before.
  let due = false;
  const loaded = () => map.loaded() && map.areTilesLoaded() && !tiles.isDue();
  const repaint = () => {
    if (due) return;
    if (loaded()) {
      paint();
    } else {
      due = true;
      map.once("idle", paint);
    }
  };
  const paint = () => {
    if (isLost) return;
    due = false;
    still.release();
    animated.clear();
    const next = style();
    if (!patch(map, shown, next)) map.setStyle(next, { diff: true });
    shown = next;
    pictures.keep((source) => source in next.sources);
    tiles.renewed();
    for (const { layer } of now) for (const id of sourceIds(layer)) takeCloser(map, id, gridOf(layer.drawing));
    for (const { layer, phase } of now) {
      for (const [id] of animated.get(layer.id) ?? []) mark(map, id, phase === undefined);
    }
    map.triggerRepaint();
  };
  const give = (drawable: Drawable) => {
    for (const [id, source] of Object.entries(sourcesOf(drawable))) {
      if ("tiles" in source && source.tiles?.[0]) tiles.give(id, source.tiles[0]);
    }
  };
  const show = (drawables: readonly Drawable[]) => {
    const before = now;
    now = drawables;
    if (isLost) return;
    // What has other sources is made anew at once: those of features never get done with pictures.
    const same = (a: Drawable, b: Drawable | undefined) =>
      a.layer.id === b?.layer.id &&
      a.loaded.tileJson.dataset === b.loaded.tileJson.dataset &&
      // Tiles of zooms that there are none of would be asked for.
      a.loaded.tileJson.minzoom === b.loaded.tileJson.minzoom &&
      sourceIds(a.layer).join() === sourceIds(b.layer).join() &&
      a.phase === b.phase;
    if (now.length === before.length && now.every((drawable, at) => same(drawable, before[at]))) {
      // Tiles are exchanged one by one, and the map does not go blank between.
      now.forEach((drawable, at) => {
        if (drawable.tiles !== before[at]?.tiles) give(drawable);
      });
      repaint();
    } else {
      paint();
    }
  };
  const lay = (next: Ground) => {
    const before = ground;
    const complaints: string[] = [];
    const note = ({ error }: ErrorEvent) => complaints.push(error.message);
    ground = next;
    map.on("error", note);
    paint();
    map.off("error", note);
    // A style that is not valid is refused whole, and at once.
    if (complaints.length === 0) return;
    ground = before;
    paint();
    throw new Error(complaints[0]);
  };
  const put = (id: string, changes: Partial<Drawable>) => {
    now = now.map((drawable) => (drawable.layer.id === id ? { ...drawable, ...changes } : drawable));
  };
  const exchange = (id: string, template: string) => {
    put(id, { tiles: template });
    const drawable = now.find(({ layer }) => layer.id === id);
    if (drawable && !isLost) give(drawable);
  };
  const turn = (seen: readonly string[], unseen: readonly string[]) => {
    const set = (id: string, on: boolean) => {
      put(id, { phase: on ? undefined : "ahead" });
      if (isLost) return;
      for (const [layer, property, value] of animated.get(id) ?? []) {
        mark(map, layer, on);
        map.setPaintProperty(layer, property as "fill-opacity", on ? (value as number) : 0, { validate: false });
      }
    };
    for (const id of seen) set(id, true);
    for (const id of unseen) set(id, false);
  };
  const isReady = (id: string) => {
    const drawable = now.find(({ layer }) => layer.id === id);
    const ids = drawable ? sourceIds(drawable.layer) : [];
    return (
      !isLost && ids.length > 0 && ids.every((id) => map.getSource(id) && !tiles.isDue(id) && map.isSourceLoaded(id))
    );
  };
  await map.once("style.load");
  return { map, show, lay, exchange, turn, isReady, still, rhythm: makeRhythm(map), settled: () => !due && loaded() };
}

/** Where a map looks. */
export function viewOf(map: MapLibre): View {
  const { lat, lng } = map.getCenter();
  return { zoom: map.getZoom(), lat, lng, bearing: map.getBearing(), pitch: map.getPitch() };
}

/** So wide is a phone at most, in pixels, as the style sheet has it. */
const PHONE = 700;

/** Moves to a frame: at once, or flying there, where it may be closer than a first view. */
export function frameOn(map: MapLibre, [west, south, east, north]: Readonly<Frame>, fly = false): void {
  const bounds: LngLatBoundsLike = [west, Math.max(south, -85), east, Math.min(north, 85)];
  map.fitBounds(bounds, { padding: padding(), maxZoom: fly ? 19 : 14, animate: fly, duration: 900 });
}

/**
 * Shows a dataset as it opens: all of it, or where most rows are if the map cannot be so small, because it is taller than the
 * world would be.
 */
export function openOn(map: MapLibre, { focus, center }: Pick<DatasetSummary, "focus" | "center">): void {
  frameOn(map, focus);
  const pixels = ((focus[2] - focus[0]) / 360) * WORLD * 2 ** map.getZoom();
  if (pixels <= room().width + 1) return;
  // What is told is the zoom of a map of two tiles by one and a half.
  const [lng, lat, zoom] = center;
  const [wide, high] = [Math.min(360 / 2 ** zoom, 180), 0.75 / 2 ** zoom];
  const [top, bottom] = [Math.max(toY(lat) - high, 0), Math.min(toY(lat) + high, 1)];
  frameOn(map, [lng - wide, toLat(bottom), lng + wide, toLat(top)]);
}

/** How wide the world is at zoom 0, in pixels. */
const WORLD = 512;
