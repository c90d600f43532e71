/**
 * Pictures of the map in time with an animation. MapLibre draws the whole map for every tile that arrives, also of frames
 * that nobody sees yet; with this, what is not seen waits for the next frame, whose picture takes it along.
 */

import type { Map as MapLibre } from "maplibre-gl";

/** How long it waits when there is no next frame, in milliseconds after the picture before: then tiles have to be asked for. */
const REST = 200;

export interface Rhythm {
  /** From now on the map is drawn with `beat`, when it moves, and else at rests. */
  keep: () => void;
  /** Draws a frame, at once: asked for, it would be drawn after the page's next picture, and perhaps after the next frame. */
  beat: () => void;
  /** The map is drawn again whenever it wishes. */
  release: () => void;
}

export function makeRhythm(map: MapLibre): Rhythm {
  const draw = () => void Object.getPrototypeOf(map).triggerRepaint.call(map);
  let last = 0;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const drawn = () => {
    last = performance.now();
    clearTimeout(rest);
    rest = undefined;
  };
  const ask = () => {
    if (map.isMoving()) draw();
    else rest ??= setTimeout(draw, Math.max(last + REST - performance.now(), 0));
  };
  const release = () => {
    if (map.triggerRepaint !== ask) return;
    map.off("render", drawn);
    clearTimeout(rest);
    rest = undefined;
    Reflect.deleteProperty(map, "triggerRepaint");
    draw();
  };
  return {
    keep() {
      if (map.triggerRepaint === ask) return;
      map.on("render", drawn);
      map.triggerRepaint = ask;
    },
    beat: () => void map.redraw(),
    release,
  };
}
