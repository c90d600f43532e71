/** CQL2 text to tokens, each with its place, as the core cuts it: names, quoted names, texts, numbers and signs. */

export interface Token {
  kind: "word" | "name" | "text" | "number" | "sign";
  /** What it means: a quoted one without its quotes. */
  value: string;
  /** Where it begins and ends in the text, in UTF-16 units. */
  from: number;
  to: number;
}

const SPACE = /\s+/uy;
const WORD = /[\p{Alphabetic}_:](?:[\p{Alphabetic}\p{N}_:.]|[\u0300-\u036f])*/uy;
const NAME = /"((?:[^"]|"")*)"/uy;
const TEXT = /'((?:[^']|'')*)'/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/uy;
const SIGN = /<>|<=|>=|[=<>(),+\-*/%^[\]]/uy;

/** Words that are not bare names. */
const KEYWORDS = new Set(["AND", "OR", "NOT", "BETWEEN", "IN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "DIV"]);

/** All tokens; `undefined` if the text has what is none, such as a quote that is never closed. */
export function tokens(text: string): Token[] | undefined {
  const list: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at === text.length) return list;
    const token = (kind: Token["kind"], found: RegExpExecArray | null, quote = ""): boolean => {
      if (!found) return false;
      const value = quote ? (found[1] ?? "").replaceAll(quote + quote, quote) : found[0];
      list.push({ kind, value, from: at, to: at + found[0].length });
      return true;
    };
    const found =
      token("name", match(NAME), '"') ||
      token("text", match(TEXT), "'") ||
      token("number", match(NUMBER)) ||
      token("word", match(WORD)) ||
      token("sign", match(SIGN));
    if (!found) return undefined;
    at = list.at(-1)?.to ?? text.length;
  }
}

/** Whether a token is this keyword, in whatever case. */
export const isKeyword = (token: Token | undefined, keyword: string): boolean =>
  token?.kind === "word" && token.value.toUpperCase() === keyword;

/** Whether a token is a word that has a meaning of its own. */
export const isReserved = (token: Token): boolean => token.kind === "word" && KEYWORDS.has(token.value.toUpperCase());

/** The name of a column as CQL2 has it: in double quotes where it is odd. */
export function nameOf(column: string): string {
  WORD.lastIndex = 0;
  const plain = WORD.exec(column)?.[0] === column && !KEYWORDS.has(column.toUpperCase());
  return plain ? column : `"${column.replaceAll('"', '""')}"`;
}

/** A text as CQL2 has it. */
export const textOf = (text: string): string => `'${text.replaceAll("'", "''")}'`;
