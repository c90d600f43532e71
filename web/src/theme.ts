/**
 * Colours. A light and a dark set for the map, and the ramp that counts are painted with: lightness and hue move in
 * equal steps through OKLCH, so equal steps of the ramp look equally far apart.
 */

export interface Theme {
  sea: string;
  land: string;
  coast: string;
  border: string;
  text: string;
  halo: string;
  /** Rows, and the line around them. */
  row: string;
  rim: string;
  /** The ramp from few (0) to many (1), away from the ground in lightness. */
  ramp: (at: number) => string;
}

const LIGHT: Theme = {
  sea: "#dfe6ea",
  land: "#f7f5f0",
  coast: "#b4c0c8",
  border: "#d2ccc2",
  text: "#5b5a57",
  halo: "#f7f5f0",
  row: "#a8325f",
  rim: "#ffffff",
  ramp: (at) => oklch(mix(0.84, 0.32, at), arc(0.13, 0.19, 0.13, at), mix(80, -70, at)),
};

const DARK: Theme = {
  sea: "#10151b",
  land: "#1b2129",
  coast: "#3d4856",
  border: "#313a46",
  text: "#98a2ae",
  halo: "#10151b",
  row: "#ff9d66",
  rim: "#10151b",
  ramp: (at) => oklch(mix(0.42, 0.95, at), arc(0.12, 0.18, 0.11, at), mix(-70, 95, at)),
};

const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** The colours that the reader's system asks for. */
export function theme(): Theme {
  return dark.matches ? DARK : LIGHT;
}

/** Calls back when the reader's system changes its mind. */
export function onTheme(change: () => void): void {
  dark.addEventListener("change", change);
}

function mix(a: number, b: number, at: number): number {
  return a + (b - a) * at;
}

/** A parabola through `a` at 0, `b` at one half and `c` at 1. */
function arc(a: number, b: number, c: number, at: number): number {
  return mix(a, c, at) + 4 * (b - (a + c) / 2) * at * (1 - at);
}

/** A colour of OKLCH as #rrggbb, with as much of its chroma as sRGB can show. */
function oklch(lightness: number, chroma: number, hue: number): string {
  const turn = (hue * Math.PI) / 180;
  for (let c = chroma; ; c -= 0.005) {
    const rgb = linear(lightness, Math.max(c, 0) * Math.cos(turn), Math.max(c, 0) * Math.sin(turn));
    if (c <= 0 || rgb.every((part) => part >= -1e-4 && part <= 1.0001)) {
      return `#${rgb.map((part) => byte(part).toString(16).padStart(2, "0")).join("")}`;
    }
  }
}

/** OKLab to linear sRGB: Björn Ottosson's matrices. */
function linear(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function byte(part: number): number {
  const light = Math.min(Math.max(part, 0), 1);
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}
