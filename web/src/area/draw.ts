/** An area drawn on the map by a pointer: a rectangle or a circle by a drag, a polygon by a click for each of its corners. */

import type { Map as MapLibre } from "maplibre-gl";
import { element } from "../dom";
import { type Area, type AreaKind, apart, type Position } from "./shape";

interface Hand {
  /** The area so far; none while it has no extent. */
  show: (area: Area | undefined, corners: readonly Position[]) => void;
  /** It is finished, or was given up. */
  done: (area: Area | undefined) => void;
}

/** Nearer than this, in pixels, a click is on the first corner, and a drag is none. */
const NEAR = 12;
const STILL = 4;

export interface Drawing {
  /** Finishes a polygon with the corners that it has. */
  finish: () => void;
  end: () => void;
}

/** What lies over the map while something is drawn on it: what is pressed there is no click on what lies under it. */
export function coverOf(map: MapLibre): HTMLElement {
  const cover = element("div", "drawing");
  map.getCanvasContainer().append(cover);
  for (const name of ["mousedown", "mouseup", "click", "dblclick"]) {
    cover.addEventListener(name, (event) => event.stopPropagation());
  }
  return cover;
}

/** Lets an area be drawn; the map stands still meanwhile. */
export function drawArea(map: MapLibre, kind: AreaKind, { show, done }: Hand): Drawing {
  const cover = coverOf(map);
  cover.tabIndex = -1;
  // Keys are about the drawing from now on, not about the button that began it.
  const before = document.activeElement;
  cover.focus({ preventScroll: true });
  const corners: Position[] = [];
  let start: [number, number] | undefined;
  const at = ({ clientX, clientY }: PointerEvent): [number, number] => {
    const { left, top } = cover.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const place = (pixel: [number, number]): Position => {
    const { lng, lat } = map.unproject(pixel);
    return [lng, lat];
  };
  const far = (a: readonly [number, number], b: readonly [number, number]) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const polygon = (more: readonly Position[] = []): Area | undefined => {
    const all = [...corners, ...more];
    return all.length < 3 ? undefined : { kind: "polygon", corners: all };
  };
  const dragged = (from: [number, number], to: [number, number]): Area | undefined => {
    if (far(from, to) < STILL) return undefined;
    if (kind === "circle") {
      const middle = place(from);
      return { kind, middle, metres: apart(middle, place(to)) };
    }
    if (Math.abs(from[0] - to[0]) < STILL || Math.abs(from[1] - to[1]) < STILL) return undefined;
    const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
    const [top, bottom] = [Math.min(from[1], to[1]), Math.max(from[1], to[1])];
    const southwest = place([left, bottom]);
    // On a turned or tilted map it is what was drawn that counts, which is no box of degrees.
    if (map.getBearing() !== 0 || map.getPitch() !== 0) {
      return { kind: "polygon", corners: [southwest, place([right, bottom]), place([right, top]), place([left, top])] };
    }
    return { kind: "rectangle", corners: [southwest, place([right, top])] };
  };
  const finish = () => {
    const area = polygon();
    if (area) done(area);
  };
  cover.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.button !== 0) return;
    cover.setPointerCapture(event.pointerId);
    start = at(event);
  });
  cover.addEventListener("pointermove", (event) => {
    const here = at(event);
    if (kind === "polygon") show(polygon([place(here)]), [...corners, place(here)]);
    else if (start) show(dragged(start, here), []);
  });
  cover.addEventListener("pointerup", (event) => {
    const [from, to] = [start, at(event)];
    start = undefined;
    if (!from) return;
    if (kind !== "polygon") {
      const area = dragged(from, to);
      // A click alone draws nothing, and leaves the pen in the hand.
      if (area) done(area);
      else show(undefined, []);
      return;
    }
    const [first, last] = [corners[0], corners.at(-1)].map((corner) => {
      if (!corner) return undefined;
      const { x, y } = map.project([corner[0], corner[1]]);
      return [x, y] as const;
    });
    // On the first corner, or twice at the last, the ring is closed.
    const closes = corners.length > 2 && ((first && far(first, to) < NEAR) || (last && far(last, to) < STILL));
    if (closes) {
      finish();
      return;
    }
    corners.push(place(to));
    show(polygon(), corners);
  });
  cover.addEventListener("pointercancel", () => {
    if (start) show(polygon(), corners);
    start = undefined;
  });
  const onKey = (event: KeyboardEvent) => {
    // What is typed elsewhere is no part of the drawing.
    if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) return;
    if (event.key === "Escape") done(undefined);
    else if (event.key === "Enter" && kind === "polygon" && !(event.target instanceof HTMLButtonElement)) finish();
    else if (event.key === "Backspace" && kind === "polygon" && corners.length > 0) {
      corners.pop();
      show(polygon(), corners);
    } else return;
    event.preventDefault();
  };
  window.addEventListener("keydown", onKey);
  return {
    finish,
    end() {
      if (document.activeElement === cover && before instanceof HTMLElement) before.focus({ preventScroll: true });
      cover.remove();
      window.removeEventListener("keydown", onKey);
    },
  };
}
