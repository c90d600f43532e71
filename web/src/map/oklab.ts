/** Colours in OKLab, in which equal steps look equally far apart, and as #rrggbb. The matrices are Björn Ottosson's. */

export type Lab = readonly [lightness: number, a: number, b: number];

/** A colour of OKLCH as #rrggbb, with as much of its chroma as sRGB can show. */
export function oklch(lightness: number, chroma: number, hue: number): string {
  const turn = (hue * Math.PI) / 180;
  for (let c = chroma; ; c -= 0.005) {
    const rgb = linear([lightness, Math.max(c, 0) * Math.cos(turn), Math.max(c, 0) * Math.sin(turn)]);
    if (c <= 0 || rgb.every((part) => part >= -1e-4 && part <= 1.0001)) return hex(rgb);
  }
}

/** #rrggbb in OKLab. */
export function labOf(colour: string): Lab {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const [red, green, blue] = [part(1), part(3), part(5)];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The colour that sRGB has next to one. */
export const hexOf = (lab: Lab): string => hex(linear(lab));

/** One on the way from a colour to another. */
export const between = (from: Lab, to: Lab, at: number): Lab => [
  from[0] + (to[0] - from[0]) * at,
  from[1] + (to[1] - from[1]) * at,
  from[2] + (to[2] - from[2]) * at,
];

/** Linear sRGB. */
function linear([lightness, a, b]: Lab): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const hex = (rgb: readonly number[]): string =>
  `#${rgb.map((part) => byte(part).toString(16).padStart(2, "0")).join("")}`;

function byte(part: number): number {
  const light = Math.min(Math.max(part, 0), 1);
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
}
