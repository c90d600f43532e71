/**
 * The subsets of this device. Each has a record, which says what was asked for and, once all of it is there, what was
 * taken and in which file it lies. A file counts from when a record names it: what a download leaves behind that was cut
 * off, or was not the first one, never hides what was there before.
 */

import { type Files, isCalled, openFiles } from "./files.js";
import type { Dataset } from "./types.js";

/** What was asked for: enough to ask again. */
export interface SubsetRequest {
  /** The address of the server, with a slash at its end. */
  server: string;
  dataset: string;
  /** The query's text as it was given: filter, interval, box. */
  query: string;
  /** What the reader calls it, if not as the dataset is called. */
  name?: string;
}

/** A subset that was taken. */
export interface Subset extends SubsetRequest {
  id: string;
  title: string;
  attribution?: string;
  /** The dataset's version, of which these rows are. */
  version: string;
  /** The canonical text of what selected the rows; empty for all of them. */
  selects: string;
  /** West, south, east, north of the box that it was cut to, if it was. */
  bbox?: [number, number, number, number];
  rows: number;
  /** Rows of the whole dataset. */
  rowsTotal: number;
  bytes: number;
  /** When, as ISO 8601. */
  taken: string;
  columns: string[];
  /** What the server told of the dataset. */
  about: Dataset;
  etag?: string;
}

/** What lies in the store under an id. */
export interface Stored {
  id: string;
  /** Bytes that it takes, left-overs included. */
  bytes: number;
  request?: SubsetRequest;
  /** Absent for what cannot be used. */
  subset?: Subset;
  /** Whether it is being taken at the moment, here or in another window. */
  taking: boolean;
  /** Why it cannot be used. */
  broken?: string;
}

/** How much room the browser gives. */
export interface Room {
  usage: number;
  quota: number;
  free: number;
  /** Whether the browser promised not to clear it by itself. */
  persisted: boolean;
}

/** What a store refuses, with what to do about it. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: "quota" | "missing" | "broken" | "busy";

  constructor(code: StoreError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A subset while it is taken. */
export interface Taking {
  write(piece: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Makes what was written the subset of this id. */
  commit(subset: Omit<Subset, "id" | "bytes" | keyof SubsetRequest>): Promise<Subset>;
  /** Leaves what was there before. */
  abort(): Promise<void>;
}

interface StoredRecord {
  format: 1;
  request: SubsetRequest;
  file?: string;
  subset?: Subset;
}

const RECORD = ".json";

/** Subsets on this device. */
export class Store {
  readonly #files: Files;
  readonly #going = new Set<string>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** The best store that there is here. */
  static async open(): Promise<Store> {
    return new Store(await openFiles());
  }

  get kind(): Files["kind"] {
    return this.#files.kind;
  }

  /** What the reader should know about where subsets lie here. */
  get note(): string | undefined {
    return this.#files.note;
  }

