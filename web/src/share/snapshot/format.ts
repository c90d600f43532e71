/** What a saved view holds beside scripts and styles; the page writes it, the file's own script reads it. */

import type { DatasetSummary } from "duotile";
import type { View } from "../../address";
import type { Loaded } from "../../load";
import type { State } from "../../state";

/** What stands for a layer in the addresses of the ground's tiles. */
export const GROUND = "ground";

export interface Saved {
  title: string;
  /** Filters and time in words. */
  choice: string;
  /** When it was saved (ISO 8601), and the address of the page it is of. */
  made: string;
  from: string;
  view: View;
  state: State;
  catalog: DatasetSummary[];
  loaded: Readonly<Record<string, Loaded>>;
  /** West, south, east, north of what is held at the deeper zooms. */
  box: [number, number, number, number];
  /** The deepest zoom of which all tiles of the box are here, and that of the tiles that the view showed. */
  deepest: number;
  zoom: number;
  /** Address (`layer/z/x/y`), place and length of each tile, those of the ground too; those of length 0 are empty. */
  tiles: [address: string, at: number, length: number][];
  dark: boolean;
}

/** What the file's first script hands to the one that draws. */
export interface Opened {
  saved: Saved;
  /** All tiles, each compressed by gzip. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The address of MapLibre's worker. */
  worker: string;
}

declare global {
  /** There in a saved view only. */
  var duotileSaved: Opened | undefined;
}
