/** Names of columns that fit the word before the caret of a filter. */

import { nameOf, tokens } from "./tokens";

export interface Suggestions {
  /** Where the word begins, in UTF-16 units. */
  from: number;
  columns: readonly string[];
}

const MOST = 6;
const WORD = /[\p{Alphabetic}_:][\p{Alphabetic}\p{N}_:.]*$/u;

/** Columns whose names have the word in them, those that begin with it first; none within quotes, or if it is a name. */
export function suggest(text: string, caret: number, columns: readonly string[]): Suggestions | undefined {
  const before = text.slice(0, caret);
  const word = WORD.exec(before)?.[0];
  const from = caret - (word?.length ?? 0);
  if (!word || !tokens(text.slice(0, from)) || columns.includes(word)) return undefined;
  const wanted = word.toLowerCase();
  const at = (name: string) => name.toLowerCase().indexOf(wanted);
  const found = columns.filter((name) => at(name) >= 0).sort((a, b) => Number(at(a) > 0) - Number(at(b) > 0));
  return found.length > 0 ? { from, columns: found.slice(0, MOST) } : undefined;
}

/** The text with a column in the place of the word, and where the caret stands then. */
export function accept(text: string, caret: number, from: number, column: string): { text: string; caret: number } {
  const name = nameOf(column);
  const space = /^\s/.test(text.slice(caret)) ? "" : " ";
  return { text: text.slice(0, from) + name + space + text.slice(caret), caret: from + name.length + 1 };
}
