/** What colours of cells mean that are mixed of categories, or say how two of them compare. */

import type { ComponentChildren } from "preact";
import { alongBlend, type Blend, faded, MOST_RATIO } from "../map/mix";
import { hexOf, labOf } from "../map/oklab";
import { stopsAt } from "../map/stops";
import type { Ramp, Theme } from "../map/theme";
import { Bar } from "./bar";

/** From the colour of few rows to that of many: of one that is no category's. */
export function strengths({ ground }: Blend, theme: Theme): Ramp {
  return (at) => hexOf(faded(labOf(theme.text), ground, at));
}

interface MixedProps {
  blend: Blend;
  column: string;
  z: number;
  /** The scale of how many rows there are. */
  children: ComponentChildren;
}

export function Mixed({ blend, column, z, children }: MixedProps) {
  const { how, parts } = blend;
  if (how === "mixed") {
    const keys = new Map(parts.map(({ title, colour }) => [title, hexOf(colour)]));
    return (
      <>
        <h3>{column} in a cell, mixed by share</h3>
        <ul class="keys">
          {[...keys].map(([title, colour]) => (
            <li key={title} data-value={title} data-colour={colour}>
              <i class="swatch" style={{ background: colour }} />
              <span>{title}</span>
            </li>
          ))}
        </ul>
        <h3 class="rows">Rows in a cell: the stronger, the more</h3>
        {children}
      </>
    );
  }
  const [first = "", second = ""] = parts.map(({ title }) => title);
  if (how === "difference") {
    return (
      <>
        <h3>
          Rows of {first} less those of {second}, in a cell
        </h3>
        <Bar paint={{ ramp: (at) => hexOf(alongBlend(blend, at)) }} stops={stopsAt(blend.scale, z)} both />
        <p>Cells with neither are not drawn.</p>
      </>
    );
  }
  const [title, ticks] =
    how === "share"
      ? [`Share of ${first} among ${first} and ${second}`, ["0 %", "50 %", "100 %"]]
      : [`${first} to ${second}`, [`1 : ${MOST_RATIO}`, "1 : 1", `${MOST_RATIO} : 1`]];
  const colours = Array.from({ length: 11 }, (_, step) => hexOf(alongBlend(blend, step / 10)));
  return (
    <>
      <h3>{title}, in a cell</h3>
      <div class="ramp blend" data-first={colours.at(-1)} data-second={colours[0]}>
        <div class="bar" style={{ background: `linear-gradient(90deg, ${colours.join(", ")})` }} />
        <div class="ends">
          {ticks.map((tick) => (
            <span key={tick}>{tick}</span>
          ))}
        </div>
      </div>
      <h3 class="rows">Rows of both in a cell: the stronger, the more</h3>
      {children}
      <p>Cells with neither are not drawn.</p>
    </>
  );
}
