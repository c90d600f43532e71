/**
 * The hours of the day, the weekdays or the months of a column of times: how many rows are in each under the other filters, and
 * which of them pass. A drag takes those it goes over, a click one; arrows and Space do so by keys.
 */

import { signal } from "@preact/signals";
import type { Dataset, Source, TileQuery } from "duotile";
import { useEffect, useRef, useState } from "preact/hooks";
import { rowsSaid } from "../dom";
import { partsOf } from "./clauses";
import { ClockSelect, lastZone } from "./clocks";
import { type CycleName, cyclesOf, saidValue, shortValue, VALUES, withCycle } from "./cycle";
import { dragging } from "./dragging";
import { drawn } from "./stats";

interface Props {
  source: Source;
  dataset: Dataset;
  column: string;
  /** The filter of the layer, whether it is wrong, and the window of time. */
  filter: string;
  broken: boolean;
  datetime: string;
  set: (filter: string, gesture: string) => void;
}

const TITLES: readonly [CycleName, string][] = [
  ["hour", "Hours"],
  ["weekday", "Weekdays"],
  ["month", "Months"],
];

/** Values that people have a word for. */
const WORDS: Readonly<Record<CycleName, readonly (readonly [string, readonly number[]])[]>> = {
  hour: [
    ["Night", [22, 23, 0, 1, 2, 3, 4, 5]],
    ["Morning", [6, 7, 8, 9, 10, 11]],
    ["Evening", [18, 19, 20, 21]],
  ],
  weekday: [
    ["Working days", [1, 2, 3, 4, 5]],
    ["Weekend", [6, 0]],
  ],
  month: [
    ["Summer (north)", [6, 7, 8]],
    ["Winter (north)", [12, 1, 2]],
  ],
};

/** What was looked at last. */
const lastName = signal<CycleName>("hour");

/** Requests at once. */
const AT_ONCE = 3;

export function CyclesControl({ source, dataset, column, filter, broken, datetime, set }: Props) {
  const name = lastName.value;
  const cycles = cyclesOf(partsOf(filter), column);
  const chosen = cycles.find((cycle) => cycle.name === name);
  const zone = chosen?.zone ?? cycles[0]?.zone ?? lastZone.value;
  // What is wrong cannot be counted under, but is kept.
  const others = broken ? "" : withCycle(filter, { name, column, values: [], zone });
  const counts = useCounts({ source, dataset, column, name, zone, others, datetime });
  const put = (values: readonly number[], gesture = "") =>
    set(withCycle(filter, { name, column, values, zone }), `cycle ${column} ${name} ${gesture}`);
  const move = (zone: string) => {
    lastZone.value = zone;
    const moved = cycles.reduce((text, cycle) => withCycle(text, { ...cycle, zone }), filter);
    if (moved !== filter) set(moved, `zone ${column}`);
  };
  return (
    <div class="cycles">
      <div class="choice" role="radiogroup" aria-label={`Parts of ${column}`}>
        {TITLES.map(([each, title]) => (
          <label key={each}>
            <input
              type="radio"
              name={`cycle ${column}`}
              value={each}
              checked={name === each}
              onChange={() => {
                lastName.value = each;
              }}
            />
            <span>{title}</span>
          </label>
        ))}
      </div>
      <Bars key={name} {...{ name, column, counts, put }} values={chosen?.values} />
      <div class="words">
        {WORDS[name].map(([word, values]) => (
          <button key={word} type="button" onClick={() => put(values)}>
            {word}
          </button>
        ))}
        {chosen && (
          <button type="button" onClick={() => put([])}>
            All
          </button>
        )}
      </div>
      <ClockSelect label={`Clock of ${column}`} zone={zone} dataset={dataset} choose={move} />
    </div>
  );
}

interface BarsProps {
  name: CycleName;
  column: string;
  /** Of each value; none until they are known. */
  counts: readonly number[] | undefined;
  /** Those that pass; all if absent. */
  values: readonly number[] | undefined;
  put: (values: readonly number[], gesture?: string) => void;
}

let gestures = 0;

