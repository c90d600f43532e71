/**
 * The map as a picture: its canvas as it is drawn, and upon it what stands beside it on the page — title, legend, where
 * the data is from — because a picture travels without them.
 */

import type { Map as MapLibre } from "maplibre-gl";
import { compared, line, second } from "../compare/compared";
import { paintElement } from "./paint-element";

/** What is written on a picture. */
export interface Notes {
  title: string;
  /** Beneath the title: the filters. */
  more: string;
  /** The window of time, in letters that can be read in a film. */
  time?: string;
  attribution: string;
  legend: HTMLElement | null;
  dark: boolean;
}

/** The map, and that of the upper layer where two are compared. */
export function bothOf(map: MapLibre): MapLibre[] {
  const above = second.peek();
  return above ? [map, above] : [map];
}

/** The map as it is now, at the pixels of the screen, once everything in view is drawn. */
export async function shoot(map: MapLibre, signal?: AbortSignal): Promise<HTMLCanvasElement> {
  const late = () => bothOf(map).find((each) => !(each.loaded() && each.areTilesLoaded()));
  for (let each = late(); each; each = late()) {
    signal?.throwIfAborted();
    // A map that has nothing left to draw says nothing more.
    await Promise.race([each.once("idle"), new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  return grab(map);
}

/** The map as it is at this moment; both maps where two layers are compared. */
export async function grab(map: MapLibre): Promise<HTMLCanvasElement> {
  const [picture, above, both] = [await take(map), second.peek(), compared.peek()];
  if (!above || !both) return picture;
  const other = await take(above);
  const all = document.createElement("canvas");
  const beside = both.mode === "beside";
  Object.assign(all, { width: picture.width + (beside ? other.width : 0), height: picture.height });
  const context = contextOf(all);
  const from = beside ? picture.width : Math.round(line.peek() * picture.width);
  context.drawImage(picture, 0, 0);
  const [left, width] = beside ? [0, other.width] : [from, other.width - from];
  context.drawImage(other, left, 0, width, other.height, from, 0, width, all.height);
  context.fillStyle = "#ffffff";
  context.fillRect(from - 1, 0, 2, all.height);
  return all;
}

async function take(map: MapLibre): Promise<HTMLCanvasElement> {
  const picture = document.createElement("canvas");
  await new Promise<void>((resolve) => {
    // What is on a canvas of WebGL may be read only while it is being drawn.
    map.once("render", () => {
      const canvas = map.getCanvas();
      // While time plays the ground is two pictures, with the map between them, which may be the finer ones.
      const still = (name: string) => {
        const found = map.getContainer().querySelector<HTMLCanvasElement>(`canvas.${name}`);
        return found && !found.hidden ? [found] : [];
      };
      const layers = [...still("ground-below"), canvas, ...still("ground-above")];
      picture.width = Math.max(...layers.map(({ width }) => width));
      picture.height = Math.max(...layers.map(({ height }) => height));
      const context = contextOf(picture);
      for (const layer of layers) context.drawImage(layer, 0, 0, picture.width, picture.height);
      resolve();
    });
    map.triggerRepaint();
  });
  return picture;
}

const MARGIN = 12;

/** Writes what is to be told onto a picture; `scale` is how many of its pixels are one of the page. */
export function annotate(picture: HTMLCanvasElement, notes: Notes, scale: number): void {
  const context = contextOf(picture);
  const [width, height] = [picture.width / scale, picture.height / scale];
  const ink = notes.dark ? "#e6e9ed" : "#23211e";
  const ground = notes.dark ? "#171c23" : "#ffffff";
  context.save();
  context.scale(scale, scale);
  context.textBaseline = "top";
  const legend = notes.legend?.textContent ? notes.legend : undefined;
  const hideAgain = reveal(legend);
  const box = legend?.getBoundingClientRect();
  const narrow = box !== undefined && width - box.width < 260;
  card(context, [notes.title, ...wrap(context, notes.more, narrow ? width : width - (box?.width ?? 0))], ink, ground);
  if (legend && box) {
    const left = narrow ? MARGIN : width - box.width - MARGIN;
    const top = narrow ? height - box.height - 30 : MARGIN;
    paintElement(context, legend, left - box.left, top - box.top);
  }
  hideAgain();
  if (notes.time) {
    context.font = "600 20px system-ui, sans-serif";
    const length = context.measureText(notes.time).width;
    context.fillStyle = ground;
    context.beginPath();
    context.roundRect(MARGIN, height - 66, length + 24, 36, 10);
    context.fill();
    context.fillStyle = ink;
    context.fillText(notes.time, MARGIN + 12, height - 57);
  }
  if (notes.attribution) {
    context.font = "11px system-ui, sans-serif";
    const length = context.measureText(notes.attribution).width;
    context.fillStyle = ground;
    context.globalAlpha = 0.85;
    context.fillRect(width - length - 12, height - 20, length + 12, 20);
    context.globalAlpha = 1;
    context.fillStyle = ink;
    context.fillText(notes.attribution, width - length - 6, height - 15);
  }
  context.restore();
}

/**
 * Lets an element be there although, on a small screen, the panel takes its place; returns what ends that. In between
 * nothing is painted on the screen, so nobody sees it.
 */
function reveal(element: HTMLElement | undefined): () => void {
  const shown: HTMLElement[] = [];
  element?.classList.add("whole");
  for (let part = element ?? null; part; part = part.parentElement) {
    if (getComputedStyle(part).display !== "none") continue;
    part.style.setProperty("display", "block", "important");
    shown.push(part);
  }
  return () => {
    element?.classList.remove("whole");
    for (const part of shown) part.style.removeProperty("display");
  };
}

/** The title and lines beneath it, at the upper left. */
function card(context: CanvasRenderingContext2D, [title = "", ...lines]: string[], ink: string, ground: string): void {
  const fonts = ["600 16px system-ui, sans-serif", ...lines.map(() => SMALL)];
  const widths = [title, ...lines].map((text, at) => {
    context.font = fonts[at] ?? SMALL;
    return context.measureText(text).width;
  });
  const height = 36 + lines.length * 17;
  context.fillStyle = ground;
  context.beginPath();
  context.roundRect(MARGIN, MARGIN, Math.max(...widths) + 24, height, 10);
  context.fill();
  context.fillStyle = ink;
  [title, ...lines].forEach((text, at) => {
    context.font = fonts[at] ?? SMALL;
    context.fillText(text, MARGIN + 12, MARGIN + 10 + (at > 0 ? 7 + at * 17 : 0));
  });
}

const SMALL = "12px system-ui, sans-serif";

/** A text in lines that are no wider than this; what is longer than three is cut. */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): string[] {
  context.font = SMALL;
  const fits = (line: string) => context.measureText(line).width < width - 4 * MARGIN - 24;
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line && !fits(`${line} ${word}`)) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  if (line) lines.push(line);
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]} …`] : lines;
}

/** Its context; `read` where pixels are read back again and again. */
export function contextOf(canvas: HTMLCanvasElement, read = false): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: read });
  if (!context) throw new Error("this browser gave no canvas to draw the picture on");
  return context;
}

/** A canvas as PNG. */
export function png(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be written as PNG"))));
  });
}
