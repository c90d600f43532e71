/** Dates beneath a histogram: as many as there is room for, where years, months, days or hours begin. */

import { around, DAY, HOUR, moved, PRESETS, type Window } from "./calendar";
import { shown } from "./clock";

export interface Tick {
  time: number;
  text: string;
}

const LEVELS = [
  ...PRESETS.filter(({ name }) => !["second", "10 seconds", "week", "10 years"].includes(name)),
  { name: "3 hours", about: 3 * HOUR },
  { name: "2 days", about: 2 * DAY },
  { name: "4 days", about: 4 * DAY },
  { name: "10 days", about: 10 * DAY },
  { name: "2 months", about: 61 * DAY, months: 2 },
  { name: "2 years", about: 731 * DAY, months: 24 },
  { name: "5 years", about: 1826 * DAY, months: 60 },
  { name: "10 years", about: 3653 * DAY, months: 120 },
  ...[50, 100, 200, 500, 1000, 2000, 5000].map((years) => ({
    name: `${years} years`,
    about: years * 365.25 * DAY,
    months: years * 12,
  })),
].sort((a, b) => a.about - b.about);

const text = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  return (time: number) => format.format(time);
};
/** The year before 1 is 1 BC. */
const year = (time: number) => {
  const count = new Date(time).getUTCFullYear();
  return count > 0 ? String(count) : `${1 - count} BC`;
};
const month = text({ month: "short" });
const day = text({ day: "numeric", month: "short" });
const clock = text({ hour: "2-digit", minute: "2-digit" });

/** At most about so many dates in a range. */
export function ticksOf([from, to]: Window, most: number): Tick[] {
  const level = LEVELS.find(({ about }) => (to - from) / about <= most) ?? LEVELS.at(-1);
  if (!level) return [];
  const ticks: Tick[] = [];
  for (let window = around(from, level); window[0] <= to; window = moved(window, 1)) {
    const [time] = window;
    // What stands at the very end would be cut off.
    if (time >= from && time - from < (to - from) * 0.97) ticks.push({ time, text: said(shown(time), level.about) });
  }
  return ticks;
}

/** What the clock shows, in words. */
function said(time: number, apart: number): string {
  const date = new Date(time);
  if (apart < DAY) return time % DAY === 0 ? day(time) : clock(time);
  if (apart < 28 * DAY) return day(time);
  return date.getUTCMonth() === 0 ? year(time) : month(time);
}
