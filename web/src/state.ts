/**
 * What the reader has chosen, as one value that never changes but is replaced: layers with their filters and their
 * drawing, the window of time, the ground. Everything else on the page follows from it and from what the server says.
 */

import { batch, effect, signal } from "@preact/signals";

/** How the features of a layer are drawn; those of finished tiles as they are. */
export type Kind = "cells" | "hexagons" | "points" | "heat" | "columns" | "shapes" | "tiles";

/**
 * How values are spread over colours: as many cells to each part of the ramp, by their logarithm, half by this and half by
 * that, or as they are.
 */
export type Scale = "balanced" | "equal" | "log" | "linear";

/** Pixels of the screen along a cell's side; 0 for what suits the shape and the device. */
export type CellSize = 0 | 1 | 2 | 4 | 8 | 16 | 32 | 64;

/**
 * How the categories of a cell become its colour: mixed by the share that each has, as the most frequent, or as the share, the
 * difference or the ratio of two of them.
 */
export type Mix = "mixed" | "most" | "share" | "difference" | "ratio";

/** How a layer is drawn. */
export interface Drawing {
  kind: Kind;
  /** What gives the colour: `count`, or a measure of a column as queries have it, such as `mean:fare`. */
  measure: string;
  /** The column whose values have colours of their own, or what of a time does (`hour(t)`), instead of the measure; none if empty. */
  category: string;
  mix: Mix;
  /** The values of the category that are compared; the most frequent ones if empty. */
  first: string;
  second: string;
  /** The column that gives points their size, instead of their number, or shapes their height; none if empty. */
  size: string;
  scale: Scale;
  /** A scale that holds at every zoom and under every filter, as `map/lock` writes it; none if empty. */
  lock: string;
  ramp: string;
  cell: CellSize;
  /** The resolution of hexagons; -1 for that which goes with the zoom. */
  res: number;
  /** How wide lines and outlines of shapes are, in pixels of the page. */
  line: number;
  /** From 0 to 1. */
  opacity: number;
}

/** A dataset on the map. The last layer lies on top. */
export interface Layer {
  /** Its own among those of the page. */
  id: string;
  dataset: string;
  /** CQL2 text; empty for none. */
  filter: string;
  visible: boolean;
  drawing: Drawing;
}

/** Everything that is chosen, but for where the map looks. */
export interface State {
  layers: Layer[];
  /** The layer that the panel is about. */
  active: string;
  /** The window of time, in milliseconds since 1970 UTC, half-open; all times if absent. */
  window?: readonly [number, number];
  /** The part of time that the bar shows, and that is played and filmed, as the window is; all times if absent. */
  span?: readonly [number, number];
  /** How the uppermost layer lies beside those below it; on them if absent. */
  compare?: "swipe" | "beside";
  /** The ground as `map/grounds` names it; that of the server, else the shipped one, if empty. */
  ground: string;
}

export const DRAWING: Drawing = {
  kind: "cells",
  measure: "count",
  category: "",
  mix: "mixed",
  first: "",
  second: "",
  size: "",
  scale: "balanced",
  lock: "",
  ramp: "ember",
  cell: 0,
  res: -1,
  line: 1,
  opacity: 0.9,
};

export const GROUND = "";

/** More layers on the map than these are asked for, drawn and told of for longer than anybody waits. */
export const MOST_LAYERS = 32;

const current = signal<State>({ layers: [], active: "", ground: GROUND });

/** The state of now; reading `value` in a component or an effect follows it. */
export const state = {
  get value() {
    return current.value;
  },
  peek: () => current.peek(),
};

/** What was chosen before, and what was undone. */
const past = signal<State[]>([]);
const future = signal<State[]>([]);
/** What the last change was about, and when it came: the steps of one drag are one change. */
let last = { about: "", at: 0 };

/** How many changes began that are steps to go back: all but what the bar of time shows, and those that go on from the last. */
let steps = 0;
export const stepsMade = (): number => steps;

const MOST = 200;
/** Changes about the same that follow each other within so many milliseconds are one. */
const TOGETHER = 1000;

/**
 * Changes what is chosen. `about` names what is changed, so that undoing takes back a whole drag: changes about the same
 * are one if they follow each other within `together` milliseconds.
 */
