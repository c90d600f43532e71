/** The areas of the active layer's filter, and what is being done with one: drawn, or edited. */

import { batch, signal } from "@preact/signals";
import { partsOf, replaced } from "../filter/clauses";
import { active, change, onOther, state, withLayer } from "../state";
import { type Area, type AreaKind, areaOf, print } from "./shape";

/** An area, and the part of the filter that asks for it. */
export interface Asked {
  area: Area;
  text: string;
}

/** What is being drawn on the map; nothing if absent. */
export const tool = signal<AreaKind | undefined>(undefined);
/** The part of the filter whose area is being edited. */
export const edited = signal<string | undefined>(undefined);

onOther(() => {
  tool.value = undefined;
});

/** The areas that a filter asks for. */
export function areasOf(filter: string): Asked[] {
  return (partsOf(filter) ?? []).flatMap(({ text }) => {
    const area = areaOf(text);
    return area ? [{ area, text }] : [];
  });
}

/**
 * Asks for an area in the place of another, or of the only one there is; for none if none is given. `gesture` names what is
 * undone as one.
 */
export function putArea(area: Area | undefined, before?: string, gesture = ""): void {
  const layer = active(state.peek());
  if (!layer) return;
  const all = areasOf(layer.filter);
  const old = before ?? (all.length === 1 ? all[0]?.text : undefined);
  const made = area ? print(area) : "";
  // What is edited stays so under its new text.
  batch(() => {
    if (edited.peek() !== undefined && edited.peek() === old) edited.value = made || undefined;
    change(`area ${layer.id} ${gesture || made}`, (state) =>
      withLayer(state, layer.id, { filter: replaced(layer.filter, old, made) }),
    );
  });
}
