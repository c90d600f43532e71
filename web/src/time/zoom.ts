/** What zooms and moves the bar of time beside its buttons: the wheel, and two fingers. Pointers enter, what is shown leaves. */

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { range, span } from "./animation";
import { shiftBy, show, zoomBy, zoomed } from "./span";

/** A step of a wheel is about so many pixels, and makes what is shown so many times as long. */
const STEP = 100;
const TIMES = 1.3;
/** Pixels of a line and of a page, as wheels have them that do not count in pixels. */
const UNITS = [1, 16, 400];

/** Listens at the track; `second` is called when a second finger comes down, which no drag is any more. */
export function useZoom(track: RefObject<HTMLElement | null>, second: () => void): void {
  useEffect(() => {
    const box = track.current;
    if (!box) return;
    const timeAt = (x: number) => {
      const [part, { left, width }] = [span.peek(), box.getBoundingClientRect()];
      return part ? part[0] + ((x - left) / width) * (part[1] - part[0]) : 0;
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const unit = UNITS[event.deltaMode] ?? 1;
      const [x, y] = [event.deltaX * unit, event.deltaY * unit];
      const aside = event.shiftKey ? x + y : Math.abs(x) > Math.abs(y) ? x : 0;
      if (aside !== 0) shiftBy(aside / box.clientWidth);
      // Browsers tell a pinch on a touchpad as a wheel with Ctrl, in smaller steps.
      else zoomBy(TIMES ** ((y / STEP) * (event.ctrlKey ? 4 : 1)), timeAt(event.clientX));
    };
    const fingers = new Map<number, number>();
    let apart = 0;
    let middle = 0;
    const both = () => {
      const [a = 0, b = 0] = [...fingers.values()];
      return { apart: Math.max(Math.abs(a - b), 8), middle: (a + b) / 2 };
    };
    const onDown = (event: PointerEvent) => {
      if (event.pointerType !== "touch") return;
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size !== 2) return;
      second();
      ({ apart, middle } = both());
      // The window is not to be drawn by the second finger.
      event.stopPropagation();
    };
    const onMove = (event: PointerEvent) => {
      if (!fingers.has(event.pointerId)) return;
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size !== 2) return;
      const [part, all, now] = [span.peek(), range.peek(), both()];
      if (!part || !all) return;
      // What was between the fingers stays between them.
      const wide = zoomed(part, all, apart / now.apart, timeAt(middle));
      const by = ((middle - now.middle) / box.clientWidth) * (wide[1] - wide[0]);
      show(zoomed([wide[0] + by, wide[1] + by], all, 1, wide[0] + by));
      ({ apart, middle } = now);
    };
    const onUp = ({ pointerId }: PointerEvent) => void fingers.delete(pointerId);
    const listeners = [
      ["pointerdown", onDown],
      ["pointermove", onMove],
      ["pointerup", onUp],
      ["pointercancel", onUp],
    ] as const;
    box.addEventListener("wheel", onWheel, { passive: false });
    for (const [name, listener] of listeners) box.addEventListener(name, listener, { capture: true });
    return () => {
      box.removeEventListener("wheel", onWheel);
      for (const [name, listener] of listeners) box.removeEventListener(name, listener, { capture: true });
    };
  }, []);
}
