/**
 * A worker that is running, and what it still owes: calls become messages, answers settle promises, an aborted call is
 * cancelled. One that breaks rejects all of it.
 */

import { type Call, type Calls, errorOf, type FromWorker, type Port, type ToWorker } from "./messages.js";
import { Crash } from "./problem.js";

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onProgress: Follow | undefined;
}

/** Told how far a call is: what of, the call decides. */
type Follow = (progress: never) => void;

/** How a call is stopped and followed, and what is handed over with it instead of copied. */
export interface Calling {
  signal?: AbortSignal | undefined;
  transfer?: Transferable[];
  onProgress?: Follow | undefined;
}

/** Whoever has the session that is running, and starts one if there is none. */
export interface Sessions {
  session(): Session;
}

export class Session {
  readonly #port: Promise<Port<FromWorker, ToWorker>>;
  readonly #pending = new Map<number, Pending>();
  readonly #watching = new Set<(error: Error) => void>();
  #next = 0;
  /** Why it was lost. */
  #error: Error | undefined;
  #end: () => void = () => {};

  /** `start` gives the line to the worker once it is ready; what is heard on it goes to `receive`. */
  constructor(start: (session: Session) => Promise<Port<FromWorker, ToWorker>>) {
    this.#port = start(this);
    this.#port.catch((error: Error) => this.lose(error));
  }

  /** Calls `tell` if this is lost; returns what forgets that. */
  watch(tell: (error: Error) => void): () => void {
    this.#watching.add(tell);
    return () => void this.#watching.delete(tell);
  }

  /** Says how the worker is ended, which happens when this is lost. */
  endsBy(end: () => void): void {
    if (this.#error) end();
    else this.#end = end;
  }

  /** Asks the worker. */
  async call<C extends Call>(
    call: C,
    args: Parameters<Calls[C]>,
    { signal, transfer = [], onProgress }: Calling = {},
  ): Promise<ReturnType<Calls[C]>> {
    signal?.throwIfAborted();
    const port = await this.#port;
    signal?.throwIfAborted();
    if (this.#error) throw this.#error;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#pending.delete(id);
        port.post({ cancel: id });
        reject(signal?.reason);
      };
      const settle = (): void => signal?.removeEventListener("abort", abort);
      this.#pending.set(id, {
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
        this.#pending.get(id)?.reject(error);
        this.#pending.delete(id);
      }
    });
  }

  /** Takes what the worker says. */
  receive(message: FromWorker): void {
    if ("ready" in message) return;
    const pending = this.#pending.get(message.id);
    if ("progress" in message) {
      pending?.onProgress?.(message.progress as never);
      return;
    }
    this.#pending.delete(message.id);
    if ("value" in message) {
      pending?.resolve(message.value);
      return;
    }
    const error = errorOf(message.error);
    pending?.reject(error);
    // The module is of no use any more, nor is what it held.
    if (error instanceof Crash) this.lose(error);
  }

  /** Ends it: what it owes rejects, and who watches is told. */
  lose(error: Error): void {
    if (this.#error) return;
    this.#error = error;
    this.#end();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const tell of [...this.#watching]) tell(error);
    this.#watching.clear();
  }
}
