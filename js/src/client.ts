/**
 * The page's side of a worker: calls become messages, answers settle promises, an aborted call is cancelled. A worker that
 * breaks rejects what it owed; what can be given again is opened in the next.
 */

import type { About } from "./columns.js";
import {
  type Call,
  type Calls,
  errorOf,
  type FromWorker,
  line,
  type Opened,
  type Port,
  type ToWorker,
} from "./messages.js";
import { baseAddress } from "./place.js";
import { Crash } from "./problem.js";
import type { TileSource } from "./protocol.js";
import type { TileQuery } from "./query.js";
import { buffersOf, type Input, type InputOptions } from "./read.js";
import type { Description } from "./tilejson.js";
import { type Progress, textOf } from "./tiler.js";
import type { CellStats, Metadata, RowPage, Rows, Schema, Stats, TileJson, TileReport } from "./types.js";
import { embedded, type WasmSource } from "./wasm.js";

/** Where script and module of a worker are; the package brings both unless said. */
export interface WorkerOptions {
  /**
   * The address of `duotile/worker`, what starts a worker that runs it, one that runs already (which cannot be started
   * again if it breaks), or `"inline"` for none: everything in this thread.
   */
  worker?: URL | string | Worker | (() => Worker);
  wasm?: Exclude<WasmSource, Response>;
}

/** How to open a dataset. */
export interface OpenOptions extends InputOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Hands the memory of the input to the worker instead of copying it; it is of no use here any more then. */
  transfer?: boolean;
}

/** Something that can be opened again, should the worker break. */
export type Again = () => Input | Promise<Input>;

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** A worker that is running, and what it still owes. */
interface Session {
  port: Promise<Port<FromWorker, ToWorker>>;
  pending: Map<number, Pending>;
  /** Who wants to know when it is lost. */
  lost: Set<(error: Error) => void>;
  /** Why it was lost. */
  error: Error | undefined;
  /** Called when it has begun. */
  begun(): void;
  /** Called when it is lost. */
  end(): void;
}

/** A worker that holds datasets. It is started when it is first needed. */
export class TilerWorker {
  readonly #options: WorkerOptions;
  #session: Session | undefined;
  #next = 0;
  /** Why there can be no other session. */
  #end: Error | undefined;

  constructor(options: WorkerOptions = {}) {
    this.#options = options;
  }

  /**
   * Opens a dataset in the worker. A function is called for its input, and again if the worker breaks; a file or a text
   * is kept for that; other inputs are not, and calls reject then.
   */
  async open(input: Input | Again, options: OpenOptions = {}): Promise<RemoteTiler> {
    const remote = new RemoteTiler(this, this.#next++, input, options);
    await remote.ready();
    return remote;
  }

  /** Ends the worker; what it owes rejects. */
  close(): void {
    this.#end = new Error("the worker was closed; make another TilerWorker");
    this.#lose(this.#session, this.#end);
  }

  /** The worker that is running, or a new one. @internal */
  session(): Session {
    if (this.#end) throw this.#end;
    if (this.#session) return this.#session;
    const pending = new Map<number, Pending>();
    const session: Session = {
      pending,
      lost: new Set(),
      error: undefined,
      begun: () => {},
      end: () => {},
      port: Promise.reject(new Error("not started")),
    };
    session.port.catch(() => {});
    session.port = this.#start(session);
    session.port.catch((error: Error) => this.#lose(session, error));
    this.#session = session;
    return session;
  }

  /** Asks the worker of a session. @internal */
  async call<C extends Call>(
    session: Session,
    call: C,
    args: Parameters<Calls[C]>,
    more: { signal?: AbortSignal | undefined; transfer?: Transferable[]; onProgress?: Pending["onProgress"] } = {},
  ): Promise<ReturnType<Calls[C]>> {
    const { signal, transfer = [], onProgress } = more;
    signal?.throwIfAborted();
    const port = await session.port;
    signal?.throwIfAborted();
    if (session.error) throw session.error;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        session.pending.delete(id);
        port.post({ cancel: id });
        reject(signal?.reason);
      };
      const settle = (): void => signal?.removeEventListener("abort", abort);
      session.pending.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as ReturnType<Calls[C]>);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        onProgress,
      });
      signal?.addEventListener("abort", abort);
      try {
        port.post({ id, call, args }, transfer);
      } catch (error) {
        session.pending.get(id)?.reject(error);
        session.pending.delete(id);
      }
    });
  }

  #lose(session: Session | undefined, error: Error): void {
    if (!session) return;
    if (this.#session === session) this.#session = undefined;
    if (isWorker(this.#options.worker)) this.#end ??= error;
    session.error = error;
    session.end();
    for (const { reject } of session.pending.values()) reject(error);
    session.pending.clear();
    for (const tell of session.lost) tell(error);
    session.lost.clear();
  }

  async #start(session: Session): Promise<Port<FromWorker, ToWorker>> {
    const { worker, wasm = await embedded() } = this.#options;
    const port = await this.#connect(session, worker);
    await new Promise<void>((resolve, reject) => {
      session.lost.add(reject);
      port.listen((message) => {
        session.lost.delete(reject);
        if ("ready" in message) resolve();
        else this.#receive(session, message);
      });
      const source = typeof wasm === "string" || wasm instanceof URL ? new URL(wasm, baseAddress()).href : wasm;
      port.post({ wasm: source });
    });
    session.begun();
    return port;
  }

  async #connect(session: Session, given: WorkerOptions["worker"]): Promise<Port<FromWorker, ToWorker>> {
    if (given === "inline" || (given === undefined && typeof Worker === "undefined")) {
      const { serve } = await import("./serve.js");
      const [here, there] = line<FromWorker, ToWorker>();
      session.end = serve(there, (run) => void setTimeout(run));
      return here;
    }
    let worker: Worker;
    if (isWorker(given)) worker = given;
    else if (typeof given === "function") worker = given();
    else worker = await started(given, session);
    session.end = () => worker.terminate();
    const where = typeof given === "string" || given instanceof URL ? `the worker ${given}` : "the worker";
    worker.onerror = (event) => {
      event.preventDefault?.();
      const said = event.message || "it did not start";
      const advice = event.message
        ? ""
        : given === undefined
          ? "; if the page has a Content-Security-Policy, allow worker-src blob:, or give the address of duotile/worker as `worker`"
          : "; its address must answer with the script duotile/worker, and worker-src of a Content-Security-Policy allow it";
      this.#lose(session, new Crash(`${where} broke: ${said}${advice}`));
    };
    worker.onmessageerror = () => this.#lose(session, new Crash(`${where} broke: a message could not be read`));
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      listen: (receive) => {
        worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
      },
    };
  }

  #receive(session: Session, message: FromWorker): void {
    if ("ready" in message) return;
    const pending = session.pending.get(message.id);
    if ("progress" in message) {
      pending?.onProgress?.(message.progress);
      return;
    }
    session.pending.delete(message.id);
    if ("value" in message) {
      pending?.resolve(message.value);
      return;
    }
    const error = errorOf(message.error);
    pending?.reject(error);
    // The module is of no use any more, nor is what it held.
    if (error instanceof Crash) this.#lose(session, error);
  }
}

