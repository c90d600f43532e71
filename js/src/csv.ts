/**
 * CSV text becomes {@link Columns}. Fields may be quoted (RFC 4180) and separated by comma, semicolon, tab or bar, which a first
 * line `sep=;` may say; an empty field is a null, and so are words such as `NA` beside what is no text; types are what all values of a column can be read as.
 */

import { degrees } from "./arrays.js";
import { haveMinutes, positionColumns } from "./axes.js";
import { type Columns, check } from "./columns.js";
import { type Cell, columnOf } from "./infer.js";
import { isMissing } from "./missing.js";
import { type Roles, rolesOf } from "./roles.js";

/** Reads CSV with a header line. */
export async function fromCsv(name: string, text: string, roles: Roles): Promise<Columns> {
  const [names, fields, separator] = parse(text);
  const notes: string[] = [];
  (await import("./commas.js")).pointed(names, fields, separator, notes);
  const make = (name: string, notes: string[]) => [
    columnOf(name, typed(name, fields[names.indexOf(name)] ?? [], notes)),
  ];
  const pair = positionColumns(names, roles);
  const outlines = outlinesIn(names, fields);
  if (!pair) return (await import("./hexagons.js")).ofCells(name, names, make, roles, outlines);
  if (outlines) notes.push(outlines);
  const [lons, lats] = pair.map((name) => fields[names.indexOf(name)] ?? []) as [string[], string[]];
  const numbers = (texts: string[]): Float64Array => degrees(texts.map((text) => (text ? Number(text) : null)));
  const positions = { lon: numbers(lons), lat: numbers(lats) };
  const first = lons.find(Boolean);
  if (first && positions.lon.every((lon, row) => Number.isNaN(lon + (positions.lat[row] ?? 0)))) {
    throw new RangeError(`no row has a position, got "${first}"`);
  }
  const areWhole = (numbers: Float64Array): boolean => numbers.every((n) => Number.isNaN(n) || Number.isInteger(n));
  const isPart = roles.lon === undefined && areWhole(positions.lon) && areWhole(positions.lat);
  if (isPart && haveMinutes(pair, names)) {
    throw new RangeError(
      `"${pair[0]}" and "${pair[1]}" are whole degrees beside minutes, which the server puts together`,
    );
  }
  const columns = names.flatMap((name) => (pair.includes(name) ? [] : make(name, notes)));
  const table: Columns = { name, positions, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
}

/** Lines and polygons as well-known text, with a number of their system before them or without. */
const OUTLINES = /^(?:SRID=\d+;)?\s*(?:MULTI)?(?:POLYGON|LINESTRING)\s*(?:Z|M|ZM)?\s*\(/i;

/** Which column holds some, and who reads them. */
function outlinesIn(names: readonly string[], fields: readonly string[][]): string | undefined {
  const at = fields.findIndex((texts) => OUTLINES.test(texts.find(Boolean) ?? ""));
  if (at < 0) return undefined;
  return `column "${names[at]}" holds lines or polygons as text, which the server reads: here they are read from GeoJSON and Arrow`;
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** The mark of Unicode, a line by which Excel says what separates fields, and the line of names. */
const FIRST = /^(\uFEFF?(?:sep=(.)\r?\n)?)(.*)/i;

/** The names of the columns, the fields of each, and what separates them. Blank lines are passed by. */
function parse(text: string): [names: string[], fields: string[][], sign: string] {
  const [, { length: start } = "", said, header = ""] = FIRST.exec(text) ?? [];
  const sign = said ?? separatorOf(header);
  const separator = sign.charCodeAt(0);
  let names: string[] | undefined;
  const fields: string[][] = [];
  let record: string[] = [];
  let records = 0;
  const done = (): void => {
    const row = record;
    record = [];
    if (row.length === 1 && !row[0]) return;
    records++;
    if (!names) {
      names = headed(row);
      for (const _ of names) fields.push([]);
    } else if (row.length === names.length) {
      for (let at = 0; at < row.length; at++) fields[at]?.push(row[at] ?? "");
    } else {
      const [got, expected] = [row.length, names.length];
      throw new RangeError(`record ${records} of the CSV has ${got} fields, expected ${expected} as in the header`);
    }
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
  return [names ?? [], fields, sign];
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
    if (end < 0) throw new RangeError(`record ${record} of the CSV has a quote that does not end`);
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
const DIGITS = /^[+-]?\d+$/;
const TRUTH = /^(true|false)$/i;
const TIME = /^(\d{4}-\d\d-\d\d)([T ](\d\d:\d\d)(:\d\d(\.\d+)?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/;

/**
 * Texts as the narrowest type that all of them can be read as; integers that a double does not hold stay texts, and so do those with
 * zeros before them, which is told.
 */
function typed(name: string, texts: readonly string[], notes: string[]): Cell[] {
  const all = (form: RegExp): boolean => texts.every((text) => !text || form.test(text));
  const read = (cell: (text: string) => Cell): Cell[] => texts.map((text) => (text ? cell(text) : null));
  if (all(NUMBER)) {
    const kept = texts.find((text) => ZEROS.test(text) || (DIGITS.test(text) && !Number.isSafeInteger(Number(text))));
    if (!kept) {
      const beyond = texts.filter((text) => !Number.isFinite(Number(text))).length;
      if (beyond) notes.push(`column "${name}" has ${beyond} numbers beyond what a double holds, which became nulls`);
      return read(Number);
    }
    notes.push(`column "${name}" stays text, to keep "${kept}"`);
  }
  if (all(TRUTH)) return read((text) => /^t/i.test(text));
  if (all(TIME)) {
    const [zone, told] = zoneIn(name);
    const times = read((text) => time(text, zone));
    if (!times.some((time) => Number.isNaN(Number(time)))) {
      if (told && texts.some((text) => text.includes(":"))) notes.push(`column "${name}": ${told}`);
      return times;
    }
  }
  const missing = texts.filter(isMissing);
  const rest = missing.length > 0 ? texts.map((text) => (isMissing(text) ? "" : text)) : [];
  if (rest.some(Boolean)) {
    const told: string[] = [];
    const cells = typed(name, rest, told);
    if (!cells.some((cell) => typeof cell === "string")) {
      notes.push(...told, `${missing.length} fields of column "${name}" such as ${missing[0]} are taken as no value`);
      return cells;
    }
  }
  return read((text) => text);
}

/** ISO 8601; without a zone it is that of its column. A day that its month does not have is none, where `Date` takes it for one of the next. */
function time(text: string, usual: string): Date {
  const [, day = "", clock, minutes = "00:00", seconds = ":00", , zone = clock ? usual : "Z"] = TIME.exec(text) ?? [];
  const isThere = new Date(day).toJSON()?.startsWith(day);
  return new Date(isThere ? `${day}T${minutes}${seconds}${zone}` : "");
}

/** Clocks that have summers, or are those of several zones. */
const CLOCKS = /(?<![\p{L}\d])(ME?SZ|MEZ|[CEW]ES?T|[CEMP][SD]T|BST|IST|JST|KST|MSK|[Ll]ocal)(?![\p{L}\d])/u;

/** The zone that a name says (`Time, GMT-05:00`), and what is told of it; the server goes by the same. */
function zoneIn(name: string): [zone: string, told: string | undefined] {
  const form =
    /(?:(?<![\p{L}\d])(?:UTC|GMT)\s*|[([](?=.\d+:))([+−-])\s*(\d\d(?=\d\d(?!\d))|\d\d?(?!\d))(?:(?::?|(\.))(\d\d?))?(?![.:]?\d)/iu;
  const [, sign, hours = "", point, part = "00"] = form.exec(name) ?? [];
  // 5.5 is half past five, as 5.30 is.
  const minutes = point && /^(?:50?|75)$/.test(part) ? String(60 * Number(`.${part}`)) : part;
  const fits = minutes.length === 2 && Number(minutes) < 60 && Number(hours) < 15;
  if (sign && fits && Number(hours + minutes) > 0) {
    const zone = `${sign === "+" ? "+" : "-"}${hours.padStart(2, "0")}:${minutes}`;
    return [zone, `times that name no zone are of UTC${zone}, as its name says`];
  }
  const word = sign ? undefined : CLOCKS.exec(name)?.[1];
  return ["Z", word && `its name says ${word}, by which its times do not go: those that name no zone are taken as UTC`];
}
