/**
 * One Arrow column becomes one {@link Column}, or none with a note that says why. Times of every unit become
 * microseconds, texts of every layout a dictionary, widths the next that tiles have.
 */

import type { Batch, DataType, Column as Read } from "@uwdata/flechette";
import { bit, type Column, Dictionary, setBit, Validity, type Values } from "./columns.js";

/** Arrow's numbers for its types, as far as they are read. */
const TYPE = {
  dictionary: -1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  list: 12,
  struct: 13,
  fixedList: 16,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  binaryView: 23,
  utf8View: 24,
} as const;

const NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, id]) => [id, name]));

/** The name of an Arrow type, for a message. */
export function typeName(type: DataType): string {
  return NAMES.get(type.typeId) ?? `of type ${type.typeId}`;
}

/** The values of a column; an empty array, and a note, where tiles cannot carry it. */
export function convert(name: string, column: Read<unknown>, notes: string[]): Column[] {
  const valid = new Validity(column.length);
  const values = valuesOf(column, valid, (note) => notes.push(`column "${name}" ${note}`));
  if (!values) {
    notes.push(`column "${name}" is left out: ${typeName(column.type)} cannot be shown`);
    return [];
  }
  return [{ name, ...values, ...validity(column, valid) }];
}

/** Nulls of the file, and those that conversion made. One batch's bitmap is taken as it lies. */
function validity(column: Read<unknown>, made: Validity): { valid?: Uint8Array } {
  const [only] = column.data;
  const { valid } = made.property;
  if (column.data.length === 1 && only && !valid) {
    return only.nullCount > 0 && only.validity.length > 0 ? { valid: only.validity } : {};
  }
  if (column.nullCount > 0) {
    each(column, (batch, at, row) => {
      if (!has(batch, at)) made.clear(row);
    });
  }
  return made.property;
}

/** Every row of every batch: its batch, its place there and its number. */
function each(column: Read<unknown>, visit: (batch: Batch<unknown>, at: number, row: number) => void): void {
  let row = 0;
  for (const batch of column.data) for (let at = 0; at < batch.length; at++) visit(batch, at, row++);
}

/** Whether a row has a value; batches without a null need have no bitmap. */
export function has(batch: Batch<unknown>, at: number): boolean {
  return batch.nullCount === 0 || batch.isValid(at);
}

/** Every row that has a value. */
function eachValid(column: Read<unknown>, visit: (batch: Batch<unknown>, at: number, row: number) => void): void {
  each(column, (batch, at, row) => {
    if (has(batch, at)) visit(batch, at, row);
  });
}

function valuesOf(column: Read<unknown>, valid: Validity, note: (note: string) => void): Values | undefined {
  const { type, length } = column;
  switch (type.typeId) {
    case TYPE.int:
      if (type.bitWidth < 32 || (type.bitWidth === 32 && type.signed)) {
        return { type: "integer", values: joined(column, new Int32Array(length)) };
      }
      return wide(column, type.signed, valid, note);
    case TYPE.duration:
      return wide(column, true, valid, note);
    case TYPE.float:
      // 0, 1, 2: half, single, double.
      if (type.precision === 0) {
        const values = new Float32Array(length);
        eachValid(column, (batch, at, row) => {
          values[row] = batch.value(at) as number;
        });
        return { type: "number", values };
      }
      return {
        type: "number",
        values: joined<Float32Array | Float64Array>(
          column,
          type.precision === 1 ? new Float32Array(length) : new Float64Array(length),
        ),
      };
    case TYPE.decimal: {
      const values = new Float64Array(length);
      eachValid(column, (batch, at, row) => {
        values[row] = Number(batch.value(at));
      });
      note("(decimal) becomes a 64-bit float");
      return { type: "number", values };
    }
    case TYPE.bool: {
      const values = new Uint8Array(Math.ceil(length / 8));
      eachValid(column, (batch, at, row) => {
        if (bit(batch.values as Uint8Array, at)) setBit(values, row);
      });
      return { type: "boolean", values };
    }
    case TYPE.date:
      // 0, 1: days, milliseconds.
      return times(column, type.unit === 0 ? 86_400_000_000n : 1000n, 1n);
    case TYPE.timestamp:
      // 0 to 3: seconds, milliseconds, microseconds, nanoseconds.
      return times(column, [1_000_000n, 1000n, 1n, 1n][type.unit] ?? 1n, type.unit === 3 ? 1000n : 1n);
    case TYPE.utf8:
    case TYPE.largeUtf8:
    case TYPE.utf8View:
      return texts(column);
    case TYPE.dictionary:
      return dictionary(column, type.dictionary, valid, note);
    default:
      return undefined;
  }
}

