/** A window of time in two boxes of whole seconds of the clock, and back. */

import type { Window } from "./calendar";
import { instant, shown } from "./clock";

/** A time as a box for times has it. */
export const boxed = (time: number | undefined): string =>
  time === undefined ? "" : new Date(shown(time)).toISOString().slice(0, 19);

/** The window of two boxes; a box that still says what it said stands for the exact time. None while one is empty. */
export function unboxed(texts: readonly string[], before: Window | undefined): Window | undefined {
  const [from = Number.NaN, to = Number.NaN] = texts.map((text, at) => {
    const time = before?.[at];
    return time !== undefined && text === boxed(time) ? time : instant(Date.parse(`${text}Z`));
  });
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : [from, to];
}
