/**
 * The animation of time as a film: each of its frames is drawn completely, then taken, so that none is missing however slow
 * the machine is.
 */

import { saidWindow } from "../../time/calendar";
import { frames, restore, showFrame } from "../../time/frames";
import { notesOf } from "../notes";
import { annotate, contextOf, grab } from "../picture";
import type { Shown } from "../shown";
import { type Kind, makeWriter } from "./writers";

/** More frames than these are not put into one file. */
export const MOST = 600;

export interface Wish {
  kind: Kind;
  /** Frames a second. */
  rate: number;
  /** Most pixels from left to right. */
  width: number;
}

export interface Film {
  file: Blob;
  frames: number;
  width: number;
  height: number;
}

/** Makes it. `tell` hears how many frames are done, of how many, and the bytes so far. */
export async function makeFilm(
  { map }: Shown,
  { kind, rate, width: most }: Wish,
  tell: (done: number, of: number, bytes: number) => void,
  signal: AbortSignal,
): Promise<Film> {
  const all = frames();
  if (all.length > MOST)
    throw new Error(`these are ${all.length} frames, more than ${MOST}: make the window of time longer`);
  const { clientWidth, clientHeight, width: full } = map.getCanvas();
  // Sizes of video are even.
  const even = (value: number) => Math.max(Math.round(value / 2) * 2, 2);
  const width = even(Math.min(most, full));
  const height = even((width * clientHeight) / clientWidth);
  const writer = await makeWriter(kind, width, height, rate);
  const picture = document.createElement("canvas");
  picture.width = width;
  picture.height = height;
  const context = contextOf(picture, kind === "gif");
  context.imageSmoothingQuality = "high";
  try {
    for (const [index, window] of all.entries()) {
      signal.throwIfAborted();
      await showFrame(index, signal);
      const taken = await grab(map);
      context.drawImage(taken, 0, 0, width, height);
      const notes = notesOf(map);
      annotate(picture, { ...notes, more: notes.filters, time: saidWindow(window) }, width / clientWidth);
      tell(index + 1, all.length, await writer.add(picture));
    }
    signal.throwIfAborted();
    return { file: await writer.finish(), frames: all.length, width, height };
  } finally {
    writer.close();
    restore();
  }
}
