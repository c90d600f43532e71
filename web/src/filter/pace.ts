/**
 * The pace of a drag. While a brush moves, what it means is passed on when the map has drawn what it meant before: one
 * query at a time, the last one wins, and letting go is passed on at once.
 */

import { computed, effect } from "@preact/signals";
import { loaded } from "../load";
import { dragging } from "./dragging";

/** Milliseconds between two queries of a drag, at least. */
const APART = 120;

/** Whether the map has yet to draw what it was told last. */
const tiling = computed(() => Object.values(loaded.value).some(({ tiling }) => tiling));

let pending: (() => void) | undefined;
let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Something that is to happen soon, unless it is overtaken by the next. */
export function offer(work: () => void): void {
  dragging.value = true;
  pending = work;
  next();
}

/** The end of a drag: what is to happen now. */
export function finish(work: () => void): void {
  pending = undefined;
  clearTimeout(timer);
  work();
  dragging.value = false;
}

/** The end of a drag that is of nothing any more, as when its control went away: what was to happen does not. */
export function abandon(): void {
  pending = undefined;
  clearTimeout(timer);
  dragging.value = false;
}

function next(): void {
  clearTimeout(timer);
  if (!pending || tiling.peek()) return;
  const wait = last + APART - performance.now();
  if (wait > 0) {
    timer = setTimeout(next, wait);
    return;
  }
  last = performance.now();
  const work = pending;
  pending = undefined;
  work();
}

effect(() => {
  if (!tiling.value) next();
});
