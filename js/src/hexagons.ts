/**
 * Rows that are cells of H3: a column of their indices, texts or whole numbers, becomes positions. Loaded where nothing else is one.
 * Which numbers are cells, and where these are, the module knows.
 */

import { aside } from "./axes.js";
import { bit, type Column, type Columns, check, list } from "./columns.js";
import { columnOf, type Plain } from "./infer.js";
import { type Roles, rolesOf } from "./roles.js";

/** Cells as texts, `BigInt`s or typed arrays of 64 bits, and a column for each name, all of one length. */
export interface CellArrays {
  h3: BigInt64Array | BigUint64Array | readonly (string | bigint | null)[];
  columns?: Readonly<Record<string, Plain>>;
}

/** The names that columns of cells go by; the server knows the same. */
const NAMES = ["h3", "h3_index", "h3index", "h3_cell", "h3_id", "h3id", "h3_address", "h3_hex"];

/** What no cell has, for rows without one. */
const NONE = 0n;
const END = 2n ** 64n;

/** Makes columns of a name: one, or none with a note that says why. */
type Make = (name: string, notes: string[]) => Column[];

/** A table of columns of which one holds cells; nothing if there is none, unless one was named. */
export function withCells(name: string, names: readonly string[], make: Make, roles: Roles): Columns | undefined {
  if (roles.h3 !== undefined && (roles.lon !== undefined || roles.lat !== undefined)) {
    throw new RangeError(`the cells of "${roles.h3}" are the positions: leave lon and lat out, or h3`);
  }
  const found = roles.h3 ?? names.find((each) => NAMES.includes(each.toLowerCase()));
  if (found === undefined) return undefined;
  if (!names.includes(found)) throw new RangeError(`no column "${found}" of cells of H3; ${list(names)}`);
  const cells = cellsOf(make(found, [])[0]);
  if (!cells) {
    const what = `column "${found}" holds neither texts nor whole numbers of 64 bits, expected of cells of H3`;
    // Numbers of JavaScript have lost their last digits.
    throw new TypeError(`${what}: texts such as "8928308280fffff", BigInt or a BigUint64Array`);
  }
  const notes: string[] = [];
  const columns = names.filter((each) => each !== found).flatMap((each) => make(each, notes));
  const table: Columns = { name, positions: { cells }, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
}

/** The same, where cells must be; `more` says what there is in their place. */
export function ofCells(name: string, names: readonly string[], make: Make, roles: Roles, more?: string): Columns {
  const table = withCells(name, names, make, roles);
  if (table) return table;
  const how = "name them as { lon, lat }, or a column of cells of H3 as { h3 }";
  throw new RangeError(`found no longitude and latitude columns${aside(names)}; ${how}; ${more ?? list(names)}`);
}

/** Reads plain arrays. */
export function fromCellArrays(name: string, { h3, columns = {} }: CellArrays, roles: Roles): Columns {
  if ("h3" in columns) throw new RangeError('column "h3" is there already, expected another name');
  const all: Readonly<Record<string, Plain>> = { h3: h3 as Plain, ...columns };
  return ofCells(name, Object.keys(all), (each) => [columnOf(each, all[each] ?? [])], { h3: "h3", ...roles });
}

/** The indices of a column; nothing if it cannot hold any. */
function cellsOf(column: Column | undefined): BigUint64Array | undefined {
  if (!column) return undefined;
  const { type, valid } = column;
  if (type !== "text" && !(type === "integer" && column.values instanceof BigInt64Array)) return undefined;
  const [rows, value] = type === "text" ? [column.codes, wordsOf(column)] : [column.values, wideOf(column.values)];
  return BigUint64Array.from(rows as ArrayLike<unknown>, (_, row) => (valid && !bit(valid, row) ? NONE : value(row)));
}

const wideOf = (values: Int32Array | BigInt64Array) => (row: number) => BigInt(values[row] ?? NONE);

/** The index of each row of a column of texts, of which each different one is read once. */
function wordsOf({ codes, bytes, offsets }: Extract<Column, { type: "text" }>): (row: number) => bigint {
  const decoder = new TextDecoder();
  const word = (_: unknown, at: number) => indexIn(decoder.decode(bytes.subarray(offsets[at], offsets[at + 1])));
  const words = Array.from({ length: Math.max(offsets.length - 1, 0) }, word);
  return (row) => words[codes[row] ?? 0] ?? NONE;
}

/** The number of an index in hexadecimal digits, or in decimal ones, which are more; as core reads it. */
function indexIn(text: string): bigint {
  const trimmed = text.trim();
  const digits = trimmed.replace(/^0x/, "");
  if (!/^[\da-f]+$/i.test(digits)) return NONE;
  const number = BigInt(`0x${digits}`);
  if (number < END) return number;
  const decimal = /^\d+$/.test(trimmed) ? BigInt(trimmed) : NONE;
  return decimal < END ? decimal : NONE;
}
