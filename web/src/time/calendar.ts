/**
 * Windows of time and how they move, by the clock that times are told by. A window is half-open, in milliseconds since 1970 UTC;
 * one of whole months moves by months, one of whole days by days, any other by its length, so that windows side by side miss
 * nothing and count nothing twice.
 */

import { instant, shown } from "./clock";

export { clockName as saidClock, zone } from "./clock";

export type Window = readonly [from: number, to: number];

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** A length that people name. */
export interface Preset {
  name: string;
  /** Of about how many milliseconds. */
  about: number;
  /** Of how many months, if it is of whole ones. */
  months?: number;
}

export const PRESETS: readonly Preset[] = [
  { name: "second", about: SECOND },
  { name: "10 seconds", about: 10 * SECOND },
  { name: "minute", about: MINUTE },
  { name: "2 minutes", about: 2 * MINUTE },
  { name: "5 minutes", about: 5 * MINUTE },
  { name: "15 minutes", about: 15 * MINUTE },
  { name: "hour", about: HOUR },
  { name: "2 hours", about: 2 * HOUR },
  { name: "6 hours", about: 6 * HOUR },
  { name: "12 hours", about: 12 * HOUR },
  { name: "day", about: DAY },
  { name: "week", about: WEEK },
  { name: "month", about: 30.4 * DAY, months: 1 },
  { name: "quarter", about: 91.3 * DAY, months: 3 },
  { name: "year", about: 365.25 * DAY, months: 12 },
  { name: "10 years", about: 3652.5 * DAY, months: 120 },
];

/** More frames than this are too many to wait for. */
export const MOST_FRAMES = 20_000;
/** A window that is a smaller part of a range than this is not looked for there. */
const MOST_WITHIN = 1_000_000;
/** From a range and its least window: at least as many frames as make an animation. */
const ENOUGH_FRAMES = 24;

/** The start of a month, counted from January of year 0. */
const month = (count: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(count / 12), ((count % 12) + 12) % 12, 1);
  return instant(date.getTime());
};

/** Which month begins at a time; absent if none does. */
function monthAt(time: number): number | undefined {
  const count = monthOf(time);
  return month(count) === time ? count : undefined;
}

