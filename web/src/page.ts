/** What the page knows of itself beside the reader's choice: what there is to choose, what goes on, what went wrong. */

import { signal } from "@preact/signals";
import type { Basemap, DatasetSummary } from "duotile";

/** The datasets of the server, or of this device. */
export const catalog = signal<readonly DatasetSummary[]>([]);
/** Which of them are files that were opened on this page. */
export const files = signal<ReadonlySet<string>>(new Set());
/** The dataset of addresses that name none; unknown while the server is. */
export const first = signal<string | undefined>(undefined);
/** The base map that the server names. */
export const basemap = signal<Basemap | null>(null);
/** The ground that lies there, and why it is not the one that was wished for. */
export const ground = signal<{ name: string; fault?: string }>({ name: "" });
/** The part of the panel that was asked for from elsewhere: it unfolds. */
export const wanted = signal("");
/** How often something on the map was asked for, to which the sheet of a phone gives way. */
export const folded = signal(0);
/** A line at the foot of the map; none if empty. */
export const status = signal("");
/** Whether something is still being asked for or drawn. */
export const busy = signal(true);
/** Where what is on the map comes from. */
export const origin = signal<{ kind: "" | "server" | "device" | "part"; text: string }>({ kind: "", text: "" });
/** The zoom of the map. */
export const zoom = signal(0);
/** The zoom at which the map rested last, by which it is painted. */
export const rest = signal(0);
/** Pixels of the page by which each cell of a layer is drawn wider on every side, by the layer's id. */
export const spread = signal<Readonly<Record<string, number>>>({});

/** Of how many maps the browser has taken the graphics away. */
export const lost = signal(0);

/** How many rows the active layer shows, if none of them is in view. */
export const unseen = signal(0);

/** Whether all that is in view of the active layer lies in a small part of it. */
export const huddled = signal(false);

/** Tells something beside what is told already. */
export function say(text: string): void {
  const told = status.peek();
  if (!told.includes(text)) status.value = told ? `${told} ${text}` : text;
}

/** Tells what went wrong. */
export function tell(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  const long = error instanceof Error && "status" in error && (error.status === 414 || error.status === 431);
  if (long)
    status.value = "The filter is too long for an address: shorten its list, or draw its area with fewer corners.";
  else status.value = text === "Failed to fetch" ? "The server does not answer." : text;
}
