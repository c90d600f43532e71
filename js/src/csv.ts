/**
 * CSV text becomes {@link Columns}. Fields may be quoted (RFC 4180) and separated by comma, semicolon, tab or bar; an
 * empty field is a null; types are what all values of a column can be read as.
 */

import { degrees } from "./arrays.js";
import { type Columns, check } from "./columns.js";
import { type Cell, columnOf } from "./infer.js";
import { positionColumns, type Roles, rolesOf } from "./roles.js";

/** Reads CSV with a header line. */
export async function fromCsv(name: string, text: string, roles: Roles): Promise<Columns> {
  const [names, fields] = parse(text);
  const make = (name: string, notes: string[]) => [
    columnOf(name, typed(name, fields[names.indexOf(name)] ?? [], notes)),
  ];
  const pair = positionColumns(names, roles);
  if (!pair) return (await import("./hexagons.js")).ofCells(name, names, make, roles);
  const [lons, lats] = pair.map((name) => fields[names.indexOf(name)] ?? []) as [string[], string[]];
  const numbers = (texts: string[]): Float64Array => degrees(texts.map((text) => (text === "" ? null : Number(text))));
  const positions = { lon: numbers(lons), lat: numbers(lats) };
  const first = lons.find(Boolean);
  if (first && positions.lon.every((lon, row) => Number.isNaN(lon + (positions.lat[row] ?? 0)))) {
    throw new RangeError(`no row has a position, got "${first}"`);
  }
  const notes: string[] = [];
  const columns = names.flatMap((name) => (pair.includes(name) ? [] : make(name, notes)));
  const table: Columns = { name, positions, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** The names of the columns, and the fields of each. Blank lines are passed by. */
export function parse(text: string): [names: string[], fields: string[][]] {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const separator = separatorOf(text.slice(start, text.indexOf("\n", start) + 1 || undefined)).charCodeAt(0);
  let names: string[] | undefined;
  const fields: string[][] = [];
  let record: string[] = [];
  let records = 0;
  const done = (): void => {
    if (record.length === 1 && record[0] === "") {
      record.length = 0;
      return;
    }
    records++;
    if (!names) {
      names = headed(record);
      for (const _ of names) fields.push([]);
      record = [];
      return;
    }
    if (record.length !== names.length) {
      const got = `record ${records} of the CSV has ${record.length} fields`;
      throw new RangeError(`${got}, expected ${names.length} as in the header`);
    }
    for (let at = 0; at < record.length; at++) fields[at]?.push(record[at] ?? "");
    record.length = 0;
  };
  let at = start;
  while (at < text.length) {
    if (text.charCodeAt(at) === QUOTE) {
      const [value, end] = quoted(text, at + 1, records + 1);
      record.push(value);
      at = end;
    } else {
      let end = at;
      for (; end < text.length; end++) {
        const code = text.charCodeAt(end);
        if (code === separator || code === NEWLINE || code === RETURN) break;
      }
      record.push(text.slice(at, end).trim());
      at = end;
    }
    const code = text.charCodeAt(at);
    if (code === separator) {
      at++;
      const next = text.charCodeAt(at);
      if (at < text.length && next !== NEWLINE && next !== RETURN) continue;
      record.push("");
    } else if (at < text.length && code !== NEWLINE && code !== RETURN) {
      throw new RangeError(`record ${records + 1} of the CSV has "${text[at]}" behind a closing quote`);
    }
    if (text.charCodeAt(at) === RETURN) at++;
    if (text.charCodeAt(at) === NEWLINE) at++;
    done();
  }
  return [names ?? [], fields];
}

function headed(record: readonly string[]): string[] {
  const names = record.map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new RangeError(`CSV with two columns "${twice}", expected names that differ`);
  return names;
}

/** A quoted field from behind its first quote, and where it ends. */
function quoted(text: string, from: number, record: number): [string, number] {
  let value = "";
  let at = from;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new RangeError(`record ${record} of the CSV has a quoted field that does not end`);
    value += text.slice(at, end);
    if (text.charCodeAt(end + 1) !== QUOTE) return [value, end + 1];
    value += '"';
    at = end + 2;
  }
}

/** The separator that is most often in the header line. */
function separatorOf(header: string): string {
  const count = (separator: string): number => header.split(separator).length;
  return [",", ";", "\t", "|"].reduce((best, next) => (count(next) > count(best) ? next : best));
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Codes of places, telephone numbers. */
const ZEROS = /^[+-]?0\d+$/;
const TRUTH = /^(true|false)$/i;
const TIME = /^(\d{4}-\d\d-\d\d)([T ](\d\d:\d\d)(:\d\d(\.\d+)?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Texts as the narrowest type that all of them can be read as; integers that a double does not hold stay texts, and so do those with
 * zeros before them, which is told.
 */
function typed(name: string, texts: readonly string[], notes: string[]): Cell[] {
  const all = (is: (text: string) => boolean): boolean => texts.every((text) => text === "" || is(text));
  const read = (cell: (text: string) => Cell): Cell[] => texts.map((text) => (text === "" ? null : cell(text)));
  if (all((text) => NUMBER.test(text))) {
    const kept = texts.find((text) => isLong(text) || ZEROS.test(text));
    if (kept === undefined) {
      const beyond = texts.filter((text) => !Number.isFinite(Number(text))).length;
      if (beyond > 0)
        notes.push(`column "${name}" has ${beyond} numbers beyond what a double holds, which became nulls`);
      return read(Number);
    }
    notes.push(`column "${name}" stays text, to keep "${kept}"`);
  }
  if (all((text) => TRUTH.test(text))) return read((text) => text.toLowerCase() === "true");
  if (all((text) => TIME.test(text))) {
    const times = read(time);
    if (times.every((time) => !(time instanceof Date) || !Number.isNaN(time.getTime()))) return times;
  }
  return read((text) => text);
}

/** Whether digits would be lost: ids of 17 digits and more. */
function isLong(text: string): boolean {
  return text.length > 16 && /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}

/** ISO 8601; without a zone it is UTC. */
function time(text: string): Date {
  const [, day, , minutes = "00:00", seconds = ":00", , zone = "Z"] = TIME.exec(text) ?? [];
  return new Date(`${day}T${minutes}${seconds}${zone}`);
}
