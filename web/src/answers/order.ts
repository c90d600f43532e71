/** Rows in the order of a column: numbers by size however long they are, times by the microsecond, all else by its text. */

import type { Rows } from "duotile";
import type { Geometry } from "../tiles/geometry";

export type Row = Rows["features"][number] & { geometry?: Geometry | null };

/** An order by a column; `down` has the greatest first. Rows without a value come last. */
export interface Order {
  column: string;
  down: boolean;
}

/** Rows in an order; `type` is that of the column. */
export function sorted(rows: readonly Row[], { column, down }: Order, type: string): Row[] {
  const sign = down ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: keyOf(row.properties[column], type) }));
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return a < b ? -sign : a > b ? sign : 0;
  });
  return keyed.map(({ row }) => row);
}

/** What a value is compared by: integers that no number can hold are texts, and compare with numbers exactly. */
function keyOf(value: unknown, type: string): number | bigint | string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return value;
  const text = String(value);
  if (type === "integer" && /^-?\d+$/.test(text)) return BigInt(text);
  return (type === "time" ? microsOf(text) : undefined) ?? text;
}

/** Microseconds since 1970: dates have milliseconds only. */
function microsOf(text: string): bigint | undefined {
  const [point = "", digits = ""] = /\.(\d+)/.exec(text) ?? [];
  const seconds = Date.parse(text.replace(point, ""));
  return Number.isNaN(seconds) ? undefined : BigInt(seconds) * 1000n + BigInt(digits.padEnd(6, "0").slice(0, 6));
}
