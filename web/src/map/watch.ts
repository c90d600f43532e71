/** What the page learns from its map: whether it is busy, how close it is, what it draws, what it could not load. */

import { effect, untracked } from "@preact/signals";
import type { ErrorEvent } from "maplibre-gl";
import { loaded } from "../load";
import { busy, huddled, lost, rest, say, status, unseen, zoom } from "../page";
import { active, ownId, state } from "../state";
import { frame, playing } from "../time/animation";
import { isGround } from "./ground";
import type { Drawable } from "./layers";
import type { DataMap } from "./map";
import { stands } from "./shapes/usual";
import { isHuddled, isSeen, saySpread } from "./spread";

/** How often a map that is waited for is made to look at itself, in milliseconds. */
const NUDGE = 300;

/** Watches a map; `shown` is what the reader sees on it. */
export function watch(view: DataMap, shown: () => readonly Drawable[]): void {
  const { map } = view;
  /** What was told to be missing, and of which tiles. */
  const faults = new Set<string>();
  let of = "";
  const templates = () =>
    shown()
      .map(({ tiles }) => tiles)
      .join("\n");
  map.on("error", (event) => {
    const text = failed(event);
    // What else is told holds all the same.
    say(text);
    if (isOfGround(event)) return;
    faults.add(text);
    of = templates();
  });
  map.on("dataloading", () => {
    // Frames that are loaded ahead are nothing to wait for.
    if (!playing.peek()) busy.value = true;
  });
  const rests = () => {
    // An animation is painted as what it began with.
    if (!playing.peek()) rest.value = map.getZoom();
  };
  map.on("moveend", rests);
  rests();
  // An animation is spread as the first of its frames that has something in view.
  let measured = false;
  effect(() => {
    if (!frame.value || !playing.value) measured = false;
    else if (!measured) {
      untracked(() => {
        // The first frame is told of before it is what the reader sees.
        const now = shown().filter(({ layer }) => layer.id !== ownId(layer.id));
        measured = now.some((drawable) => isSeen(map, drawable));
        if (measured) saySpread(map, now);
      });
    }
  });
  const waiting = () => Object.values(loaded.value).some(({ busy }) => busy);
  map.on("idle", () => {
    // Tiles that are no longer wanted are not missed.
    if (faults.size > 0 && of !== templates()) {
      for (const text of faults) status.value = status.peek().replace(text, "").trim();
      faults.clear();
    }
    if (!playing.peek()) {
      saySpread(map, shown());
      const own = shown().find(({ layer }) => layer.id === active(state.peek())?.id);
      const rows = own?.loaded.busy ? 0 : (own?.loaded.counted ?? 0);
      huddled.value = own !== undefined && rows > 0 && isHuddled(map, own);
      unseen.value = own && rows > 0 && !isSeen(map, own) ? rows : 0;
    }
    rests();
    busy.value = waiting() || !view.settled();
  });
  effect(() => {
    if (waiting()) busy.value = true;
    // What was drawn is told when it is there; if nothing was, the map will not speak up by itself.
    else map.triggerRepaint();
  });
  // Neither does it of tiles that turn out to be unchanged. While only statistics are waited for there is nothing to draw:
  // a frame takes the time in which they are made.
  const tiling = () => !waiting() || Object.values(loaded.peek()).some(({ tiling }) => tiling);
  setInterval(() => {
    if (busy.peek() && lost.peek() === 0 && tiling() && map.areTilesLoaded()) map.triggerRepaint();
  }, NUDGE);
  const onZoom = () => {
    zoom.value = map.getZoom();
  };
  map.on("zoom", onZoom);
  onZoom();
  map.on("movestart", ({ originalEvent }) => {
    if (originalEvent) status.value = "";
  });
}

/** What stands is seen from the side, when it is chosen; everything else from above. */
export function tilt({ map }: DataMap): void {
  let standing = false;
  /** Where the map is on its way to, unless the reader moves it. */
  let wanted: { pitch: number; bearing?: number } | undefined;
  const go = () => wanted && map.easeTo({ ...wanted, duration: 400 });
  effect(() => {
    const now = state.value.layers.some((layer) => layer.visible && stands(layer, loaded.value[layer.id]?.dataset));
    if (now !== standing && (now ? map.getPitch() === 0 : true)) {
      wanted = now ? { pitch: 50 } : { pitch: 0, bearing: 0 };
      go();
    }
    standing = now;
  });
  map.on("movestart", ({ originalEvent }) => {
    if (originalEvent) wanted = undefined;
  });
  // Another flight ends the one that tilts: what is left of it comes after. Once, for maps that cannot be tilted.
  map.on("idle", () => {
    if (wanted && map.getPitch() !== wanted.pitch) go();
    wanted = undefined;
  });
}

const isOfGround = (event: ErrorEvent): boolean => "sourceId" in event && isGround(String(event.sourceId));

/** What is missing, in words. */
function failed(event: ErrorEvent): string {
  const { error } = event;
  const code = "status" in error ? ` (${error.status})` : "";
  const of = isOfGround(event) ? "base map" : "map";
  return `A part of the ${of} could not be loaded${code}. ${code ? "" : error.message}`.trim();
}

/** How long tiles are waited for, in milliseconds. */
const TILED = 3000;

/** Waits until the tiles that were asked for are drawn; not for ever. */
export async function tiled({ map, settled }: DataMap): Promise<void> {
  const until = performance.now() + TILED;
  do await Promise.race([map.once("idle"), new Promise((resolve) => setTimeout(resolve, NUDGE))]);
  while (!settled() && performance.now() < until);
}
