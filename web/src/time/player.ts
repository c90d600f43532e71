/**
 * Plays time: the frames follow each other on the map at the pace that is wished for, or at the one that tiles allow,
 * because a frame is never shown before all of it is there. What is drawn while it plays enters and leaves by `arrange`.
 */

import { effect, signal, untracked } from "@preact/signals";
import type { TileQuery } from "duotile";
import { paintedBy } from "../compare/compared";
import { loaded } from "../load";
import type { Drawable } from "../map/layers";
import type { DataMap } from "../map/map";
import { theme } from "../map/theme";
import { tell } from "../page";
import { interval, queryOf } from "../query";
import type { Data } from "../source";
import { change, ownId, type State, state } from "../state";
import { fixed, frame, loop, pace, played, playing, preparing, speed, step, timesOf } from "./animation";
import { firstWindow, framesOf, type Window } from "./calendar";
import { histogram, lying, typical } from "./histogram";
import { Ring, type Target } from "./ring";

export interface Player {
  /** The frames of the present animation. */
  frames: () => readonly Window[];
  play: () => void;
  /** Stands still; the window of the state is that of the frame. */
  pause: () => void;
  /**
   * Resolves when a frame is completely drawn, and stands still there; the window of the state stays as it is. Rejects when a
   * part of the frames could not be loaded, or with the signal.
   */
  showFrame: (index: number, signal?: AbortSignal) => Promise<void>;
  /** Ends what `showFrame` began. */
  restore: () => void;
  /** What is to be drawn, from what is to be drawn when nothing plays. */
  arrange: (base: readonly Drawable[]) => readonly Drawable[];
  /** What the reader sees of it. */
  seen: (base: readonly Drawable[]) => readonly Drawable[];
}

/** An animation on the map, and how far it is. */
interface Show {
  ring: Ring;
  /** What it was made for: when that changes, it is made anew. */
  key: string;
  /** What is seen until its first frame is. */
  before: readonly Drawable[] | undefined;
  begun: boolean;
  /** Whether the map is about to show the window of the state again. */
  leaving: boolean;
}

/** The pace is told over so many milliseconds. */
const OVER = 2000;
/** The pace is told again after so many milliseconds. */
const SAID = 500;
/** Drawing that takes longer than this, in milliseconds, and than most of a frame's time, is made easier. */
const SLOW = 40;
/** How long the map may take to show the window of the state, when an animation ends. */
const LEAVE = 15_000;

