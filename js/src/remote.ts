/** A dataset in a worker. One that can be given again is opened in the next worker, should its own break. */

import type { Archive, ArchiveEstimate, ExportOptions } from "./archive.js";
import type { About } from "./columns.js";
import type { Input, InputOptions } from "./input.js";
import type { Call, Calls, Opened } from "./messages.js";
import type { TileSource } from "./protocol.js";
import { type TileQuery, textOf } from "./query.js";
import { buffersOf } from "./read.js";
import type { Calling, Session, Sessions } from "./session.js";
import type { Description } from "./tilejson.js";
import type { Progress } from "./tiler.js";
import type { CellStats, Metadata, RowPage, Rows, Schema, Stats, TileJson, TileReport } from "./types.js";

/** How to open a dataset. */
export interface OpenOptions extends InputOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Hands the memory of the input to the worker instead of copying it; it is of no use here any more then. */
  transfer?: boolean;
}

/** Something that can be opened again, should the worker break. */
export type Again = () => Input | Promise<Input>;

/** A dataset that breaks its worker each time it is opened is opened so often at most. */
const TRIES = 3;

/** A dataset in a worker: a {@link Tiler} whose answers are promises. */
export class RemoteTiler implements TileSource {
  readonly #worker: Sessions;
  readonly #dataset: number;
  readonly #options: OpenOptions;
  readonly #again: Again | undefined;
  #given: Input | undefined;
  #session: Session | undefined;
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;
  #lost: Error | undefined;
  /** How often in a row the worker was lost while the dataset was opened. */
  #failures = 0;
  #closed = false;

  /** @internal */
  constructor(worker: Sessions, dataset: number, input: Input | Again, options: OpenOptions) {
    this.#worker = worker;
    this.#dataset = dataset;
    this.#options = options;
    if (typeof input === "function") this.#again = input;
    else if (typeof input === "string" || input instanceof Blob) this.#again = () => input;
    else this.#given = input;
  }

  /** The name of the dataset, and of the layer in its tiles. */
  get name(): string {
    return this.#opened?.name ?? this.#options.name ?? "points";
  }

  get version(): string {
    return this.#opened?.version ?? "";
  }

  get about(): About {
    return this.#opened?.about ?? {};
  }

  /** What a reader should know: columns that were left out, values that became null. */
  get notes(): readonly string[] {
    return this.#opened?.notes ?? [];
  }

  tile(
    z: number,
    x: number,
    y: number,
    query: TileQuery | string = "",
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#call("tile", [z, x, y, textOf(query)], signal);
  }

  describe(query: TileQuery | string = "", signal?: AbortSignal): Promise<Description> {
    return this.#call("describe", [textOf(query)], signal);
  }

  tileJson(query: TileQuery | string = "", signal?: AbortSignal): Promise<TileJson> {
    return this.#call("tileJson", [textOf(query)], signal);
  }

  metadata(query: TileQuery | string = "", signal?: AbortSignal): Promise<Metadata> {
    return this.#call("metadata", [textOf(query)], signal);
  }

  schema(signal?: AbortSignal): Promise<Schema> {
    return this.#call("schema", [], signal);
  }

  stats(column: string, query: TileQuery | string = "", bins = 20, signal?: AbortSignal): Promise<Stats> {
    return this.#call("stats", [column, textOf(query), bins], signal);
  }

  cells(measure: string, z: number, query: TileQuery | string = "", signal?: AbortSignal): Promise<CellStats> {
    return this.#call("cells", [measure, z, textOf(query)], signal);
  }

  rows(query: TileQuery | string = "", page: RowPage = {}, signal?: AbortSignal): Promise<Rows> {
    return this.#call("rows", [textOf(query), page], signal);
  }

  /** Whether every row of a query, or every row that one of its tiles needs, is here for certain. */
  covers(query: TileQuery | string, tile?: readonly [number, number, number], signal?: AbortSignal): Promise<boolean> {
    return this.#call("covers", [textOf(query), tile], signal);
  }

  /** What the last tile showed and left out. */
  lastReport(signal?: AbortSignal): Promise<TileReport> {
    return this.#call("report", [], signal);
  }

  /** Makes a PMTiles file of the tiles of a query, as `duotile export` does. Others may ask for tiles meanwhile. */
  export({ signal, onProgress, ...options }: ExportOptions = {}): Promise<Archive> {
    return this.#call("export", [options], signal, onProgress);
  }

  /** About how many tiles and bytes that would be, from some tiles of each zoom. */
  estimateExport({ signal, onProgress, ...options }: ExportOptions = {}): Promise<ArchiveEstimate> {
    return this.#call("estimateExport", [options], signal, onProgress);
  }

  /** Lets the worker itself answer on a broadcast channel, until `onLost` is called; returns what ends it. */
  async listen(channel: string, onLost: () => void): Promise<() => void> {
    await this.#call("listen", [channel], undefined);
    const forget = this.#session?.watch(onLost);
    return () => {
      forget?.();
      if (!this.#closed && !this.#lost) this.#call("hush", [channel], undefined).catch(() => {});
    };
  }

  /** Gives the worker's memory back. */
  async free(): Promise<void> {
    if (this.#closed) return;
    const session = this.#session;
    this.#closed = true;
    if (session && !this.#lost) await session.call("close", [this.#dataset]);
  }

  async #call<C extends Exclude<Call, "open" | "close">>(
    call: C,
    args: Parameters<Calls[C]> extends [number, ...infer Rest] ? Rest : never,
    signal: AbortSignal | undefined,
    onProgress?: Calling["onProgress"],
  ): Promise<ReturnType<Calls[C]>> {
    if (this.#closed) throw new Error(`dataset "${this.name}" was freed`);
    const session = await this.ready();
    const all = [this.#dataset, ...args] as unknown as Parameters<Calls[C]>;
    return session.call(call, all, { signal, onProgress });
  }

  /** Opens the dataset if it is not, or if its worker was lost. @internal */
  async ready(): Promise<Session> {
    if (this.#lost && (!this.#again || this.#failures >= TRIES)) {
      throw new Error(`dataset "${this.name}" is gone, open it again: ${this.#lost.message}`, { cause: this.#lost });
    }
    const session = this.#worker.session();
    if (session !== this.#session) {
      this.#session = session;
      this.#lost = undefined;
      this.#failures++;
      session.watch((error) => {
        this.#lost = error;
      });
      this.#opening = this.#open(session);
    }
    this.#opened = await (this.#opening as Promise<Opened>);
    this.#failures = 0;
    return session;
  }

  async #open(session: Session): Promise<Opened> {
    const { signal, onProgress, transfer, ...options } = this.#options;
    const input = this.#again ? await this.#again() : (this.#given as Input);
    this.#given = undefined;
    const buffers = transfer ? buffersOf(input) : [];
    const args: Parameters<Calls["open"]> = [this.#dataset, input, options];
    // Whoever waited for the first opening has nothing to do with the next.
    if (this.#opened) return session.call("open", args, { transfer: buffers });
    try {
      return await session.call("open", args, { signal, onProgress, transfer: buffers });
    } catch (error) {
      if (signal?.aborted && !this.#lost) await session.call("close", [this.#dataset]);
      throw error;
    }
  }
}
