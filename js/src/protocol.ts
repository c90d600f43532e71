/**
 * The protocol that MapLibre asks for tiles: `duotile://{dataset}?query` is the TileJSON of a query,
 * `duotile://{dataset}/{z}/{x}/{y}?query` a tile. For MapLibre 4, 5 and 6, in the page and in its workers.
 */

import { answer } from "./broadcast.js";
import { type Tile, tileOf } from "./etag.js";
import { baseAddress, unique } from "./place.js";
import { inOneLine, Problem } from "./problem.js";
import { type TileQuery, textOf } from "./query.js";
import type { TileJson } from "./types.js";

/** Where tiles come from: a {@link Tiler}, a {@link RemoteTiler}, or anything that answers like one. */
export interface TileSource {
  /** The dataset in addresses, and the layer in tiles. */
  readonly name: string;
  tile(
    z: number,
    x: number,
    y: number,
    query?: TileQuery | string,
    signal?: AbortSignal,
  ): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  tileJson(query?: TileQuery | string, signal?: AbortSignal): TileJson | Promise<TileJson>;
  /** Lets a worker answer on a broadcast channel by itself, until `onLost` is called; returns what ends it. */
  listen?(channel: string, onLost: () => void): Promise<() => void>;
}

/** What MapLibre asks with. */
export interface ProtocolRequest {
  url: string;
  type?: string;
}

/** As much of MapLibre as is needed here. */
export interface MapLibre {
  addProtocol(
    scheme: string,
    load: (request: ProtocolRequest, controller: AbortController) => Promise<{ data: unknown }>,
  ): void;
  importScriptInWorkers(url: string): Promise<unknown>;
}

/** The scheme by which scripts in MapLibre's workers ask the page which protocols there are. */
const LIST = "duotile-protocols";