export function makePlayer(view: DataMap, data: Data, base: () => readonly Drawable[]): Player {
  const { map } = view;
  const show = signal<Show | undefined>(undefined);
  let preparation: Promise<Show> | undefined;
  let round = 0;
  /** When the next frame is due, and when the last ones were shown. */
  let due = 0;
  let times: number[] = [];
  /** How long the last pictures of the page took, on average, in milliseconds: what drawing allows. */
  let apace = 0;
  let ticked = 0;
  /** When the pace was told. */
  let told = 0;
  /** Whether somebody takes the frames one by one, and what of them could not be loaded. */
  let held = false;
  let fault: unknown;

  const frames = () => {
    const all = played.peek();
    return all ? framesOf(all, state.peek().window ?? firstWindow(all), step.peek()) : [];
  };

  /** What an animation depends on. */
  const keyNow = ({ layers, window }: State = state.value) => {
    const shown = layers.filter((layer) => layer.visible && timesOf(layer));
    return JSON.stringify([shown, window, played.value, step.value, theme().dark, data.round()]);
  };

  /** What is asked of a layer for a window. Which zooms have rows is the same for all frames. */
  const queryFor = ({ layer, loaded: { dataset, tileJson } }: Drawable, window: Window): TileQuery => {
    const query = queryOf(layer, { ...state.peek(), window }, dataset);
    if (layer.drawing.kind === "shapes") return query;
    return map.getZoom() < (tileJson.points_minzoom ?? Infinity) ? { ...query, mode: "cells" } : query;
  };

  const prepare = async (first: (frames: readonly Window[]) => number): Promise<Show> => {
    const mine = ++round;
    preparing.value = true;
    try {
      const all = frames();
      if (all.length === 0)
        throw new Error(
          "The window is too short to play all that the bar shows: make it longer, or the bar show less.",
        );
      const key = untracked(keyNow);
      const usual = typical(all, histogram.peek()) ?? all[first(all)] ?? all[0];
      const shown = untracked(base).filter(({ layer, loaded: { dataset } }) => dataset?.time_column && timesOf(layer));
      const known = await Promise.all(
        shown.map(async (drawable): Promise<Drawable> => {
          const { dataset, problem: _, ...rest } = drawable.loaded;
          const asked = (window: Window | undefined) => {
            const query = queryOf(drawable.layer, { ...state.peek(), ...(window ? { window } : {}) }, dataset);
            return data.source.metadata(rest.tileJson.dataset, query).then(({ value }) => ({ query, value }));
          };
          let found = await asked(usual);
          const whole = played.peek();
          // A layer that has nothing in the window that others go by has one of its own, or all that is played.
          if (found.value.rows === 0 && whole) found = await asked(typical(all, await lying(data, drawable, whole)));
          const { query, value } = found.value.rows > 0 ? found : await asked(whole);
          const about = dataset ? { dataset } : {};
          return {
            ...drawable,
            loaded: { ...rest, ...about, query, tileJson: value, metadata: value, counted: value.rows },
          };
        }),
      );
      // A colour means the same on both sides of a comparison.
      const scales = Object.fromEntries(known.map(({ layer, loaded }) => [layer.id, loaded]));
      const alike = untracked(() => paintedBy(scales));
      const targets = known.map((drawable): Target => {
        const painted = { ...drawable, loaded: { ...drawable.loaded, ...alike[drawable.layer.id] } };
        return { drawable: painted, query: (window) => queryFor(painted, window) };
      });
      if (mine !== round) throw new Error("stopped");
      const before = show.peek();
      const template = ({ drawable, query }: Target, window: Window) =>
        data.tiles(drawable.loaded.tileJson.dataset, query(window));
      const ring = new Ring(all, targets, template, first(all), loop.peek());
      const seen = before?.begun
        ? before.ring.targets.flatMap(({ drawable }) => before.ring.drawables(drawable.layer.id, "seen"))
        : undefined;
      view.rhythm.release();
      const made = { ring, key, before: seen, begun: false, leaving: false };
      show.value = made;
      fixed.value = Object.fromEntries(targets.map(({ drawable: { layer, loaded } }) => [layer.id, loaded]));
      return made;
    } finally {
      if (mine === round) preparing.value = false;
    }
  };

  /** Frames from the present window on; from the first, if that is the last. */
  const fromHere = (all: readonly Window[]) => {
    const now = frame.peek()?.window ?? state.peek().window;
    const at = now ? all.findIndex(([from]) => from >= now[0]) : 0;
    return at < 0 || at === all.length - 1 ? 0 : at;
  };

  /** Shows a frame of which everything is there. */
  const reveal = (now: Show, index: number) => {
    now.ring.show(view, index);
    const window = now.ring.frames[index];
    if (window) frame.value = { index, of: now.ring.frames.length, window };
    if (!now.begun) show.value = { ...now, begun: true, before: undefined };
    now.ring.load(view, index, loop.peek());
  };

  const tick = () => {
    if (!playing.peek()) return;
    requestAnimationFrame(tick);
    const now = show.peek();
    if (!now || now.leaving) return;
    const time = performance.now();
    apace += (Math.min(time - ticked, 500) - apace) * 0.05;
    ticked = time;
    if (apace > SLOW && apace > 600 / speed.peek() && !view.still.isCoarse()) view.still.coarsen();
    times = times.filter((at) => time - at < OVER);
    const { ring } = now;
    const count = ring.frames.length;
    const next = ring.seen === undefined ? fromHere(ring.frames) : ring.seen + 1;
    if (next >= count && !loop.peek()) {
      pause();
      return;
    }
    if (time < due) return;
    const index = next % count;
    const ready = ring.isReady(view, index);
    if (ready) {
      reveal(now, index);
      if (now.begun) {
        view.still.keep();
        view.rhythm.keep();
      }
      view.rhythm.beat();
      times.push(time);
      // What is late is not made up for.
      const apart = 1000 / speed.peek();
      due = time - due > apart ? time + apart : due + apart;
    } else ring.load(view, ring.seen ?? index, loop.peek());
    const since = Math.max(time - (times[0] ?? time), 1);
    const rate = times.length > 1 ? ((times.length - 1) * 1000) / since : 0;
    if (time - told > SAID) {
      told = time;
      pace.value = { rate, waiting: !ready };
    }
  };

  const play = () => {
    if (playing.peek()) return;
    playing.value = true;
    held = false;
    times = [];
    due = 0;
    apace = 0;
    ticked = performance.now();
    pace.value = { rate: 0, waiting: true };
    preparation = prepare(fromHere);
    preparation.then(() => requestAnimationFrame(tick), stopped);
  };

  /** The frames could not be prepared: those of before do not go on under other words. */
  const stopped = (error: unknown) => {
    if (error instanceof Error && error.message === "stopped") return;
    pause();
    tell(error);
  };

  /** Waits until the map shows the window of the state beneath, and ends the animation. */
  const leave = async () => {
    const now = show.peek();
    if (!now) return;
    const leaving = { ...now, leaving: true };
    show.value = leaving;
    const { window } = state.peek();
    const wanted = window && interval(window);
    const there = () =>
      now.ring.targets.every(({ drawable: { layer } }) => {
        const known = loaded.peek()[layer.id];
        if (!known || known.problem) return true;
        // Of data without times none is asked for.
        const asked = known.dataset?.time_column ? wanted : undefined;
        return known.query.datetime === asked && view.isReady(layer.id);
      });
    const until = Date.now() + LEAVE;
    while (show.peek() === leaving && !there() && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (show.peek() === leaving) end();
  };

  const end = () => {
    round += 1;
    show.value = undefined;
    frame.value = undefined;
    fixed.value = {};
    held = false;
  };

  const pause = () => {
    if (!playing.peek()) return;
    playing.value = false;
    view.still.release();
    view.rhythm.release();
    const at = frame.peek();
    if (!show.peek() || !at) {
      end();
      preparing.value = false;
      return;
    }
    change("time", (before) => ({ ...before, window: at.window }));
    void leave();
  };

  const showFrame = async (index: number, signal?: AbortSignal) => {
    playing.value = false;
    view.still.release();
    view.rhythm.release();
    let now = show.peek();
    // What was missing in the frames of before is not known.
    if (!held || !now || now.leaving || now.key !== untracked(keyNow)) {
      now = await prepare(() => index);
      fault = undefined;
    }
    held = true;
    now.ring.load(view, index, false);
    for (;;) {
      signal?.throwIfAborted();
      const present = show.peek();
      if (present?.ring !== now.ring) throw new Error("The animation was changed while its frames were taken.");
      // Maps take a tile that failed for one that is there.
      if (fault !== undefined) throw fault;
      if (now.ring.isReady(view, index)) break;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    reveal(show.peek() ?? now, index);
    const drawn = new Promise((resolve) => map.once("render", resolve));
    map.triggerRepaint();
    await drawn;
  };

  // What is chosen while it plays is followed: with other frames, or in other colours.
  effect(() => {
    const now = show.value;
    const key = keyNow();
    if (!now || now.leaving || held || now.key === key || !playing.peek()) return;
    const here = frame.peek()?.window[0];
    untracked(() => {
      // Nothing that is shown has times any more.
      if (!played.peek()) return pause();
      prepare((all) => Math.max(here === undefined ? 0 : all.findIndex(([from]) => from >= here), 0)).catch(stopped);
    });
  });

  map.on("zoomend", () => show.peek()?.ring.renew(view));
  map.on("error", (event) => {
    if ("sourceId" in event && show.peek()?.ring.has(String(event.sourceId))) fault ??= event.error;
  });

  return {
    frames,
    play,
    pause,
    showFrame,
    restore: () => {
      if (held) void leave();
    },
    arrange: (base) => {
      const now = show.value;
      if (!now) return base;
      const { ring, begun, leaving, before } = now;
      const hidden = leaving ? "ahead" : begun || before ? "away" : undefined;
      return base.flatMap((drawable): Drawable[] => {
        const slots = ring.drawables(drawable.layer.id);
        const old = before?.filter(({ layer }) => ownId(layer.id) === drawable.layer.id) ?? [];
        return slots.length === 0 ? [drawable] : [{ ...drawable, phase: hidden }, ...old, ...slots];
      });
    },
    seen: (base) => {
      const now = show.peek();
      if (!now?.begun) return base;
      return base.flatMap((drawable) => {
        const slots = now.ring.drawables(drawable.layer.id, "seen");
        return slots.length === 0 ? [drawable] : slots;
      });
    },
  };
}
