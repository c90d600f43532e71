/** The second map of a comparison: beside the first, or over it as far as a line that is dragged. Both look at the same place. */

import "./compare.css";
import { effect } from "@preact/signals";
import type { Source } from "duotile";
import type { ErrorEvent } from "maplibre-gl";
import { element } from "../dom";
import type { Drawable } from "../map/layers";
import { makeMap, viewOf } from "../map/map";
import { openOnClick } from "../map/popup";
import { middle } from "../map/view";
import { compared, line, type Mode, second } from "./compared";
import { labelOf } from "./label";
import type { Pair } from "./pair";

/** How much of the view's right side the legend takes, with room about it, in pixels. */
const LEGEND = 262;
/** A key moves the line by so much. */
const STEP = 0.02;

/** Makes it. Returns what ends it. */
export async function makeSecond(pair: Pair, source: Source, shown: () => readonly Drawable[]): Promise<() => void> {
  const { map: first } = pair;
  const container = element("div", "second");
  container.id = "map-above";
  container.ariaLabel = "Map of the upper layer";
  container.role = "region";
  const [left, right] = [element("p", "compared left"), element("p", "compared right")];
  const handle = makeHandle();
  line.value = middle();
  first.getContainer().after(container, handle, left, right);
  const drawn = await makeMap(container, pair.ground(), viewOf(first));
  const { map } = drawn;
  const body = document.body.classList;
  const follow = (from: typeof map, to: typeof map) => () => {
    const [a, b] = [viewOf(from), viewOf(to)];
    const same =
      a.lng === b.lng && a.lat === b.lat && a.zoom === b.zoom && a.bearing === b.bearing && a.pitch === b.pitch;
    if (!same) to.jumpTo({ center: a, zoom: a.zoom, bearing: a.bearing, pitch: a.pitch });
  };
  const back = follow(first, map);
  first.on("move", back);
  map.on("move", follow(map, first));
  openOnClick(map, source, () => pair.above(shown()));
  // Whoever waits for the first map waits for both, and hears what goes wrong with either.
  map.on("idle", () => first.triggerRepaint());
  map.on("error", ({ error, sourceId }: ErrorEvent & { sourceId?: string }) => {
    first.fire("error", { error, ...(sourceId === undefined ? {} : { sourceId }) });
  });
  let laid: Mode | undefined;
  const stop = effect(() => {
    const now = compared.value;
    if (!now) return;
    const beside = now.mode === "beside";
    body.toggle("beside", beside);
    handle.hidden = beside;
    const at = beside ? 0.5 : line.value;
    document.documentElement.style.setProperty("--swipe", `${at * 100}%`);
    handle.ariaValueNow = String(Math.round(at * 100));
    left.textContent = labelOf(now.below, now.above);
    right.textContent = labelOf(now.above, now.below);
    // Beside the legend, or below it where the line leaves no room there.
    right.classList.toggle("low", at * window.innerWidth + right.offsetWidth > window.innerWidth - LEGEND);
    if (laid === now.mode) return;
    laid = now.mode;
    first.resize();
    map.resize();
  });
  pair.join(drawn);
  second.value = map;
  return () => {
    second.value = undefined;
    stop();
    pair.part();
    first.off("move", back);
    map.remove();
    for (const each of [container, handle, left, right]) each.remove();
    body.remove("beside");
    first.resize();
  };
}

/** The line between both, moved by pointers and by keys. */
function makeHandle(): HTMLElement {
  const handle = element("div", "swipe");
  Object.assign(handle, { role: "slider", tabIndex: 0, ariaLabel: "Line between both layers" });
  Object.assign(handle, { ariaValueMin: "0", ariaValueMax: "100", ariaOrientation: "horizontal" });
  const put = (at: number) => {
    line.value = Math.min(Math.max(at, 0.02), 0.98);
  };
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) put(event.clientX / window.innerWidth);
  });
  handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, PageDown: -5 * STEP, PageUp: 5 * STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    put(line.peek() + by);
  });
  return handle;
}
