/**
 * A filter as a list of clauses: its text is cut where AND joins its parts, and those parts that a control could have
 * written are read. What no control knows keeps its text, letter by letter. The other way, one column's clause is
 * replaced by another and nothing else is touched: a text that was typed moves the controls, a control rewrites its part.
 */

import { isKeyword, isReserved, nameOf, type Token, textOf, tokens } from "./tokens";

/** A moment as written in a filter: a date means its whole day. */
export interface Moment {
  time: string;
}

export type Value = number | string | boolean | Moment;

/** One end of a range; `open` if it is itself outside. */
export interface End {
  value: number | string | Moment;
  open?: boolean;
}

/** What a filter asks of one column. */
export type Clause =
  | { kind: "range"; from?: End; to?: End }
  /** One of these, or with `not` none of them; rows without a value pass if `missing`. */
  | { kind: "values"; values: readonly Value[]; not?: boolean; missing?: boolean }
  /** Has this text in it, in whatever case. */
  | { kind: "contains"; text: string }
  /** Has no value; with `not`, has one. */
  | { kind: "missing"; not?: boolean };

/** A part of a filter between its ANDs. */
export interface Part {
  /** As it stands in the filter. */
  text: string;
  /** The column and what is asked of it, if a control can show it. */
  about?: { column: string; clause: Clause };
  /** Whether it needs parentheses beside others. */
  loose: boolean;
}

/** The parts of a filter; `undefined` if they cannot be told apart, as when a quote is never closed. */
export function partsOf(text: string): Part[] | undefined {
  const list = tokens(text);
  if (!list) return undefined;
  const groups: Token[][] = [[]];
  let depth = 0;
  let between = false;
  let loose = false;
  for (const token of list) {
    if (token.kind === "sign" && token.value === "(") depth += 1;
    if (token.kind === "sign" && token.value === ")") depth -= 1;
    if (depth < 0) return undefined;
    if (depth === 0 && isKeyword(token, "BETWEEN")) between = true;
    if (depth === 0 && isKeyword(token, "OR")) loose = true;
    if (depth === 0 && isKeyword(token, "AND") && !between) groups.push([]);
    else {
      if (depth === 0 && isKeyword(token, "AND")) between = false;
      groups.at(-1)?.push(token);
    }
  }
  if (depth !== 0) return undefined;
  if (list.length === 0) return [];
  // OR binds less than AND: the whole is one part.
  if (loose) return [{ text: text.trim(), loose: true }];
  if (groups.some((group) => group.length === 0)) return undefined;
  return groups.map((group) => {
    const about = new Reader(group).part();
    const part = { text: text.slice(group[0]?.from, group.at(-1)?.to), loose: false };
    return about ? { ...part, about } : part;
  });
}

/** What a filter asks of a column, of all that it may ask the first; both ends of a range may stand apart. */
export function clauseOf(parts: readonly Part[] | undefined, column: string): Clause | undefined {
  const [first, rest] = ownedBy(parts ?? [], column).map(({ about }) => about?.clause);
  return first?.kind === "range" && rest?.kind === "range" ? { ...first, ...rest } : first;
}

/** The parts that a column's control stands for: its first clause, and the other end of it. */
function ownedBy(parts: readonly Part[], column: string): Part[] {
  const mine = parts.filter(({ about }) => about?.column === column);
  const [first] = mine;
  const clause = first?.about?.clause;
  if (!first) return [];
  if (clause?.kind !== "range" || (clause.from && clause.to)) return [first];
  const rest = mine.find(({ about }) => {
    const other = about?.clause;
    return other?.kind === "range" && (clause.from ? other.to && !other.from : other.from && !other.to);
  });
  return rest ? [first, rest] : [first];
}

/** The parts that no control of these columns stands for. */
export function othersOf(parts: readonly Part[], columns: readonly string[]): Part[] {
  const owned = new Set(columns.flatMap((column) => ownedBy(parts, column)));
  return parts.filter((part) => !owned.has(part));
}

/** A filter that asks this of a column, or nothing, and of all else what it asked before. */
export function withClause(text: string, column: string, clause: Clause | undefined): string {
  const parts = partsOf(text);
  const made = clause ? print(column, clause) : "";
  // Before what cannot be read: behind it, a quote that is never closed would swallow it.
  if (!parts) return made ? `${made} AND ${text}` : text;
  const owned = ownedBy(parts, column);
  const at = owned[0] ? parts.indexOf(owned[0]) : parts.length;
  const kept = (some: Part[]) => some.filter((part) => !owned.includes(part));
  const all = [...kept(parts.slice(0, at)), ...(made ? [{ text: made, loose: false }] : []), ...kept(parts.slice(at))];
  return join(all);
}

