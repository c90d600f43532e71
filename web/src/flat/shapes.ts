/**
 * Features of a tile painted as what they are, where no cells stand for them: polygons filled within their outlines, lines, dots. A
 * place and the feature that it is on, as one sees it, the other way.
 */

import type { Feature } from "../tiles/decode";

/** How they are painted: widths in pixels, strengths from 0 to 1. */
export interface Look {
  /** The colour of a feature, and that of its outline. */
  colour: (feature: Feature, at: number) => string;
  edge: (colour: string) => string;
  /** How strong what is filled is, what goes round it, and lines. */
  fill: number;
  outline: number;
  line: number;
  /** How wide outlines and lines are, and half of a dot. */
  around: number;
  wide: number;
  dot: number;
}

const [LINE, POLYGON] = [2, 3];

/** Paints features whose steps are so many pixels. */
export function paintShapes(
  context: CanvasRenderingContext2D,
  features: readonly Feature[],
  scale: number,
  look: Look,
): void {
  context.lineJoin = context.lineCap = "round";
  features.forEach((feature, at) => {
    const { shape, parts } = feature;
    const colour = look.colour(feature, at);
    context.fillStyle = colour;
    context.beginPath();
    for (const part of parts) {
      if (shape !== LINE && shape !== POLYGON) {
        const [x, y] = [(part[0] ?? 0) * scale, (part[1] ?? 0) * scale];
        context.moveTo(x + look.dot, y);
        context.arc(x, y, look.dot, 0, 2 * Math.PI);
        continue;
      }
      for (let i = 0; i < part.length; i += 2) {
        const [x, y] = [(part[i] ?? 0) * scale, (part[i + 1] ?? 0) * scale];
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
      if (shape === POLYGON) context.closePath();
    }
    if (shape !== LINE) {
      context.globalAlpha = shape === POLYGON ? look.fill : 1;
      // Dots that lie over one another are one.
      context.fill(shape === POLYGON ? "evenodd" : "nonzero");
    }
    const width = shape === POLYGON ? look.around : shape === LINE ? look.wide : 0;
    if (width === 0) return;
    context.globalAlpha = shape === POLYGON ? look.outline : look.line;
    context.strokeStyle = shape === POLYGON ? look.edge(colour) : colour;
    context.lineWidth = width;
    context.stroke();
  });
  context.globalAlpha = 1;
}

/** Whether a feature has a place in it, or is so near it. */
export function touches({ shape, parts }: Feature, x: number, y: number, near: number): boolean {
  let inside = false;
  for (const part of parts) {
    const ends = shape === POLYGON ? part.length : part.length - 2;
    if (ends <= 0 && Math.hypot((part[0] ?? 0) - x, (part[1] ?? 0) - y) <= near) return true;
    for (let i = 0; i < ends; i += 2) {
      const [ax = 0, ay = 0] = [part[i], part[i + 1]];
      const next = (i + 2) % part.length;
      const [bx = 0, by = 0] = [part[next], part[next + 1]];
      if (shape === POLYGON) {
        if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
        continue;
      }
      const [dx, dy] = [bx - ax, by - ay];
      const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx ** 2 + dy ** 2 || 1), 0), 1);
      if (Math.hypot(ax + along * dx - x, ay + along * dy - y) <= near) return true;
    }
  }
  return inside;
}
