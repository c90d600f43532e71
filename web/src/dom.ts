/** Elements and texts: the few lines that stand in for a framework. */

import type { ColumnInfo, PropertyInfo } from "duotile";

/** An element with a class and children; texts become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const tiny = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** Numbers from here on have digits that are not told apart, and would be as many as 309. */
const HUGE = 1e16;
/** A number as some digits and a power of ten. */
const power = (value: number, digits = 3): string => value.toExponential(digits - 1).replace(/\.?0*e\+/, "e");

/** A count or a measure, for reading: what is there at all is not told as nothing. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= HUGE) return power(value);
  if (size >= 0.1 || size === 0) return grouped.format(value);
  return size < 1e-6 ? String(Number(value.toPrecision(3))) : tiny.format(value);
}

/** So many rows, in words. */
export const rowsSaid = (rows: number): string => (rows === 1 ? "1 row" : `${number(rows)} rows`);

/** A share from 0 to 1 in percent: none that is there is 0 %, and none that is not all is 100 %. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return "< 1 %";
  return rounded === 100 && share < 1 ? "> 99 %" : `${rounded} %`;
}

/** A number of so many digits; from ten thousand on in thousands, millions and so on. */
const shortly = (value: number, digits: number): string =>
  new Intl.NumberFormat("en", {
    notation: Math.abs(value) < 10_000 ? "standard" : "compact",
    maximumSignificantDigits: digits,
  }).format(value);
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** A count in as few characters as can be; with more than three digits where these are not told apart. */
export function compact(value: number, digits = 3): string {
  const size = Math.abs(value);
  if (size >= 1e15) return power(value, digits);
  if (digits > 3) return size > 0 && size < 1e-6 ? String(value) : shortly(value, digits);
  return size < 10_000 ? number(value) : short.format(value);
}

const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 6 });
/** Whole numbers below are not grouped: years, and house numbers. */
const GROUPED = 10_000;
/** From this on a fraction says nothing. */
const LARGE = 100_000;
/** Units that are a million or a thousand of another, from how many of that on they are used. */
const LARGER: Readonly<Record<string, readonly [unit: string, of: number, from: number]>> = {
  "m²": ["km²", 1e6, 1e6],
  m: ["km", 1e3, 1e4],
};
/** Columns of numbers that are names. */
const NAME = /(?:^|[_ -])(?:[fgou]?id|geoid|objectid|rowid|geonameid|code|zip|fips)$/i;

/** A number of a column, for reading: in groups of digits, no more of them than say something, with its unit. */
export function measured(value: number, { name, role, unit }: Partial<ColumnInfo> = {}): string {
  const larger = LARGER[unit ?? ""];
  if (larger && Math.abs(value) >= larger[2]) return `${measured(value / larger[1])} ${larger[0]}`;
  const whole = Number.isInteger(value);
  const isName = role === "id" || NAME.test(name ?? "");
  const plain = whole && (isName || Math.abs(value) < GROUPED);
  const text = plain
    ? String(value)
    : whole || Math.abs(value) >= LARGE
      ? number(Math.round(value))
      : significant.format(value);
  return unit ? `${text} ${unit}` : text;
}

/** A value of a property, for reading: exact, but for times, which tiles carry as numbers. */
export function formatted(value: unknown, info: PropertyInfo | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number" && info?.unit?.startsWith("milliseconds since 1970")) {
    const time = new Date(value);
    return Number.isNaN(time.getTime()) ? String(value) : time.toISOString().replace(/(:00)?\.000Z$/, "Z");
  }
  return String(value);
}

/** A column by its name, with the unit of its values where it is known. */
export function withUnit({ name, unit }: Pick<ColumnInfo, "name" | "unit">): string {
  return unit ? `${name} (${unit})` : name;
}

/** A number of bytes, for reading. */
export function bytes(value: number): string {
  const unit = value < 1e6 ? "kilobyte" : value < 1e9 ? "megabyte" : "gigabyte";
  const amount = value / { kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 }[unit];
  const format = new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits: amount < 10 ? 1 : 0 });
  // A number and its unit stay in one line.
  return format.format(amount).replace(" ", "\u00a0");
}

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago a time was. */
export function ago(time: string): string {
  const minutes = Math.round((Date.parse(time) - Date.now()) / 60_000);
  if (minutes > -1) return "just now";
  if (minutes > -90) return relative.format(minutes, "minute");
  if (minutes > -36 * 60) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 60 / 24), "day");
}

/** With a capital at its start and a stop at its end. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
