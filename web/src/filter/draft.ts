/**
 * What was typed into the box of a filter and does not hold yet, because it was not applied or is wrong. A control changes the filter
 * that holds; the same change is made to what was typed, so that neither is lost.
 */

import { effect, signal } from "@preact/signals";
import type { Problem } from "duotile";
import { state } from "../state";
import { type Clause, clauseOf, othersOf, type Part, partsOf, print, replaced, withClause, without } from "./clauses";

export interface Draft {
  text: string;
  /** The filter that held when it was typed, and the dataset. */
  over: string;
  dataset: string;
  /** Why it is not applied, if that was tried. */
  wrong?: Problem;
}

/** By the ids of layers. */
export const drafts = signal<Readonly<Record<string, Draft>>>({});

/** Keeps what was typed for a layer; forgets it if none is given. */
export function keep(layer: string, draft: Draft | undefined): void {
  const { [layer]: before, ...rest } = drafts.peek();
  if (before !== draft) drafts.value = draft ? { ...rest, [layer]: draft } : rest;
}

// The next layer may have the id of one that is gone.
effect(() => {
  const there = new Set(state.value.layers.map(({ id }) => id));
  for (const id of Object.keys(drafts.peek())) if (!there.has(id)) keep(id, undefined);
});

/** What was typed over a filter, with what has been changed in that since: columns have the clauses that they have now. */
export function rebased(typed: string, before: string, after: string): string {
  const [old, now] = [partsOf(before) ?? [whole(before)], partsOf(after) ?? [whole(after)]];
  const columns = [...new Set([...old, ...now].flatMap(({ about }) => about?.column ?? []))];
  let text = typed;
  for (const column of columns) {
    const [was, is] = [clauseOf(old, column), clauseOf(now, column)];
    if (JSON.stringify(was) !== JSON.stringify(is)) text = withColumn(text, column, was, is);
  }
  const [gone, come] = [missing(old, now, columns), missing(now, old, columns)];
  for (const [at, part] of gone.entries()) text = swapped(text, part, come[at]);
  for (const part of come.slice(gone.length)) text = swapped(text, undefined, part);
  return text;
}

const whole = (text: string): Part => ({ text, loose: false });

/** Parts of no column that others do not have. */
function missing(parts: readonly Part[], others: readonly Part[], columns: readonly string[]): string[] {
  const there = new Set(others.map(({ text }) => text));
  const some = othersOf(parts, columns).filter(({ text }) => !there.has(text));
  return some.map(({ text, loose }) => (loose ? `(${text})` : text));
}

function withColumn(text: string, column: string, was: Clause | undefined, is: Clause | undefined): string {
  if (partsOf(text)) return withClause(text, column, is);
  return withClause(behind(text, was && print(column, was)), column, is);
}

/** A text with a part in the place of another; without that if there is none. */
function swapped(text: string, gone: string | undefined, come: string | undefined): string {
  if (!partsOf(text)) return replaced(behind(text, gone), undefined, come ?? "");
  if (come !== undefined) return replaced(text, gone, come);
  return gone === undefined ? text : without(text, gone);
}

/** What cannot be read, without what was put before it. */
function behind(text: string, made: string | undefined): string {
  const first = `${made} AND `;
  return made !== undefined && text.startsWith(first) ? text.slice(first.length) : text;
}
