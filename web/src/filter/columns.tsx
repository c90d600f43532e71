/** The columns of the active layer, each with what is asked of it, and its control when it is unfolded. */

import type { ColumnInfo, Dataset, Source } from "duotile";
import { useState } from "preact/hooks";
import { formatted, number } from "../dom";
import { loaded } from "../load";
import { Icon } from "../panel/icon";
import { interval } from "../query";
import { active, change, type Layer, state, withLayer } from "../state";
import { type Clause, clauseOf, othersOf, type Part, partsOf, print, type Value, withClause, without } from "./clauses";
import { brushed } from "./dragging";
import { rangeOf } from "./ends";
import { RangeControl } from "./range";
import { SearchControl } from "./search";
import { useStats } from "./stats";
import { ValuesControl } from "./values";

/** With more columns than these there is a box to search them. */
const SEARCHED = 8;
/** Texts with more different values than these are searched rather than listed. */
const LISTED = 1000;

export function Columns({ source }: { source: Source }) {
  const [search, setSearch] = useState("");
  const layer = active();
  const dataset = layer && loaded.value[layer.id]?.dataset;
  if (!layer || !dataset || dataset.id !== layer.dataset) return null;
  const parts = partsOf(layer.filter);
  const names = dataset.columns.map(({ name }) => name);
  const others = parts ? othersOf(parts, names) : [];
  const wanted = search.trim().toLowerCase();
  const asked = (name: string) => clauseOf(parts, name) !== undefined;
  const shown = dataset.columns.filter(({ name }) => name.toLowerCase().includes(wanted));
  const set = names.filter(asked).length + (parts ? others.length : 1);
  return (
    <div id="columns">
      <p class="act" id="filters-set">
        <span>
          {set === 0 ? "No filter is set." : `${number(set)} ${set === 1 ? "filter is" : "filters are"} set.`}
        </span>
        {layer.filter !== "" && (
          <button type="button" class="link" onClick={() => put(layer, "")}>
            Clear all
          </button>
        )}
      </p>
      {others.length > 0 && <Others layer={layer} parts={others} />}
      {names.length >= SEARCHED && (
        <input
          type="search"
          aria-label="Search columns"
          placeholder={`Search ${number(names.length)} columns`}
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      {shown.map((column) => (
        <Column
          key={`${layer.id} ${dataset.id} ${column.name}`}
          {...{ source, layer, dataset, column }}
          clause={clauseOf(parts, column.name)}
        />
      ))}
      {shown.length === 0 && <p class="quiet">No column is called so.</p>}
    </div>
  );
}

function put(layer: Layer, filter: string, gesture?: string): void {
  const about = `filter ${layer.id} ${gesture ?? filter}`;
  if (gesture?.startsWith("brush ") && !loaded.peek()[layer.id]?.problem) brushed.value = filter;
  change(
    about,
    (before) => withLayer(before, layer.id, { filter }),
    gesture?.startsWith("brush ") ? Infinity : undefined,
  );
}

/** What was typed and no control shows: each part can be taken out. */
function Others({ layer, parts }: { layer: Layer; parts: readonly Part[] }) {
  return (
    <ul class="chips" aria-label="Other filters">
      {parts.map(({ text }) => (
        <li key={text}>
          <code>{text}</code>
          <button type="button" aria-label={`Remove ${text}`} onClick={() => put(layer, without(layer.filter, text))}>
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ColumnProps {
  source: Source;
  layer: Layer;
  dataset: Dataset;
  column: ColumnInfo;
  clause: Clause | undefined;
}

function Column({ source, layer, dataset, column, clause }: ColumnProps) {
  const [open, setOpen] = useState(false);
  const { name } = column;
  return (
    <details
      class={`column ${clause ? "set" : ""}`}
      data-column={name}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span class="name">{name}</span> <span class="asked">{clause ? brief(clause, name) : column.type}</span>
      </summary>
      {open && <Control {...{ source, layer, dataset, column, clause }} />}
    </details>
  );
}

function Control({ source, layer, dataset, column, clause }: ColumnProps) {
  const [log, setLog] = useState<boolean>();
  const { window } = state.value;
  const others = withClause(layer.filter, column.name, undefined);
  const broken = loaded.value[layer.id]?.problem !== undefined;
  const datetime = window && dataset.time_column ? interval(window) : "";
  const known = useStats({ source, dataset, column: column.name, others: broken ? "" : others, datetime, log });
  const set = (next: Clause | undefined, gesture?: string) => {
    const now = active()?.id === layer.id ? (active()?.filter ?? layer.filter) : layer.filter;
    put(layer, withClause(now, column.name, next), gesture);
  };
  const props = { column, clause, known, set };
  const ranged = column.type === "integer" || column.type === "number" || column.type === "time";
  const listed = !ranged && (column.distinct ?? 2) <= LISTED;
  const fits = !clause || fitsControl(clause, ranged, listed);
  return (
    <div class="control" aria-busy={known.busy}>
      {clause && !fits && <code class="quiet">{print(column.name, clause)}</code>}
      {ranged ? (
        <RangeControl {...props} {...{ log, setLog }} />
      ) : listed ? (
        <ValuesControl {...props} />
      ) : (
        <SearchControl {...props} />
      )}
      {known.problem && (
        <p class="wrong" role="alert">
          {known.problem}
        </p>
      )}
      {clause && (
        <button type="button" class="link" onClick={() => set(undefined)}>
          Clear this filter
        </button>
      )}
    </div>
  );
}

/** Whether a control shows such a clause; others can still be replaced by it. */
function fitsControl(clause: Clause, ranged: boolean, listed: boolean): boolean {
  if (clause.kind === "missing") return true;
  if (ranged) return rangeOf(clause) !== undefined;
  if (clause.kind === "values") return listed || (!clause.not && !clause.missing);
  return clause.kind === "contains" && !listed;
}

/** What is asked of a column, in a few words. */
function brief(clause: Clause, name: string): string {
  const word = (value: Value) =>
    typeof value === "number"
      ? number(value)
      : typeof value === "object"
        ? formatted(value.time, undefined).replace(/T00:00:00Z$/, "")
        : String(value);
  switch (clause.kind) {
    case "missing":
      return clause.not ? "not missing" : "missing";
    case "contains":
      return `contains ${clause.text}`;
    case "range": {
      const { from, to } = clause;
      if (from && to) return `${word(from.value)} – ${word(to.value)}`;
      if (from) return `${from.open ? ">" : "≥"} ${word(from.value)}`;
      return to ? `${to.open ? "<" : "≤"} ${word(to.value)}` : print(name, clause);
    }
    case "values": {
      const { values, not } = clause;
      const first =
        values[0] === undefined ? "no value" : values.length > 2 ? `${values.length}` : values.map(word).join(", ");
      return `${not ? "not " : ""}${first}`;
    }
  }
}
