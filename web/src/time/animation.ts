/** What the bar, the legend and the player know of the animation. */

import { computed, effect, signal } from "@preact/signals";
import type { Dataset, DatasetSummary } from "duotile";
import type { Drawable } from "../map/layers";
import { catalog } from "../page";
import { type Layer, state } from "../state";
import type { Step, Window } from "./calendar";
import { zone } from "./clock";

/** Frames that are wished for in a second. */
export const SPEEDS = [1, 2, 5, 10, 15, 20] as const;

export const speed = signal(10);
export const loop = signal(true);
export const step = signal<Step>(1);
/** Whether the frames follow each other by themselves. */
export const playing = signal(false);
/** Whether scales of colours are being asked for, before the first frame. */
export const preparing = signal(false);
/** The frame that is on the map; absent when the map shows the window of the state. */
export const frame = signal<{ index: number; of: number; window: Window } | undefined>(undefined);
/** Whether the map shows another window than that of the state, of which all counts are. */
export const elsewhere = computed(() => frame.value !== undefined && frame.value.window !== state.value.window);
/** How many frames were shown in the last second or two, and whether one is being waited for. */
export const pace = signal<{ rate: number; waiting: boolean }>({ rate: 0, waiting: false });
/** What layers are painted by while they play, by their ids: the scale of one window holds for all frames. */
export const fixed = signal<Readonly<Record<string, Drawable["loaded"]>>>({});

/** The column of times of a layer's dataset, and from when to when they are. */
export function timesOf({ dataset: id }: Layer): { column: string; range: Window } | undefined {
  const dataset: Dataset | DatasetSummary | undefined = catalog.value.find((one) => one.id === id);
  const [from, to] = (dataset?.time_range ?? []).map((time) => Date.parse(String(time)));
  if (!dataset?.time_column || from === undefined || to === undefined || Number.isNaN(from + to)) return undefined;
  return { column: dataset.time_column, range: [from, to] };
}

/** The layers that have times and are shown. */
export const timed = computed(() => state.value.layers.filter((layer) => layer.visible && timesOf(layer)));

/** The layer whose times the bar draws: the active one, else the first. */
export const subject = computed(() => {
  const { active } = state.value;
  return timed.value.find(({ id }) => id === active) ?? timed.value[0];
});

/** The zone whose clock a dataset's times are told by. Datasets that were saved before had none. */
export const zoneOf = (id: string | undefined): string => catalog.value.find((one) => one.id === id)?.zone ?? "UTC";

effect(() => {
  zone.value = zoneOf(subject.value?.dataset);
});

/** From the first to the last time of any layer that is shown; the end is that time itself. */
export const range = computed((): Window | undefined => {
  const all = timed.value.flatMap((layer) => timesOf(layer)?.range ?? []);
  return all.length === 0 ? undefined : [Math.min(...all), Math.max(...all)];
});

/** What of it the bar shows: the part that was chosen, where there is something of it. */
export const span = computed((): Window | undefined => {
  const [all, part] = [range.value, state.value.span];
  return all && part && part[0] <= all[1] && part[1] > all[0] ? part : all;
});

/** From the first to the last time that is played: a part that was chosen is half-open, all times are not. */
export const played = computed((): Window | undefined => {
  const part = span.value;
  return part && part === state.value.span ? [part[0], part[1] - 1] : part;
});
