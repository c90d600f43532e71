/** Which two layers are compared, and how they are drawn so that colours of both mean the same. */

import { computed, signal } from "@preact/signals";
import type { Map as MapLibre } from "maplibre-gl";
import { type Clause, clauseOf, partsOf, withClause } from "../filter/clauses";
import { type Loaded, loaded } from "../load";
import { change, type Layer, makeLayer, ownId, state, withLayer } from "../state";
import { haveValuesAlike, type Two } from "./alike";
import { bothCells, bothColumns } from "./pooled";

export type Mode = "swipe" | "beside";

/** The uppermost layer that is shown, against those below it; none while fewer than two are. */
export const compared = computed((): (Two & { mode: Mode }) | undefined => {
  const { compare, layers } = state.value;
  const [below, above] = layers.filter(({ visible }) => visible).slice(-2);
  return compare && below && above ? { mode: compare, above, below } : undefined;
});

/** The map of the upper layer, while there is one. */
export const second = signal<MapLibre | undefined>(undefined);

/** Where the line between both lies that is dragged: from 0 to 1, from left to right. */
export const line = signal(0.5);

/** Whether what the map draws under this id, a layer or a frame of one, lies in the part of the upper layer. */
export const isAbove = (id: string): boolean => ownId(id) === compared.peek()?.above.id;

/** What layers are painted by, by their ids: of two that are compared, both by what both have together. */
export function paintedBy(all: Readonly<Record<string, Loaded>>): Readonly<Record<string, Loaded>> {
  const both = compared.value;
  const [one, other] = [all[both?.below.id ?? ""], all[both?.above.id ?? ""]];
  if (!both || !haveValuesAlike(both) || !one?.metadata || !other?.metadata) return all;
  const metadata = bothCells(one.metadata, other.metadata);
  const columns = bothColumns(one.columns, other.columns);
  return { ...all, [both.below.id]: { ...one, metadata, columns }, [both.above.id]: { ...other, metadata, columns } };
}

/** What they are painted by now. */
export const painted = computed(() => paintedBy(loaded.value));

/** Puts two values of a column in the place of the active layer, one beside the other. */
export function compareValues(layer: Layer, column: string, values: readonly [unknown, unknown]): void {
  const one = (value: unknown) => withClause(layer.filter, column, clauseFor(value));
  change("compare", (before) => {
    const drawing = { ...layer.drawing, category: "" };
    const left = { ...layer, filter: one(values[0]), drawing };
    const rest = before.layers.filter(({ id }) => id !== layer.id);
    const right = makeLayer(before.layers, layer.dataset, { filter: one(values[1]), drawing });
    // Both lie over all others.
    return {
      ...before,
      layers: [...rest, left, right],
      active: left.id,
      compare: "swipe",
    };
  });
}

const clauseFor = (value: unknown): Clause =>
  value === null ? { kind: "missing" } : { kind: "values", values: [value as string | boolean | number] };

/** The column of which two layers have one value each, and those values, if their filters differ in nothing else. */
export function valuesOf(below: Layer, above: Layer, columns: readonly string[]) {
  if (below.dataset !== above.dataset) return undefined;
  const column = columns.find((column) => {
    const rest = [below, above].map(({ filter }) => withClause(filter, column, undefined));
    return rest[0] === rest[1] && [below, above].every(({ filter }) => oneValue(filter, column) !== undefined);
  });
  return column === undefined
    ? undefined
    : { column, values: [oneValue(below.filter, column), oneValue(above.filter, column)] as const };
}

function oneValue(filter: string, column: string) {
  const clause = clauseOf(partsOf(filter), column);
  return clause?.kind === "values" && !clause.not && !clause.missing && clause.values.length === 1
    ? clause.values[0]
    : undefined;
}

/** Asks a layer for another value of a column. */
export function setValue({ id }: Layer, column: string, value: unknown): void {
  change(`value ${id}`, (before) => {
    const filter = before.layers.find((layer) => layer.id === id)?.filter ?? "";
    return withLayer(before, id, { filter: withClause(filter, column, clauseFor(value)) });
  });
}
