/** Where rows are shown as a table when somebody asks for some; what draws it is loaded then. Also how a box is drawn for it. */

import type { Source } from "duotile";
import type { Map as MapLibre } from "maplibre-gl";
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { coverOf } from "../area/draw";
import { element } from "../dom";
import { loaded } from "../load";
import { hasShapes } from "../map/shapes/usual";
import { folded, tell } from "../page";
import { active, state } from "../state";
import { asked, drawing, rowsFor, within } from "./asked";
import { drawnOn } from "./drawn";

interface Props {
  map: MapLibre;
  source: Source;
}

export function RowsDrawer(props: Props) {
  const [Body, setBody] = useState<ComponentType<Props>>();
  const wanted = asked.value !== undefined;
  useEffect(() => {
    if (wanted && !Body) import("./rows").then(({ RowsTable }) => setBody(() => RowsTable), tell);
  }, [wanted, Body]);
  const held = drawing.value;
  useEffect(() => {
    if (wanted || held) folded.value += 1;
  }, [wanted, held]);
  useEffect(() => (held ? drawBox(props.map) : undefined), [held, props.map]);
  return Body && wanted ? <Body {...props} /> : null;
}

/** Lets a box be drawn on the map, whose rows are asked for then. Returns what ends it. */
function drawBox(map: MapLibre): () => void {
  const cover = coverOf(map);
  const box = element("div", "box");
  cover.append(box);
  let start: [number, number] | undefined;
  const at = ({ clientX, clientY }: PointerEvent): [number, number] => {
    const { left, top } = cover.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };
  const place = ([x, y]: [number, number], [a, b]: [number, number]) => {
    Object.assign(box.style, {
      left: `${Math.min(x, a)}px`,
      top: `${Math.min(y, b)}px`,
      width: `${Math.abs(x - a)}px`,
      height: `${Math.abs(y - b)}px`,
    });
  };
  cover.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (event.button !== 0) return;
    cover.setPointerCapture(event.pointerId);
    start = at(event);
    place(start, start);
  });
  cover.addEventListener("pointermove", (event) => {
    if (start) place(start, at(event));
  });
  cover.addEventListener("pointerup", (event) => {
    const [from, to] = [start, at(event)];
    if (!from) return;
    drawing.value = false;
    if (Math.abs(from[0] - to[0]) < 3 || Math.abs(from[1] - to[1]) < 3) return;
    const layer = active(state.peek());
    const dataset = layer && loaded.peek()[layer.id]?.dataset;
    if (!layer || !dataset) return;
    const drawn = drawnOn(map, from, to);
    asked.value = rowsFor(layer, state.peek(), dataset, {
      title: "Rows in the box",
      ...("box" in drawn ? within(hasShapes(layer.dataset), drawn.box) : { more: drawn.filter }),
    });
  });
  cover.addEventListener("pointercancel", () => {
    start = undefined;
    place([0, 0], [0, 0]);
  });
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === "Escape") drawing.value = false;
  };
  window.addEventListener("keydown", onKey);
  return () => {
    cover.remove();
    window.removeEventListener("keydown", onKey);
  };
}
