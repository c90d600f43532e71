/**
 * Tiles asked for and given over broadcast channels. MapLibre's workers cannot be handed a port, but a channel's name:
 * they ask on a common one, and each is answered on one of its own, so that a tile is copied to nobody else.
 */

import type { Tile } from "./etag.js";
import { errorOf, type Trouble, troubleOf } from "./messages.js";

/** A tile that a worker of MapLibre's asks for. */
interface Wanted {
  from: string;
  id: number;
  name: string;
  z: number;
  x: number;
  y: number;
  query: string;
}

/** From a worker of MapLibre's. */
export type Ask = Wanted | { from: string; cancel: number };

/** To it. `lost` names a dataset whose worker broke: what was asked of it is to be asked again. */
export type Given = { id: number; tile: Tile } | { id: number; error: Trouble } | { lost: string };

/** A tile of a dataset; `undefined` where somebody else answers. */
export type Find = (
  name: string,
) => ((z: number, x: number, y: number, query: string, signal: AbortSignal) => Promise<Tile>) | undefined;

/** Answers what is asked on a channel, and returns how to stop. */
export function answer(channel: string, find: Find): () => void {
  const common = new BroadcastChannel(channel);
  const replies = new Map<string, BroadcastChannel>();
  const running = new Map<string, AbortController>();
  let stopped = false;
  const reply = (to: string, message: Given): void => {
    // A channel that is closed takes nothing.
    if (stopped) return;
    let port = replies.get(to);
    if (!port) {
      port = new BroadcastChannel(to);
      replies.set(to, port);
    }
    port.postMessage(message);
  };
  common.onmessage = ({ data }: MessageEvent<Ask>) => {
    if ("cancel" in data) {
      running.get(`${data.from} ${data.cancel}`)?.abort();
      return;
    }
    if (!("id" in data)) return;
    const { from, id, name, z, x, y, query } = data;
    const tile = find(name);
    if (!tile) return;
    const key = `${from} ${id}`;
    const controller = new AbortController();
    running.set(key, controller);
    tile(z, x, y, query, controller.signal)
      .then(
        (tile) => reply(from, { id, tile }),
        (error: unknown) => {
          if (!controller.signal.aborted) reply(from, { id, error: troubleOf(error) });
        },
      )
      .finally(() => running.delete(key));
  };
  return () => {
    stopped = true;
    for (const controller of running.values()) controller.abort();
    for (const port of [common, ...replies.values()]) port.close();
  };
}

/** Asks for tiles on a channel. */
export class Asker {
  readonly #from: string;
  readonly #common: BroadcastChannel;
  readonly #own: BroadcastChannel;
  readonly #pending = new Map<number, { ask: Wanted; resolve(tile: Tile): void; reject(error: Error): void }>();
  #next = 0;

  constructor(channel: string, self: string) {
    this.#from = `${channel} ${self}`;
    this.#common = new BroadcastChannel(channel);
    this.#common.onmessage = ({ data }: MessageEvent<Given | Ask>) => {
      if (!("lost" in data)) return;
      for (const { ask } of this.#pending.values()) if (ask.name === data.lost) this.#common.postMessage(ask);
    };
    this.#own = new BroadcastChannel(this.#from);
    this.#own.onmessage = ({ data }: MessageEvent<Given>) => {
      if (!("id" in data)) return;
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ("tile" in data) pending?.resolve(data.tile);
      else pending?.reject(errorOf(data.error));
    };
  }

  tile(name: string, z: number, x: number, y: number, query: string, signal: AbortSignal): Promise<Tile> {
    const id = this.#next++;
    const from = this.#from;
    return new Promise((resolve, reject) => {
      const ask = { from, id, name, z, x, y, query };
      this.#pending.set(id, { ask, resolve, reject });
      signal.addEventListener("abort", () => {
        if (!this.#pending.delete(id)) return;
        this.#common.postMessage({ from, cancel: id } satisfies Ask);
        reject(signal.reason as Error);
      });
      this.#common.postMessage(ask satisfies Ask);
    });
  }

  close(): void {
    this.#common.close();
    this.#own.close();
  }
}
