/**
 * Taking rows along, and what has been taken. Asking a server and watching the rows arrive is loaded when it is first
 * needed.
 */

import { Store, type Stored, type Subset } from "./store.js";
import type { Estimate, TakeRequest, Watched } from "./take.js";

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
