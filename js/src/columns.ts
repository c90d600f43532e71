/**
 * The neutral table that every input becomes: typed arrays of positions and values, lengths checked once.
 */

import { checkOutlines, type Outlines } from "./outlines.js";

/** The values of a column, in the order of the positions: their `type` is its {@link Kind}. */
export type Values =
  | { readonly type: "integer"; readonly values: Int32Array | BigInt64Array }
  | { readonly type: "number"; readonly values: Float32Array | Float64Array }
  /** A bit for each row, the lowest bit first. */
  | { readonly type: "boolean"; readonly values: Uint8Array }
  /** Microseconds since 1970 UTC. */
  | { readonly type: "time"; readonly values: BigInt64Array }
  /** Places in a dictionary: UTF-8 bytes, and the offset of each text and of the end. A place beyond it is a null. */
  | { readonly type: "text"; readonly codes: Uint32Array; readonly bytes: Uint8Array; readonly offsets: Uint32Array };

/** A column. What stands where `valid` has no bit set is never looked at. */
export type Column = Values & {
  readonly name: string;
  /** A bit for each row, set where there is a value (as Arrow has it); absent where all rows have one. */
  readonly valid?: Uint8Array;
};

/** Positions in degrees, lines and polygons, indices of cells of H3, or keys and row numbers that a server has made. */
export type Positions =
  | Outlines
  | { readonly lon: Float64Array; readonly lat: Float64Array }
  | { readonly cells: BigUint64Array }
  | { readonly keys: BigUint64Array; readonly rows: Uint32Array; readonly outlines?: Carried };

/** Outlines as a server carries them: the bytes of all rows, and for each row where they end. */
export interface Carried {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/** What is known of a dataset beside its rows; of a subset, what its server said. */
export interface About {
  readonly title?: string;
  readonly attribution?: string;
  readonly version?: string;
  /** The canonical query that selected these rows of a larger dataset. */
  readonly query?: string;
  readonly rowsTotal?: number;
}

/** A table. */
export interface Columns {
  /** The name of the dataset, and of its layer in tiles; URLs name it too. */
  readonly name: string;
  readonly positions: Positions;
  readonly columns: readonly Column[];
  /** The column whose values are the ids of rows. */
  readonly id?: string;
  /** The column that `datetime` asks for. */
  readonly time?: string;
  /** The column of latitudes, where some rows lie beyond 85.05 degrees and are drawn at the edge of the map. */
  readonly latitude?: string;
  /** Whose clock days and hours go by where a query names none, such as `Europe/Paris`; UTC's without it. */
  readonly zone?: string;
  /** What the full dataset knows of a column, by its name; of a subset. */
  readonly facts?: Readonly<Record<string, object>>;
  readonly about?: About;
  /** What a reader should know: columns that were left out, values that became null. */
  readonly notes: readonly string[];
}

/** Most rows of a dataset. */
const MAX_ROWS = 2 ** 32 - 1;

/** What WebAssembly can hold; a larger table is refused before it is copied. */
const MAX_BYTES = 2 ** 32;

/** Bytes that the module holds for each position of an outline while it looks for nodes: 72 to 79 with what it holds twice, as measured. */
const PER_VERTEX = 64;

/** How many rows a table has. */
export function rowsOf(positions: Positions): number {
  if ("parts" in positions) return positions.rows.length;
  if ("cells" in positions) return positions.cells.length;
  return "keys" in positions ? positions.keys.length : positions.lon.length;
}

/** How many bits are set in a validity bitmap, or how many rows there are without one. */
export function present(column: Column, rows: number): number {
  if (!column.valid) return rows;
  let count = 0;
  for (let row = 0; row < rows; row++) count += bit(column.valid, row);
  return count;
}

/** Throws where lengths or names do not fit, with the numbers. */
export function check(table: Columns): void {
  const { positions } = table;
  if ("parts" in positions) checkOutlines(positions);
  const [first, second] =
    "keys" in positions
      ? [positions.keys, positions.rows]
      : "cells" in positions
        ? [positions.cells, positions.cells]
        : [positions.lon, positions.lat];
  if (first.length !== second.length) {
    const [a, b] = "keys" in positions ? ["keys", "row numbers"] : ["longitudes", "latitudes"];
    throw new RangeError(`${first.length} ${a} and ${second.length} ${b}, expected as many of each`);
  }
  const rows = rowsOf(positions);
  if (rows > MAX_ROWS) throw new RangeError(`${rows} rows, expected at most ${MAX_ROWS}; split the data`);
  const names = new Set<string>();
  let bytes = first.byteLength + second.byteLength;
  if ("parts" in positions) bytes = first.length * PER_VERTEX;
  if ("keys" in positions && positions.outlines) bytes += 2 * positions.outlines.bytes.length;
  for (const column of table.columns) {
    const { name, valid } = column;
    if (names.has(name)) throw new RangeError(`column "${name}" is there already, expected another name`);
    names.add(name);
    const bits = Math.ceil(rows / 8);
    const values = column.type === "text" ? column.codes : column.values;
    const expected = column.type === "boolean" ? bits : rows;
    if (values.length !== expected) {
      const what = column.type === "boolean" ? `bytes of bits, expected ${bits} for ${rows} positions` : "values";
      const why = column.type === "boolean" ? "" : `, expected ${rows}, one for each position`;
      throw new RangeError(`column "${name}" has ${values.length} ${what}${why}`);
    }
    if (valid && valid.length < bits) {
      throw new RangeError(`the validity of column "${name}" has ${valid.length} bytes, expected ${bits}`);
    }
    bytes += values.byteLength + (column.type === "text" ? column.bytes.length + column.offsets.byteLength : 0);
  }
  for (const role of [table.id, table.time, table.latitude]) {
    if (role !== undefined && !names.has(role)) throw new RangeError(`no column "${role}"; ${list([...names])}`);
  }
  // The module holds a column as it comes and in its order at the same time.
  if (bytes * 1.25 > MAX_BYTES) {
    const size = (bytes / 2 ** 30).toFixed(1);
    throw new RangeError(`${size} GiB of ${rows} rows, more than WebAssembly holds: give fewer rows or columns`);
  }
}

/** The names of columns, for a message. */
export function list(names: readonly string[]): string {
  return names.length === 0 ? "there are no columns" : `there are ${names.map((name) => `"${name}"`).join(", ")}`;
}

/** A bit of a bitmap. */
export function bit(bits: Uint8Array, index: number): number {
  return ((bits[index >> 3] ?? 0) >> (index & 7)) & 1;
}

/** Sets a bit of a bitmap. */
export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}