const ADDRESS =
  /^([a-z][a-z\d+.-]*):\/\/([^/?#]+)(?:\/(\d+)\/(\d+)\/(\d+)(?:\.(?:mvt|pbf))?)?\/?(?:\?([^#]*))?(?:#.*)?$/i;

/** An address of the protocol, taken apart. */
export interface Address {
  scheme: string;
  name: string;
  tile?: [number, number, number];
  query: string;
}

/** Takes an address apart. */
export function parseAddress(url: string): Address {
  const found = ADDRESS.exec(url);
  const [, scheme, name, z, x, y, query = ""] = found ?? [];
  if (scheme === undefined || name === undefined) {
    const expected = "duotile://{dataset} or duotile://{dataset}/{z}/{x}/{y}, with ?query if wanted";
    throw new Problem(400, { detail: `the address ${url} is not understood, expected ${expected}` });
  }
  const address = { scheme, name: decoded(name), query };
  return z === undefined ? address : { ...address, tile: [Number(z), Number(x), Number(y)] };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Answers MapLibre. `tile` is what `maplibregl.addProtocol` takes. */
export class Protocol {
  readonly #sources = new Map<string, TileSource>();
  readonly #channel = `duotile ${unique()}`;
  /** Names that a worker answers for by itself, and what ends that. */
  readonly #elsewhere = new Map<string, () => void>();
  #stop: (() => void) | undefined;

  /** `sources` can be added later, too. */
  constructor(...sources: TileSource[]) {
    for (const source of sources) this.add(source);
  }

  /** Offers a dataset by its name; one of that name before is replaced. */
  add(source: TileSource): void {
    this.remove(source.name);
    this.#sources.set(source.name, source);
    if (this.#stop) void this.#delegate(source);
  }

  remove(name: string): void {
    this.#sources.delete(name);
    const end = this.#elsewhere.get(name);
    if (!end) return;
    this.#elsewhere.delete(name);
    end();
    this.#askAgain(name);
  }

  /** Loads what an address names. Bound, to be handed to `addProtocol`. */
  readonly tile = async (
    request: ProtocolRequest,
    controller: AbortController,
  ): Promise<{ data: ArrayBuffer; etag: string } | { data: TileJson }> => {
    const { signal } = controller;
    const { scheme, name, tile, query } = parseAddress(request.url);
    try {
      const source = this.#source(name);
      if (tile) return await this.#tile(source, ...tile, query, signal);
      const document = await source.tileJson(query, signal);
      signal.throwIfAborted();
      const template = `${scheme}://${encodeURIComponent(name)}/{z}/{x}/{y}`;
      // Braces would be taken for those of the template.
      const carried = query.replace(/[{}]/g, encodeURIComponent);
      return { data: { ...document, tiles: [carried === "" ? template : `${template}?${carried}`] } };
    } catch (error) {
      throw inOneLine(error);
    }
  };

  /**
   * Registers the protocol in MapLibre's workers too, which then ask the worker of the data directly, and the page is left
   * alone. Give the address of `duotile/maplibre-worker` as `script` where a Content-Security-Policy forbids `blob:`.
   */
  async importInWorkers(maplibregl: MapLibre, scheme = "duotile", script?: URL | string): Promise<void> {
    if (!this.#stop) {
      this.#stop = answer(this.#channel, (name) => {
        if (this.#elsewhere.has(name)) return undefined;
        return async (z, x, y, query, signal) => this.#tile(this.#source(name), z, x, y, query, signal);
      });
      await Promise.all([...this.#sources.values()].map((source) => this.#delegate(source)));
    }
    channels.set(scheme, this.#channel);
    maplibregl.addProtocol(LIST, async () => ({ data: [...channels] }));
    if (script !== undefined) {
      await maplibregl.importScriptInWorkers(new URL(script, baseAddress()).href);
      return;
    }
    const { default: code } = await import("./maplibre-worker-inline.js");
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await maplibregl.importScriptInWorkers(url).finally(() => URL.revokeObjectURL(url));
  }

  /** Stops answering MapLibre's workers. */
  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const end of this.#elsewhere.values()) end();
    this.#elsewhere.clear();
    for (const [scheme, channel] of channels) if (channel === this.#channel) channels.delete(scheme);
  }

  #source(name: string): TileSource {
    const source = this.#sources.get(name);
    if (source) return source;
    const names = [...this.#sources.keys()].join(", ") || "none";
    throw new Problem(404, { detail: `there is no dataset "${name}" here; there is ${names}` });
  }

  async #tile(source: TileSource, z: number, x: number, y: number, query: string, signal: AbortSignal): Promise<Tile> {
    signal.throwIfAborted();
    const bytes = await source.tile(z, x, y, textOf(query), signal);
    signal.throwIfAborted();
    return tileOf(bytes);
  }

  /** What a worker owed is asked again, and answered here. */
  #askAgain(name: string): void {
    const channel = new BroadcastChannel(this.#channel);
    channel.postMessage({ lost: name });
    channel.close();
  }

  /** Lets the worker of a dataset answer if it can; else it is answered here. */
  async #delegate(source: TileSource): Promise<void> {
    const { name } = source;
    const lost = (): void => {
      if (this.#sources.get(name) === source && this.#elsewhere.delete(name)) this.#askAgain(name);
    };
    const end = await source.listen?.(this.#channel, lost).catch(() => undefined);
    if (end && this.#stop && this.#sources.get(name) === source) this.#elsewhere.set(name, end);
    else end?.();
  }
}

/** The channel of each scheme that is registered in MapLibre's workers. */
const channels = new Map<string, string>();

/** Registers a protocol for some datasets, and returns it: more can be added to it. */
export function addProtocol(
  maplibregl: Pick<MapLibre, "addProtocol">,
  sources: TileSource | readonly TileSource[] = [],
  scheme = "duotile",
): Protocol {
  const protocol = new Protocol(...[sources].flat());
  maplibregl.addProtocol(scheme, protocol.tile);
  return protocol;
}
