/**
 * JavaScript values become a typed column: the narrowest type that holds all of them, a text where they are unlike.
 */

import { type Column, Dictionary, setBit, Validity, type Values } from "./columns.js";

/** A value of a row; `null`, `undefined` and numbers that are not finite are nulls. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** What a plain column may be given as. */
export type Plain = readonly Cell[] | NumberArray;

/** Typed arrays of numbers. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

const MIN_I64 = -(2n ** 63n);
const MAX_I64 = 2n ** 63n - 1n;

/** A column of plain values. Typed arrays keep their type. */
export function columnOf(name: string, values: Plain): Column {
  if (values instanceof Float32Array || values instanceof Float64Array) return { name, type: "number", values };
  if (values instanceof Int32Array || values instanceof BigInt64Array) return { name, type: "integer", values };
  if (values instanceof Uint32Array) return { name, type: "integer", values: BigInt64Array.from(values, BigInt) };
  if (values instanceof BigUint64Array) return ofCells(name, Array.from(values));
  if (ArrayBuffer.isView(values)) return { name, type: "integer", values: Int32Array.from(values) };
  return ofCells(name, values);
}

function ofCells(name: string, cells: readonly Cell[]): Column {
  const valid = new Validity(cells.length);
  const values = convert(narrowest(cells), cells, (row) => valid.clear(row));
  return { name, ...values, ...valid.property };
}

/** A kind, and how wide its numbers must be. */
type Narrow = "i32" | "i64" | "f64" | "boolean" | "time" | "text";

/** The narrowest for all values; a text if there are none. */
function narrowest(cells: readonly Cell[]): Narrow {
  let narrow: Narrow | undefined;
  for (const cell of cells) {
    const next = narrowOf(cell);
    if (next === undefined || next === narrow) continue;
    if (narrow === undefined) narrow = next;
    else if (isNumber(narrow) && isNumber(next)) narrow = narrow === "f64" || next === "f64" ? "f64" : "i64";
    else return "text";
  }
  return narrow ?? "text";
}

function isNumber(narrow: Narrow): boolean {
  return narrow === "i32" || narrow === "i64" || narrow === "f64";
}

function narrowOf(cell: Cell): Narrow | undefined {
  switch (typeof cell) {
    case "number":
      if (!Number.isFinite(cell)) return undefined;
      if (cell === (cell | 0)) return "i32";
      return Number.isSafeInteger(cell) ? "i64" : "f64";
    case "bigint":
      return cell < MIN_I64 || cell > MAX_I64 ? "text" : "i64";
    case "boolean":
      return "boolean";
    case "string":
      return "text";
    default:
      if (cell === null || cell === undefined) return undefined;
      if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : "time";
      return "text";
  }
}

function convert(narrow: Narrow, cells: readonly Cell[], isNull: (row: number) => void): Values {
  const each = (set: (row: number, cell: Exclude<Cell, null | undefined>) => void): void => {
    for (let row = 0; row < cells.length; row++) {
      const cell = cells[row];
      if (cell === null || cell === undefined || narrowOf(cell) === undefined) isNull(row);
      else set(row, cell);
    }
  };
  switch (narrow) {
    case "i32": {
      const values = new Int32Array(cells.length);
      each((row, cell) => {
        values[row] = Number(cell);
      });
      return { type: "integer", values };
    }
    case "i64": {
      const values = new BigInt64Array(cells.length);
      each((row, cell) => {
        values[row] = BigInt(cell as number | bigint);
      });
      return { type: "integer", values };
    }
    case "f64": {
      const values = new Float64Array(cells.length);
      each((row, cell) => {
        values[row] = Number(cell);
      });
      return { type: "number", values };
    }
    case "boolean": {
      const values = new Uint8Array(Math.ceil(cells.length / 8));
      each((row, cell) => {
        if (cell === true) setBit(values, row);
      });
      return { type: "boolean", values };
    }
    case "time": {
      const values = new BigInt64Array(cells.length);
      each((row, cell) => {
        values[row] = BigInt((cell as Date).getTime()) * 1000n;
      });
      return { type: "time", values };
    }
    case "text": {
      const codes = new Uint32Array(cells.length);
      const words = new Dictionary();
      each((row, cell) => {
        codes[row] = words.code(textOf(cell));
      });
      return { type: "text", codes, ...words.done() };
    }
  }
}

/** Objects that came by GeoJSON properties are told as JSON. */
function textOf(cell: unknown): string {
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
