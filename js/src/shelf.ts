/**
 * The subsets of a server on this device, opened when they are needed: which of them has every row of a tile, and which has
 * most of what is asked.
 */

import { coverage, type TileId, touches } from "./coverage.js";
import { Problem } from "./problem.js";
import type { Subset } from "./store.js";
import type { CellStats, Metadata, Rows, Stats, TileJson } from "./types.js";

/** What cuts tiles from a subset: a `Tiler`, or a client of one in a worker. */
export interface SubsetTiler {
  tile(z: number, x: number, y: number, query: string, signal?: AbortSignal): Awaitable<Uint8Array<ArrayBuffer>>;
  tileJson(query: string): Awaitable<TileJson>;
  metadata(query: string): Awaitable<Metadata>;
  rows(query: string, page?: Page): Awaitable<Rows>;
  stats(column: string, query: string, bins?: number): Awaitable<Stats>;
  cells(measure: string, z: number, query: string): Awaitable<CellStats>;
  /** Whether it has every row that a tile of a query needs; every row of the query, without a tile. */
  covers(query: string, tile?: TileId): Awaitable<boolean>;
  free(): unknown;
}

type Awaitable<T> = T | Promise<T>;

/** Which of the rows: those of a cell, by the id of its feature, or of one of H3, by its index. */
export interface Page {
  cell?: number;
  h3?: string;
  offset?: number;
  limit?: number;
}

/** So many subsets are opened at most to find the one that fits best: each takes its memory. */
const TRIED = 3;

export class Shelf {
  readonly #server: string;
  readonly #list: () => Promise<Subset[]>;
  readonly #openSubset: (subset: Subset) => Promise<SubsetTiler>;
  #subsets: Promise<Subset[]> | undefined;
  readonly #open = new Map<string, { subset: Subset; tiler: Promise<SubsetTiler> }>();
  readonly #failed = new Set<string>();
  /** The dataset's version that the server has, and from which zoom on a query's tiles show rows there. */
  readonly #versions = new Map<string, string>();
  readonly #pointsFrom = new Map<string, number | undefined>();

  /** `server` is its address; subsets of others are left aside. */
  constructor(server: string, list: () => Promise<Subset[]>, open: (subset: Subset) => Promise<SubsetTiler>) {
    this.#server = server;
    this.#list = list;
    this.#openSubset = open;
  }

