/** The filter of the active layer: as a text, with what is wrong in it where it is wrong, and as controls of its columns. */

import type { Problem, Source } from "duotile";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { AreaControls } from "../area/controls";
import { type Area, areaOf } from "../area/shape";
import { compareValues } from "../compare/compared";
import { sentence } from "../dom";
import "../filter/filter.css";
import "../filter/cycles.css";
import "../filter/values.css";
import { wrongIn } from "../filter/check";
import { Columns } from "../filter/columns";
import { drafts, keep, rebased } from "../filter/draft";
import { dragging } from "../filter/dragging";
import { accept, type Suggestions, suggest } from "../filter/suggest";
import { loaded } from "../load";
import { active, canRedo, change, type Layer, state, withLayer } from "../state";

/** Lines that the box grows to. */
const LINES = 8;
/** How long after a control was used what was typed beside it is applied, in milliseconds: areas are dragged. */
const REST = 150;

const layerOf = (id: string): Layer | undefined => state.peek().layers.find((layer) => layer.id === id);

interface Props {
  source: Source;
  /** What the map shows, as an area. */
  inView: () => Area;
}

export function Filter({ source, inView }: Props) {
  const layer = active();
  const input = useRef<HTMLTextAreaElement>(null);
  const [offers, offer] = useState<Suggestions>();
  const [chosen, choose] = useState(-1);
  const problem = layer && loaded.value[layer.id]?.problem;
  const asking = useRef(new AbortController());
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const draft = layer && drafts.value[layer.id];
  const text = draft?.text ?? layer?.filter ?? "";
  const shown = draft ? draft.wrong : problem;
  const held = dragging.value;
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
  // What is being typed stays as it is.
  useLayoutEffect(() => {
    if (input.current && input.current.value !== text) input.current.value = text;
    grow();
  }, [layer?.id, text]);
  /** Has what was typed hold, if it is right; else it stays in the box, and what is wrong is told. */
  const apply = async (id: string) => {
    clearTimeout(resting.current);
    asking.current.abort();
    asking.current = new AbortController();
    const { signal } = asking.current;
    const [now, typed] = [layerOf(id), drafts.peek()[id]];
    if (!now || !typed) return;
    const filter = typed.text.trim();
    const wrong = filter === now.filter ? undefined : await wrongIn(source, now.dataset, filter, signal);
    // Meanwhile more may have been typed, or a control used, with which it is applied then.
    const { [id]: since } = drafts.peek();
    if (signal.aborted || !since || layerOf(id)?.filter !== now.filter) return;
    const same = since.text === typed.text;
    if (wrong) {
      if (same) keep(id, { ...since, wrong });
      return;
    }
    keep(id, same ? undefined : { ...since, over: filter });
    change("filter", (before) => withLayer(before, id, { filter }));
  };
  // What is changed by a control is changed in what was typed, which is applied with it; not with a step that is taken back.
  useEffect(() => {
    if (!layer || !draft || held) return;
    if (draft.dataset !== layer.dataset) keep(layer.id, undefined);
    else if (draft.over !== layer.filter) {
      keep(layer.id, { ...draft, text: rebased(draft.text, draft.over, layer.filter), over: layer.filter });
      asking.current.abort();
      clearTimeout(resting.current);
      if (!canRedo()) resting.current = setTimeout(() => void apply(layer.id), REST);
    }
  }, [layer?.id, layer?.dataset, layer?.filter, draft, held]);
  // Tiles that are finished have no rows to choose from.
  if (!layer || layer.drawing.kind === "tiles") return null;
  const submit = () => {
    propose();
    void apply(layer.id);
  };
  /** Puts the caret at a character, counted as the server does: by itself it stays where somebody types. */
  const go = (position: number) => {
    const box = input.current;
    if (!box) return;
    const at = [...box.value].slice(0, position).join("").length;
    box.focus();
    box.setSelectionRange(at, at);
  };
  const type = (text: string) => {
    clearTimeout(resting.current);
    const { filter, dataset } = layer;
    keep(layer.id, text === filter ? undefined : { text, over: draft?.over ?? filter, dataset });
  };
  const compare: typeof compareValues = async ({ id }, column, values) => {
    await apply(id);
    const now = layerOf(id);
    if (now) compareValues(now, column, values);
  };
  const insert = (column: string) => {
    const box = input.current;
    if (!box || !offers) return;
    const made = accept(box.value, box.selectionStart, offers.from, column);
    box.value = made.text;
    type(made.text);
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
    else if (event.key === "Enter" && !event.shiftKey) submit();
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
          submit();
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
              const { value, selectionStart } = currentTarget;
              type(value);
              propose(suggest(value, selectionStart, columns));
              // An emptied box has nothing left to apply.
              if (value.trim() === "") submit();
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
          {shown && <Wrong problem={shown} text={text} go={go} />}
          {draft?.wrong && (
            <>
              {" "}
              {layer.filter === ""
                ? "It is not applied: no filter is set."
                : `It is not applied. What is: ${layer.filter}`}{" "}
              <button type="button" class="link" onClick={() => keep(layer.id, undefined)}>
                Discard it
              </button>
            </>
          )}
        </p>
      </form>
      <AreaControls inView={inView} />
      <Columns source={source} compare={compare} isElsewhere={({ text }) => areaOf(text) !== undefined} />
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