/** A validity bitmap that is only there if a row has no value. */
export class Validity {
  #bits: Uint8Array | undefined;
  readonly #rows: number;

  constructor(rows: number) {
    this.#rows = rows;
  }

  clear(row: number): void {
    this.#bits ??= new Uint8Array(Math.ceil(this.#rows / 8)).fill(255);
    const at = row >> 3;
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (row & 7));
  }

  /** The bitmap as a property of a column; none if every row has a value. */
  get property(): { valid?: Uint8Array } {
    return this.#bits ? { valid: this.#bits } : {};
  }
}

/** Texts become a dictionary in the order in which they are first met. */
export class Dictionary {
  readonly #codes = new Map<string, number>();

  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#codes.size);
    return this.#codes.size - 1;
  }

  /** The bytes of all texts, and where each begins. */
  done(): { bytes: Uint8Array; offsets: Uint32Array } {
    const offsets = new Uint32Array(this.#codes.size + 1);
    const encoder = new TextEncoder();
    let bytes = new Uint8Array(1024);
    let end = 0;
    let place = 0;
    for (const text of this.#codes.keys()) {
      // A UTF-16 unit takes at most three bytes.
      if (end + text.length * 3 > bytes.length) {
        const larger = new Uint8Array(Math.max(bytes.length * 2, end + text.length * 3));
        larger.set(bytes.subarray(0, end));
        bytes = larger;
      }
      end += encoder.encodeInto(text, bytes.subarray(end)).written;
      offsets[++place] = end;
    }
    return { bytes: bytes.slice(0, end), offsets };
  }
}