function Bars({ name, column, counts, values, put }: BarsProps) {
  const list = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [draft, setDraft] = useState<readonly number[]>();
  const order = VALUES[name];
  const most = Math.max(...(counts ?? []), 1);
  const passes = (value: number) => (draft ?? values)?.includes(value) ?? true;
  const placeOf = ({ clientX, clientY }: PointerEvent) => {
    const found = [...(list.current?.children ?? [])].findIndex((each) => {
      const { left, right, top, bottom } = each.getBoundingClientRect();
      return clientX >= left && clientX < right && clientY >= top && clientY < bottom;
    });
    return found < 0 ? undefined : found;
  };
  /** One more of them, or one less; of all, that one alone. */
  const toggled = (value: number) =>
    values ? (values.includes(value) ? values.filter((each) => each !== value) : [...values, value]) : [value];
  const onPointerDown = (event: PointerEvent) => {
    const from = placeOf(event);
    if (event.button !== 0 || from === undefined) return;
    event.preventDefault();
    list.current?.focus({ preventScroll: true });
    list.current?.setPointerCapture(event.pointerId);
    setAt(from);
    let to = from;
    const between = () => order.slice(Math.min(from, to), Math.max(from, to) + 1);
    const onMove = (event: PointerEvent) => {
      to = placeOf(event) ?? to;
      setDraft(from === to ? undefined : between());
    };
    const onEnd = (event: PointerEvent) => {
      list.current?.removeEventListener("pointermove", onMove);
      list.current?.removeEventListener("pointerup", onEnd);
      list.current?.removeEventListener("pointercancel", onEnd);
      setDraft(undefined);
      if (event.type === "pointercancel") return;
      put(from === to ? toggled(order[from] ?? 0) : between(), String(++gestures));
    };
    list.current?.addEventListener("pointermove", onMove);
    list.current?.addEventListener("pointerup", onEnd);
    list.current?.addEventListener("pointercancel", onEnd);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const end = { Home: 0, End: order.length - 1 }[event.key];
    if (by !== undefined) setAt((at + by + order.length) % order.length);
    else if (end !== undefined) setAt(end);
    else if (event.key === " " || event.key === "Enter") put(toggled(order[at] ?? 0), String(++gestures));
    else return;
    event.preventDefault();
  };
  const id = (value: number) => `cycle-${name}-${value}`;
  return (
    <div
      ref={list}
      class={`bars ${name}`}
      role="listbox"
      tabIndex={0}
      aria-label={`${TITLES.find(([each]) => each === name)?.[1]} of ${column}`}
      aria-multiselectable="true"
      aria-activedescendant={id(order[at] ?? 0)}
      aria-busy={counts === undefined}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    >
      {order.map((value, place) => (
        <div
          key={value}
          id={id(value)}
          role="option"
          tabIndex={-1}
          class={place === at ? "at" : ""}
          aria-selected={passes(value)}
          aria-label={`${saidValue(name, value)}${counts ? `: ${rowsSaid(counts[place] ?? 0)}` : ""}`}
          title={`${saidValue(name, value)}${counts ? `: ${rowsSaid(counts[place] ?? 0)}` : ""}`}
        >
          <i style={{ "--share": (counts?.[place] ?? 0) / most }} />
          <span>{shortValue(name, value)}</span>
        </div>
      ))}
    </div>
  );
}

interface Question extends Omit<Props, "filter" | "broken" | "set"> {
  name: CycleName;
  zone: string;
  others: string;
}

/** How many rows of the other filters are in each hour, weekday or month; none until they are counted. */
function useCounts({ source, dataset, column, name, zone, others, datetime }: Question): readonly number[] | undefined {
  const [counts, setCounts] = useState<{ name: CycleName; list: readonly number[] }>();
  const held = dragging.value;
  useEffect(() => {
    if (held) return;
    const stop = new AbortController();
    const { signal } = stop;
    const todo = VALUES[name].map((value, at) => ({ value, at }));
    const list = VALUES[name].map(() => 0);
    const work = async () => {
      for (let next = todo.shift(); next; next = todo.shift()) {
        const query: TileQuery = {
          filter: withCycle(others, { name, column, values: [next.value], zone }),
          ...(datetime ? { datetime } : {}),
        };
        list[next.at] = await countOf(source, dataset, column, query, signal);
      }
    };
    const all = async () => {
      await drawn(signal);
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      if (!signal.aborted) setCounts({ name, list });
    };
    // What is wrong with the filter is told where it stands; counts of the one before are not those of this one.
    all().catch(() => {
      if (!signal.aborted) setCounts(undefined);
    });
    return () => stop.abort();
  }, [source, dataset, column, name, zone, others, datetime, held]);
  return counts?.name === name ? counts.list : undefined;
}

/** How many rows pass a query; of data whose rows are closed, by what its statistics say. */
async function countOf(
  source: Source,
  { id, rows_open: open }: Dataset,
  column: string,
  query: TileQuery,
  signal: AbortSignal,
) {
  if (open) return (await source.rows(id, query, { limit: 0 }, signal)).value.numberMatched;
  const { present, nulls } = (await source.stats(id, column, query, 1, signal)).value;
  return present + nulls;
}
