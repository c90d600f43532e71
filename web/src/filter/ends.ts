/** The ends of a brush: from places on an axis to values that a person would write, and back. */

import type { Axis } from "./axis";
import type { Clause, End, Value } from "./clauses";

export type Range = Extract<Clause, { kind: "range" }>;

/** From where to where, on an axis from 0 to 1. */
export interface Brush {
  from: number;
  to: number;
}

/** The kinds of columns that have a histogram. */
export type Kind = "integer" | "number" | "time";

const DAY = 86_400_000;
/** A part of the room of a whole number that no pointer tells from none. */
const NEAR = 1e-4;
/** Steps that times are rounded to, in milliseconds. */
const STEPS = [1, 10, 100, 1000, 5000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000, DAY];

/** A value as the end of a range. */
export function valueEnd(value: number, type: string): End {
  if (type !== "time") return { value: type === "integer" ? Math.floor(value) : value };
  return { value: { time: new Date(value).toISOString().replace(/\.000Z$/, "Z") } };
}

/** The number that was typed; NaN of what is none: commas part groups of three digits, and stand for no decimal point. */
export function typedNumber(text: string): number {
  const plain = text.replaceAll(/[\s_']/g, "");
  const isGrouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/.test(plain);
  const value = plain === "" ? Number.NaN : Number(isGrouped ? plain.replaceAll(",", "") : plain);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The number of a value of a filter; of a date its first or its last moment. */
export function numberOfValue(value: Value, last = false): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number.NaN;
  const text = typeof value === "string" ? value : value.time;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return Date.parse(text) + (last ? DAY - 1 : 0);
  // Without a zone, UTC is meant.
  const zoned = /(?:[zZ]|[+-]\d\d(?::?\d\d)?)$/.test(text) ? text : `${text}Z`;
  return Date.parse(zoned.replace(" ", "T"));
}

/** The number of an end of a range: of a date its first moment or its last, whichever is where the range ends. */
export const numberOfEnd = ({ value, open }: End, which: keyof Brush): number =>
  numberOfValue(value, which === "to" ? !open : open);

/** The range that a clause asks for, if it is one: a single number is a range of its own. */
export function rangeOf(clause: Clause | undefined): Range | undefined {
  if (clause?.kind === "range") return clause;
  if (clause?.kind !== "values" || clause.not || clause.missing || clause.values.length !== 1) return undefined;
  const [value] = clause.values;
  return value === undefined || typeof value === "boolean"
    ? undefined
    : { kind: "range", from: { value }, to: { value } };
}

/** Where a range lies: over all of the values that it has. `undefined` where its ends are no values of such a column. */
export function brushOf({ from, to }: Range, axis: Axis): Brush | undefined {
  const reach = (open = false) => (open ? axis.reach : -axis.reach);
  const brush = {
    from: from ? axis.at(numberOfEnd(from, "from") + reach(from.open)) : 0,
    to: to ? axis.at(numberOfEnd(to, "to") - reach(to.open)) : 1,
  };
  return Number.isNaN(brush.from) || Number.isNaN(brush.to) ? undefined : brush;
}

/** The step that values about a place are rounded to: finer than a pixel. */
function stepAt(at: number, axis: Axis, kind: Kind): number {
  const near = axis.value(Math.min(at + 0.0015, 1)) - axis.value(Math.max(at - 0.0015, 0));
  if (!(near > 0)) return kind === "number" ? Number.MIN_VALUE : 1;
  if (kind === "time") return STEPS.findLast((step) => step <= near) ?? 1;
  const step = 10 ** Math.floor(Math.log10(near));
  return kind === "integer" ? Math.max(step, 1) : step;
}

/** A value near a place, with no more digits than can be seen; at the end of a brush the last that is within. */
export function valueAt(at: number, axis: Axis, kind: Kind, end?: keyof Brush): number {
  // Between two whole numbers both are as near.
  const within = end === undefined ? 0 : (end === "from" ? NEAR : -NEAR) * axis.reach;
  return rounded(axis.value(at) + within, stepAt(at, axis, kind));
}

function rounded(value: number, step: number): number {
  const count = Math.round(value / step);
  // Steps of an axis that is as good as one value are smaller than can be reckoned with.
  if (!Number.isFinite(count) || !Number.isFinite(1 / step)) return value;
  // Dividing by the inverse keeps decimals short: 0.3 rather than 0.30000000000000004.
  return step < 1 ? count / Math.round(1 / step) : count * step;
}

/** The range of a brush; an end at the edge of the axis asks for nothing. `undefined` if neither does. */
export function rangeAt({ from, to }: Brush, axis: Axis, kind: Kind): Range | undefined {
  const low = from > 0 ? valueAt(from, axis, kind, "from") : undefined;
  const high = to < 1 ? valueAt(to, axis, kind, "to") : undefined;
  if (low === undefined && high === undefined) return undefined;
  return {
    kind: "range",
    ...(low === undefined ? {} : { from: valueEnd(low, kind) }),
    ...(high === undefined ? {} : { to: valueEnd(high, kind) }),
  };
}

/** An end moved along the axis, by at least the least step that its values have. */
export function nudged(at: number, by: number, axis: Axis, kind: Kind, end: keyof Brush): number {
  const to = Math.min(Math.max(at + by, 0), 1);
  if (to === 0 || to === 1) return to;
  const before = valueAt(at, axis, kind, end);
  if (valueAt(to, axis, kind, end) !== before) return to;
  return axis.at(before + Math.sign(by) * stepAt(at, axis, kind));
}
