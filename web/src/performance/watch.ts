/**
 * How fast the map itself is: pictures a second while it moves, and how long a change takes until all of it is drawn. Where
 * moving it is a pain, cells are drawn larger.
 */

import { effect, signal } from "@preact/signals";
import { slow } from "../map/grid";
import type { DataMap } from "../map/map";
import { state } from "../state";
import { nextView } from "./traces";

/** Pictures of the map in a second while it was last moved; absent until it is. */
export const movedAt = signal<number | undefined>(undefined);
/** How many milliseconds the last change of the query took until the map was drawn. */
export const changedIn = signal<number | undefined>(undefined);

/** A device draws slowly whose pictures take longer than this, in milliseconds, while a hand moves the map. */
const SLOW = 150;
/** Pictures after which that is known. */
const ENOUGH = 30;

/** Follows the map: a view ends when the map moves or another query is asked for. */
export function follow({ map, settled }: DataMap, busy: () => boolean): void {
  let changed: number | undefined;
  let before = "";
  effect(() => {
    const { layers, window } = state.value;
    const now = JSON.stringify([
      layers.map(({ dataset, filter, visible, drawing }) => [dataset, filter, visible, drawing]),
      window,
    ]);
    if (now === before) return;
    before = now;
    changed = performance.now();
    nextView();
  });
  let moving: { since: number; pictures: number; byHand: boolean } | undefined;
  const byHand = { pictures: 0, took: 0 };
  map.on("movestart", ({ originalEvent }) => {
    nextView();
    moving = { since: performance.now(), pictures: 0, byHand: originalEvent !== undefined };
  });
  map.on("render", () => {
    if (moving) moving.pictures += 1;
  });
  map.on("moveend", () => {
    const took = moving ? performance.now() - moving.since : 0;
    // A jump is one picture, and has no pace.
    if (moving && moving.pictures > 2 && took > 0) {
      movedAt.value = (moving.pictures * 1000) / took;
      if (moving.byHand) {
        byHand.pictures += moving.pictures;
        byHand.took += took;
      }
      if (byHand.pictures > ENOUGH && byHand.took > SLOW * byHand.pictures) slow.value = true;
    }
    moving = undefined;
  });
  map.on("idle", () => {
    if (changed === undefined || busy() || !settled()) return;
    changedIn.value = performance.now() - changed;
    changed = undefined;
  });
}
