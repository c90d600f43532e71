/**
 * Colours. A light and a dark set for the map; ramps that numbers are painted with, in which lightness and hue move in
 * equal steps through OKLCH, so that equal steps of a ramp look equally far apart; and colours for categories.
 */

import { signal } from "@preact/signals";
import { oklch } from "./oklab";

export interface Theme {
  dark: boolean;
  sea: string;
  land: string;
  coast: string;
  border: string;
  text: string;
  halo: string;
  /** Values that are none of the categories that have a colour. */
  other: string;
  /** Rows without a value. */
  none: string;
}

/** From little (0) to much (1), away from the ground in lightness. */
export type Ramp = (at: number) => string;

const LIGHT: Theme = {
  dark: false,
  sea: "#dfe6ea",
  land: "#f7f5f0",
  coast: "#b4c0c8",
  border: "#d2ccc2",
  text: "#5b5a57",
  halo: "#f7f5f0",
  other: "#9a9791",
  none: "#d3d0ca",
};

const DARK: Theme = {
  dark: true,
  sea: "#10151b",
  land: "#1b2129",
  coast: "#3d4856",
  border: "#313a46",
  text: "#98a2ae",
  halo: "#10151b",
  other: "#767f8a",
  none: "#3f4752",
};

/** Lightness, chroma and hue at both ends, and the chroma between: on light ground and on dark. */
type Path = readonly [light: Ends, dark: Ends];
interface Ends {
  lightness: readonly [number, number];
  chroma: readonly [number, number, number];
  hue: readonly [number, number];
}

const PATHS: Readonly<Record<string, Path>> = {
  ember: [
    { lightness: [0.8, 0.3], chroma: [0.15, 0.19, 0.13], hue: [75, -70] },
    { lightness: [0.5, 0.95], chroma: [0.15, 0.18, 0.11], hue: [-65, 95] },
  ],
  lagoon: [
    { lightness: [0.88, 0.3], chroma: [0.1, 0.13, 0.1], hue: [130, 275] },
    { lightness: [0.36, 0.95], chroma: [0.1, 0.13, 0.13], hue: [285, 115] },
  ],
  orchid: [
    { lightness: [0.86, 0.3], chroma: [0.06, 0.17, 0.14], hue: [330, 290] },
    { lightness: [0.36, 0.93], chroma: [0.14, 0.17, 0.06], hue: [285, 330] },
  ],
  slate: [
    { lightness: [0.86, 0.22], chroma: [0.01, 0.015, 0.02], hue: [250, 250] },
    { lightness: [0.38, 0.97], chroma: [0.02, 0.015, 0.01], hue: [250, 250] },
  ],
  balance: [
    { lightness: [0.45, 0.45], chroma: [0.15, 0.02, 0.16], hue: [250, 250] },
    { lightness: [0.72, 0.72], chroma: [0.14, 0.02, 0.15], hue: [240, 240] },
  ],
};

/** The names of the ramps there are; the last is for values around a middle. */
export const RAMPS = Object.keys(PATHS);

/** A ramp by its name; the first for one that is not there. */
export function ramp(name: string, { dark }: Theme): Ramp {
  const path = PATHS[Object.hasOwn(PATHS, name) ? name : "ember"];
  const ends = path?.[dark ? 1 : 0];
  if (!ends) throw new Error(`there is no ramp ${name}`);
  if (name === "balance") return (at) => diverging(ends, dark, at);
  const { lightness, chroma, hue } = ends;
  return (at) => oklch(mix(lightness[0], lightness[1], at), arc(...chroma, at), mix(hue[0], hue[1], at));
}

/** Blue below, red above, the lightest (or on dark ground the darkest) in the middle. */
function diverging({ lightness, chroma, hue }: Ends, dark: boolean, at: number): string {
  const far = Math.abs(at - 0.5) * 2;
  const middle = dark ? 0.38 : 0.9;
  const strength = at < 0.5 ? chroma[0] : chroma[2];
  return oklch(mix(middle, lightness[0], far), mix(chroma[1], strength, far), at < 0.5 ? hue[0] : 30);
}

/** Hues as far from their neighbours as so many can be; lightness differs too, for those who see few hues. */
const HUES = [
  [0.62, 0.15, 250],
  [0.75, 0.15, 70],
  [0.6, 0.14, 150],
  [0.6, 0.19, 20],
  [0.56, 0.16, 305],
  [0.78, 0.11, 200],
  [0.5, 0.09, 55],
  [0.74, 0.13, 345],
  [0.66, 0.13, 115],
  [0.46, 0.12, 270],
] as const;

/** How many categories have colours of their own. */
export const CATEGORIES = HUES.length;

/** The colour of a category by its rank. */
export function categoryColour(rank: number, theme: Theme): string {
  const hue = HUES[rank];
  return hue ? oklch(hue[0] + (theme.dark ? 0.06 : 0), hue[1], hue[2]) : theme.other;
}

/** Colours round a wheel, for what begins again where it ends: blue and dark at 0, yellow and light half way round. */
export function wheel(at: number, theme: Theme): string {
  const light = (1 - Math.cos(2 * Math.PI * at)) / 2;
  return oklch(mix(theme.dark ? 0.5 : 0.4, theme.dark ? 0.88 : 0.8, light), 0.15, 275 + 360 * at);
}

const KEPT = "duotile-theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const wish = signal(kept() ?? "system");
const isDark = signal(system.matches);
system.addEventListener("change", () => {
  isDark.value = system.matches;
});

/** The colours of now: those that the reader chose here, else those of the reader's system. Reading it follows it. */
export function theme(): Theme {
  return (wish.value === "system" ? isDark.value : wish.value === "dark") ? DARK : LIGHT;
}

/** What the reader chose: `system`, `light` or `dark`. */
export const colours = {
  get value(): string {
    return wish.value;
  },
  set value(to: string) {
    wish.value = to;
    keep(to);
    document.documentElement.style.colorScheme = to === "system" ? "" : to;
  },
};
colours.value = wish.peek();

/** What was chosen when the page was last open. Where a browser keeps nothing, nothing was. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(wish: string): void {
  try {
    localStorage.setItem(KEPT, wish);
  } catch {
    // Then it holds as long as the page is open.
  }
}

function mix(a: number, b: number, at: number): number {
  return a + (b - a) * at;
}

/** A parabola through `a` at 0, `b` at one half and `c` at 1. */
function arc(a: number, b: number, c: number, at: number): number {
  return mix(a, c, at) + 4 * (b - (a + c) / 2) * at * (1 - at);
}
