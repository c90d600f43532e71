/** The numbers at a ramp: a scale enters; its ends leave, and between them as many round values as there is room for. */

import { compact } from "../dom";
import { placeOf, type Stop, type Stops } from "../map/stops";

/** Smaller counts than this are told as whole numbers. */
const WHOLE = 100;
/** At most so many numbers stand at a ramp. */
const TICKS = 5;
/** With fewer between its ends others are tried. */
const FEW = 2;
/** About how wide a character and the room between two numbers are, in pixels. */
const [CHARACTER, GAP] = [6.7, 8];
/** Numbers have so many digits, or as many more as tell them apart; one that is alone has more. */
const [FEWEST_DIGITS, MOST_DIGITS, ALONE_DIGITS] = [3, 12, 5];
/** What is so near an end of the ramp stands within it. */
const EDGE = 0.06;

/** A number at a ramp, and where it stands on what is shown of it: from 0 to 1. */
export interface Tick {
  value: number;
  at: number;
  text: string;
  /** Whether it begins or ends where it stands, and is not about it. */
  side?: "first" | "last";
}

/** Both ends, and what is between: quantiles where colours go by them, else round numbers; `room` is the ramp's width in pixels. */
export function ticksOf(all: Stops, whole: boolean, room: number): Tick[] {
  const stops = stretched(all);
  const last = stops.at(-1);
  const say = saying(all, whole);
  // One number stands in the middle.
  if (stops.length === 1 || !last) return [ending(stops[0], say)];
  const [from, to] = [tickAt(stops[0], say), ending(last, say)];
  if (stops[0].beyond) from.text = `≤ ${from.text}`;
  return [from, ...between(stops, say, room, { free: reach(from, room)[1], from, to }), to];
}

/** The numbers of differences: 0 in the middle and, where the scale is the same on both sides of it, the same on both sides. */
export function ticksOfBoth(all: Stops, room: number): Tick[] {
  const some = all.filter(({ value }) => value >= 0) as unknown as Stops;
  // One that was locked may be of anything.
  const same = some[0]?.value === 0 && some.length * 2 === all.length + 1 && all[0].value === -(all.at(-1)?.value ?? 0);
  if (!same) return ticksOf(all, true, room);
  const stops = stretched(some);
  const zero: Tick = { value: 0, at: 0, text: "0" };
  const last = stops.at(-1);
  if (stops.length === 1 || !last) return [{ ...zero, at: 0.5 }];
  const say = saying(some, true);
  const to = ending(last, say);
  const half = room / 2;
  const above = [...between(stops, say, half, { free: reach(zero, half)[1], from: zero, to, more: 1 }), to];
  const below = above.map(({ value, at, text, side }): Tick => {
    const negative = text.endsWith("+") ? `≤ −${text.slice(0, -1)}` : `−${text}`;
    return { value: -value, at: (1 - at) / 2, text: negative, ...(side ? { side: "first" } : {}) };
  });
  return [...below.reverse(), ...[zero, ...above].map((tick) => ({ ...tick, at: (1 + tick.at) / 2 }))];
}

const nearest = (value: number, whole: boolean, round = Math.round): number =>
  whole && value < WHOLE ? round(value) : value;

/** How the numbers of a scale are told. */
interface Say {
  whole: boolean;
  digits: number;
}

const saying = (stops: Stops, whole: boolean): Say => ({ whole, digits: digitsOf(stops) });

/** With so many digits numbers of a scale are told apart: there may be little between them, and much to 0. */
export function digitsOf(stops: Stops): number {
  const [least, most] = [stops[0].value, stops.at(-1)?.value ?? stops[0].value];
  const furthest = Math.max(Math.abs(least), Math.abs(most));
  if (!(most > least)) return ALONE_DIGITS;
  return Math.min(Math.max(Math.ceil(Math.log10(furthest / (most - least))) + 2, FEWEST_DIGITS), MOST_DIGITS);
}

function tickAt({ value, at }: Stop, { whole, digits }: Say): Tick {
  const side = at < EDGE ? "first" : at > 1 - EDGE ? "last" : undefined;
  return { value, at, text: said(nearest(value, whole), digits), ...(side ? { side } : {}) };
}

/** The end of a ramp: no cell has more rows than the next whole number. */
function ending(last: Stop, say: Say): Tick {
  const text = said(nearest(last.value, say.whole, Math.ceil), say.digits);
  return { ...tickAt(last, say), text: `${text}${last.beyond ? "+" : ""}` };
}

