/**
 * What a filter asks of the hour, the weekday or the month of a column of times: found among its parts, said in a few words,
 * and written anew.
 */

import { type Part, partsOf, replaced } from "./clauses";
import { isKeyword, nameOf, type Token, textOf, tokens } from "./tokens";

export type CycleName = "hour" | "weekday" | "month";

/** Some of the hours, weekdays or months of a column. */
export interface Cycle {
  name: CycleName;
  column: string;
  values: readonly number[];
  /** A distance from UTC, such as `-05:00`; UTC if empty. */
  zone: string;
  /** As it stands in the filter. */
  text: string;
}

const count = (from: number, length: number) => Array.from({ length }, (_, at) => from + at);

/** The values of each, as filters have them, in the order that people know. Sunday is 0. */
export const VALUES: Readonly<Record<CycleName, readonly number[]>> = {
  hour: count(0, 24),
  weekday: [1, 2, 3, 4, 5, 6, 0],
  month: count(1, 12),
};

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** A value in words. */
export function saidValue(name: CycleName, value: number): string {
  if (name === "hour") return `${value}:00 to ${(value + 1) % 24}:00`;
  return (name === "weekday" ? WEEKDAYS[value] : MONTHS[value - 1]) ?? String(value);
}

/** A value as short as it can be. */
export function shortValue(name: CycleName, value: number): string {
  return name === "hour" ? String(value) : saidValue(name, value).slice(0, 3);
}

/** What is asked, in a few words. */
export function saidCycle({ name, values, zone }: Pick<Cycle, "name" | "values" | "zone">): string {
  const order = VALUES[name];
  const has = (at: number) => values.includes(order[(at + order.length) % order.length] ?? -1);
  const starts = count(0, order.length).filter((at) => has(at) && !has(at - 1));
  const runs = starts.map((start) => {
    let end = start;
    while (has(end + 1) && end - start < order.length) end += 1;
    const at = (place: number) => shortValue(name, order[place % order.length] ?? 0);
    return start === end ? at(start) : `${at(start)}–${at(end)}`;
  });
  const text = runs.length > 3 ? `${values.length} of ${order.length}` : runs.join(", ");
  return `${text}${name === "hour" ? " h" : ""}${zone ? ` ${/^[+-]/.test(zone) ? "UTC" : ""}${zone}` : ""}`;
}

/** The hour, the weekday or the month of a column, as a filter names it. */
export const termOf = ({ name, column, zone }: Pick<Cycle, "name" | "column" | "zone">): string =>
  `${name}(${nameOf(column)}${zone ? `, ${textOf(zone)}` : ""})`;

/** What such a term names; nothing if it is another text. */
export function readTerm(text: string): Pick<Cycle, "name" | "column" | "zone"> | undefined {
  const found = cycleOf({ text: `${text} = 1` });
  return found && termOf(found) === text ? found : undefined;
}

/** What a part asks of the hours, weekdays or months of a column, if that is what it does. */
export function cycleOf({ text }: Pick<Part, "text">): Cycle | undefined {
  const list = tokens(text) ?? [];
  let at = 0;
  const take = () => list[at++];
  const sign = (value: string) => {
    const is = list[at]?.kind === "sign" && list[at]?.value === value;
    if (is) at += 1;
    return is;
  };
  const name = (["hour", "weekday", "month"] as const).find((each) => isKeyword(list[0], each.toUpperCase()));
  take();
  if (!name || !sign("(")) return undefined;
  const column = take();
  if (column?.kind !== "name" && column?.kind !== "word") return undefined;
  const zone = sign(",") ? take() : undefined;
  if (!sign(")") || (zone && zone.kind !== "text")) return undefined;
  const values = valuesOf(list.slice(at));
  if (!values?.every((value) => VALUES[name].includes(value))) return undefined;
  return { name, column: column.value, values, zone: zone?.value ?? "", text };
}

/** The whole numbers of `= 1`, `IN (1, 2)` or `BETWEEN 1 AND 3`. */
function valuesOf(list: readonly Token[]): number[] | undefined {
  const numbers = list.filter(({ kind }) => kind === "number").map(({ value }) => Number(value));
  const shape = list.map(({ kind, value }) => (kind === "number" ? "n" : value.toUpperCase())).join(" ");
  if (!numbers.every(Number.isInteger)) return undefined;
  if (/^= n$|^IN \( n( , n)* \)$/.test(shape)) return numbers;
  const [from = 0, to = -1] = numbers;
  return shape === "BETWEEN n AND n" && to - from < 32 ? count(from, Math.max(to - from + 1, 0)) : undefined;
}

/** What a filter asks of the hours, weekdays and months of a column, of each once. */
export function cyclesOf(parts: readonly Part[] | undefined, column: string): Cycle[] {
  const all = (parts ?? []).flatMap((part) => cycleOf(part) ?? []).filter((each) => each.column === column);
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

/** A filter that asks for these hours, weekdays or months of a column, for all if there are none, and of all else what it did. */
export function withCycle(text: string, { name, column, values, zone }: Omit<Cycle, "text">): string {
  const before = cyclesOf(partsOf(text), column).find((cycle) => cycle.name === name);
  const all = values.length === 0 || values.length === VALUES[name].length;
  return replaced(text, before?.text, all ? "" : print({ name, column, values, zone }));
}

function print({ name, column, values, zone }: Omit<Cycle, "text">): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [first = 0, last = first] = [sorted[0], sorted.at(-1)];
  const term = termOf({ name, column, zone });
  if (sorted.length === 1) return `${term} = ${first}`;
  if (last - first === sorted.length - 1) return `${term} BETWEEN ${first} AND ${last}`;
  return `${term} IN (${sorted.join(", ")})`;
}
