/**
 * Taking rows along, and what has been taken. Asking a server and watching the rows arrive is loaded when it is first
 * needed.
 */

import type { TileQuery } from "./query.js";
import type { Server } from "./server.js";
import { type Room, Store, type Stored, type Subset } from "./store.js";

/** How far a download is. */
export interface TakeProgress {
  /** Rows that are on their way, when the server has said so. */
  rows: number | undefined;
  /** Bytes that have arrived, uncompressed. */
  bytes: number;
  /** All bytes, once their number is known. */
  total: number | undefined;
}

/** How taking is followed, and stopped. */
export interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: TakeProgress) => void;
}

/** Which rows to take, and from where. */
export interface TakeRequest extends Watched {
  /** The server or its address. */
  server: Server | string;
  dataset: string;
  /** Its `filter`, `datetime` and `bbox` say which rows; all of them when there is none. The rest is left aside. */
  query?: TileQuery | string;
  /** West, south, east, north: only rows in this box. In place of one in the query. */
  bbox?: readonly [number, number, number, number];
  /** Only these columns; filters of others do not work offline. */
  columns?: readonly string[];
  /** What the reader calls it; the dataset's title unless said. */
  name?: string;
}

/** What taking would mean, before anything is taken. */
export interface Estimate {
  rows: number;
  /** About how many bytes they are. */
  bytes: number;
  room: Room | undefined;
  /** Whether there is room for them, as far as the browser tells. */
  fits: boolean;
}

/** The subsets of this device, and the way to more. */
export class Offline {
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** With the best store that there is here. */
  static async open(): Promise<Offline> {
    return new Offline(await Store.open());
  }

  /** Everything that is kept, the broken included, the latest first. */
  list(): Promise<Stored[]> {
    return this.store.list();
  }

  /** The record of a subset and its Arrow stream. */
  get(id: string): Promise<{ subset: Subset; data: Blob }> {
    return this.store.get(id);
  }

  remove(id: string): Promise<void> {
    return this.store.delete(id);
  }

  /** Takes rows along. One of the same rows that is there already gives way once this one is whole. */
  async take(request: TakeRequest): Promise<Subset> {
    return (await import("./take.js")).take(this.store, request);
  }

  /** Asks whether a subset is still what the server has, and takes it again if not; in any case with `force`. */
  async refresh(
    id: string,
    options: Watched & { force?: boolean } = {},
  ): Promise<{ subset: Subset; changed: boolean }> {
    return (await import("./take.js")).refresh(this.store, id, options);
  }

  /** How many rows a request selects, about how many bytes they are, and whether there is room. */
  async estimate(request: TakeRequest): Promise<Estimate> {
    return (await import("./take.js")).estimate(this.store, request);
  }
}

/** Takes rows along, into the best store that there is here. */
export async function takeOffline(request: TakeRequest): Promise<Subset> {
  return (await Offline.open()).take(request);
}