export function change(about: string, make: (before: State) => State, together = TOGETHER): void {
  const before = current.peek();
  const after = make(before);
  if (after === before) return;
  const now = Date.now();
  if (last.about !== about || now - last.at > together || past.peek().length === 0) {
    past.value = [...past.peek().slice(1 - MOST), before];
    if (about !== "span") steps += 1;
  }
  last = { about, at: now };
  future.value = [];
  current.value = after;
}

/** Corrects what is chosen where it cannot be had: no step that is taken back. */
export function correct(make: (before: State) => State): void {
  current.value = make(current.peek());
}

/** Puts another state in the place of everything, which cannot be undone: that of an address, or of a server. */
export function reset(to: State): void {
  past.value = [];
  future.value = [];
  current.value = to;
}

export const canUndo = (): boolean => past.value.length > 0;
export const canRedo = (): boolean => future.value.length > 0;

/** How many steps were taken back or done again, and which of the two the last was. */
let turns = { made: 0, by: 0 };
export const turnsMade = (): Readonly<typeof turns> => turns;

export function undo(): void {
  step(past, future);
}

export function redo(): void {
  step(future, past);
}

/** Goes back, or on again, to the nearest state that is meant, if there is one. */
export function resume(isMeant: (state: State) => boolean): boolean {
  if (current.peek().layers.length === 0) return false;
  if (isMeant(current.peek())) return true;
  const [before, after] = [past, future].map((side) => {
    const at = side.peek().findLastIndex(isMeant);
    return at < 0 ? Infinity : side.peek().length - at;
  }) as [number, number];
  if (before === Infinity && after === Infinity) return false;
  batch(() => {
    for (let left = Math.min(before, after); left > 0; left -= 1) (after < before ? redo : undo)();
  });
  return true;
}

function step(from: typeof past, to: typeof past): void {
  const there = from.peek().at(-1);
  if (!there) return;
  from.value = from.peek().slice(0, -1);
  to.value = [...to.peek(), current.peek()];
  last = { about: "", at: 0 };
  turns = { made: turns.made + 1, by: from === past ? -1 : 1 };
  current.value = there;
}

/** The layer that the panel is about. */
export function active({ layers, active }: State = current.value): Layer | undefined {
  return layers.find(({ id }) => id === active) ?? layers.at(-1);
}

/** Calls this whenever the panel is about another layer, or about another dataset: what was begun there is not gone on with here. */
export function onOther(forget: () => void): void {
  let before = "";
  effect(() => {
    const { id, dataset } = active() ?? {};
    const now = `${id} ${dataset}`;
    if (now !== before) forget();
    before = now;
  });
}

/** A state in which one layer is another. */
export function withLayer(before: State, id: string, changes: Partial<Layer>): State {
  return { ...before, layers: before.layers.map((layer) => (layer.id === id ? { ...layer, ...changes } : layer)) };
}

/** A drawing without what its kind does not draw: heat is of numbers of rows, spread in one way. */
export const plain = (drawing: Drawing): Drawing =>
  drawing.kind === "heat" ? { ...drawing, measure: "count", category: "", scale: "balanced", lock: "" } : drawing;

/** Changes how a layer is drawn. */
export function draw(id: string, changes: Partial<Drawing>): void {
  change(`draw ${id} ${Object.keys(changes).join()}`, (before) => {
    const layer = before.layers.find((layer) => layer.id === id);
    return layer ? withLayer(before, id, { drawing: plain({ ...layer.drawing, ...changes }) }) : before;
  });
}

/** The id of a layer's frame: an animation draws each of its layers several times, and each time has an id of its own. */
export const frameId = (layer: string, frame: string): string => `${layer}~${frame}`;
/** The id of the layer that something is drawn for, which may be one of its frames. */
export const ownId = (id: string): string => id.replace(/~.*/, "");

/** A layer of a dataset, with an id that no other has. */
export function makeLayer(layers: readonly Layer[], dataset: string, more: Partial<Layer> = {}): Layer {
  let at = 1;
  while (layers.some(({ id }) => id === String(at))) at += 1;
  return { id: String(at), dataset, filter: "", visible: true, drawing: DRAWING, ...more };
}