  /** Looks at the subsets again. Those that could not be opened are tried again. */
  reload(): void {
    this.#subsets = undefined;
    for (const id of this.#failed) this.#open.delete(id);
    this.#failed.clear();
  }

  /** Opens a subset, as its first tile would. Rejects with what keeps it from that. */
  async open(subset: Subset): Promise<void> {
    await this.#tiler(subset);
  }

  /** Learns of the server's tiles what those of a subset are compared with. */
  learn(id: string, text: string, tileJson: TileJson): void {
    this.renew(id, tileJson.dataset_version);
    if (this.#pointsFrom.size > 100) this.#pointsFrom.clear();
    this.#pointsFrom.set(`${id}?${text}`, tileJson.points_minzoom);
  }

  /** Learns which version of a dataset the server has. Says whether another one was known. */
  renew(id: string, version: string): boolean {
    const before = this.#versions.get(id);
    this.#versions.set(id, version);
    if (before === undefined || before === version) return false;
    for (const key of this.#pointsFrom.keys()) if (key.startsWith(`${id}?`)) this.#pointsFrom.delete(key);
    return true;
  }

  /** The version of a dataset that the server has, if that is known. */
  version(id: string): string | undefined {
    return this.#versions.get(id);
  }

  /** Closes what is open. */
  free(): void {
    for (const id of this.#open.keys()) this.#close(id);
  }

  /** A subset that has every row of a tile, in the state that the server has, and the query to cut the same tile. */
  async whole(id: string, text: string, tile: TileId) {
    for (const subset of await this.all(id)) {
      const version = this.#versions.get(id);
      if (version !== undefined && version !== subset.version) continue;
      const sure = coverage(subset, text, tile);
      if (sure === "no" || (sure === "maybe" && !this.#open.has(subset.id))) continue;
      // What cannot be opened is told when it is all there is; here the server stands in.
      const tiler = await this.#tiler(subset).catch(() => undefined);
      if (!tiler) continue;
      const covered = sure === "yes" || (await covers(tiler, text, tile));
      const same = covered && (await this.#alike(tiler, id, subset, text, tile[0]));
      if (same !== undefined && same !== false) return { subset, tiler, text: same };
    }
    return undefined;
  }

  /**
   * The query by which a subset's tile shows what the server's does. A subset in a box has fewer rows than the query has
   * elsewhere, so by itself it would show rows where its neighbours from the server still show cells.
   */
  async #alike(tiler: SubsetTiler, id: string, subset: Subset, text: string, z: number) {
    const asked = new URLSearchParams(text);
    if (!subset.bbox || (asked.get("mode") ?? "auto") !== "auto" || (await covers(tiler, text))) return text;
    const key = `${id}?${text}`;
    if (!this.#pointsFrom.has(key)) return undefined;
    const there = this.#pointsFrom.get(key) ?? Infinity;
    if (z < there) return `${text}${text && "&"}mode=cells`;
    const here = (await tiler.tileJson(text)).points_minzoom ?? Infinity;
    return z >= here ? text : undefined;
  }

  /** An answer of the subset that has most of what is asked. */
  async best<T>(
    id: string,
    text: string,
    tile: TileId,
    work: (tiler: SubsetTiler) => Awaitable<T>,
  ): Promise<{ value: T; partial: boolean; subset: Subset } | undefined> {
    const rank = (subset: Subset) => {
      const sure = coverage(subset, text, tile);
      if (sure !== "no") return sure === "yes" ? 3 : 2;
      return !subset.bbox || touches(subset.bbox, tile) ? 1 : 0;
    };
    const best = (await this.all(id)).sort((a, b) => rank(b) - rank(a) || b.rows - a.rows).slice(0, TRIED);
    let found: { subset: Subset; tiler: SubsetTiler } | undefined;
    let broken: unknown;
    for (const subset of best) {
      try {
        const tiler = await this.#tiler(subset);
        if (await covers(tiler, text, tile)) {
          return { value: await work(tiler), partial: false, subset };
        }
        found ??= { subset, tiler };
      } catch (error) {
        if (error instanceof Problem) throw error;
        broken = error;
      }
    }
    if (found) return { value: await work(found.tiler), partial: true, subset: found.subset };
    if (broken) throw broken;
    return undefined;
  }

  async #tiler(subset: Subset): Promise<SubsetTiler> {
    const known = this.#open.get(subset.id);
    if (known?.subset.taken === subset.taken) return known.tiler;
    this.#close(subset.id);
    const tiler = this.#openSubset(subset);
    this.#open.set(subset.id, { subset, tiler });
    // Not tried again with every tile.
    tiler.catch(() => this.#failed.add(subset.id));
    return tiler;
  }

  #close(id: string): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.tiler.then((tiler) => tiler.free()).catch(() => undefined);
  }

  /**
   * The subsets of this server, or of one of its datasets. Those that are no longer there are closed. A list that cannot be had is
   * as an empty one until the next `reload`: it does not keep the server from answering.
   */
  async all(id?: string): Promise<Subset[]> {
    const listed = async () => this.#list();
    this.#subsets ??= listed()
      .catch((): Subset[] => [])
      .then((all) => {
        const mine = all.filter(({ server }) => server === this.#server);
        for (const open of this.#open.keys()) if (!mine.some(({ id }) => id === open)) this.#close(open);
        return mine;
      });
    const mine = await this.#subsets;
    return id === undefined ? mine : mine.filter(({ dataset }) => dataset === id);
  }
}

/** Whether a subset covers a query. One that does not fit it, as of a column that was not taken, is not covered. */
async function covers(tiler: SubsetTiler, text: string, tile?: TileId): Promise<boolean> {
  try {
    return await tiler.covers(text, tile);
  } catch {
    return false;
  }
}
