/** The filter of the active layer: as a text, with what is wrong in it where it is wrong, and as controls of its columns. */

import type { Problem, Source } from "duotile";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { AreaControls } from "../area/controls";
import { type Area, areaOf } from "../area/shape";
import { compareValues } from "../compare/compared";
import { sentence } from "../dom";
import "../filter/filter.css";
import "../filter/cycles.css";
import "../filter/values.css";
import { wrongIn } from "../filter/check";
import { Columns } from "../filter/columns";
import { accept, type Suggestions, suggest } from "../filter/suggest";
import { loaded } from "../load";
import { active, change, withLayer } from "../state";

/** Lines that the box grows to. */
const LINES = 8;

interface Props {
  source: Source;
  /** What the map shows, as an area. */
  inView: () => Area;
}

export function Filter({ source, inView }: Props) {
  const layer = active();
  const input = useRef<HTMLTextAreaElement>(null);
  const [edited, edit] = useState(false);
  const [offers, offer] = useState<Suggestions>();
  const [chosen, choose] = useState(-1);
  const problem = layer && loaded.value[layer.id]?.problem;
  const [refused, refuse] = useState<Problem>();
  const asking = useRef(new AbortController());
  const shown = edited ? undefined : (refused ?? problem);
  const columns = (layer && loaded.value[layer.id]?.dataset?.columns.map(({ name }) => name)) ?? [];
  const grow = () => {
    const { current: box } = input;
    if (!box) return;
    box.style.height = "auto";
    const line = Number.parseFloat(getComputedStyle(box).lineHeight) || 18;
    box.style.height = `${Math.min(box.scrollHeight + 2, line * LINES + 12)}px`;
  };
  const propose = (found?: Suggestions) => {
    offer(found);
    choose(-1);
  };
  // Put into the box only when it changes elsewhere: what is being typed stays as it is.
  useLayoutEffect(() => {
    asking.current.abort();
    if (input.current && layer) input.current.value = layer.filter;
    edit(false);
    refuse(undefined);
    grow();
  }, [layer?.id, layer?.filter]);
  // Tiles that are finished have no rows to choose from.
  if (!layer || layer.drawing.kind === "tiles") return null;
  const apply = async (text: string) => {
    edit(false);
    propose();
    asking.current.abort();
    asking.current = new AbortController();
    const { signal } = asking.current;
    const filter = text.trim();
    const wrong = filter === layer.filter ? undefined : await wrongIn(source, layer.dataset, filter, signal);
    if (signal.aborted) return;
    refuse(wrong);
    if (!wrong) change("filter", (before) => withLayer(before, layer.id, { filter }));
  };
  /** Puts the caret at a character, counted as the server does: by itself it stays where somebody types. */
  const go = (position: number) => {
    const box = input.current;
    if (!box) return;
    const at = [...box.value].slice(0, position).join("").length;
    box.focus();
    box.setSelectionRange(at, at);
  };
  const insert = (column: string) => {
    const box = input.current;
    if (!box || !offers) return;
    const made = accept(box.value, box.selectionStart, offers.from, column);
    box.value = made.text;
    box.focus();
    box.setSelectionRange(made.caret, made.caret);
    propose();
    grow();
  };
  const onKey = (event: KeyboardEvent) => {
    const count = offers?.columns.length ?? 0;
    const name = offers?.columns[chosen];
    if (count > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      choose((chosen + (event.key === "ArrowDown" ? 1 : chosen < 0 ? 0 : -1) + count) % count);
    } else if (name !== undefined && (event.key === "Enter" || event.key === "Tab")) insert(name);
    else if (count > 0 && event.key === "Escape") propose();
    else if (event.key === "Enter" && !event.shiftKey) void apply(input.current?.value ?? "");
    else return;
    event.preventDefault();
  };
  return (
    <>
      <form
        id="filter"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void apply(input.current?.value ?? "");
        }}
      >
        <label for="filter-text">Filter</label>
        <div class="field">
          <textarea
            id="filter-text"
            ref={input}
            rows={1}
            spellcheck={false}
            autocapitalize="off"
            enterkeyhint="search"
            aria-autocomplete="list"
            aria-controls="filter-offers"
            aria-activedescendant={chosen >= 0 ? `filter-offer-${chosen}` : undefined}
            aria-describedby="filter-error"
            aria-invalid={shown ? "true" : undefined}
            onKeyDown={onKey}
            onBlur={() => propose()}
            onInput={({ currentTarget }) => {
              edit(true);
              grow();
              const { value, selectionStart } = currentTarget;
              propose(suggest(value, selectionStart, columns));
              // An emptied box has nothing left to apply.
              if (value.trim() === "") void apply("");
            }}
          />
          <button type="submit">Apply</button>
          <div id="filter-offers" role="listbox" aria-label="Columns" hidden={!offers}>
            {offers?.columns.map((name, at) => (
              // Keys go to the text, which says which of these is chosen.
              <div
                key={name}
                id={`filter-offer-${at}`}
                role="option"
                tabIndex={-1}
                aria-selected={at === chosen}
                onPointerDown={(event) => {
                  event.preventDefault();
                  insert(name);
                }}
              >
                {name}
              </div>
            ))}
          </div>
        </div>
        <p id="filter-error" role="alert" hidden={!shown}>
          {shown && <Wrong problem={shown} text={input.current?.value ?? layer.filter} go={go} />}
        </p>
      </form>
      <AreaControls inView={inView} />
      <Columns source={source} compare={compareValues} isElsewhere={({ text }) => areaOf(text) !== undefined} />
    </>
  );
}

interface WrongProps {
  problem: Problem;
  text: string;
  /** Puts the caret there. */
  go: (position: number) => void;
}

/** What is wrong, and an arrow at where, which leads there. */
function Wrong({ problem: { message, hint, position, parameter }, text, go }: WrongProps) {
  const scalars = [...text];
  const at = parameter === "filter" ? position : undefined;
  const before = at === undefined ? [] : at > 16 ? ["…", ...scalars.slice(at - 15, at)] : scalars.slice(0, at);
  return (
    <>
      {sentence(message)} {hint && sentence(hint)}
      {at !== undefined && (
        <>
          <code>{`${[...before, ...scalars.slice(at, at + 18)].join("")}\n${" ".repeat(before.length)}↑`}</code>
          <button type="button" class="link" onClick={() => go(at)}>
            Go there
          </button>
        </>
      )}
    </>
  );
}
