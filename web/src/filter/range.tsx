/** The control of a column of numbers or times: a histogram with a brush, and both ends to be typed. */

import type { ColumnInfo } from "duotile";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { compact, measured } from "../dom";
import { type Axis, axisOf, binsOf } from "./axis";
import type { Clause } from "./clauses";
import {
  type Brush,
  brushOf,
  type Kind,
  nudged,
  numberOfEnd,
  type Range,
  rangeAt,
  rangeOf,
  typedNumber,
  valueAt,
  valueEnd,
} from "./ends";
import { Histogram } from "./histogram";
import { Missing } from "./missing";
import { abandon, finish, offer } from "./pace";
import type { Known } from "./stats";

interface Props {
  column: ColumnInfo;
  clause: Clause | undefined;
  known: Known;
  log: boolean | undefined;
  setLog: (log: boolean) => void;
  /** Asks something else of the column; what is about one gesture is undone as one. */
  set: (clause: Clause | undefined, gesture?: string) => void;
}

let gestures = 0;

/** The axis of what is not known yet. */
const NONE = axisOf(0, 1, false, 1);

export function RangeControl({ column, clause, known, log, setLog, set }: Props) {
  const kind = column.type as Kind;
  const [draft, setDraft] = useState<{ brush: Brush | undefined; before: Clause | undefined; gesture: string }>();
  // Who goes back while a brush is held may leave without it.
  const held = useRef(false);
  held.current = draft !== undefined;
  useEffect(() => () => (held.current ? abandon() : undefined), []);
  const { levels = [], now = [], all } = known;
  // What is not known yet has its room, so that nothing below it moves from under a finger when it comes.
  const waiting = !known.axis && known.busy;
  const axis = waiting ? NONE : known.axis;
  const range = rangeOf(clause);
  const brush = draft ? draft.brush : axis && range && brushOf(range, axis);
  const shown = draft && axis ? draft.brush && rangeAt(draft.brush, axis, kind) : range;
  if (!axis) return <p class="quiet">{all ? "No row has a value." : ""}</p>;
  const clauseAt = (brush: Brush | undefined) => brush && rangeAt(brush, axis, kind);
  return (
    <div class={waiting ? "range waiting" : "range"}>
      {waiting && <p class="quiet">Looking…</p>}
      <Histogram
        label={column.name}
        all={binsOf(levels, axis)}
        now={binsOf(now, axis)}
        uneven={axis.log}
        brush={brush}
        read={(at, end) => reading(at, axis, column, end)}
        step={(at, by, end) => nudged(at, by, axis, kind, end)}
        onMove={(brush) => {
          const gesture = draft?.gesture ?? `brush ${column.name} ${++gestures}`;
          setDraft({ brush, before: draft ? draft.before : clause, gesture });
          offer(() => set(clauseAt(brush), gesture));
        }}
        onRest={(brush) => {
          const gesture = draft?.gesture;
          setDraft(undefined);
          finish(() => set(clauseAt(brush), gesture));
        }}
        onCancel={() => {
          const { before, gesture } = draft ?? {};
          setDraft(undefined);
          finish(() => set(before, gesture));
        }}
      />
      <div class="scale" aria-hidden="true">
        {[...new Set([0, 0.5, 1].map((at) => reading(at, axis, column)))].map((text) => (
          <span key={text}>{text}</span>
        ))}
      </div>
      <div class="bounds">
        <Typed column={column} range={shown} which="from" kind={kind} set={set} axis={axis} />
        <Typed column={column} range={shown} which="to" kind={kind} set={set} axis={axis} />
      </div>
      {kind === "time" && <p class="quiet">Times are in UTC.</p>}
      <div class="more">
        {kind !== "time" && (
          <label>
            <input
              type="checkbox"
              checked={log ?? axis.log}
              onChange={({ currentTarget }) => setLog(currentTarget.checked)}
            />
            Logarithmic
          </label>
        )}
        <Missing clause={clause} some={(all ?? column).nulls > 0} nulls={now[0]?.nulls} set={set} />
      </div>
    </div>
  );
}

interface TypedProps extends Pick<Props, "column" | "set"> {
  range: Range | undefined;
  which: "from" | "to";
  kind: Kind;
  axis: Axis;
}

/** An end that can be typed; emptied, it asks for nothing. */
function Typed({ column, range, which, kind, set, axis }: TypedProps) {
  const [odd, setOdd] = useState(false);
  const end = range?.[which];
  const value = end ? numberOfEnd(end, which) : undefined;
  const text = value === undefined || Number.isNaN(value) ? "" : typed(value, kind);
  const [edited, edit] = useState(text);
  useLayoutEffect(() => {
    edit(text);
    setOdd(false);
  }, [text]);
  const edge = which === "from" ? axis.min : axis.max;
  const apply = () => {
    if (edited === text) return;
    const number = edited.trim() === "" ? undefined : parsed(edited, kind);
    setOdd(Number.isNaN(number));
    if (Number.isNaN(number)) return;
    const { [which]: _, ...rest } = range ?? ({ kind: "range" } as const);
    const next: Range = number === undefined ? rest : { ...rest, [which]: valueEnd(number, kind) };
    set(next.from || next.to ? next : undefined);
  };
  return (
    <label>
      {which === "from" ? "From" : "To"}
      <input
        {...(kind === "time"
          ? ({ type: "datetime-local", step: "1" } as const)
          : ({ type: "text", inputMode: "decimal" } as const))}
        name={`${column.name} ${which}`}
        aria-label={`${column.name}, ${which}${kind === "time" ? ", UTC" : ""}`}
        aria-invalid={odd ? "true" : undefined}
        placeholder={kind === "time" ? undefined : typed(edge, kind)}
        value={edited}
        onInput={({ currentTarget }) => edit(currentTarget.value)}
        onBlur={apply}
        onKeyDown={({ key }) => {
          if (key === "Enter") apply();
        }}
      />
    </label>
  );
}

/** A value as it stands in its box, and back. */
function typed(value: number, kind: Kind): string {
  return kind === "time" ? new Date(value).toISOString().replace(/(?:\.000)?Z$/, "") : String(value);
}

function parsed(text: string, kind: Kind): number {
  if (kind === "time") return Date.parse(`${text}Z`);
  const value = typedNumber(text);
  return kind === "integer" && !Number.isInteger(value) ? Number.NaN : value;
}

/** A place on the axis, or an end of a brush, for reading. */
function reading(at: number, axis: Axis, { name, type }: ColumnInfo, end?: keyof Brush): string {
  const value = valueAt(at, axis, type as Kind, end);
  if (type !== "time") return Math.abs(value) < 10_000 ? measured(value, { name }) : compact(value);
  const text = new Date(value).toISOString();
  return axis.max - axis.min < 3 * 86_400_000 ? text.slice(5, 16).replace("T", " ") : text.slice(0, 10);
}
