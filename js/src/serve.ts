/**
 * The worker's side: requests enter at a port, {@link Tiler}s are opened and asked, answers leave. Runs in a worker or,
 * inline, in the page.
 */

import type { ExportProgress } from "./archive.js";
import { answer } from "./broadcast.js";
import { tileOf } from "./etag.js";
import { type Call, type Calls, type FromWorker, type Port, type ToWorker, troubleOf } from "./messages.js";
import { type Progress, Tiler } from "./tiler.js";
import type { WasmSource } from "./wasm.js";
import { type Later, Work } from "./work.js";

/** What is done for each call; what takes long tells how far it is, and hears when it is to end. */
type Does = { [C in Exclude<Call, Long>]: Calls[C] } & {
  [C in Long]: (
    ...args: [...Parameters<Calls[C]>, (progress: Progress | ExportProgress) => void, AbortSignal]
  ) => Promise<ReturnType<Calls[C]>>;
};
type Long = "open" | "export" | "estimateExport";

/** Does what is asked at a port, and returns what ends it: memory is given back, channels are closed. */
export function serve(port: Port<ToWorker, FromWorker>, later: Later): () => void {
  const tilers = new Map<number, Tiler>();
  /** What is open or being opened, and was not closed. */
  const wanted = new Set<number>();
  /** What ends answering on a channel, by dataset and channel. */
  const ends = new Map<string, () => void>();
  const work = new Work(later);
  /** What ends a call that has begun. */
  const running = new Map<number, AbortController>();
  let wasm: WasmSource | undefined;
  const of = (dataset: number): Tiler => {
    const tiler = tilers.get(dataset);
    if (!tiler) throw new Error("a dataset that is not open, or was closed");
    return tiler;
  };

  const calls: Does = {
    async open(dataset, input, options, onProgress) {
      wanted.add(dataset);
      const tiler = await Tiler.from(input, { ...options, onProgress, ...(wasm === undefined ? {} : { wasm }) });
      if (!wanted.has(dataset)) {
        tiler.free();
        throw new Error("closed while it was opened");
      }
      tilers.set(dataset, tiler);
      const { name, version, about, notes } = tiler;
      return { name, version, about, notes };
    },
    close(dataset) {
      wanted.delete(dataset);
      for (const key of ends.keys()) if (key.startsWith(`${dataset} `)) end(key);
      tilers.get(dataset)?.free();
      tilers.delete(dataset);
    },
    tile: (dataset, z, x, y, query) => of(dataset).tile(z, x, y, query),
    describe: (dataset, query) => of(dataset).describe(query),
    tileJson: (dataset, query) => of(dataset).tileJson(query),
    metadata: (dataset, query) => of(dataset).metadata(query),
    schema: (dataset) => of(dataset).schema(),
    stats: (dataset, column, query, bins) => of(dataset).stats(column, query, bins),
    cells: (dataset, measure, z, query) => of(dataset).cells(measure, z, query),
    rows: (dataset, query, page) => of(dataset).rows(query, page),
    covers: (dataset, query, tile) => of(dataset).covers(query, tile),
    report: (dataset) => of(dataset).lastReport,
    export: (dataset, options, onProgress, signal) => of(dataset).export({ ...options, onProgress, signal }),
    estimateExport: (dataset, options, onProgress, signal) =>
      of(dataset).estimateExport({ ...options, onProgress, signal }),
    listen(dataset, channel) {
      const { name } = of(dataset);
      const stop = answer(channel, (asked) => {
        if (asked !== name) return undefined;
        return (z, x, y, query, signal) =>
          new Promise((resolve, reject) => {
            const key = `${channel} ${++heard}`;
            signal.addEventListener("abort", () => {
              work.cancel(key);
              reject(signal.reason as Error);
            });
            work.add(key, () => {
              try {
                resolve(tileOf(of(dataset).tile(z, x, y, query)));
              } catch (error) {
                if (!broke(error)) reject(error as Error);
              }
            });
          });
      });
      end(`${dataset} ${channel}`);
      ends.set(`${dataset} ${channel}`, stop);
    },
    hush: (dataset, channel) => end(`${dataset} ${channel}`),
  };
  let heard = 0;
  const end = (key: string): void => {
    ends.get(key)?.();
    ends.delete(key);
  };

  /** Whether an error broke the module. Then the page is told, and starts another worker. */
  const broke = (error: unknown): boolean => {
    if (!(error instanceof Error && error.name === "Crash")) return false;
    port.post({ id: -1, error: troubleOf(error) });
    return true;
  };

  const respond = async (id: number, call: Call, args: unknown[]): Promise<void> => {
    const stop = new AbortController();
    running.set(id, stop);
    try {
      const progress = (progress: Progress | ExportProgress): void => port.post({ id, progress });
      const value = await (calls[call] as (...args: unknown[]) => unknown)(...args, progress, stop.signal);
      const transfer = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
      port.post({ id, value }, transfer);
    } catch (error) {
      port.post({ id, error: troubleOf(error) });
    }
    running.delete(id);
  };

  port.listen((message) => {
    if ("wasm" in message) {
      wasm = message.wasm;
      port.post({ ready: true });
    } else if ("cancel" in message) {
      work.cancel(String(message.cancel));
      running.get(message.cancel)?.abort();
    } else work.add(String(message.id), () => void respond(message.id, message.call, message.args));
  });
  return () => {
    wanted.clear();
    for (const key of [...ends.keys()]) end(key);
    for (const tiler of tilers.values()) tiler.free();
    tilers.clear();
  };
}
