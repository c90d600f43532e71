/**
 * The pictures that Kepler.gl looks for under an address of its own makers: plain ones in their place, small enough to be
 * made here. Its icon layer gets an empty list of icons.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

const EFFECTS = [
  "light-and-shadow",
  "ink",
  "brightness-contrast",
  "hue-saturation",
  "vibrance",
  "sepia",
  "dot-screen",
  "color-halftone",
  "noise",
  "triangle-blur",
  "zoom-blur",
  "tilt-shift",
  "edge-work",
  "vignette",
  "magnify",
  "hexagonal-pixelate",
];

/**
 * Writes all of them beneath a folder.
 *
 * @param {string} folder
 */
export function pictures(folder) {
  for (const name of ["images/effects", "icons", "geodude"]) mkdirSync(join(folder, name), { recursive: true });
  const square = (/** @type {string} */ name, /** @type {number[]} */ from, /** @type {number[]} */ to) =>
    writeFileSync(join(folder, name), png(64, from, to));
  EFFECTS.forEach((name, at) => {
    square(`images/effects/${name}.png`, [36, 39, 48], [60 + at * 8, 120, 220 - at * 8]);
  });
  square("images/kepler.gl-layer-icon-bg.png", [36, 39, 48], [36, 39, 48]);
  square("geodude/NO_BASEMAP.png", [0, 0, 0], [0, 0, 0]);
  square("geodude/DARK.png", [20, 24, 31], [36, 42, 52]);
  square("geodude/LIGHT.png", [222, 228, 235], [245, 246, 248]);
  writeFileSync(join(folder, "icons/svg-icons.json"), JSON.stringify({ svgIcons: [] }));
}

/**
 * A square that goes from one colour at its top to another at its foot.
 *
 * @param {number} size
 * @param {number[]} from
 * @param {number[]} to
 */
function png(size, from, to) {
  const rows = Array.from({ length: size }, (_, y) => {
    const colour = from.map((part, i) => Math.round(part + (((to[i] ?? part) - part) * y) / (size - 1)));
    return Buffer.from([0, ...Array.from({ length: size }, () => colour).flat()]);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
