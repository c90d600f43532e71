/** A histogram with a brush over it: drawn, moved and resized by pointer, its ends by keys as well. */

import { useRef, useState } from "preact/hooks";
import type { Brush } from "./ends";

interface Props {
  /** What the ends are ends of, for those who hear it. */
  label: string;
  /** Shares of all rows, and of those that pass the other filters, in parts of the axis. */
  all: readonly number[];
  now: readonly number[];
  /** Whether heights grow by the root of the shares, so that the ends of a long tail are seen. */
  uneven: boolean;
  brush: Brush | undefined;
  /** What an end means, for reading. */
  read: (at: number, end: keyof Brush) => string;
  /** An end moved along by a step. */
  step: (at: number, by: number, end: keyof Brush) => number;
  /** While it moves, and when it rests; `undefined` if nothing is brushed any more. */
  onMove: (brush: Brush | undefined) => void;
  onRest: (brush: Brush | undefined) => void;
  /** The pointer lost the brush: it is as it was before. */
  onCancel: () => void;
}

/** How near an end the pointer takes hold of it, in pixels. */
const NEAR = 9;
/** A pointer that moved less, in pixels, only clicked. */
const STILL = 3;

const KEYS: Record<string, number> = {
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageDown: -0.1,
  PageUp: 0.1,
  Home: -1,
  End: 1,
};

interface Grip {
  hold: "from" | "to" | "whole" | "new";
  /** Where the pointer took hold, and what the brush was. */
  at: number;
  x: number;
  was: Brush;
  moved: boolean;
}

export function Histogram({ label, all, now, uneven, brush, read, step, onMove, onRest, onCancel }: Props) {
  const plot = useRef<HTMLDivElement>(null);
  const grip = useRef<Grip | undefined>(undefined);
  const [holding, hold] = useState(false);
  const { from, to } = brush ?? { from: 0, to: 1 };

  const place = (x: number) => {
    const box = plot.current?.getBoundingClientRect();
    return box ? Math.min(Math.max((x - box.left) / box.width, 0), 1) : 0;
  };
  const grabbed = (x: number): Grip["hold"] => {
    const width = plot.current?.clientWidth ?? 1;
    const at = place(x);
    const [toFrom, toTo] = [Math.abs(at - from) * width, Math.abs(at - to) * width];
    if (Math.min(toFrom, toTo) < NEAR) return toFrom < toTo || (toFrom === toTo && at < from) ? "from" : "to";
    return brush && at > from && at < to ? "whole" : "new";
  };
  const moved = ({ hold, at, was }: Grip, x: number): Brush => {
    const here = place(x);
    if (hold === "new") return ordered(at, here);
    if (hold === "from") return ordered(here, was.to);
    if (hold === "to") return ordered(was.from, here);
    const by = Math.min(Math.max(here - at, -was.from), 1 - was.to);
    return { from: was.from + by, to: was.to + by };
  };

  const onKey = (event: KeyboardEvent, end: "from" | "to") => {
    const by = KEYS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const at = step({ from, to }[end], by * (event.shiftKey && Math.abs(by) < 0.1 ? 5 : 1), end);
    // An end stops at the other.
    const next = end === "from" ? { from: Math.min(at, to), to } : { from, to: Math.max(at, from) };
    onRest(some(next));
  };
  const handle = (end: "from" | "to") => {
    const at = { from, to }[end];
    return (
      <div
        class={`end ${end}`}
        role="slider"
        tabIndex={0}
        style={{ left: `${at * 100}%` }}
        aria-label={`${label}, ${end}`}
        aria-valuemin={Math.round(end === "from" ? 0 : from * 1000) / 10}
        aria-valuemax={Math.round(end === "from" ? to * 1000 : 1000) / 10}
        aria-valuenow={Math.round(at * 1000) / 10}
        aria-valuetext={read(at, end)}
        onKeyDown={(event) => onKey(event, end)}
      />
    );
  };
  const height = (counts: readonly number[]) => share(counts).map((share) => (uneven ? Math.sqrt(share) : share));
  const top = Math.max(...height(all), ...height(now), 1e-12);
  return (
    <div
      ref={plot}
      class={`plot ${holding ? "held" : ""}`}
      onPointerDown={(event) => {
        if (event.button !== 0 || !plot.current) return;
        event.preventDefault();
        plot.current.setPointerCapture(event.pointerId);
        const hold = grabbed(event.clientX);
        grip.current = { hold, at: place(event.clientX), x: event.clientX, was: { from, to }, moved: false };
        const end = hold === "from" || hold === "to" ? plot.current.querySelector<HTMLElement>(`.${hold}`) : undefined;
        end?.focus({ preventScroll: true });
      }}
      onPointerMove={(event) => {
        const now = grip.current;
        if (!now) {
          if (plot.current) plot.current.style.cursor = CURSORS[grabbed(event.clientX)];
          return;
        }
        if (!now.moved && Math.abs(event.clientX - now.x) < STILL) return;
        now.moved = true;
        hold(true);
        onMove(some(moved(now, event.clientX)));
      }}
      onPointerUp={(event) => {
        const now = grip.current;
        grip.current = undefined;
        hold(false);
        if (!now) return;
        if (now.moved) onRest(some(moved(now, event.clientX)));
        // A click beside the brush takes it away.
        else if (now.hold === "new" && brush) onRest(undefined);
      }}
      onPointerCancel={() => {
        if (grip.current?.moved) onCancel();
        grip.current = undefined;
        hold(false);
      }}
    >
      <svg viewBox={`0 0 ${now.length || 1} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path class="all" d={steps(height(all), top)} />
        <path class="now" d={steps(height(now), top)} />
      </svg>
      <div class="out" style={{ left: 0, width: `${from * 100}%` }} />
      <div class="out" style={{ left: `${to * 100}%`, right: 0 }} />
      {brush && <div class="in" style={{ left: `${from * 100}%`, right: `${(1 - to) * 100}%` }} />}
      {handle("from")}
      {handle("to")}
    </div>
  );
}

const CURSORS = { from: "ew-resize", to: "ew-resize", whole: "grab", new: "crosshair" };

const ordered = (a: number, b: number): Brush => ({ from: Math.min(a, b), to: Math.max(a, b) });

/** A brush over everything is none. */
const some = (brush: Brush): Brush | undefined => (brush.from <= 0 && brush.to >= 1 ? undefined : brush);

function share(counts: readonly number[]): number[] {
  const sum = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (sum > 0 ? count / sum : 0));
}

/** Bars as one shape; what is there at all is a hair high at least. */
function steps(heights: readonly number[], top: number): string {
  const bars = heights.map((height, i) => {
    const y = height > 0 ? 1 - Math.max(height / top, 0.02) : 1;
    return `M${i + 0.04} 1V${y}H${i + 0.96}V1Z`;
  });
  return bars.join("");
}
