/**
 * CSV text becomes {@link Columns}. Fields may be quoted (RFC 4180) and separated by comma, semicolon, tab or bar; an
 * empty field is a null; types are what all values of a column can be read as.
 */

import { degrees } from "./arrays.js";
import { type Columns, check } from "./columns.js";
import { type Cell, columnOf } from "./infer.js";
import { noPosition, positionColumns, type Roles, rolesOf } from "./roles.js";

/** Reads CSV with a header line. */
export function fromCsv(name: string, text: string, roles: Roles): Columns {
  const [header = [], ...records] = parse(text);
  const names = header.map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new RangeError(`CSV with two columns "${twice}", expected names that differ`);
  const pair = positionColumns(names, roles);
  if (!pair) throw noPosition(names);
  records.forEach((record, at) => {
    if (record.length !== names.length) {
      const got = `record ${at + 2} of the CSV has ${record.length} fields`;
      throw new RangeError(`${got}, expected ${names.length} as in the header`);
    }
  });
  const field = (at: number): (string | undefined)[] => records.map((record) => record[at]);
  const numbers = (name: string): Float64Array => {
    return degrees(field(names.indexOf(name)).map((text) => (text?.trim() ? Number(text) : null)));
  };
  const notes: string[] = [];
  const columns = names
    .map((name, at) => [name, at] as const)
    .filter(([name]) => !pair.includes(name))
    .map(([name, at]) => columnOf(name, typed(field(at))));
  const positions = { lon: numbers(pair[0]), lat: numbers(pair[1]) };
  const table: Columns = { name, positions, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
}

/** The records of a CSV text. Blank lines are passed by. */
export function parse(text: string): string[][] {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const separator = separatorOf(text.slice(start, text.indexOf("\n", start) + 1 || undefined));
  const records: string[][] = [];
  let record: string[] = [];
  let at = start;
  while (at < text.length) {
    let value: string;
    if (text[at] === '"') {
      [value, at] = quoted(text, at + 1, records.length + 1);
    } else {
      let end = at;
      while (end < text.length && text[end] !== separator && text[end] !== "\n" && text[end] !== "\r") end++;
      value = text.slice(at, end);
      at = end;
    }
    record.push(value);
    if (text[at] === separator) {
      at++;
      if (at < text.length && text[at] !== "\n" && text[at] !== "\r") continue;
      record.push("");
    }
    const end = text[at];
    if (end !== undefined && end !== "\n" && end !== "\r") {
      throw new RangeError(`record ${records.length + 1} of the CSV has "${end}" behind a closing quote`);
    }
    if (text[at] === "\r") at++;
    if (text[at] === "\n") at++;
    if (record.length > 1 || record[0] !== "") records.push(record);
    record = [];
  }
  return records;
}

/** A quoted field from behind its first quote, and where it ends. */
function quoted(text: string, from: number, record: number): [string, number] {
  let value = "";
  let at = from;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new RangeError(`record ${record} of the CSV has a quoted field that does not end`);
    value += text.slice(at, end);
    if (text[end + 1] !== '"') return [value, end + 1];
    value += '"';
    at = end + 2;
  }
}

/** The separator that is most often in the header line. */
function separatorOf(header: string): string {
  const count = (separator: string): number => header.split(separator).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

const INTEGER = /^[+-]?\d{1,15}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const TIME = /^(\d{4}-\d\d-\d\d)([T ](\d\d:\d\d)(:\d\d(\.\d+)?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/;

/** Texts as the narrowest type that all of them can be read as. */
function typed(fields: readonly (string | undefined)[]): Cell[] {
  const texts = fields.map((field) => (field === undefined || field.trim() === "" ? null : field));
  const all = (is: (text: string) => boolean): boolean => texts.every((text) => text === null || is(text.trim()));
  const read = (cell: (text: string) => Cell): Cell[] =>
    texts.map((text) => (text === null ? null : cell(text.trim())));
  if (texts.every((text) => text === null)) return texts;
  if (all((text) => INTEGER.test(text))) return read(Number);
  if (all((text) => NUMBER.test(text))) return read(Number);
  if (all((text) => /^(true|false)$/i.test(text))) return read((text) => text.toLowerCase() === "true");
  if (all((text) => TIME.test(text))) {
    const times = read(time);
    if (times.every((time) => !(time instanceof Date) || !Number.isNaN(time.getTime()))) return times;
  }
  return texts;
}

/** ISO 8601; without a zone it is UTC. */
function time(text: string): Date {
  const [, day, , minutes = "00:00", seconds = ":00", , zone = "Z"] = TIME.exec(text) ?? [];
  return new Date(`${day}T${minutes}${seconds}${zone}`);
}
