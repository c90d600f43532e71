/** The filter of the active layer as a text, and where it is wrong. */

import type { Problem } from "duotile";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../dom";
import { loaded } from "../load";
import { active, change, withLayer } from "../state";

export function Filter() {
  const layer = active();
  const input = useRef<HTMLInputElement>(null);
  const [edited, edit] = useState(false);
  const problem = layer && loaded.value[layer.id]?.problem;
  const shown = edited ? undefined : problem;
  // Put into the box only when it changes elsewhere: what is being typed stays as it is.
  useEffect(() => {
    if (input.current && layer) input.current.value = layer.filter;
    edit(false);
  }, [layer?.id, layer?.filter]);
  useEffect(() => {
    if (!input.current || problem?.position === undefined) return;
    const at = [...input.current.value].slice(0, problem.position).join("").length;
    input.current.setSelectionRange(at, at);
  }, [problem]);
  if (!layer) return null;
  const apply = (text: string) => {
    edit(false);
    change("filter", (before) => withLayer(before, layer.id, { filter: text.trim() }));
  };
  return (
    <form
      id="filter"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        apply(input.current?.value ?? "");
      }}
    >
      <label for="filter-text">Filter</label>
      <div class="field">
        <input
          id="filter-text"
          ref={input}
          type="text"
          spellcheck={false}
          autocapitalize="off"
          enterkeyhint="search"
          aria-describedby="filter-error"
          aria-invalid={shown ? "true" : undefined}
          onInput={({ currentTarget }) => {
            edit(true);
            // An emptied box has nothing left to apply.
            if (currentTarget.value.trim() === "") apply("");
          }}
        />
        <button type="submit">Apply</button>
      </div>
      <p id="filter-error" role="alert" hidden={!shown}>
        {shown && <Wrong problem={shown} text={input.current?.value ?? layer.filter} />}
      </p>
    </form>
  );
}

/** What is wrong, and an arrow at where. */
function Wrong({ problem: { message, hint, position, parameter }, text }: { problem: Problem; text: string }) {
  const scalars = [...text];
  const at = parameter === "filter" ? position : undefined;
  const before = at === undefined ? [] : at > 16 ? ["…", ...scalars.slice(at - 15, at)] : scalars.slice(0, at);
  return (
    <>
      {sentence(message)} {hint && sentence(hint)}
      {at !== undefined && (
        <code>{`${[...before, ...scalars.slice(at, at + 18)].join("")}\n${" ".repeat(before.length)}↑`}</code>
      )}
    </>
  );
}
