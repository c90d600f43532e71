/** How two layers are compared, and the way to two values of a column beside each other. */

import type { ColumnInfo } from "duotile";
import { loaded } from "../load";
import { active, change, type Layer, state } from "../state";
import { haveColoursAlike } from "./alike";
import { compared, compareValues, type Mode, setValue, valuesOf } from "./compared";

const MODES: readonly [Mode | "", string][] = [
  ["", "One on the other"],
  ["swipe", "Swipe"],
  ["beside", "Side by side"],
];

/** Columns with values that can be named. */
const named = ({ type, categories }: ColumnInfo) =>
  (type === "text" || type === "boolean") && (categories?.length ?? 0) > 1;

export function CompareControls() {
  const { layers, compare } = state.value;
  const layer = active();
  const columns = (layer && loaded.value[layer.id]?.dataset?.columns.filter(named)) ?? [];
  const both = compared.value;
  const values =
    both &&
    valuesOf(
      both.below,
      both.above,
      columns.map(({ name }) => name),
    );
  const shown = layers.filter(({ visible }) => visible).length;
  return (
    <div id="compare" class="controls">
      {shown > 1 && (
        <fieldset class="choice">
          <legend class="unseen">How layers lie</legend>
          {MODES.map(([mode, title]) => (
            <label key={mode}>
              <input
                type="radio"
                name="compare"
                value={mode}
                checked={(compare ?? "") === mode}
                onChange={() =>
                  change("compare", ({ compare: _, ...before }) => ({ ...before, ...(mode ? { compare: mode } : {}) }))
                }
              />
              <span>{title}</span>
            </label>
          ))}
        </fieldset>
      )}
      {both && values ? (
        <>
          <Value of={values.column} title="Left" layer={both.below} value={values.values[0]} columns={columns} />
          <Value of={values.column} title="Right" layer={both.above} value={values.values[1]} columns={columns} />
          <p>
            {haveColoursAlike(both)
              ? "Colours of both mean the same."
              : "Colours of each mean something else: they are not drawn alike."}
          </p>
        </>
      ) : (
        layer &&
        columns.length > 0 && (
          <label class="line">
            Compare values of
            <select
              id="compare-column"
              value=""
              onChange={({ currentTarget }) => {
                const column = columns.find(({ name }) => name === currentTarget.value);
                currentTarget.value = "";
                const [first, second] = column?.categories ?? [];
                if (column && first && second) compareValues(layer, column.name, [first.value, second.value]);
              }}
            >
              <option value="">choose a column</option>
              {columns.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )
      )}
    </div>
  );
}

interface ValueProps {
  of: string;
  title: string;
  layer: Layer;
  value: unknown;
  columns: readonly ColumnInfo[];
}

/** One of the two values, to be exchanged for another. */
function Value({ of, title, layer, value, columns }: ValueProps) {
  const all = columns.find(({ name }) => name === of)?.categories ?? [];
  const known = all.some((each) => each.value === value);
  return (
    <label class="line">
      {title}
      <select
        id={`compare-${title.toLowerCase()}`}
        value={String(value)}
        onChange={({ currentTarget }) => {
          const chosen = all[currentTarget.selectedIndex];
          if (chosen) setValue(layer, of, chosen.value);
        }}
      >
        {all.map((each) => (
          <option key={String(each.value)} value={String(each.value)}>
            {String(each.value)}
          </option>
        ))}
        {!known && <option value={String(value)}>{String(value)}</option>}
      </select>
    </label>
  );
}
