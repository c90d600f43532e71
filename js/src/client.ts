/**
 * The page's side of a worker: calls become messages, answers settle promises, an aborted call is cancelled. A worker that
 * breaks rejects what it owed.
 */

import { type Call, type Calls, errorOf, type FromWorker, line, type Port, type ToWorker } from "./messages.js";
import { baseAddress } from "./place.js";
import { Crash } from "./problem.js";
import type { Input } from "./read.js";
import { type Again, type OpenOptions, RemoteTiler } from "./remote.js";
import type { Progress } from "./tiler.js";
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

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress: ((progress: Progress) => void) | undefined;
}

/** A worker that is running, and what it still owes. @internal */
export interface Session {
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

/** Starts a worker from an address, or from the script that the package carries. */
async function started(given: URL | string | undefined, session: Session): Promise<Worker> {
  if (typeof Worker === "undefined") throw new Error('there are no workers here; leave `worker` out, or say "inline"');
  if (given !== undefined) return new Worker(given, { type: "module" });
  const { default: script } = await import("./worker-inline.js");
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  session.begun = () => URL.revokeObjectURL(url);
  return new Worker(url, { type: "module" });
}