type Numbers = Int32Array | Float32Array | Float64Array | BigInt64Array;

/** The numbers of all batches, of the type of `whole` or widened to it; a single batch of that type as it lies. */
function joined<T extends Numbers>(column: Read<unknown>, whole: T): T {
  const [only] = column.data;
  if (column.data.length === 1 && only && only.values.constructor === whole.constructor) {
    return only.values.subarray(0, only.length) as T;
  }
  let end = 0;
  for (const batch of column.data) {
    (whole as { set(values: unknown, at: number): void }).set(batch.values.subarray(0, batch.length), end);
    end += batch.length;
  }
  return whole;
}

/** Whether all batches hold signed integers of 64 bits. */
function isWide(column: Read<unknown>): boolean {
  return column.data.every(({ values }) => values instanceof BigInt64Array);
}

/** Integers that may need 64 bits. Unsigned ones beyond that have no place in a tile. */
function wide(column: Read<unknown>, signed: boolean, valid: Validity, note: (note: string) => void): Values {
  const values = new BigInt64Array(column.length);
  if (isWide(column)) return { type: "integer", values: joined(column, values) };
  let tooLarge = 0;
  eachValid(column, (batch, at, row) => {
    const value = BigInt(batch.values[at] ?? 0);
    if (!signed && value >= 2n ** 63n) {
      tooLarge++;
      valid.clear(row);
    } else {
      values[row] = value;
    }
  });
  if (tooLarge > 0) note(`has ${tooLarge} values of 2⁶³ or more, which became nulls`);
  return { type: "integer", values };
}

/** Microseconds; what is finer is cut off towards the past. */
function times(column: Read<unknown>, factor: bigint, divisor: bigint): Values {
  const values = new BigInt64Array(column.length);
  if (isWide(column) && factor === 1n && divisor === 1n) return { type: "time", values: joined(column, values) };
  eachValid(column, (batch, at, row) => {
    const value = BigInt(source(batch)[at] ?? 0) * factor;
    values[row] = value < 0n ? (value - divisor + 1n) / divisor : value / divisor;
  });
  return { type: "time", values };
}

/** Batches of dates wrap the one that has the numbers. */
function source(batch: Batch<unknown>): ArrayLike<number | bigint> {
  return ((batch as { source?: Batch<unknown> }).source ?? batch).values;
}

function texts(column: Read<unknown>): Values {
  const codes = new Uint32Array(column.length);
  const words = new Dictionary();
  eachValid(column, (batch, at, row) => {
    codes[row] = words.code(batch.value(at) as string);
  });
  return { type: "text", codes, ...words.done() };
}

/** Codes of a dictionary, which may differ from batch to batch. Dictionaries of numbers are spelled out. */
function dictionary(
  column: Read<unknown>,
  inner: DataType,
  valid: Validity,
  note: (note: string) => void,
): Values | undefined {
  if (inner.typeId !== TYPE.utf8 && inner.typeId !== TYPE.largeUtf8 && inner.typeId !== TYPE.utf8View) {
    note("is a dictionary of values that are not texts");
    return undefined;
  }
  const codes = new Uint32Array(column.length);
  const words = new Dictionary();
  // Where each batch's dictionary stands among the words; a null in it is a null of the row. A word that no row has is a
  // word all the same: the facts of a subset name those of the whole dataset.
  const places = new Map<unknown, Int32Array>();
  for (const batch of column.data) {
    const { dictionary } = batch as unknown as { dictionary: Read<string> };
    if (places.has(dictionary)) continue;
    places.set(
      dictionary,
      Int32Array.from(dictionary.toArray(), (word) => (word === null ? -1 : words.code(word))),
    );
  }
  eachValid(column, (batch, at, row) => {
    const known = places.get((batch as unknown as { dictionary: Read<string> }).dictionary);
    const code = known?.[Number(batch.values[at])] ?? -1;
    if (code < 0) valid.clear(row);
    else codes[row] = code;
  });
  return { type: "text", codes, ...words.done() };
}
