/** What the colours on the map mean now. */

import { type Breaks, breaksAt, colours } from "./classes";
import { compact, element } from "./dom";
import { theme } from "./theme";

/** Which kinds of features the map draws at the moment. */
export interface Drawn {
  cells: boolean;
  rows: boolean;
}

/** The parts of a legend for a zoom. */
export function legend(all: [Breaks, ...Breaks[]], zoom: number, drawn: Drawn): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (drawn.cells) {
    const breaks = breaksAt(all, zoom);
    const items = colours(breaks, theme().ramp).map((colour, at) => {
      const swatch = element("i", "swatch");
      swatch.style.background = colour;
      return element("li", "", swatch, range(at === 0 ? 1 : breaks[at - 1], breaks[at]));
    });
    parts.push(element("h2", "", "Rows in a cell"), element("ul", "classes", ...items));
  }
  if (drawn.rows) {
    const dot = element("i", "swatch dot");
    dot.style.background = theme().row;
    parts.push(element("ul", "classes", element("li", "", dot, "one row")));
  }
  return parts;
}

/** `5 – 19`, `20 +`, or a count alone. */
function range(from = 1, next: number | undefined): string {
  if (next === undefined) return `${compact(from)} +`;
  return next - 1 > from ? `${compact(from)} – ${compact(next - 1)}` : compact(from);
}
