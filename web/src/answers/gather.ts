/**
 * Rows for a table: what was asked for and an order enter, rows leave, with how many there are. Some thousands are fetched whole
 * and sorted here; of more, those at one end of a number are found by histograms, so that they need not be fetched.
 */

import type { Dataset, Rows, Source, Stats, TileQuery } from "duotile";
import { type Clause, print } from "../filter/clauses";
import { valueEnd } from "../filter/ends";
import { numeric } from "../map/scale";
import type { Asked } from "./asked";

export type Row = Rows["features"][number] & { geometry?: { coordinates?: readonly number[] } | null };

/** An order by a column; `down` has the greatest first. Rows without a value come last. */
export interface Order {
  column: string;
  down: boolean;
}

export interface Gathered {
  rows: Row[];
  /** How many there are in all. */
  matched: number;
}

/** So many rows are fetched whole. */
export const WHOLE = 20_000;
/** So many are fetched of more than those, in an order. */
export const END = 1000;
/** Rows of a request. */
const PAGE = 10_000;
const BINS = 1000;
const ROUNDS = 5;

/** The first rows as the map has them. */
export async function firstOf(source: Source, asked: Asked, limit: number, signal: AbortSignal): Promise<Gathered> {
  const { value } = await source.rows(asked.dataset, queryOf(asked), pageOf(asked, 0, limit), signal);
  return { rows: value.features as Row[], matched: value.numberMatched };
}

/** All rows, or of more than can be, as many as are asked for. */
export async function allOf(source: Source, asked: Asked, signal: AbortSignal, most = WHOLE): Promise<Gathered> {
  const rows: Row[] = [];
  for (;;) {
    const page = pageOf(asked, rows.length, Math.min(PAGE, most - rows.length));
    const { value } = await source.rows(asked.dataset, queryOf(asked), page, signal);
    rows.push(...(value.features as Row[]));
    if (value.features.length === 0 || rows.length >= Math.min(value.numberMatched, most)) {
      return { rows, matched: value.numberMatched };
    }
  }
}

/** Rows in an order: all, or where they are too many, the first of them. */
export async function inOrder(
  source: Source,
  dataset: Dataset,
  asked: Asked,
  order: Order,
  matched: number,
  signal: AbortSignal,
): Promise<Gathered> {
  const type = dataset.columns.find(({ name }) => name === order.column)?.type;
  let end: TileQuery | undefined;
  if (matched > WHOLE) {
    if (type !== "integer" && type !== "number" && type !== "time") {
      throw new Error(
        `${matched.toLocaleString("en")} rows are too many to be sorted by a ${type ?? "text"}: choose a smaller area or filter them, to ${WHOLE.toLocaleString("en")} at most`,
      );
    }
    end = await endOf(source, asked, order, type, signal);
  }
  const { rows } = await allOf(source, end ? { ...asked, query: end } : asked, signal);
  const sorted = [...rows].sort(by(order));
  return { rows: end ? sorted.slice(0, END) : sorted, matched };
}

/** The query of the rows at one end of a column, not many more than are shown. */
async function endOf(source: Source, asked: Asked, { column, down }: Order, type: string, signal: AbortSignal) {
  const { box, query } = asked;
  let clause: Clause = { kind: "missing", not: true };
  let taken = 0;
  let [from, to]: [number | undefined, number | undefined] = [undefined, undefined];
  for (let round = 0; round < ROUNDS; round += 1) {
    const range = { kind: "range" as const, ...ends(from, to, type) };
    const filter = round === 0 ? query.filter : both(query.filter, print(column, range));
    const within = { ...query, ...(filter ? { filter } : {}), ...(box ? { bbox: box } : {}) };
    const stats = (await source.stats(asked.dataset, column, within, BINS, signal)).value;
    const bins = binsOf(stats, down);
    let at = -1;
    while (at + 1 < bins.length && taken < END) {
      at += 1;
      taken += bins[at]?.count ?? 0;
    }
    const bin = bins[at];
    if (!bin) break;
    clause = { kind: "range", ...(down ? ends(bin.from, undefined, type) : ends(undefined, bin.to, type)) };
    if (taken <= WHOLE || bin.from === bin.to) break;
    // The last bin alone has too many: it is cut again.
    taken -= bin.count;
    [from, to] = [bin.from, bin.to];
  }
  return { ...query, filter: both(query.filter, print(column, clause)) };
}

const ends = (from: number | undefined, to: number | undefined, type: string) => ({
  ...(from === undefined ? {} : { from: valueEnd(from, type) }),
  ...(to === undefined ? {} : { to: valueEnd(type === "integer" ? Math.ceil(to) : to, type) }),
});

const both = (a: string | undefined, b: string): string => (a ? `(${a}) AND ${b}` : b);

/** The bins of a histogram from one end. */
function binsOf({ histogram }: Stats, down: boolean) {
  const edges = histogram?.edges.map(numeric) ?? [];
  const bins = (histogram?.counts ?? []).map((count, at) => ({ count, from: edges[at] ?? 0, to: edges[at + 1] ?? 0 }));
  return down ? bins.reverse() : bins;
}

const queryOf = ({ query, box, cell }: Asked): TileQuery =>
  box && cell === undefined ? { ...query, bbox: box } : query;

const pageOf = ({ cell }: Asked, offset: number, limit: number) => ({
  ...(cell === undefined ? {} : { cell }),
  ...(offset > 0 ? { offset } : {}),
  limit,
});

/** Compares rows: numbers by size, all else by its text. */
export function by({ column, down }: Order): (a: Row, b: Row) => number {
  const sign = down ? -1 : 1;
  return (a, b) => {
    const [left, right] = [a.properties[column], b.properties[column]];
    const [noLeft, noRight] = [left === null || left === undefined, right === null || right === undefined];
    if (noLeft || noRight) return Number(noLeft) - Number(noRight);
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    const [x, y] = [String(left), String(right)];
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  };
}

/** Rows as lines of tabs, which spreadsheets take. */
export function tabbed(rows: readonly Row[], columns: readonly string[]): string {
  const text = (value: unknown) => String(value ?? "").replaceAll(/[\t\r\n]+/g, " ");
  const line = ({ geometry, properties }: Row) =>
    [...(geometry?.coordinates ?? ["", ""]).slice(0, 2), ...columns.map((name) => properties[name])]
      .map(text)
      .join("\t");
  return [["lon", "lat", ...columns].join("\t"), ...rows.map(line)].join("\n");
}
