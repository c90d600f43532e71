/** The columns of the active layer, each with what is asked of it, and its control when it is unfolded. */

import type { ColumnInfo, Dataset, Source } from "duotile";
import { useState } from "preact/hooks";
import { formatted, measured, number, withUnit } from "../dom";
import { loaded } from "../load";
import { Icon } from "../panel/icon";
import { interval } from "../query";
import { active, change, type Layer, state, withLayer } from "../state";
import { type Clause, clauseOf, othersOf, type Part, partsOf, print, type Value, withClause, without } from "./clauses";
import { type Cycle, cycleOf, cyclesOf, saidCycle } from "./cycle";
import { CyclesControl } from "./cycles";
import { keep } from "./draft";
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

interface ColumnsProps {
  source: Source;
  /** Puts two values of a column beside each other. */
  compare: (layer: Layer, column: string, values: readonly [unknown, unknown]) => void;
}

interface AllProps extends ColumnsProps {
  /** Whether a part of the filter is shown elsewhere. */
  isElsewhere: (part: Part) => boolean;
}

export function Columns({ source, compare, isElsewhere }: AllProps) {
  const [search, setSearch] = useState("");
  const layer = active();
  const dataset = layer && loaded.value[layer.id]?.dataset;
  if (!layer || !dataset || dataset.id !== layer.dataset) return null;
  const parts = partsOf(layer.filter);
  const names = dataset.columns.map(({ name }) => name);
  const times = new Set(dataset.columns.flatMap(({ name, type }) => (type === "time" ? [name] : [])));
  const isCycle = (part: Part) => times.has(cycleOf(part)?.column ?? "");
  const others = parts ? othersOf(parts, names).filter((part) => !isCycle(part) && !isElsewhere(part)) : [];
  const cycles = (name: string) => (times.has(name) ? cyclesOf(parts, name) : []);
  const wanted = search.trim().toLowerCase();
  const asked = (name: string) => clauseOf(parts, name) !== undefined || cycles(name).length > 0;
  const shown = dataset.columns.filter(({ name }) => name.toLowerCase().includes(wanted));
  const elsewhere = parts?.filter(isElsewhere).length ?? 0;
  const set = names.filter(asked).length + (parts ? others.length + elsewhere : 1);
  return (
    <div id="columns">
      <p class="act" id="filters-set">
        <span>
          {set === 0 ? "No filter is set." : `${number(set)} ${set === 1 ? "filter is" : "filters are"} set.`}
        </span>
        {layer.filter !== "" && (
          <button
            type="button"
            class="link"
            onClick={() => {
              keep(layer.id, undefined);
              put(layer, "");
            }}
          >
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
          {...{ source, layer, dataset, column, compare }}
          clause={clauseOf(parts, column.name)}
          cycles={cycles(column.name)}
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

interface ColumnProps extends ColumnsProps {
  layer: Layer;
  dataset: Dataset;
  column: ColumnInfo;
  clause: Clause | undefined;
  /** What is asked of its hours, weekdays and months. */
  cycles: readonly Cycle[];
}

function Column(props: ColumnProps) {
  const [open, setOpen] = useState(false);
  const { column, clause, cycles } = props;
  const { name } = column;
  const asked = [...(clause ? [brief(clause, name)] : []), ...cycles.map(saidCycle)];
  return (
    <details
      class={`column ${asked.length > 0 ? "set" : ""}`}
      data-column={name}
      open={open}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span class="name" title={column.description}>
          {withUnit(column)}
        </span>{" "}
        <span class="asked">{asked.join(" · ") || column.type}</span>
      </summary>
      {open && <Control {...props} />}
    </details>
  );
}

function Control({ source, layer, dataset, column, clause, compare }: ColumnProps) {
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
      {column.description && <p class="quiet">{column.description}</p>}
      {clause && !fits && <code class="quiet">{print(column.name, clause)}</code>}
      {ranged ? (
        <RangeControl {...props} {...{ log, setLog }} />
      ) : listed ? (
        <ValuesControl {...props} />
      ) : (
        <SearchControl {...props} />
      )}
      {column.type === "time" && (
        <CyclesControl
          {...{ source, dataset, datetime, broken }}
          column={column.name}
          filter={layer.filter}
          set={(filter, gesture) => put(layer, filter, gesture)}
        />
      )}
      {listed && !ranged && <Beside {...{ layer, column, clause, compare }} />}
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

/** The way to two values beside each other: the two that are chosen, else those that most rows have. */
function Beside({ layer, column, clause, compare }: Pick<ColumnProps, "layer" | "column" | "clause" | "compare">) {
  const two = clause?.kind === "values" && !clause.not && clause.values.length === 2 ? clause.values : undefined;
  const [first, second] = two ?? (column.categories ?? []).map(({ value }) => value);
  if (clause && !two) return null;
  if (first === undefined || second === undefined) return null;
  return (
    <button type="button" class="link beside" onClick={() => compare(layer, column.name, [first, second])}>
      Compare {String(first) || "empty text"} with {String(second) || "empty text"}
    </button>
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
      ? measured(value, { name })
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