/** A filter without one of its parts. */
export function without(text: string, part: string): string {
  const parts = partsOf(text);
  const at = parts?.findIndex((each) => each.text === part) ?? -1;
  return parts ? join(parts.filter((_, index) => index !== at)) : "";
}

/** A filter with another text in the place of one of its parts; at its end where it had no such part, nowhere if there is none. */
export function replaced(text: string, part: string | undefined, made: string): string {
  const parts = partsOf(text);
  if (!parts) return made ? `${made} AND ${text}` : text;
  const at = parts.findIndex((each) => each.text === part);
  const next = made ? [{ text: made, loose: false }] : [];
  return join(at < 0 ? [...parts, ...next] : [...parts.slice(0, at), ...next, ...parts.slice(at + 1)]);
}

function join(parts: readonly Part[]): string {
  return parts.map(({ text, loose }) => (loose && parts.length > 1 ? `(${text})` : text)).join(" AND ");
}

/** A clause as CQL2 text. */
export function print(column: string, clause: Clause): string {
  const name = nameOf(column);
  switch (clause.kind) {
    case "missing":
      return `${name} IS ${clause.not ? "NOT " : ""}NULL`;
    case "contains": {
      const pattern = clause.text.replace(/[\\%_]/g, "\\$&");
      return `CASEI(${name}) LIKE CASEI(${textOf(`%${pattern}%`)})`;
    }
    case "range": {
      const { from, to } = clause;
      if (from && to && !from.open && !to.open) {
        return `${name} BETWEEN ${literal(from.value)} AND ${literal(to.value)}`;
      }
      const low = from && `${name} ${from.open ? ">" : ">="} ${literal(from.value)}`;
      const high = to && `${name} ${to.open ? "<" : "<="} ${literal(to.value)}`;
      return [low, high].filter(Boolean).join(" AND ");
    }
    case "values": {
      const { values, not = false, missing = false } = clause;
      const absent = `${name} IS NULL`;
      const list = values.map(literal);
      // None of no values: all that have one.
      if (list.length === 0) return not ? (missing ? "TRUE" : `${name} IS NOT NULL`) : missing ? absent : "FALSE";
      const among =
        list.length === 1
          ? `${name} ${not ? "<>" : "="} ${list[0]}`
          : `${name} ${not ? "NOT " : ""}IN (${list.join(", ")})`;
      return missing ? `(${among} OR ${absent})` : among;
    }
  }
}

