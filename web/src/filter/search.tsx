/** The control of a column of many different texts: what they are to have in them, and the most frequent ones. */

import type { ColumnInfo } from "duotile";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { compact, number } from "../dom";
import type { Clause } from "./clauses";
import { Missing } from "./missing";
import type { Known } from "./stats";

interface Props {
  column: ColumnInfo;
  clause: Clause | undefined;
  known: Known;
  set: (clause: Clause | undefined, gesture?: string) => void;
}

/** How long after the last letter a search begins, in milliseconds. */
const PAUSE = 350;
const SHOWN = 6;

export function SearchControl({ column, clause, known, set }: Props) {
  const asked = clause?.kind === "contains" ? clause.text : "";
  const [text, setText] = useState(asked);
  const apply = (text: string) => {
    if (text !== asked) set(text ? { kind: "contains", text } : undefined, `search ${column.name}`);
  };
  useLayoutEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (text === asked) return;
    const timer = setTimeout(() => apply(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  const now = known.now?.[0];
  const values = clause?.kind === "values" && !clause.not ? clause.values : [];
  return (
    <div class="search">
      <input
        type="search"
        aria-label={`${column.name} contains`}
        placeholder="Contains, in any case"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === "Enter") apply(text);
        }}
      />
      {now && (
        <p class="quiet">
          {number(now.distinct ?? 0)} different texts{(now.categories?.length ?? 0) > 0 && ", most often"}
        </p>
      )}
      <ul aria-label={`Frequent values of ${column.name}`}>
        {now?.categories?.slice(0, SHOWN).map(({ value, count }) => {
          const here = values.includes(String(value));
          return (
            <li key={String(value)}>
              <button
                type="button"
                class="link"
                aria-pressed={here}
                onClick={() => set(here ? undefined : { kind: "values", values: [String(value)] })}
              >
                <span class="name">{String(value) || "empty text"}</span>
                <span class="count">{compact(count)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <Missing clause={clause} some={(known.all?.nulls ?? 0) > 0} nulls={now?.nulls} set={set} />
    </div>
  );
}
