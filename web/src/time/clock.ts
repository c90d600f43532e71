/**
 * The clock that times are told by: that of a zone, UTC's to begin with. What it shows at a time, as milliseconds since it showed
 * 1970, and the first time at which it shows that or a later one: what it shows twice is the first, what it skips the moment after.
 */

import { signal } from "@preact/signals";

/** The zone, by its name in the IANA database. */
export const zone = signal("UTC");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** How a zone's clock is read; absent for a zone that this browser does not know. */
function formatOf(name: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(name)) {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
    const options = { ...parts, second: "numeric", era: "short", hourCycle: "h23", timeZone: name } as const;
    let format: Intl.DateTimeFormat | undefined;
    try {
      format = new Intl.DateTimeFormat("en-US", options);
    } catch {
      // Shown by UTC, which is said.
    }
    formats.set(name, format);
  }
  return formats.get(name);
}

/** The name of the clock that is shown. */
export const clockName = (): string => (formatOf(zone.value) ? zone.value : "UTC");

/** What the clock shows at a time. */
export function shown(time: number): number {
  return time + ahead(time);
}

/** The first time at which the clock shows this, or a later one. */
export function instant(wanted: number): number {
  if (zone.value === "UTC") return wanted;
  // No clock is farther from UTC than a day; it changes once between the two at most.
  const [before, after] = [ahead(wanted - DAY), ahead(wanted + DAY)];
  const [early, late] = [wanted - Math.max(before, after), wanted - Math.min(before, after)];
  if (shown(early) === wanted) return early;
  if (shown(late) === wanted) return late;
  // It is skipped: the moment of the change, which is a whole second.
  let [low, high] = [Math.min(early, late) - HOUR, Math.max(early, late) + HOUR];
  while (high - low > 1000) {
    const middle = low + Math.floor((high - low) / 2000) * 1000;
    if (shown(middle) < wanted) low = middle;
    else high = middle;
  }
  return high;
}

/** The last answers, as many neighbouring times are asked for. */
const known = new Map<string, number>();

/** How far the clock is ahead of UTC at a time, in milliseconds. */
function ahead(time: number): number {
  const name = zone.value;
  if (name === "UTC" || !(Math.abs(time) < 8e15)) return 0;
  // Clocks change at whole minutes: in Newfoundland at one minute past midnight.
  const minute = Math.floor(time / MINUTE);
  const key = `${name} ${minute}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const at = minute * MINUTE;
  const parts = new Map(
    formatOf(name)
      ?.formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type) ?? Number.NaN);
  const date = new Date(0);
  date.setUTCFullYear(
    parts.get("era") === "BC" ? 1 - number("year") : number("year"),
    number("month") - 1,
    number("day"),
  );
  date.setUTCHours(number("hour"), number("minute"), number("second"));
  const far = Number.isNaN(date.getTime()) ? 0 : date.getTime() - at;
  if (known.size > 5000) known.clear();
  known.set(key, far);
  return far;
}