function literal(value: Value): string {
  // Digits alone would be read as a whole number, and beyond 2^53 as another one.
  if (typeof value === "number")
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
  if (typeof value === "string") return textOf(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  return `${/^[^T ]*$/i.test(value.time) ? "DATE" : "TIMESTAMP"}(${textOf(value.time)})`;
}

type About = NonNullable<Part["about"]>;

/** Reads one part; whatever it does not expect makes it give up. */
class Reader {
  readonly #list: readonly Token[];
  #at = 0;

  constructor(list: readonly Token[]) {
    this.#list = list;
  }

  part(): About | undefined {
    const about = this.#withMissing() ?? this.#from(0, () => this.#condition());
    return about && this.#at === this.#list.length ? about : undefined;
  }

  /** `(a = 1 OR a IS NULL)`: a clause of values, and those without one. */
  #withMissing(): About | undefined {
    return this.#from(0, () => {
      if (!this.#sign("(")) return undefined;
      const first = this.#condition();
      if (first?.clause.kind !== "values" || !this.#word("OR")) return undefined;
      const second = this.#condition();
      if (second?.column !== first.column || second.clause.kind !== "missing" || second.clause.not) return undefined;
      return this.#sign(")") ? { ...first, clause: { ...first.clause, missing: true } } : undefined;
    });
  }

  /** What a rule reads from a place. */
  #from<T>(place: number, rule: () => T): T {
    this.#at = place;
    return rule();
  }

  #condition(): About | undefined {
    const negated = this.#word("NOT");
    const folded = this.#call("CASEI");
    const column = this.#column();
    if (column === undefined || (folded && !this.#sign(")"))) return undefined;
    const clause = folded ? this.#contains() : this.#about();
    if (!clause) return undefined;
    if (!negated) return { column, clause };
    const only = clause.kind === "values" && clause.values.length === 1 ? clause.values[0] : undefined;
    // Of a boolean column, NOT says the other value.
    return only === true && this.#at === this.#list.length ? { column, clause: flag(false) } : undefined;
  }

  /** What follows a column. */
  #about(): Clause | undefined {
    const sign = this.#list[this.#at];
    if (sign === undefined || isKeyword(sign, "OR")) return flag(true);
    this.#at += 1;
    if (sign.kind === "sign") return this.#comparison(sign.value);
    if (isKeyword(sign, "IS")) {
      const not = this.#word("NOT");
      return this.#word("NULL") ? { kind: "missing", ...(not ? { not } : {}) } : undefined;
    }
    if (isKeyword(sign, "BETWEEN")) {
      const from = this.#end();
      if (from === undefined || !this.#word("AND")) return undefined;
      const to = this.#end();
      return to === undefined ? undefined : { kind: "range", from: { value: from }, to: { value: to } };
    }
    const not = isKeyword(sign, "NOT");
    if (!(not ? this.#word("IN") : isKeyword(sign, "IN")) || !this.#sign("(")) return undefined;
    const values: Value[] = [];
    do {
      const value = this.#value();
      if (value === undefined) return undefined;
      values.push(value);
    } while (this.#sign(","));
    return this.#sign(")") ? { kind: "values", values, ...(not ? { not } : {}) } : undefined;
  }

  #comparison(sign: string): Clause | undefined {
    const value = this.#value();
    if (value === undefined) return undefined;
    if (sign === "=") return { kind: "values", values: [value] };
    if (sign === "<>") return { kind: "values", values: [value], not: true };
    if (typeof value === "boolean") return undefined;
    const open = sign === "<" || sign === ">";
    const end: End = open ? { value, open } : { value };
    if (sign === "<" || sign === "<=") return { kind: "range", to: end };
    return sign === ">" || sign === ">=" ? { kind: "range", from: end } : undefined;
  }

  /** `LIKE CASEI('%text%')`, of no other form. */
  #contains(): Clause | undefined {
    if (!this.#word("LIKE") || !this.#call("CASEI")) return undefined;
    const token = this.#list[this.#at];
    this.#at += 1;
    const inner = token?.kind === "text" && /^%((?:[^\\%_]|\\.)*)%$/su.exec(token.value)?.[1];
    if (inner === undefined || inner === false || !this.#sign(")")) return undefined;
    return { kind: "contains", text: inner.replace(/\\(.)/gsu, "$1") };
  }

  #end(): End["value"] | undefined {
    const value = this.#value();
    return typeof value === "boolean" ? undefined : value;
  }

  #value(): Value | undefined {
    if (this.#call("DATE") || this.#call("TIMESTAMP")) {
      const token = this.#list[this.#at];
      this.#at += 1;
      return token?.kind === "text" && this.#sign(")") ? { time: token.value } : undefined;
    }
    const minus = this.#sign("-");
    const token = this.#list[this.#at];
    this.#at += 1;
    if (token?.kind === "number") {
      const number = Number(token.value) * (minus ? -1 : 1);
      // Whole numbers that this page cannot hold exactly keep their text.
      const exact = Number.isSafeInteger(number) || /[.e]/i.test(token.value);
      return exact && Number.isFinite(number) ? number : undefined;
    }
    if (minus || !token) return undefined;
    if (token.kind === "text") return token.value;
    if (isKeyword(token, "TRUE")) return true;
    return isKeyword(token, "FALSE") ? false : undefined;
  }

  #column(): string | undefined {
    const token = this.#list[this.#at];
    const next = this.#list[this.#at + 1];
    if (token?.kind !== "name" && (token?.kind !== "word" || isReserved(token))) return undefined;
    if (token.kind === "word" && next?.kind === "sign" && next.value === "(") return undefined;
    this.#at += 1;
    return token.value;
  }

  #call(name: string): boolean {
    const next = this.#list[this.#at + 1];
    const is = isKeyword(this.#list[this.#at], name) && next?.kind === "sign" && next.value === "(";
    if (is) this.#at += 2;
    return is;
  }

  #word(keyword: string): boolean {
    const is = isKeyword(this.#list[this.#at], keyword);
    if (is) this.#at += 1;
    return is;
  }

  #sign(sign: string): boolean {
    const token = this.#list[this.#at];
    const is = token?.kind === "sign" && token.value === sign;
    if (is) this.#at += 1;
    return is;
  }
}

const flag = (value: boolean): Clause => ({ kind: "values", values: [value] });
