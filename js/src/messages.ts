/**
 * What page and worker say to each other. A request has a number, and its answers have the same; a cancelled request is
 * not answered if it has not begun.
 */

import type { Archive, ArchiveEstimate, ExportOptions, ExportProgress } from "./archive.js";
import type { About } from "./columns.js";
import type { Input, InputOptions } from "./input.js";
import { Crash, Problem } from "./problem.js";
import type { Description } from "./tilejson.js";
import type { Progress } from "./tiler.js";
import type { CellStats, Metadata, RowPage, Rows, Schema, Stats, TileJson, TileReport } from "./types.js";

/** What a worker does: the arguments of each call, and what it answers. `dataset` is a number that the page chose. */
export interface Calls {
  open(dataset: number, input: Input, options: InputOptions): Opened;
  close(dataset: number): void;
  tile(dataset: number, z: number, x: number, y: number, query: string): Uint8Array<ArrayBuffer>;
  describe(dataset: number, query: string): Description;
  tileJson(dataset: number, query: string): TileJson;
  metadata(dataset: number, query: string): Metadata;
  schema(dataset: number): Schema;
  stats(dataset: number, column: string, query: string, bins: number): Stats;
  cells(dataset: number, measure: string, z: number, query: string): CellStats;
  rows(dataset: number, query: string, page: RowPage): Rows;
  covers(dataset: number, query: string, tile?: readonly [number, number, number]): boolean;
  report(dataset: number): TileReport;
  export(dataset: number, options: ExportOptions): Archive;
  estimateExport(dataset: number, options: ExportOptions): ArchiveEstimate;
  /** Answers requests for the tiles of a dataset that come by a broadcast channel. */
  listen(dataset: number, channel: string): void;
  hush(dataset: number, channel: string): void;
}

export type Call = keyof Calls;

/** From the page. */
export type ToWorker =
  /** The first message: where the WebAssembly module is. */
  | { wasm: string | BufferSource | WebAssembly.Module }
  | { id: number; call: Call; args: unknown[] }
  | { cancel: number };

/** From the worker. */
export type FromWorker =
  /** The answer to the first message; a worker that was started long before is asked like a new one. */
  | { ready: true }
  | { id: number; value: unknown }
  | { id: number; error: Trouble }
  | { id: number; progress: Progress | ExportProgress };

/** What is known once a dataset is open. */
export interface Opened {
  name: string;
  version: string;
  about: About;
  notes: readonly string[];
}

/** An error as a plain object. */
export interface Trouble {
  name: string;
  message: string;
  status?: number;
  parameter?: string;
  position?: number;
  hint?: string;
}

/** One end of a line between page and worker. */
export interface Port<In, Out> {
  post(message: Out, transfer?: Transferable[]): void;
  listen(receive: (message: In) => void): void;
}

/** An error becomes a plain object. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  if (!(error instanceof Problem)) return { name, message };
  const { status, parameter, position, hint } = error;
  return {
    name,
    message,
    status,
    ...(parameter === undefined ? {} : { parameter }),
    ...(position === undefined ? {} : { position }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** A plain object becomes the error it was. */
export function errorOf(trouble: Trouble): Error {
  if (trouble.name === "Problem") return new Problem(trouble.status ?? 400, { ...trouble, detail: trouble.message });
  if (trouble.name === "Crash") return new Crash(trouble.message);
  const kinds: Record<string, new (message: string) => Error> = { TypeError, RangeError };
  const error = new (kinds[trouble.name] ?? Error)(trouble.message);
  if (error.name !== trouble.name) error.name = trouble.name;
  return error;
}

/** Two ends of a line within one thread: what is posted at one is heard at the other in a turn of its own. */
export function line<A, B>(): [Port<A, B>, Port<B, A>] {
  type Hear<T> = (message: T) => void;
  let [hearA, hearB]: [Hear<A>, Hear<B>] = [() => {}, () => {}];
  return [
    {
      post: (message) => void setTimeout(() => hearB(message)),
      listen: (receive) => {
        hearA = receive;
      },
    },
    {
      post: (message) => void setTimeout(() => hearA(message)),
      listen: (receive) => {
        hearB = receive;
      },
    },
  ];
}
