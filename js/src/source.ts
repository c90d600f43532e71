/**
 * A server and the subsets of its datasets on this device as one source: tiles are cut from a subset that has every row
 * they need and come from the server elsewhere; when the server cannot be reached, or stays busy, from the best subset
 * there is, which may be a part. Every answer says which.
 */

import { ask, isBusy } from "./ask.js";
import { type TileId, tileOfCell } from "./coverage.js";
import { Problem, Unreachable } from "./problem.js";
import type { TileSource } from "./protocol.js";
import { type TileQuery, textOf } from "./query.js";
import type { Server } from "./server.js";
import { type Page, Shelf, type SubsetTiler } from "./shelf.js";
import type { Subset } from "./store.js";
import { type TileTrace, told } from "./trace.js";
import type { Catalog, CellStats, Dataset, DatasetSummary, Metadata, Rows, Stats, TileJson } from "./types.js";

/** Where an answer comes from. */
export interface Origin {
  from: "server" | "device";
  /** Whether rows may be missing that the server has. */
  partial: boolean;
  /** The subset that answered. */
  subset?: Subset;
}

/** An answer, and where it comes from. */
export interface Answer<T> extends Origin {
  value: T;
}

/** What a {@link Source} is made of. */
export interface SourceOptions {
  server: Server;
  /** The subsets of this device; those of other servers are left aside. */
  subsets: () => Promise<Subset[]>;
  /** Opens one of them. Called when its first tile is needed, and not again: neither while it is open, nor if it fails. */
  open: (subset: Subset) => Promise<SubsetTiler>;
  /** Told of every answer: about which dataset, and of which tile if it is one. */
  onAnswer?: (origin: Origin, dataset: string | undefined, tile: TileId | undefined) => void;
  /** Told when the server has another version of a dataset than it had: what it said before is not to be mixed with what it says. */
  onVersion?: (dataset: string, version: string) => void;
  /** Told of every tile that arrived: how long it took, and what is in it. */
  onTile?: (trace: TileTrace) => void;
}

/** How long a server that did not answer is left alone at least, in milliseconds. */
const PAUSE = 15_000;
/** Answers that may mean that a dataset has another version than is known. */
const MOVED = [400, 410];
/** How often it is asked at most which version of a dataset it has, in milliseconds. */
const SURE = 3000;
/** How long it is left alone at most, whatever it says. */
const MOST = 300_000;
/** How long a server is waited for where the device can answer, in milliseconds: some networks neither carry nor fail. */
const PATIENCE = 20_000;

/** Datasets of a server and their subsets on this device: whichever has what is asked answers, and says so. */
export class Source {
  readonly server: Server;
  readonly #options: SourceOptions;
  readonly #shelf: Shelf;
  /** Until when the server is left alone. */
  #asleep = 0;
  #reachable = true;
  #busy = false;
  /** Datasets of which it was just asked which version it has, or is about to be. */
  readonly #doubts = new Map<string, { again: boolean; timer: ReturnType<typeof setTimeout> }>();

  constructor(options: SourceOptions) {
    this.#options = options;
    this.server = options.server;
    this.server.onVersion = (id, version) => {
      if (this.#shelf.version(id) !== version) this.#doubt(id);
    };
    this.#shelf = new Shelf(options.server.base, options.subsets, options.open);
  }

  /** Whether the server could be reached when it was last asked. */
  get reachable(): boolean {
    return this.#reachable;
  }

  /** Whether it was reached then, and too busy to answer, however often it was asked. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Asks the server again with the next request, as when the network came back. */
  retry(): void {
    this.#asleep = 0;
  }

  /** Looks at the subsets again, as after one was taken or deleted. Those that could not be opened are tried again. */
  reload(): void {
    this.#shelf.reload();
  }

  /** Opens a subset before anything is asked of it. Rejects with what keeps it from that. */
  open(subset: Subset): Promise<void> {
    return this.#shelf.open(subset);
  }

  /** The datasets of the server; those of the device when it does not answer. */
  datasets(signal?: AbortSignal): Promise<Answer<Catalog>> {
    return this.#ask(
      undefined,
      () => this.server.datasets(signal),
      async () => {
        const all = (await this.#shelf.all()).map(({ about }) => summary(about));
        const datasets = all.filter(({ id }, at) => all.findIndex((one) => one.id === id) === at);
        return datasets.length === 0 ? undefined : { value: { datasets, default: null, basemap: null }, partial: true };
      },
    );
  }

  dataset(id: string, signal?: AbortSignal): Promise<Answer<Dataset>> {
    return this.#ask(
      id,
      () => this.server.dataset(id, signal),
      async () => {
        const subset = (await this.#shelf.all(id))[0];
        return subset && { value: subset.about, partial: false, subset };
      },
    );
  }

  tileJson(id: string, query: TileQuery | string = "", signal?: AbortSignal): Promise<Answer<TileJson>> {
    const text = textOf(query);
    return this.#ask(
      id,
      async () => this.#learn(id, text, await this.server.tileJson(id, text, signal)),
      () => this.#shelf.best(id, text, tileOfCell(), (tiler) => tiler.tileJson(text)),
    );
  }