/** From where to where a number reaches; `more` is how many characters it has besides. */
function reach({ at, text, side }: Tick, room: number, more = 0): [number, number] {
  const width = ((text.length + more) * CHARACTER + GAP) / room;
  return side === "first" ? [at, at + width] : side === "last" ? [at - width, at] : [at - width / 2, at + width / 2];
}

interface Ends {
  /** Where there is room from. */
  free: number;
  from: Tick;
  to: Tick;
  more?: number;
}

/** As many numbers as there is room for between the ends of a ramp. */
function between(stops: Stops, say: Say, room: number, { free, from, to, more = 0 }: Ends): Tick[] {
  // Below 0 what is beyond the end has its sign before the number, and is longer by that.
  const [end] = reach(to, room, more > 0 && to.text.endsWith("+") ? more + 1 : more);
  const placed = (values: readonly number[]): Tick[] => {
    let [least, most] = [free, end];
    const found: Tick[] = [];
    const all = [...new Set(values.map((value) => nearest(value, say.whole)))];
    // Beside 0 those that are far from it come first: they say most of what is left.
    const both = more > 0;
    for (const value of both ? all.reverse() : all) {
      const one = tickAt({ value, at: placeOf(value, stops) }, say);
      const [left, right] = reach(one, room, more);
      if (left < least || right > most || one.value <= from.value || one.text === to.text) continue;
      // Not more than are read at a glance.
      if (both) most = Math.min(left, right - 1 / TICKS);
      else least = Math.max(right, left + 1 / TICKS);
      found.push(one);
    }
    if (both) found.reverse();
    return found;
  };
  const quantiles = stops.filter(({ quantile }) => quantile).map(({ value }) => value);
  const last = stops.at(-1) ?? stops[0];
  const steps = placed(quantiles.length > 0 ? quantiles : round(stops[0].value, last.value));
  // Most of a ramp may be for what is small beside its end.
  const others = steps.length < FEW ? placed(powers(stops)) : [];
  const found = others.length > steps.length ? others : steps;
  // Where no round number has room, one that is not round has.
  return found.length > 0 ? found : placed(stops.map(({ value }) => value));
}

/** Stops of which the first is where what is shown begins, and the last where it ends. */
function stretched(stops: Stops): Stops {
  const [from, to] = [stops[0].at, stops.at(-1)?.at ?? stops[0].at];
  const all = stops.map((stop) => ({ ...stop, at: to > from ? (stop.at - from) / (to - from) : 0.5 }));
  return all as unknown as Stops;
}

/** A number of a legend, in so many digits. */
export const said = (value: number, digits: number): string => compact(Number(value.toPrecision(digits)), digits);

/** Round numbers between two: where they are of unlike sizes those of each power of ten, else even steps. */
function round(least: number, most: number): number[] {
  if (least > 0 && most > 3 * least) return tens(least, most);
  const rough = (most - least) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough) ?? rough;
  // There is no round number between two of the smallest that there are.
  if (!(step > 0)) return [];
  const first = Math.ceil(least / step);
  const count = Math.min(Math.max(Math.floor(most / step) - first + 1, 0), 2 * TICKS);
  const steps = Array.from({ length: count }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return steps.filter((value) => value > least && value < most);
}

/** Round numbers of all sizes that a scale has, on both sides of 0. */
function powers(stops: Stops): number[] {
  const values = stops.map(({ value }) => value);
  const side = (sizes: readonly number[]) => {
    const some = sizes.filter((size) => size > 0);
    return some.length > 0 ? tens(Math.min(...some) / 2, Math.max(...some)) : [];
  };
  const below = side(values.map((value) => -value)).map((size) => -size);
  return [...below.reverse(), ...(values[0] !== undefined && values[0] < 0 ? [0] : []), ...side(values)];
}

/** 1, 2 and 5 times the powers of ten, between two that are positive. */
function tens(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(Math.max(least, Number.MIN_VALUE)));
  const all = Array.from({ length: Math.ceil(Math.log10(most)) - from + 1 }, (_, i) => from + i);
  const values = all.flatMap((power) => [1, 2, 5].map((times) => Number(`${times}e${power}`)));
  return values.filter((value) => value > least && value < most);
}
