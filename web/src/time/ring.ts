/**
 * The sources that an animation is drawn from, in turn: of each layer with times a few, of which one is seen and the
 * others load the frames that come next. Frames enter by their numbers; what is to be drawn leaves.
 */

import type { TileQuery } from "duotile";
import { type Drawable, sourceId } from "../map/layers";
import type { DataMap } from "../map/map";
import { frameId } from "../state";
import type { Window } from "./calendar";

/** One is seen, the others load. */
export const SLOTS = 4;

/** A layer that plays: how it is painted, and what is asked of it for a window. */
export interface Target {
  drawable: Drawable;
  query: (window: Window) => TileQuery;
}

let generations = 0;

export class Ring {
  readonly frames: readonly Window[];
  readonly targets: readonly Target[];
  /** The frame that each source has, or will have. */
  readonly #slots: (number | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  readonly #generation = ++generations;
  readonly #template: (target: Target, window: Window) => string;
  /** The templates that were given to the map. */
  readonly #given = new Map<string, string>();
  #seen: number | undefined;

  constructor(
    frames: readonly Window[],
    targets: readonly Target[],
    template: (target: Target, window: Window) => string,
    first: number,
    loops: boolean,
  ) {
    this.frames = frames;
    this.targets = targets;
    this.#template = template;
    this.#after(first, loops).forEach((frame, at) => {
      this.#slots[at] = frame;
    });
  }

  /** The number of the frame that is seen. */
  get seen(): number | undefined {
    return this.#seen === undefined ? undefined : this.#slots[this.#seen];
  }

  /** What stands for a layer: all slots, or only the one that is seen. */
  drawables(layer: string, which: "all" | "seen" = "all"): Drawable[] {
    const target = this.targets.find(({ drawable }) => drawable.layer.id === layer);
    if (!target) return [];
    return this.#slots.flatMap((frame, at): Drawable[] => {
      const window = frame === undefined ? undefined : this.frames[frame];
      if (!window || (which === "seen" && at !== this.#seen)) return [];
      const { drawable } = target;
      const id = this.#id(layer, at);
      const tiles = this.#given.get(id) ?? this.#template(target, window);
      this.#given.set(id, tiles);
      const one: Drawable = {
        ...drawable,
        layer: { ...drawable.layer, id },
        loaded: { ...drawable.loaded, query: target.query(window) },
        tiles,
        animated: true,
        ...(at === this.#seen ? {} : { phase: "ahead" }),
      };
      return [one];
    });
  }

  /** Lets slots load a frame and those after it, in place of what is no longer needed. */
  load(map: DataMap, from: number, loops: boolean): void {
    const wanted = this.#after(from, loops);
    const missing = wanted.filter((frame) => !this.#slots.includes(frame));
    this.#slots.forEach((slot, at) => {
      const needed = slot !== undefined && wanted.includes(slot);
      const next = needed || at === this.#seen ? undefined : missing.shift();
      if (next !== undefined) this.#give(map, at, next);
    });
  }

  /** Whether a frame can be shown without anything missing. */
  isReady(map: DataMap, frame: number): boolean {
    const at = this.#slots.indexOf(frame);
    return at >= 0 && this.targets.every(({ drawable }) => map.isReady(this.#id(drawable.layer.id, at)));
  }

  /** Whether one of its sources goes by this name on the map. */
  has(source: string): boolean {
    return this.targets.some(({ drawable }) =>
      this.#slots.some((_, at) => sourceId({ id: this.#id(drawable.layer.id, at) }) === source),
    );
  }

  /** Shows a frame that some slot has. */
  show(map: DataMap, frame: number): void {
    const at = this.#slots.indexOf(frame);
    if (at < 0 || at === this.#seen) return;
    const ids = (at: number | undefined) =>
      at === undefined ? [] : this.targets.map(({ drawable }) => this.#id(drawable.layer.id, at));
    map.turn(ids(at), ids(this.#seen));
    this.#seen = at;
  }

  /** Asks for the frames ahead as they are asked for now, if that is otherwise than before. */
  renew(map: DataMap): void {
    this.#slots.forEach((frame, at) => {
      if (frame !== undefined && at !== this.#seen) this.#give(map, at, frame);
    });
  }

  #give(map: DataMap, at: number, frame: number): void {
    const window = this.frames[frame];
    if (!window) return;
    this.#slots[at] = frame;
    for (const target of this.targets) {
      const [id, tiles] = [this.#id(target.drawable.layer.id, at), this.#template(target, window)];
      if (this.#given.get(id) !== tiles) map.exchange(id, tiles);
      this.#given.set(id, tiles);
    }
  }

  #after(from: number, loops: boolean): number[] {
    const count = this.frames.length;
    const all = Array.from({ length: Math.min(SLOTS, count) }, (_, ahead) => from + ahead);
    return loops ? all.map((frame) => frame % count) : all.filter((frame) => frame < count);
  }

  #id(layer: string, at: number): string {
    return frameId(layer, `${this.#generation}.${at}`);
  }
}
