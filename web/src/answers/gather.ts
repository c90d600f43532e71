/**
 * Rows for a table: what was asked for and an order enter, rows leave, with how many there are. Some thousands are fetched whole
 * and sorted here; of more, only those at one end of a number or a time.
 */

import type { Dataset, Source } from "duotile";
import { type Clause, print } from "../filter/clauses";
import { placed } from "../share/rows";
import { type Asked, narrowed, pageOf, queryOf } from "./asked";
import { END, endOf, WHOLE } from "./end";
import { type Order, type Row, sorted } from "./order";

export interface Gathered {
  rows: Row[];
  /** How many there are in all. */
  matched: number;
}

/** Rows of a request. */
const PAGE = 10_000;

/** The first rows as the map has them, so many at most; `here` are those of them that were fetched before. */
export async function allOf(
  source: Source,
  asked: Asked,
  signal: AbortSignal,
  most = WHOLE,
  here: readonly Row[] = [],
): Promise<Gathered> {
  const rows = [...here];
  for (;;) {
    const page = pageOf(asked, rows.length, Math.min(PAGE, most - rows.length));
    const { value } = await source.rows(asked.dataset, queryOf(asked), page, signal);
    rows.push(...(value.features as Row[]));
    if (value.features.length === 0 || rows.length >= Math.min(value.numberMatched, most)) {
      return { rows, matched: value.numberMatched };
    }
  }
}

/** Rows in an order: all, or where they are too many, the first of them; `known` is how many there are, if that was told. */
export async function inOrder(
  source: Source,
  dataset: Dataset,
  asked: Asked,
  order: Order,
  known: number | undefined,
  signal: AbortSignal,
): Promise<Gathered> {
  const count = async () =>
    (await source.rows(asked.dataset, queryOf(asked), pageOf(asked, 0, 0), signal)).value.numberMatched;
  const matched = known ?? (await count());
  const type = dataset.columns.find(({ name }) => name === order.column)?.type ?? "text";
  if (matched <= WHOLE) return { rows: sorted((await allOf(source, asked, signal)).rows, order, type), matched };
  if (type !== "integer" && type !== "number" && type !== "time") {
    throw new Error(
      `${matched.toLocaleString("en")} rows are too many to be sorted by a ${type}: choose a smaller area or filter them, to ${WHOLE.toLocaleString("en")} at most`,
    );
  }
  const about = (clause: Clause) => ({ ...asked, query: narrowed(asked.query, print(order.column, clause)) });
  const { few, alike } = await endOf(source, about, order, type, signal);
  const rows = few ? sorted((await allOf(source, about(few), signal)).rows, order, type).slice(0, END) : [];
  const nothing: Clause = { kind: "missing" };
  for (const clause of alike ? [alike, nothing] : [nothing]) {
    if (rows.length < END) rows.push(...(await allOf(source, about(clause), signal, END - rows.length)).rows);
  }
  return { rows, matched };
}

/** What a spreadsheet takes for a formula: not what is a number with a sign. */
const FORMULA = /^(?:[=@]|[+-](?!\d+(?:[.,]\d+)?$))/;

/**
 * Rows as lines of tabs, which spreadsheets take; `outlined` says whether some of them are more than points. A text that would be a
 * formula there has an apostrophe before it, by which it is none; one that begins with a quote is quoted, or it would go on up to the next.
 */
export function tabbed(rows: readonly Row[], columns: readonly string[], outlined: boolean): string {
  const text = (value: unknown) => {
    const line = String(value ?? "").replaceAll(/[\t\r\n]+/g, " ");
    if (typeof value !== "string") return line;
    if (line.startsWith('"')) return `"${line.replaceAll('"', '""')}"`;
    return FORMULA.test(line) ? `'${line}` : line;
  };
  const place = placed(outlined);
  const line = ({ geometry, properties }: Row) =>
    [...place.of(geometry), ...columns.map((name) => properties[name])].map(text).join("\t");
  return [[...place.names, ...columns].map(text).join("\t"), ...rows.map(line)].join("\n");
}
