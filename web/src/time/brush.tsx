/**
 * The histogram of times and the window over it: dragged, resized at its ends, drawn anew, or moved by keys; and what part of
 * time both show, by a drag with Shift or as `zoom` has it.
 */

import { useComputed } from "@preact/signals";
import { useMemo, useRef, useState } from "preact/hooks";
import { change, state } from "../state";
import { frame, range, span as shownSpan } from "./animation";
import { monthsOf, moved, rounded, saidClock, saidTime, saidWindow, stepped, type Window, zone } from "./calendar";
import { histogram } from "./histogram";
import { shiftBy, show, zoomBy } from "./span";
import { ticksOf } from "./ticks";
import { useZoom } from "./zoom";

/** While a window is dragged the map follows so often, in milliseconds. */
const FOLLOW = 150;
/** Keys move an end by so many parts of the whole range. */
const PARTS = 200;

type Grip = "from" | "to" | "window" | "new" | "span";

export function Brush() {
  const track = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState<Window>();
  const told = useRef({ at: 0, timer: 0, drags: 0 });
  const abandon = useRef<() => void>(undefined);
  const all = shownSpan.value;
  const whole = range.value;
  useZoom(track, () => abandon.current?.());
  const ticks = useMemo(() => (all ? ticksOf(all, window.innerWidth > 700 ? 8 : 4) : []), [all, zone.value]);
  if (!all || !whole || !(all[1] > all[0])) return null;
  const span = all[1] - all[0];
  const chosen = draft ?? frame.value?.window ?? state.value.window;
  const there = chosen && chosen[0] < all[1] && chosen[1] > all[0];
  const place = (time: number) => part(time, all);

  /** Puts a window into the state: not more often than the map can follow, but the last one surely. */
  const tell = (window: Window, last: boolean) => {
    clearTimeout(told.current.timer);
    const now = () => {
      told.current.at = Date.now();
      // However long it takes, a drag is one thing to take back.
      choose(window, `time by drag ${told.current.drags}`, Infinity);
    };
    if (last || Date.now() - told.current.at > FOLLOW) now();
    else told.current.timer = window_.setTimeout(now, FOLLOW);
  };

  const onPointerDown = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box || event.button !== 0) return;
    event.preventDefault();
    const grain = (span / box.width) * 2;
    const timeAt = ({ clientX }: PointerEvent) => all[0] + ((clientX - box.left) / box.width) * span;
    const start = timeAt(event);
    told.current.drags += 1;
    const grip = event.shiftKey ? "span" : gripOf(event, chosen);
    const target = event.target as HTMLElement;
    target.closest<HTMLElement>("[role=slider]")?.focus();
    track.current?.setPointerCapture(event.pointerId);
    const before = state.peek().window;
    let last: Window | undefined;
    const onMove = (event: PointerEvent) => {
      const to = timeAt(event);
      last = dragged(grip, chosen, start, to, grain, all);
      if (!last) return;
      setDraft(last);
      if (grip !== "span") tell(last, false);
    };
    const onEnd = (event: PointerEvent) => {
      for (const [name, listener] of listeners) track.current?.removeEventListener(name, listener);
      abandon.current = undefined;
      clearTimeout(told.current.timer);
      // A click beside a window brings it there.
      if (!last && grip === "new" && chosen && event.type === "pointerup") {
        const middle = start - (chosen[1] - chosen[0]) / 2;
        last = dragged("window", chosen, chosen[0], middle, grain, all);
      }
      if (grip === "span") {
        if (last && event.type === "pointerup") show(last);
      } else if (last) tell(last, true);
      setDraft(undefined);
    };
    // A second finger zooms: what the first one did is taken back.
    abandon.current = () => {
      last = before;
      onEnd(new PointerEvent("pointercancel"));
      if (!before) choose(undefined, `time by drag ${told.current.drags}`, Infinity);
    };
    const listeners = [
      ["pointermove", onMove],
      ["pointerup", onEnd],
      ["pointercancel", onEnd],
    ] as const;
    for (const [name, listener] of listeners) track.current?.addEventListener(name, listener);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const grip = (event.currentTarget as HTMLElement).dataset["grip"] as Grip | undefined;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    const end = { Home: -1, End: 1 }[event.key];
    const closer = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    const aside = event.shiftKey ? { ArrowLeft: -0.25, ArrowRight: 0.25 }[event.key] : undefined;
    if (closer !== undefined || aside !== undefined) {
      event.preventDefault();
      if (closer !== undefined) zoomBy(closer, there ? (chosen[0] + chosen[1]) / 2 : undefined);
      else if (aside !== undefined) shiftBy(aside);
      return;
    }
    if (!chosen || !grip || (by === undefined && end === undefined)) return;
    event.preventDefault();
    choose(pressed(grip, chosen, by, end, all));
  };

  const slider = (grip: Grip, time: number, label: string, text: string) => ({
    role: "slider" as const,
    tabIndex: 0,
    "data-grip": grip,
    "aria-label": label,
    "aria-valuemin": all[0],
    "aria-valuemax": Math.max(all[1], time),
    "aria-valuenow": time,
    "aria-valuetext": text,
    onKeyDown,
  });
  return (
    <div id="time-track" ref={track} onPointerDown={onPointerDown}>
      <Bars />
      {all !== whole && (
        <div class="whole">
          <i style={{ left: `${part(all[0], whole)}%`, right: `${100 - part(all[1], whole)}%` }} />
        </div>
      )}
      {chosen && !there && <div class="shade" />}
      {chosen && there && (
        <>
          <div class="clip">
            <div class="shade" style={along(place(chosen[0]) - 100)} />
            <div class="shade" style={along(place(chosen[1]))} />
          </div>
          <div
            class="window"
            style={along(place(chosen[0]), (place(chosen[1]) - place(chosen[0])) / 100)}
            {...slider("window", chosen[0], "Window of time", `${saidWindow(chosen)} ${saidClock()}`)}
          />
          <div class="mover" style={along(place(chosen[0]))}>
            <div
              class="end"
              {...slider("from", chosen[0], "Start of the window", `${saidTime(chosen[0])} ${saidClock()}`)}
            />
          </div>
          <div class="mover" style={along(place(chosen[1]))}>
            <div
              class="end to"
              {...slider("to", chosen[1], "End of the window", `${saidTime(chosen[1])} ${saidClock()}`)}
            />
          </div>
        </>
      )}
      <ol class="dates" aria-hidden="true">
        {ticks.map(({ time, text }) => (
          <li key={time} style={{ left: `${place(time)}%` }}>
            {text}
          </li>
        ))}
      </ol>
    </div>
  );
}

