/**
 * The control of a column of few different values: a list with how often each is there under the other filters. All are
 * chosen until one is taken out or is wanted alone.
 */

import type { ColumnInfo, Stats } from "duotile";
import { useState } from "preact/hooks";
import { compact, number } from "../dom";
import type { Clause, Value } from "./clauses";
import type { Known } from "./stats";

interface Props {
  column: ColumnInfo;
  clause: Clause | undefined;
  known: Known;
  set: (clause: Clause | undefined, gesture?: string) => void;
}

/** What is known of the values: of all rows, and of those that the other filters let through. */
interface Of {
  all: Pick<ColumnInfo, "categories" | "distinct" | "nulls">;
  now: Stats | undefined;
}

type Values = Extract<Clause, { kind: "values" }>;

/** A value; `null` stands for none. */
type Choice = Value | null;

/** So many values are listed at first. */
const SHOWN = 8;
/** With more values than these there is a box to search them. */
const SEARCHED = 12;

export function ValuesControl({ column, clause, known: stats, set }: Props) {
  const [search, setSearch] = useState("");
  const [more, setMore] = useState(false);
  // Nothing chosen is no filter that can be written: it waits for a choice.
  const [none, setNone] = useState(false);
  // Until they are counted under the other filters its values are those of all rows.
  const known: Of = { all: stats.all ?? column, now: stats.now?.[0] };
  const { now } = known;
  const chosen = none ? { kind: "values" as const, values: [] } : choiceOf(clause);
  const list = listOf(known, chosen);
  const most = Math.max(...list.map(({ count }) => count ?? 0), 1);
  const found = list.filter(({ value }) => nameOf(value).toLowerCase().includes(search.trim().toLowerCase()));
  const shown = more || search ? found.slice(0, 500) : found.slice(0, SHOWN);
  const total = known.all.distinct ?? list.length;
  const cut = total - list.filter(({ value }) => value !== null).length;
  const put = (next: Values | undefined) => {
    const empty = next && !next.not && next.values.length === 0 && !next.missing;
    setNone(empty ?? false);
    if (!empty) set(next && isAll(next, known) ? undefined : next, `values ${column.name}`);
  };
  const own = search.trim();
  const unlisted = own !== "" && column.type === "text" && !list.some(({ value }) => value === own);
  return (
    <div class="values">
      {(list.length > SEARCHED || cut > 0) && (
        <input
          type="search"
          aria-label={`Search the values of ${column.name}`}
          placeholder={`Search ${number(total)} values`}
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <ul aria-label={`Values of ${column.name}`}>
        {shown.map(({ value, count }) => (
          <li key={String(value)}>
            <label>
              <input
                type="checkbox"
                checked={passes(chosen, value)}
                onChange={({ currentTarget }) => put(toggled(chosen, value, currentTarget.checked, known))}
              />
              <span class={value === null || value === "" ? "name quiet" : "name"}>{nameOf(value)}</span>
              <span class="count">{count === undefined ? "" : compact(count)}</span>
              <span class="share" style={{ width: `${((count ?? 0) / most) * 100}%` }} />
            </label>
            <button
              type="button"
              class="only"
              aria-label={`Only ${nameOf(value)}`}
              onClick={() => put(onlyThis(value))}
            >
              only
            </button>
          </li>
        ))}
      </ul>
      {stats.busy && list.length === 0 && <p class="quiet">Looking…</p>}
      {unlisted && (
        <button type="button" class="link" onClick={() => put(toggled(alone(chosen), own, true, known))}>
          {alone(chosen).values.length > 0 ? "Also" : "Only"} “{own}”, as typed
        </button>
      )}
      <p class="act">
        <span>
          {none
            ? "Choose at least one."
            : cut > 0
              ? `${number(cut)} less frequent ones are not listed.`
              : now && `${number(now.distinct ?? 0)} of ${number(total)} values`}
        </span>
        {!more && !search && found.length > SHOWN && (
          <button type="button" class="link" onClick={() => setMore(true)}>
            Show {number(Math.min(found.length, 500))}
          </button>
        )}
        <button type="button" class="link" disabled={!clause && !none} onClick={() => put(undefined)}>
          All
        </button>
        <button type="button" class="link" disabled={none} onClick={() => put({ kind: "values", values: [] })}>
          None
        </button>
      </p>
    </div>
  );
}

const nameOf = (value: Choice): string =>
  value === null ? "no value" : value === "" ? "empty text" : typeof value === "object" ? value.time : String(value);

/** The clause as a choice among values; `undefined` for all. */
function choiceOf(clause: Clause | undefined): Values | undefined {
  if (clause?.kind === "values") return clause;
  if (clause?.kind !== "missing") return undefined;
  return clause.not ? { kind: "values", values: [], not: true } : { kind: "values", values: [], missing: true };
}

function passes(chosen: Values | undefined, value: Choice): boolean {
  if (!chosen) return true;
  if (value === null) return chosen.missing ?? false;
  return chosen.values.includes(value) !== (chosen.not ?? false);
}

/** A choice with one value in it or out of it. */
function toggled(chosen: Values | undefined, value: Choice, on: boolean, { all }: Of): Values {
  const from: Values = chosen ?? { kind: "values", values: [], not: true, missing: all.nulls > 0 };
  if (value === null) return tidy({ ...from, missing: on });
  const rest = from.values.filter((each) => each !== value);
  return tidy({ ...from, values: on !== (from.not ?? false) ? [...rest, value] : rest });
}

/** Nothing said that is not meant. */
function tidy({ values, not, missing }: Values): Values {
  return { kind: "values", values, ...(not ? { not } : {}), ...(missing ? { missing } : {}) };
}

const alone = (chosen: Values | undefined): Values => (chosen && !chosen.not ? chosen : { kind: "values", values: [] });

const onlyThis = (value: Choice): Values =>
  value === null ? { kind: "values", values: [], missing: true } : { kind: "values", values: [value] };

/** Whether a choice leaves nothing out. */
function isAll({ values, not, missing }: Values, { all }: Of): boolean {
  const nulls = all.nulls > 0;
  if (nulls && !missing) return false;
  if (not) return values.length === 0;
  return all.distinct !== undefined && values.length >= all.distinct && allListed(values, all.categories ?? []);
}

const allListed = (values: readonly Value[], categories: readonly { value: unknown }[]): boolean =>
  categories.every(({ value }) => values.includes(value as Value));

/** Values with their counts under the other filters; those that are chosen are there even if none passes. */
function listOf({ all, now }: Of, chosen: Values | undefined): { value: Choice; count: number | undefined }[] {
  const counts = new Map<unknown, number>(now?.categories?.map(({ value, count }) => [value, count]));
  const whole = (all.categories ?? []).map(({ value }) => value as Value);
  // A list that is cut has no counts of those that it leaves out.
  const complete = now && (now.categories?.length ?? 0) >= (now.distinct ?? 0);
  const names = new Set<Value>([...whole, ...counts.keys(), ...(chosen?.values ?? [])] as Value[]);
  const list: { value: Choice; count: number | undefined }[] = [...names].map((value) => ({
    value,
    count: counts.get(value) ?? (complete ? 0 : undefined),
  }));
  list.sort((a, b) => (b.count ?? -1) - (a.count ?? -1));
  if (all.nulls > 0) list.push({ value: null, count: now?.nulls });
  return list;
}