  metadata(id: string, query: TileQuery | string = "", signal?: AbortSignal): Promise<Answer<Metadata>> {
    const text = textOf(query);
    return this.#ask(
      id,
      async () => this.#learn(id, text, await this.server.metadata(id, text, signal)),
      () => this.#shelf.best(id, text, tileOfCell(), (tiler) => tiler.metadata(text)),
      // Statistics of much data take their time on a server that is there.
      { hasty: false },
    );
  }

  rows(id: string, query: TileQuery | string = "", page: Page = {}, signal?: AbortSignal): Promise<Answer<Rows>> {
    const text = textOf(query);
    return this.#ask(
      id,
      () => this.server.rows(id, text, page, signal),
      () => this.#shelf.best(id, text, tileOfCell(page.cell), (tiler) => tiler.rows(text, page)),
    );
  }

  /** Statistics of a column over the rows that pass. */
  stats(
    id: string,
    column: string,
    query: TileQuery | string = "",
    bins?: number,
    signal?: AbortSignal,
  ): Promise<Answer<Stats>> {
    const text = textOf(query);
    return this.#ask(
      id,
      () => this.server.stats(id, column, text, bins, signal),
      () => this.#shelf.best(id, text, tileOfCell(), (tiler) => tiler.stats(column, text, bins)),
      { hasty: false },
    );
  }

  /** Quantiles of what the cells of a zoom carry. */
  cells(
    id: string,
    measure: string,
    z: number,
    query: TileQuery | string = "",
    signal?: AbortSignal,
  ): Promise<Answer<CellStats>> {
    const text = textOf(query);
    return this.#ask(
      id,
      () => this.server.cells(id, measure, z, text, signal),
      () => this.#shelf.best(id, text, tileOfCell(), (tiler) => tiler.cells(measure, z, text)),
      { hasty: false },
    );
  }

  /** A tile: from a subset that has all of it, from the server, else from the subset that has most of it. */
  async tile(
    id: string,
    tile: TileId,
    query: TileQuery | string = "",
    signal?: AbortSignal,
  ): Promise<Answer<Uint8Array<ArrayBuffer>>> {
    const text = textOf(query);
    let trace: Partial<TileTrace> = {};
    const answer = await this.#tile(id, tile, text, signal, (known) => {
      trace = { ...known, ended: performance.now() };
    });
    const { value, from } = answer;
    const { started = 0, ended = 0, ...more } = trace;
    this.#options.onTile?.({ dataset: id, tile, query: text, from, started, ended, bytes: value.byteLength, ...more });
    return answer;
  }

  /** A tile; `arrived` is called when it is there. */
  async #tile(
    id: string,
    [z, x, y]: TileId,
    text: string,
    signal: AbortSignal | undefined,
    arrived: (known: Partial<TileTrace>) => void,
  ): Promise<Answer<Uint8Array<ArrayBuffer>>> {
    const cut = async (tiler: SubsetTiler, text: string) => {
      const started = performance.now();
      const value = await tiler.tile(z, x, y, text, signal);
      arrived({ started });
      return value;
    };
    if (!this.#isAsleep) {
      const whole = await this.#shelf.whole(id, text, [z, x, y]);
      // A query of a column that was not taken is refused here, and not by the server.
      const value = whole && (await cut(whole.tiler, whole.text).catch(otherThan(Problem)));
      if (value) return this.#told({ value, from: "device", partial: false, subset: whole.subset }, id, [z, x, y]);
    }
    return this.#ask(
      id,
      () => this.#fetch(id, [z, x, y], text, signal, arrived),
      () => this.#shelf.best(id, text, [z, x, y], (tiler) => cut(tiler, text)),
      { tile: [z, x, y] },
    );
  }

  /** A dataset of this source, for `Protocol`. */
  tiles(id: string): TileSource {
    return {
      name: id,
      tile: async (z, x, y, query, signal) => (await this.tile(id, [z, x, y], query, signal)).value,
      tileJson: async (query, signal) => (await this.tileJson(id, query, signal)).value,
    };
  }

  /** Closes what is open. */
  free(): void {
    for (const { timer } of this.#doubts.values()) clearTimeout(timer);
    this.#doubts.clear();
    this.#shelf.free();
  }

  /** Asks the server, and the device when that does not answer. */
  async #ask<T>(
    id: string | undefined,
    remote: () => Promise<T>,
    local: () => Promise<{ value: T; partial: boolean; subset?: Subset } | undefined>,
    { hasty = true, tile }: { hasty?: boolean; tile?: TileId } = {},
  ): Promise<Answer<T>> {
    const state = this.#busy ? "is busy" : "does not answer";
    let why: unknown = new Unreachable(`${this.server.base} ${state}, and is asked again in a few seconds`);
    if (!this.#isAsleep) {
      try {
        const hurried = hasty && (await this.#shelf.all(id)).length > 0;
        const value = await (hurried ? this.#inTime(remote()) : remote());
        this.#asleep = 0;
        [this.#reachable, this.#busy] = [true, false];
        return this.#told({ value, from: "server", partial: false }, id, tile);
      } catch (error) {
        const busy = error instanceof Problem && isBusy(error.status);
        if (!busy && !isUnreachable(error)) {
          // What was a query of the columns that were known may be none of those that there are; tiles of a version may be gone.
          if (id !== undefined && error instanceof Problem && MOVED.includes(error.status)) this.#doubt(id);
          throw error;
        }
        this.#asleep = Date.now() + Math.min(Math.max(PAUSE, (busy && error.retryAfter) || 0), MOST);
        [this.#reachable, this.#busy] = [busy, busy];
        why = error;
      }
    }
    const found = await local();
    if (found) return this.#told({ ...found, from: "device" }, id, tile);
    // Nothing here can stand in for it: whoever asks next asks the server.
    this.#asleep = 0;
    throw why;
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Unreachable(`${this.server.base} did not answer within ${PATIENCE / 1000} seconds`);
      timer = setTimeout(() => reject(error), PATIENCE);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #told<A extends Origin>(answer: A, id: string | undefined, tile: TileId | undefined): A {
    const { from, partial, subset } = answer;
    this.#options.onAnswer?.({ from, partial, ...(subset ? { subset } : {}) }, id, tile);
    return answer;
  }

  get #isAsleep(): boolean {
    return Date.now() < this.#asleep;
  }

  #learn<T extends TileJson>(id: string, text: string, tileJson: T): T {
    const { dataset_version: version } = tileJson;
    if (this.#shelf.renew(id, version)) this.#options.onVersion?.(id, version);
    this.#shelf.learn(id, text, tileJson);
    return tileJson;
  }

  /**
   * Asks which version of a dataset the server has, as an answer seems to be of another one than is known: at once, and again after a
   * while if there was doubt meanwhile.
   */
  #doubt(id: string): void {
    if (this.#shelf.version(id) === undefined) return;
    const before = this.#doubts.get(id);
    if (before) {
      before.again = true;
      return;
    }
    const timer = setTimeout(() => {
      const { again } = this.#doubts.get(id) ?? { again: false };
      this.#doubts.delete(id);
      if (again) this.#doubt(id);
    }, SURE);
    this.#doubts.set(id, { again: false, timer });
    const asked = this.server.dataset(id).then(({ version }) => {
      if (this.#shelf.renew(id, version)) this.#options.onVersion?.(id, version);
    });
    // Whatever is wrong, whoever asks for more is told.
    asked.catch(() => undefined);
  }

  async #fetch(
    id: string,
    [z, x, y]: TileId,
    text: string,
    signal: AbortSignal | undefined,
    arrived: (known: Partial<TileTrace>) => void,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const version = this.#shelf.version(id);
    const parts = [text, version === undefined ? "" : `v=${version}`].filter(Boolean).join("&");
    const path = `tiles/${encodeURIComponent(id)}/${z}/${x}/${y}.mvt${parts && `?${parts}`}`;
    const url = this.server.base + path;
    const started = performance.now();
    const response = await ask(url, signal ? { signal } : {});
    if (!response.ok) throw await Problem.of(response);
    // A tile is kept for good by who asked for the version that it is of.
    const kept = response.headers.get("cache-control");
    if (version !== undefined && kept !== null && !kept.includes("immutable")) this.#doubt(id);
    const value = new Uint8Array(await response.arrayBuffer());
    arrived({ started, url, ...told(response.headers) });
    return value;
  }
}

/** Turns errors of a kind into nothing, and lets others through. */
function otherThan(kind: typeof Problem): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof kind)) throw error;
  };
}

/** Whether an error means that no server was reached. */
function isUnreachable(error: unknown): boolean {
  // What `fetch` says without a network, and what a page for signing in is when it is read as JSON.
  return error instanceof TypeError || error instanceof SyntaxError || error instanceof Unreachable;
}

function summary({ columns: _, ...rest }: Dataset): DatasetSummary {
  return rest;
}
