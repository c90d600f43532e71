/** What is told of the view on what is made of it: its title, what was chosen, where the data is from. */

import { theme } from "../map/theme";
import { catalog } from "../page";
import { state } from "../state";
import { frame } from "../time/animation";
import { saidWindow } from "../time/calendar";
import { bothOf, type Notes } from "./picture";
import type { Shown } from "./shown";

/** The titles of the datasets on the map, the uppermost first. */
export function titleOf(): string {
  const { layers } = state.peek();
  const shown = layers.filter(({ visible }) => visible).reverse();
  const titles = shown.map(({ dataset }) => catalog.peek().find(({ id }) => id === dataset)?.title ?? dataset);
  return [...new Set(titles)].join(", ") || "Map";
}

/** The filters on the map. */
function filtersOf(): string {
  const shown = state.peek().layers.filter(({ visible }) => visible);
  const filters = shown
    .filter(({ filter }) => filter)
    .map(({ dataset, filter }) => (shown.length > 1 ? `${dataset}: ${filter}` : filter));
  return [...new Set(filters)].join(" · ");
}

/** What was chosen of the data: filters and the window of time; while time plays, that of the frame. */
export function choiceOf(): string {
  const { window } = frame.peek() ?? state.peek();
  return [filtersOf(), window ? saidWindow(window) : ""].filter(Boolean).join(" · ");
}

/** Where the data and the ground are from, as the map has it; both maps where two layers are compared. */
export function attributionOf(map: Shown["map"]): string {
  const sources = bothOf(map).flatMap((each) => Object.values(each.getStyle().sources));
  const told = sources.flatMap((source) => ("attribution" in source && source.attribution) || []);
  // What a tool writes there may be markup: only its text is told.
  const texts = told.map((text) => new DOMParser().parseFromString(String(text), "text/html").body.textContent ?? "");
  return [...new Set(texts)].filter(Boolean).join(" · ");
}

/** The dataset that a file is named after. */
export function nameOf(): string {
  const { layers, active } = state.peek();
  return layers.find(({ id }) => id === active)?.dataset ?? layers.at(-1)?.dataset ?? "map";
}

export function notesOf(map: Shown["map"]): Notes & { filters: string } {
  return {
    title: titleOf(),
    more: choiceOf(),
    filters: filtersOf(),
    attribution: attributionOf(map),
    legend: document.getElementById("legend"),
    dark: theme().dark,
  };
}