  /** Everything that is there, the broken included, the latest first. */
  async list(): Promise<Stored[]> {
    const sizes = await this.#files.list();
    const taking = await this.#taking();
    const all = await Promise.all(idsOf(sizes).map((id) => this.#look(id, sizes, taking)));
    const told = all.map(({ file: _, ...stored }) => stored);
    return told.sort((a, b) => (b.subset?.taken ?? "").localeCompare(a.subset?.taken ?? ""));
  }

  /** The record of a subset and its Arrow stream. Rejects with what is wrong with it. */
  async get(id: string): Promise<{ subset: Subset; data: Blob }> {
    // Another window may put a newer state in its place between two looks: then the second finds that.
    for (let tries = 0; ; tries += 1) {
      const { subset, broken, taking, file } = await this.#look(id, await this.#files.list(), await this.#taking());
      const data = file === undefined ? undefined : await this.#files.read(file);
      if (subset && data?.size === subset.bytes) return { subset, data };
      if (subset && tries === 0) continue;
      if (taking) throw busy(id);
      throw broken === undefined
        ? new StoreError("missing", `nothing is kept under ${id}`)
        : new StoreError("broken", `${id} cannot be used: ${broken}; delete it or take it again`);
    }
  }

  /** Begins to take a subset, a new one or another state of one that is there. */
  async take(request: SubsetRequest, id = newId(request.dataset)): Promise<Taking> {
    const release = await this.#lock(id);
    const old = await this.#record(id).catch(() => undefined);
    const file = `${id}.${token()}.arrow`;
    let bytes = 0;
    const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        throw isCalled(error, "QuotaExceededError") ? await this.noRoom(undefined, bytes, error) : error;
      }
    };
    try {
      if (!old?.subset) await guarded(() => this.#put(id, { format: 1, request }));
      const sink = await guarded(() => this.#files.create(file));
      return {
        write: (piece) =>
          guarded(async () => {
            await sink.write(piece);
            bytes += piece.length;
          }),
        commit: async (facts) => {
          await guarded(() => sink.close());
          const subset: Subset = { ...request, ...facts, id, bytes };
          await guarded(() => this.#put(id, { format: 1, request, file, subset }));
          await this.#clear(id, file).catch(() => undefined);
          release();
          return subset;
        },
        abort: async () => {
          await sink.abort();
          if (!old?.subset) await this.#delete(id);
          release();
        },
      };
    } catch (error) {
      if (!old?.subset) await this.#delete(id).catch(() => undefined);
      release();
      throw error;
    }
  }

  /** Deletes a subset, and whatever is left under its id. */
  async delete(id: string): Promise<void> {
    const release = await this.#lock(id);
    await this.#delete(id).finally(release);
  }

  /** Bytes of all that is there. */
  async size(): Promise<number> {
    return [...(await this.#files.list()).values()].reduce((sum, size) => sum + size, 0);
  }

  /** How much room there is; unknown where the browser does not tell, and in memory. */
  async room(): Promise<Room | undefined> {
    const storage = storageManager();
    if (this.kind === "memory" || !storage) return undefined;
    const { usage = 0, quota = 0 } = await storage.estimate();
    if (quota === 0) return undefined;
    const persisted = await storage.persisted().catch(() => false);
    return { usage, quota, free: Math.max(quota - usage, 0), persisted };
  }

  /** Asks the browser not to clear the store when the device runs short of room. Says whether it promised. */
  async persist(): Promise<boolean> {
    const storage = storageManager();
    return this.kind !== "memory" && storage ? storage.persist().catch(() => false) : false;
  }

  /** An error that says how much room there is, how much is needed, and what to do. */
  async noRoom(needed: number | undefined, written: number, cause?: unknown): Promise<StoreError> {
    const room = await this.room().catch(() => undefined);
    const wish = needed === undefined ? `it ran out after ${size(written)}` : `${size(needed)} are needed`;
    const has = room
      ? `the browser lets this site keep ${size(room.quota)}, of which ${size(room.usage)} are used`
      : "the browser does not say how much this site may keep";
    const text = `there is no room for the subset: ${wish}, and ${has}`;
    const advice = "delete what you no longer need, or take fewer rows by a narrower filter or box";
    return new StoreError("quota", `${text}; ${advice}`, { cause });
  }

  /** What is under an id, in which file, and whether that holds what the record says. */
  async #look(id: string, sizes: Map<string, number>, going: Set<string>): Promise<Stored & { file?: string }> {
    const own = [...sizes].filter(([name]) => idOf(name) === id);
    const bytes = own.reduce((sum, [, size]) => sum + size, 0);
    const taking = going.has(id) || this.#going.has(id);
    let record: StoredRecord | undefined;
    try {
      record = await this.#record(id);
    } catch (error) {
      return { id, bytes, taking, broken: error instanceof Error ? error.message : String(error) };
    }
    if (!record) return own.length === 0 ? { id, bytes, taking } : { id, bytes, taking, broken: "it has no record" };
    const { request, subset, file } = record;
    if (!subset || file === undefined) {
      return { id, bytes, request, taking, ...(taking ? {} : { broken: "it was not taken to its end" }) };
    }
    const there = sizes.get(file);
    if (there !== subset.bytes) {
      const got = there === undefined ? "its file is gone" : `its file has ${there} bytes`;
      return { id, bytes, request, taking, broken: `${got}, expected ${subset.bytes}` };
    }
    const rest = own.map(([name]) => name).filter((name) => name !== file && name !== id + RECORD);
    if (!taking && rest.length > 0) await this.#sweep(id, rest);
    return { id, bytes, request, subset, taking, file };
  }

  async #record(id: string): Promise<StoredRecord | undefined> {
    const text = await (await this.#files.read(id + RECORD))?.text();
    if (text === undefined) return undefined;
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch {
      throw new Error("its record is no JSON");
    }
    if (!isRecord(record)) throw new Error("its record is of a kind that this version does not know");
    return record;
  }

  #put(id: string, record: StoredRecord): Promise<void> {
    return this.#files.put(id + RECORD, JSON.stringify(record));
  }

  /** Deletes the files of an id but its record and the one that it names. */
  async #clear(id: string, file: string): Promise<void> {
    const names = [...(await this.#files.list()).keys()];
    const rest = names.filter((name) => idOf(name) === id && name !== file && name !== id + RECORD);
    await Promise.all(rest.map((name) => this.#files.delete(name)));
  }

  /** Deletes what a download left behind that was cut off, unless somebody is at it. */
  async #sweep(id: string, names: string[]): Promise<void> {
    const release = await this.#lock(id).catch(() => undefined);
    if (!release) return;
    await Promise.all(names.map((name) => this.#files.delete(name))).finally(release);
  }

  /** The record goes last: while a file is there, it is known what it was. */
  async #delete(id: string): Promise<void> {
    await this.#clear(id, "");
    await this.#files.delete(id + RECORD);
  }

  /** The ids that some window is taking. */
  async #taking(): Promise<Set<string>> {
    // Where a browser refuses locks, as with all cookies blocked, no other window has any.
    const held =
      (
        await lockManager()
          ?.query()
          .catch(() => undefined)
      )?.held ?? [];
    return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])));
  }

  /** Holds an id until the returned function is called: nobody else takes or deletes it, in other windows neither. */
  async #lock(id: string): Promise<() => void> {
    if (this.#going.has(id)) throw busy(id);
    this.#going.add(id);
    const locks = this.kind === "memory" ? undefined : lockManager();
    const free = () => this.#going.delete(id);
    if (!locks) return free;
    return new Promise((resolve, reject) => {
      const held = locks.request(LOCK + id, { ifAvailable: true }, (lock) => {
        if (!lock) throw busy(id);
        return new Promise<void>((release) =>
          resolve(() => {
            free();
            release();
          }),
        );
      });
      held.catch((error: unknown) => {
        // Refused to all alike, there are none to wait for.
        if (!(error instanceof StoreError)) resolve(free);
        else {
          free();
          reject(error);
        }
      });
    });
  }
}

function busy(id: string): StoreError {
  return new StoreError("busy", `${id} is being taken at the moment; wait for it or cancel it`);
}

const LOCK = "duotile subset ";

function idsOf(sizes: Map<string, number>): string[] {
  return [...new Set([...sizes.keys()].map(idOf))];
}

/** Ids have no dot; what follows one is a file of that id. */
function idOf(name: string): string {
  return name.split(".", 1)[0] ?? name;
}

/** A name that people recognise in a list, and that no other has. */
function newId(dataset: string): string {
  return `${dataset.replaceAll(/[^A-Za-z0-9_-]/g, "").slice(0, 40)}-${token()}`;
}

function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A number of bytes, for reading. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [power, unit] = bytes < 999_500 ? [1e3, "kB"] : bytes < 999_500_000 ? [1e6, "MB"] : [1e9, "GB"];
  const value = bytes / power;
  return `${value < 10 && power > 1e3 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

function storageManager(): StorageManager | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.storage;
}

function lockManager(): LockManager | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.locks;
}

function isRecord(value: unknown): value is StoredRecord {
  return typeof value === "object" && value !== null && "format" in value && value.format === 1 && "request" in value;
}
