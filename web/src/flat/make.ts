/**
 * The page's map where the browser gives no WebGL: the same data, drawn on a plain canvas, and a word about it. Everything beside
 * the map works as ever: the panel, filters, time, tables.
 */

import "./flat.css";
import type { Source } from "duotile";
import type { Map as MapLibre } from "maplibre-gl";
import type { View } from "../address";
import { element } from "../dom";
import { gridOf, sideAt, tileZoom } from "../map/grid";
import { told } from "../map/hover";
import { cellsId, type Drawable, metIds, sourceId } from "../map/layers";
import type { DataMap } from "../map/map";
import { fill } from "../map/popup";
import { fillShape } from "../map/shapes/popup";
import { theme } from "../map/theme";
import { spread, status, tell } from "../page";
import { ownId } from "../state";
import { type TileAddress, tilesOver, toLat, toLng, toX, toY } from "../tiles/place";
import { boxOf, type Camera, TILE, worldOf } from "./camera";
import { makeGround } from "./ground";
import { FlatMap } from "./map";
import { makeTiles } from "./tiles";

/** How far from a dot one may click, as a part of a tile. */
const NEAR = 4 / TILE;

export async function makeFlat(container: HTMLElement, view: View | undefined, source: Source): Promise<DataMap> {
  const flat = new FlatMap(container, view);
  let now: readonly Drawable[] = [];
  const seen = () => now.filter(({ phase }) => phase === undefined);
  const repaint = () => flat.triggerRepaint();
  const tiles = makeTiles(source, repaint, (error, layer) => flat.fire("error", { error, sourceId: sourceId(layer) }));
  const ground = makeGround(repaint);
  /** The tiles of a layer that are seen. */
  const over = (camera: Camera, { layer, loaded }: Drawable) => {
    const { minzoom, maxzoom } = loaded.tileJson;
    const z = Math.min(Math.max(tileZoom(camera.zoom, gridOf(layer.drawing)), minzoom), maxzoom);
    return tilesOver(z, boxOf(camera));
  };
  /** Where on the screen a tile lies: on each of the world's copies that are seen. */
  const placed = (camera: Camera, [z, x, y]: TileAddress) => {
    const world = worldOf(camera);
    const side = world / 2 ** z;
    const top = camera.height / 2 + (y / 2 ** z - toY(camera.lat)) * world;
    return [-1, 0, 1]
      .map((copy) => camera.width / 2 + (x / 2 ** z + copy - toX(camera.lng)) * world)
      .filter((left) => left <= camera.width && left + side >= 0)
      .map((left) => ({ left, top, side }));
  };
  flat.placesIn = (id, [left, top, right, bottom]) =>
    seen()
      .filter(({ layer }) => cellsId(layer) === id)
      .flatMap((drawable) =>
        over(flat.camera, drawable).flatMap((tile) =>
          placed(flat.camera, tile).flatMap((at) => {
            const [x, y] = [(px: number) => (px - at.left) / at.side, (py: number) => (py - at.top) / at.side];
            const found = tiles.within(drawable, tile, [x(left), y(top), x(right), y(bottom)]);
            return found.map((place): [number, number] => placeIn(tile, place));
          }),
        ),
      );
  /** Draws cells that few are near of larger, beneath themselves. */
  const widen = (context: CanvasRenderingContext2D, camera: Camera, drawable: Drawable) => {
    const { layer } = drawable;
    const wider = spread.value[ownId(layer.id)] ?? 0;
    if (wider === 0) return;
    const grid = gridOf(layer.drawing);
    const radius = wider + (layer.drawing.kind === "cells" ? sideAt(camera.zoom, grid) : grid.side) / 2;
    for (const tile of over(camera, drawable)) {
      for (const { left, top, side } of placed(camera, tile)) {
        for (const { x, y, colour } of tiles.dots(drawable, tile)) {
          context.fillStyle = colour;
          context.beginPath();
          context.arc(left + x * side, top + y * side, radius, 0, 2 * Math.PI);
          context.fill();
        }
      }
    }
  };
  flat.draw = (context, camera) => {
    ground.draw(context, camera, theme());
    context.imageSmoothingEnabled = false;
    for (const drawable of now) {
      const hidden = drawable.phase !== undefined;
      if (drawable.phase === "away") continue;
      context.globalAlpha = drawable.layer.drawing.opacity;
      if (!hidden) widen(context, camera, drawable);
      for (const tile of over(camera, drawable)) {
        const picture = tiles.picture(drawable, tile);
        if (!picture || hidden) continue;
        for (const { left, top, side } of placed(camera, tile)) {
          // On whole pixels, or cells would be mixed with what is beside them.
          const [from, above] = [Math.round(left), Math.round(top)];
          context.drawImage(picture, from, above, Math.round(left + side) - from, Math.round(top + side) - above);
        }
      }
    }
    context.globalAlpha = 1;
    tiles.drawn();
    return tiles.waiting() > 0;
  };
  const find = (x: number, y: number) => {
    const camera = flat.camera;
    const { lng, lat } = flat.unproject([x, y]);
    const [wx, wy] = [toX(lng) - Math.floor(toX(lng)), toY(lat)];
    for (const drawable of [...seen()].reverse()) {
      if (metIds(drawable.layer).length === 0) continue;
      const z = over(camera, drawable)[0]?.[0] ?? 0;
      const [tx, ty] = [Math.floor(wx * 2 ** z), Math.floor(wy * 2 ** z)];
      const feature = tiles.at(drawable, [z, tx, ty], wx * 2 ** z - tx, wy * 2 ** z - ty, NEAR);
      if (feature) return { drawable, feature, tile: [z, tx, ty] as const };
    }
    return undefined;
  };
  const label = element("div", "hover");
  const card = element("div", "flat-card");
  label.hidden = card.hidden = true;
  card.role = "dialog";
  card.ariaLabel = "What is there";
  container.append(label, card);
  flat.on("mousemove", ({ point }) => {
    const { x, y } = point as { x: number; y: number };
    const found = find(x, y);
    flat.getCanvas().style.cursor = found ? "pointer" : "grab";
    label.hidden = !found;
    if (!found) return;
    label.replaceChildren(...told(found.feature, found.drawable).map((line) => element("span", "", line)));
    label.style.transform = `translate(${x + 14}px, ${y + 14}px)`;
  });
  flat.on("mouseout", () => {
    label.hidden = true;
  });
  const close = element("button", "sign", "×");
  close.type = "button";
  close.ariaLabel = "Close";
  let stop = new AbortController();
  const shut = () => {
    stop.abort();
    card.hidden = true;
  };
  close.addEventListener("click", shut);
  flat.on("click", ({ point }) => {
    const { x, y } = point as { x: number; y: number };
    const found = find(x, y);
    shut();
    if (!found) return;
    stop = new AbortController();
    const content = element("article", "popup");
    card.replaceChildren(close, content);
    card.hidden = false;
    const { feature, drawable, tile } = found;
    const [zoom, { signal }] = [flat.camera.zoom, stop];
    const filled =
      drawable.layer.drawing.kind === "shapes"
        ? fillShape(content, feature as never, drawable, source, flat.unproject([x, y]) as never, zoom, signal)
        : fill(content, { ...feature, geometry: geometryOf(feature, tile) } as never, drawable, source, zoom, signal);
    filled.catch((error: unknown) => {
      if (!signal.aborted) tell(error);
    });
  });
  window.addEventListener("keydown", ({ key }) => key === "Escape" && shut());
  container.append(buttons(flat));
  status.value = "";
  return {
    map: flat as unknown as MapLibre,
    show(drawables) {
      now = drawables;
      flat.setSources(
        Object.fromEntries(now.map(({ layer, loaded }) => [layer.id, { attribution: loaded.tileJson.attribution }])),
      );
      repaint();
    },
    lay: () => undefined,
    exchange(id, template) {
      now = now.map((drawable) => (drawable.layer.id === id ? { ...drawable, tiles: template } : drawable));
      repaint();
    },
    turn(on, off) {
      now = now.map((drawable) =>
        on.includes(drawable.layer.id)
          ? { ...drawable, phase: undefined }
          : off.includes(drawable.layer.id)
            ? { ...drawable, phase: "ahead" }
            : drawable,
      );
      repaint();
    },
    isReady: (id) => {
      const drawable = now.find(({ layer }) => layer.id === id);
      return drawable !== undefined && over(flat.camera, drawable).every((tile) => tiles.picture(drawable, tile));
    },
    settled: () => tiles.waiting() === 0 && flat.loaded(),
    still: { keep: () => undefined, coarsen: () => undefined, isCoarse: () => true, release: () => undefined },
    rhythm: { keep: () => undefined, beat: repaint, release: () => undefined },
  };
}

/** Where in the world a place of a tile is, in degrees. */
const placeIn = ([z, x, y]: TileAddress, [px, py]: readonly [number, number]): [number, number] => [
  toLng((x + px) / 2 ** z),
  toLat((y + py) / 2 ** z),
];

/** Where a feature is, in degrees. */
function geometryOf(
  { shape, parts }: { shape: number; parts: number[][] },
  [z, x, y]: readonly [number, number, number],
) {
  const place = (px: number, py: number) => placeIn([z, x, y], [px / 4096, py / 4096]);
  const ring = (parts[0] ?? []).flatMap((px, i, all) => (i % 2 === 0 ? [place(px, all[i + 1] ?? 0)] : []));
  return shape === 3 ? { type: "Polygon", coordinates: [ring] } : { type: "Point", coordinates: ring[0] };
}

/** Closer and farther, for those without a wheel. */
function buttons(flat: FlatMap): HTMLElement {
  const one = (text: string, title: string, work: () => void) => {
    const button = element("button", "sign", text);
    button.type = "button";
    button.ariaLabel = title;
    button.addEventListener("click", work);
    return button;
  };
  return element("div", "flat-zoom", one("+", "Zoom in", flat.zoomIn), one("−", "Zoom out", flat.zoomOut));
}
