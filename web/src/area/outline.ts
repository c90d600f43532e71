/** Areas as they lie on the map: their outlines, and of the one that is edited the handles that it is moved and changed by. */

import type { Map as MapLibre } from "maplibre-gl";
import { nearTo } from "../tiles/place";
import { type Area, apart, from, moved, type Position, ringOf } from "./shape";

const NAMESPACE = "http://www.w3.org/2000/svg";

/** What is drawn. */
export interface Outlines {
  areas: readonly Area[];
  /** Corners of a polygon that is none yet. */
  line: readonly Position[];
  /** The one that has handles. */
  edited?: Area | undefined;
  /** It was changed by a handle: while it is dragged, and when that is over. */
  change: (area: Area, last: boolean) => void;
}

/** A handle: where it is, and what the area becomes when it is there. */
interface Handle {
  at: Position;
  to: (place: Position) => Area;
  whole?: boolean;
}

/** A layer over the map, drawn anew when the map moves. */
export function makeOutlines(map: MapLibre): { draw: (what: Outlines) => void; remove: () => void } {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("class", "areas");
  svg.setAttribute("aria-hidden", "true");
  // Over both maps where two are compared, under all else.
  document.body.append(svg);
  let now: Outlines = { areas: [], line: [], change: () => undefined };
  /** Held by a pointer: the handles stay the same elements. */
  let held = false;
  const pixel = ([lng, lat]: Position) => {
    const { x, y } = map.project([lng, lat]);
    return [x, y] as const;
  };
  /** Of the copies of the world, the one that is looked at. */
  const near = (ring: readonly Position[]): Position[] => {
    const middle = ring.reduce((sum, [lng]) => sum + lng, 0) / Math.max(ring.length, 1);
    const turns = nearTo(middle, map.getCenter().lng) - middle;
    return ring.map(([lng, lat]) => [lng + turns, lat]);
  };
  const path = (ring: readonly Position[], closed: boolean) => {
    const places = near(ring).map((place) =>
      pixel(place)
        .map((at) => at.toFixed(1))
        .join(" "),
    );
    return places.length === 0 ? "" : `M${places.join("L")}${closed ? "Z" : ""}`;
  };
  const outline = (d: string, kind: string) => {
    const made = document.createElementNS(NAMESPACE, "path");
    made.setAttribute("class", kind);
    made.setAttribute("d", d);
    return made;
  };
  const handle = ({ at, to, whole }: Handle, area: Area) => {
    const made = document.createElementNS(NAMESPACE, "g");
    made.setAttribute("class", whole ? "handle whole" : "handle");
    for (const name of ["reach", "dot"]) {
      const circle = document.createElementNS(NAMESPACE, "circle");
      circle.setAttribute("class", name);
      made.append(circle);
    }
    const [place = at] = near([at]);
    const [x, y] = pixel(place);
    made.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    const shift = at[0] - place[0];
    made.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation();
      made.setPointerCapture(event.pointerId);
      held = true;
      let last = area;
      const onMove = ({ clientX, clientY }: PointerEvent) => {
        const { left, top } = map.getContainer().getBoundingClientRect();
        const { lng, lat } = map.unproject([clientX - left, clientY - top]);
        made.setAttribute("transform", `translate(${clientX - left} ${clientY - top})`);
        last = to([lng + shift, lat]);
        now.change(last, false);
      };
      const onEnd = (event: PointerEvent) => {
        made.removeEventListener("pointermove", onMove);
        made.removeEventListener("pointerup", onEnd);
        made.removeEventListener("pointercancel", onEnd);
        held = false;
        now.change(event.type === "pointerup" ? last : area, true);
      };
      made.addEventListener("pointermove", onMove);
      made.addEventListener("pointerup", onEnd);
      made.addEventListener("pointercancel", onEnd);
    });
    return made;
  };
  const render = () => {
    const outlines = [
      ...now.areas.flatMap((area) => ["casing", "edge"].map((kind) => outline(path(ringOf(area), true), kind))),
      ...(now.line.length > 0 ? ["casing", "edge"].map((kind) => outline(path(now.line, false), kind)) : []),
    ];
    if (held) {
      for (const each of svg.querySelectorAll("path")) each.remove();
      svg.prepend(...outlines);
      return;
    }
    const { edited } = now;
    svg.replaceChildren(...outlines, ...(edited ? handlesOf(edited).map((each) => handle(each, edited)) : []));
  };
  map.on("move", render);
  map.on("resize", render);
  return {
    draw(what) {
      now = what;
      render();
    },
    remove() {
      map.off("move", render);
      map.off("resize", render);
      svg.remove();
    },
  };
}

/** The handles of an area: its corners, or of a circle how far it reaches, and its middle. */
function handlesOf(area: Area): Handle[] {
  if (area.kind === "circle") {
    const { middle, metres } = area;
    return [
      { at: middle, to: (place) => ({ ...area, middle: place }), whole: true },
      { at: from(middle, metres, 90), to: (place) => ({ ...area, metres: Math.max(apart(middle, place), 1) }) },
    ];
  }
  const ring = ringOf(area);
  const mean = (axis: 0 | 1) => ring.reduce((sum, place) => sum + place[axis], 0) / ring.length;
  const middle: Position = [mean(0), mean(1)];
  const whole: Handle = {
    at: middle,
    to: ([lng, lat]) => moved(area, lng - middle[0], lat - middle[1]),
    whole: true,
  };
  const corners = ring.map((at, which): Handle => {
    if (area.kind === "polygon") {
      return {
        at,
        to: (place) => ({ ...area, corners: area.corners.map((each, one) => (one === which ? place : each)) }),
      };
    }
    const [lng, lat] = ring[(which + 2) % 4] ?? at;
    return {
      at,
      to: ([x, y]) => ({
        kind: "rectangle",
        corners: [
          [Math.min(x, lng), Math.min(y, lat)],
          [Math.max(x, lng), Math.max(y, lat)],
        ],
      }),
    };
  });
  return [whole, ...corners];
}