const window_ = window;

/** Where a time lies in a range, in percent. */
const part = (time: number, [from, to]: Window) => Math.min(Math.max(((time - from) / (to - from)) * 100, 0), 100);

/** Puts what is as wide as the track at a place of it. Moving it so draws nothing anew, which counts while time plays. */
const along = (percent: number, wide = 1) => ({
  transform: `translateX(${percent.toFixed(3)}%)${wide === 1 ? "" : ` scaleX(${Math.max(wide, 0.002).toFixed(5)})`}`,
});

/** The bars change only with the histogram, not with every frame. */
function Bars() {
  const path = useComputed(() => {
    const [known, all] = [histogram.value, shownSpan.value];
    if (!known || !all || known.counts.length === 0) return "";
    const x = (time: number) => (((time - all[0]) / (all[1] - all[0])) * 1000).toFixed(1);
    const most = Math.max(...known.counts, 1);
    return known.counts
      .map((count, at) => {
        const height = count === 0 ? 0 : Math.max((count / most) * 96, 2);
        const [left, right] = [known.edges[at] ?? 0, known.edges[at + 1] ?? 0];
        return `M${x(left)} 100V${(100 - height).toFixed(1)}H${x(right)}V100z`;
      })
      .join("");
  });
  return (
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="Rows over time">
      <path d={path} />
    </svg>
  );
}

/** Puts a window into the state. */
export function choose(window: Window | undefined, about = "time", together?: number): void {
  change(about, ({ window: _, ...before }) => ({ ...before, ...(window ? { window } : {}) }), together);
}

/** What of the window a pointer holds. */
function gripOf({ target }: PointerEvent, chosen: Window | undefined): Grip {
  const grip = (target as HTMLElement).dataset["grip"] as Grip | undefined;
  return chosen && grip ? grip : "new";
}

/** The window after what was held was dragged from a time to another; none if it is not moved by a grain. */
function dragged(grip: Grip, chosen: Window | undefined, start: number, to: number, grain: number, all: Window) {
  const clipped = Math.min(Math.max(to, all[0]), all[1]);
  const at = (time: number) => rounded(time, grain);
  const window = (a: number, b: number): Window | undefined => (a === b ? undefined : [Math.min(a, b), Math.max(a, b)]);
  if (grip === "new" || grip === "span" || !chosen)
    return window(at(Math.min(Math.max(start, all[0]), all[1])), at(clipped));
  if (grip === "from") return window(at(clipped), chosen[1]);
  if (grip === "to") return window(chosen[0], at(clipped));
  const length = chosen[1] - chosen[0];
  if (monthsOf(chosen) > 0) return moved(chosen, Math.round((to - start) / length));
  const from = at(Math.min(Math.max(chosen[0] + to - start, all[0] - length / 2), all[1] - length / 2));
  return [from, from + length] as const;
}

/** The window after a key moved an end or all of it. */
function pressed(grip: Grip, chosen: Window, by: number | undefined, end: number | undefined, all: Window): Window {
  if (grip === "window") {
    if (by !== undefined) return moved(chosen, by);
    const length = chosen[1] - chosen[0];
    return moved(chosen, Math.trunc(((end === -1 ? all[0] : all[1]) - chosen[0]) / length));
  }
  const part = (all[1] - all[0]) / PARTS;
  const place = grip === "from" ? chosen[0] : chosen[1];
  const to = by === undefined ? (end === -1 ? all[0] : stepped(all[1], 1, part)) : stepped(place, by, part);
  if (grip === "from") return [Math.min(to, chosen[1] - 1), chosen[1]];
  return [chosen[0], Math.max(to, chosen[0] + 1)];
}