function isWorker(given: WorkerOptions["worker"]): given is Worker {
  return typeof given === "object" && "postMessage" in given;
}

/** A dataset that breaks its worker each time it is opened is opened so often at most. */
const TRIES = 3;

/** Starts a worker from an address, or from the script that the package carries. */
async function started(given: URL | string | undefined, session: Session): Promise<Worker> {
  if (typeof Worker === "undefined") throw new Error('there are no workers here; leave `worker` out, or say "inline"');
  if (given !== undefined) return new Worker(given, { type: "module" });
  const { default: script } = await import("./worker-inline.js");
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  session.begun = () => URL.revokeObjectURL(url);
  return new Worker(url, { type: "module" });
}

/** A dataset in a worker: a {@link Tiler} whose answers are promises. */
export class RemoteTiler implements TileSource {
  readonly #worker: TilerWorker;
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
  constructor(worker: TilerWorker, dataset: number, input: Input | Again, options: OpenOptions) {
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

  /** Lets the worker itself answer on a broadcast channel, until `onLost` is called; returns what ends it. */
  async listen(channel: string, onLost: () => void): Promise<() => void> {
    await this.#call("listen", [channel], undefined);
    const session = this.#session;
    session?.lost.add(onLost);
    return () => {
      session?.lost.delete(onLost);
      if (!this.#closed && !this.#lost) this.#call("hush", [channel], undefined).catch(() => {});
    };
  }

  /** Gives the worker's memory back. */
  async free(): Promise<void> {
    if (this.#closed) return;
    const session = this.#session;
    this.#closed = true;
    if (session && !this.#lost) await this.#worker.call(session, "close", [this.#dataset]);
  }

  async #call<C extends Exclude<Call, "open" | "close">>(
    call: C,
    args: Parameters<Calls[C]> extends [number, ...infer Rest] ? Rest : never,
    signal: AbortSignal | undefined,
  ): Promise<ReturnType<Calls[C]>> {
    if (this.#closed) throw new Error(`dataset "${this.name}" was freed`);
    const session = await this.ready();
    const all = [this.#dataset, ...args] as unknown as Parameters<Calls[C]>;
    return this.#worker.call(session, call, all, { signal });
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
      session.lost.add((error) => {
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
    if (this.#opened) return this.#worker.call(session, "open", args, { transfer: buffers });
    try {
      return await this.#worker.call(session, "open", args, { signal, onProgress, transfer: buffers });
    } catch (error) {
      if (signal?.aborted && !this.#lost) await this.#worker.call(session, "close", [this.#dataset]);
      throw error;
    }
  }
}
