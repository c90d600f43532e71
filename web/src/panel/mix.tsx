/** How the categories of a cell become its colour: all of them, the most frequent one, or two that are compared. */

import type { ColumnInfo } from "duotile";
import { COUNTED, twoOf, valueSaid } from "../map/counted";
import { draw, type Layer, type Mix } from "../state";

const MIXES: readonly [Mix, string][] = [
  ["mixed", "mixed by share"],
  ["most", "most frequent"],
  ["share", "share of two"],
  ["difference", "difference of two"],
  ["ratio", "ratio of two"],
];

const isComparison = (mix: Mix): boolean => mix !== "mixed" && mix !== "most";

export function MixControls({ layer, column }: { layer: Layer; column: ColumnInfo }) {
  const { id, drawing } = layer;
  const { kind, mix } = drawing;
  if (kind === "shapes") return null;
  if (kind !== "cells") return mix === "most" ? null : <p class="hint">Mixed as cells; here the most frequent.</p>;
  // As many can be compared as the server counts one by one.
  const all = (column.categories ?? []).slice(0, COUNTED).map(({ value }) => ({ value: String(value) }));
  const two = twoOf(drawing, all).map((each) => each?.value ?? "");
  return (
    <>
      <label class="line">
        Of a cell's rows
        <select
          id="mix"
          value={all.length > 1 || !isComparison(mix) ? mix : "mixed"}
          onChange={({ currentTarget }) => draw(id, { mix: currentTarget.value as Mix, lock: "" })}
        >
          {MIXES.filter(([each]) => all.length > 1 || !isComparison(each)).map(([each, title]) => (
            <option key={each} value={each}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {isComparison(mix) &&
        (["first", "second"] as const).map((which, at) => (
          <label class="line" key={which}>
            {at === 0 ? "First" : "Second"}
            <select
              id={`mix-${which}`}
              value={two[at]}
              onChange={({ currentTarget: { value } }) => {
                const [other = ""] = two.filter((_, each) => each !== at);
                // What is there already changes places.
                const pair = at === 0 ? [value, other] : [other, value];
                const [first = "", second = ""] = value === other ? [two[1], two[0]] : pair;
                draw(id, { first, second, lock: "" });
              }}
            >
              {all.map(({ value }) => (
                <option key={value} value={value}>
                  {valueSaid(value)}
                </option>
              ))}
            </select>
          </label>
        ))}
    </>
  );
}