/** The month that a time is in. */
function monthOf(time: number): number {
  const date = new Date(shown(time));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Of how many whole months a window is; 0 if it is not. */
export function monthsOf([from, to]: Window): number {
  const [first, last] = [monthAt(from), monthAt(to)];
  return first === undefined || last === undefined ? 0 : last - first;
}

/** Of how many whole days a window is; 0 if it is not. A day may have 23 or 25 hours. */
export function daysOf([from, to]: Window): number {
  const [first, last] = [shown(from), shown(to)];
  return first % DAY === 0 && last % DAY === 0 && instant(first) === from && instant(last) === to
    ? (last - first) / DAY
    : 0;
}

/** The window so many of its own lengths later, or earlier. */
export function moved(window: Window, by: number): Window {
  const [from, to] = window;
  const months = monthsOf(window);
  if (months > 0 && Number.isInteger(by)) {
    const first = monthOf(from) + by * months;
    return [month(first), month(first + months)];
  }
  const days = daysOf(window);
  if (days > 0 && Number.isInteger(by)) {
    const first = shown(from) + by * days * DAY;
    return [instant(first), instant(first + days * DAY)];
  }
  const far = Math.round((to - from) * by);
  return [from + far, to + far];
}

/** The window of a preset that a time is in: whole hours, days, months; weeks begin on Mondays. */
export function around(time: number, { about, months }: Preset): Window {
  if (months) {
    const first = Math.floor(monthOf(time) / months) * months;
    return [month(first), month(first + months)];
  }
  // The first of January 1970 was a Thursday.
  const origin = about === WEEK ? 4 * DAY : 0;
  const from = Math.floor((shown(time) - origin) / about) * about + origin;
  // Below a day it goes on by its length: an hour that the clock shows twice is two.
  if (about < DAY) {
    const start = time - (shown(time) - from);
    return [start, start + about];
  }
  return [instant(from), instant(from + about)];
}

/** The presets that are shorter than a range. */
export function shorter([from, to]: Window): Preset[] {
  return PRESETS.filter(({ about }) => about < to - from);
}

/** The presets that divide a range into some, but not too many. */
export function fitting([from, to]: Window): Preset[] {
  return shorter([from, to]).filter(({ about }) => (to - from) / about <= MOST_FRAMES);
}

/** Those that can be seen in a range, also where it has too many of them to play: a minute of a year, but not of a century. */
export function within([from, to]: Window): Preset[] {
  return shorter([from, to]).filter(({ about }) => (to - from) / about <= MOST_WITHIN);
}

/** The shortest preset that has as many of another one as make an animation. */
export const longerThan = ({ about }: Preset): Preset | undefined =>
  PRESETS.find((longer) => longer.about >= ENOUGH_FRAMES * about);

/** The preset that a window is of. */
export function presetOf(window: Window): Preset | undefined {
  const [months, days] = [monthsOf(window), daysOf(window)];
  const length = days > 0 ? days * DAY : window[1] - window[0];
  return PRESETS.find((preset) => (preset.months ? preset.months === months : preset.about === length));
}

/** The window to begin with in a range: the longest that gives an animation enough frames. */
export function firstWindow(range: Window): Window {
  const preset = fitting(range).findLast(({ about }) => (range[1] - range[0]) / about >= ENOUGH_FRAMES);
  if (preset) return around(range[0], preset);
  const length = Math.max(Math.ceil((range[1] - range[0]) / ENOUGH_FRAMES), 1);
  return [range[0], range[0] + length];
}

/** How far a frame is from the next, as a part of the window. */
export type Step = 1 | 2 | 4 | 8;

/**
 * The frames of an animation: windows like this one, from the one that has the first time of a range to the one that has
 * the last. With a step of 1 every time is in one frame; with smaller ones they overlap. None if there were too many.
 */
export function framesOf(range: Window, window: Window, part: Step): readonly Window[] {
  const length = window[1] - window[0];
  if (!(length > 0) || ((range[1] - range[0]) / length) * part > MOST_FRAMES) return [];
  const whole = monthsOf(window) > 0;
  const parts = whole ? 1 : part;
  // Months are of different lengths: the first guess is corrected below.
  let first = Math.floor(((range[0] - window[0]) / length) * parts) - 2 * parts;
  while (moved(window, first / parts)[1] <= range[0]) first += 1;
  const frames: Window[] = [];
  for (let at = first; ; at += 1) {
    const frame = moved(window, at / parts);
    if (frame[0] > range[1]) return frames;
    frames.push(frame);
  }
}

/** Round times that are at least so far apart. */
const ROUND = [1, SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY];

/** The round time next to a time, where round ones are no closer than `apart` if they can be. */
export function rounded(time: number, apart: number): number {
  const grain = ROUND.find((grain) => grain >= apart) ?? DAY;
  return instant(Math.round(shown(time) / grain) * grain);
}

/** A time moved by so many steps of about this length: of round ones, to round times. */
export function stepped(time: number, by: number, about: number): number {
  const grain = ROUND.findLast((grain) => grain <= about) ?? 1;
  const to = time + by * Math.floor(Math.max(about, grain) / grain) * grain;
  const [now, round] = [shown(to), Math.round(shown(to) / grain) * grain];
  // Below a day by its length: an hour that the clock shows twice is two.
  return grain < DAY ? to + round - now : instant(round);
}

const FORMATS = [
  [DAY, { day: "numeric", month: "short", year: "numeric" }],
  [MINUTE, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }],
  [1, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" }],
] as const;

const formats = FORMATS.map(
  ([grain, options]) => [grain, new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" })] as const,
);
const MONTH = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

/** A time as short as it can be said without losing more than a second. */
export const saidTime = (time: number): string => saidOf(shown(time));

/** The same of what the clock shows. */
function saidOf(time: number): string {
  const format = (formats.find(([grain]) => time % grain === 0) ?? formats.at(-1))?.[1];
  return format?.format(time) ?? String(time);
}

/** A window as people say it. Its end is the last day that is in it where it is of whole days. */
export function saidWindow(window: Window): string {
  const [from, to] = [shown(window[0]), shown(window[1])];
  const months = monthsOf(window);
  if (months === 1) return MONTH.format(from);
  if (months === 12 && new Date(from).getUTCMonth() === 0) return String(new Date(from).getUTCFullYear());
  if (months > 1) return `${MONTH.format(from)} – ${MONTH.format(to - 1)}`;
  if (from % DAY === 0 && to % DAY === 0) {
    return to - from === DAY ? saidOf(from) : `${saidOf(from)} – ${saidOf(to - DAY)}`;
  }
  const sameDay = Math.floor(from / DAY) === Math.floor((to - 1) / DAY);
  const end = sameDay && from % MINUTE === 0 && to % MINUTE === 0 ? CLOCK.format(to) : saidOf(to);
  return `${saidOf(from)}${from % DAY === 0 ? " 00:00" : ""} – ${end}`;
}

/** How long the window of a query is, in words. */
export function saidLength(datetime: string): string {
  const [from = Number.NaN, last = Number.NaN] = datetime.split("/").map((end) => Math.floor(Date.parse(end)));
  const window: Window = [from, last + 1];
  const preset = presetOf(window);
  if (preset) return /^\d/.test(preset.name) ? preset.name : `a${preset.name === "hour" ? "n" : ""} ${preset.name}`;
  const grain = [
    [DAY, "days"],
    [HOUR, "hours"],
    [MINUTE, "minutes"],
  ] as const;
  const found = grain.find(([grain]) => last + 1 - from >= 2 * grain) ?? ([SECOND, "seconds"] as const);
  return `${Math.round(((last + 1 - from) / found[0]) * 10) / 10} ${found[1]}`;
}
