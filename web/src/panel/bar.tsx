/** A ramp of the legend, with numbers at it or words at its ends. */

import type { Paint } from "../map/paint";
import type { Stops } from "../map/stops";
import { ticksOf, ticksOfBoth } from "./ticks";

/** About how wide the ramp is, in pixels. */
const [WIDE, NARROW] = [202, 178];
/** On a phone the legend is narrower. */
const phone = window.matchMedia("(max-width: 700px)");

/** A ramp with numbers at it: quantiles of what is drawn, where the scale is of equal shares. */
interface BarProps {
  paint: Pick<Paint, "ramp">;
  stops?: Stops;
  /** Whether all values are whole, whatever the scale has between them. */
  whole?: boolean;
  /** Whether they are differences, of which 0 is the middle. */
  both?: boolean;
  ends?: [string, string];
}

export function Bar({ paint, stops, whole = false, both = false, ends }: BarProps) {
  // As much of the ramp as there are values.
  const [from, to] = stops ? [stops[0].at, stops.at(-1)?.at ?? stops[0].at] : [0, 1];
  const colour = (at: number) => paint.ramp(from + (to - from) * at);
  const room = phone.matches ? NARROW : WIDE;
  const ticks = !stops ? [] : both ? ticksOfBoth(stops, room) : ticksOf(stops, whole, room);
  const parts = Array.from({ length: 11 }, (_, i) => colour(i / 10));
  return (
    <div class="ramp">
      <div class="bar" style={{ background: `linear-gradient(90deg, ${parts.join(", ")})` }} />
      {ends ? (
        <div class="ends">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </div>
      ) : (
        <ol class="ticks">
          {ticks.map(({ value, at, text, side }) => (
            <li
              key={value}
              style={{ left: `${at * 100}%` }}
              data-value={value}
              data-colour={colour(at)}
              class={side ?? ""}
            >
              {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
