/**
 * The page's side of a worker: starts it when it is first needed, and another when it broke. What is asked of it goes by
 * {@link Session}.
 */

import type { Input } from "./input.js";
import { type FromWorker, line, type Port, type ToWorker } from "./messages.js";
import { baseAddress } from "./place.js";
import { Crash } from "./problem.js";
import { type Again, type OpenOptions, RemoteTiler } from "./remote.js";
import { Session } from "./session.js";
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
    this.#session?.lose(this.#end);
  }

  /** The worker that is running, or a new one. @internal */
  session(): Session {
    if (this.#end) throw this.#end;
    if (this.#session) return this.#session;
    const session = new Session((session) => this.#start(session));
    this.#session = session;
    session.watch((error) => {
      if (this.#session === session) this.#session = undefined;
      if (isWorker(this.#options.worker)) this.#end ??= error;
    });
    return session;
  }

  async #start(session: Session): Promise<Port<FromWorker, ToWorker>> {
    const { worker, wasm = await embedded() } = this.#options;
    const { port, begun } = await connect(session, worker);
    await new Promise<void>((resolve, reject) => {
      const forget = session.watch(reject);
      port.listen((message) => {
        forget();
        if ("ready" in message) resolve();
        else session.receive(message);
      });
      const source = typeof wasm === "string" || wasm instanceof URL ? new URL(wasm, baseAddress()).href : wasm;
      port.post({ wasm: source });
    });
    begun?.();
    return port;
  }
}

/** The line to a worker, and what is to be done once it has begun. */
interface Line {
  port: Port<FromWorker, ToWorker>;
  begun?: () => void;
}

/** Connects a session with the worker that was given, one that is started, or none: everything in this thread. */
async function connect(session: Session, given: WorkerOptions["worker"]): Promise<Line> {
  if (given === "inline" || (given === undefined && typeof Worker === "undefined")) {
    const { serve } = await import("./serve.js");
    const [here, there] = line<FromWorker, ToWorker>();
    session.endsBy(serve(there, (run) => void setTimeout(run)));
    return { port: here };
  }
  const [worker, begun] = await workerOf(given);
  session.endsBy(() => worker.terminate());
  const where = typeof given === "string" || given instanceof URL ? `the worker ${given}` : "the worker";
  worker.onerror = (event) => {
    event.preventDefault?.();
    const said = event.message || "it did not start";
    const advice = event.message
      ? ""
      : given === undefined
        ? "; if the page has a Content-Security-Policy, allow worker-src blob:, or give the address of duotile/worker as `worker`"
        : "; its address must answer with the script duotile/worker, and worker-src of a Content-Security-Policy allow it";
    session.lose(new Crash(`${where} broke: ${said}${advice}`));
  };
  worker.onmessageerror = () => session.lose(new Crash(`${where} broke: a message could not be read`));
  const port: Port<FromWorker, ToWorker> = {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (receive) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
    },
  };
  return { port, ...(begun ? { begun } : {}) };
}

function isWorker(given: WorkerOptions["worker"]): given is Worker {
  return typeof given === "object" && "postMessage" in given;
}

/** A worker as it was given, or started: from an address, or from the script that the package carries. */
async function workerOf(given: Exclude<WorkerOptions["worker"], "inline">): Promise<[Worker, (() => void)?]> {
  if (isWorker(given)) return [given];
  if (typeof given === "function") return [given()];
  if (typeof Worker === "undefined") throw new Error('there are no workers here; leave `worker` out, or say "inline"');
  if (given !== undefined) return [new Worker(given, { type: "module" })];
  const { default: script } = await import("./worker-inline.js");
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return [new Worker(url, { type: "module" }), () => URL.revokeObjectURL(url)];
}
