/**
 * Where bytes lie between visits: named files in the origin's private file system, in IndexedDB where a browser has none
 * that a window can write to, in memory where there is neither. {@link Store} decides what the files mean.
 */

/** A few named files. */
export interface Files {
  readonly kind: "opfs" | "indexeddb" | "memory";
  /** What the reader should know about this place. */
  readonly note?: string;
  /** Names and sizes in bytes, of files that are not closed yet too. */
  list(): Promise<Map<string, number>>;
  read(name: string): Promise<Blob | undefined>;
  /** Writes a short text, whole or not at all. */
  put(name: string, text: string): Promise<void>;
  /** A new file, written piece by piece. What is written of it counts only when it is closed. */
  create(name: string): Promise<Sink>;
  delete(name: string): Promise<void>;
}

/** A file while it is written. */
export interface Sink {
  write(piece: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

const INSECURE =
  "this page is neither https nor localhost: it is not opened without the network, and subsets lie in IndexedDB";

/** The best place that there is here. */
export async function openFiles(name = "duotile"): Promise<Files> {
  const storage = typeof navigator === "undefined" ? undefined : navigator.storage;
  const writable = typeof FileSystemFileHandle !== "undefined" && "createWritable" in FileSystemFileHandle.prototype;
  if (writable && storage?.getDirectory !== undefined) {
    try {
      const root = await storage.getDirectory();
      return inDirectory(await root.getDirectoryHandle(name, { create: true }));
    } catch {
      // Private windows and frames of other origins are refused: the next place is tried.
    }
  }
  if (typeof indexedDB === "undefined") {
    return inMemory("there is neither a private file system nor IndexedDB here: subsets are in memory until the end");
  }
  try {
    const database = await openDatabase(name);
    return inDatabase(database, globalThis.isSecureContext === false ? INSECURE : undefined);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return inMemory(`the browser keeps nothing for this page (${why}): subsets are in memory until it is closed`);
  }
}

/** Files of a directory of the origin's private file system. */
export function inDirectory(directory: FileSystemDirectoryHandle): Files {
  const writable = async (name: string) =>
    (await directory.getFileHandle(name, { create: true })).createWritable({ keepExistingData: false });
  return {
    kind: "opfs",
    async list() {
      const sizes = new Map<string, number>();
      for await (const [name, handle] of directory.entries()) {
        if (handle.kind === "file") sizes.set(name, (await (handle as FileSystemFileHandle).getFile()).size);
      }
      return sizes;
    },
    async read(name) {
      try {
        return await (await directory.getFileHandle(name)).getFile();
      } catch (error) {
        if (isCalled(error, "NotFoundError")) return undefined;
        throw error;
      }
    },
    async put(name, text) {
      // What is written takes the old file's place when it is closed, not before.
      const stream = await writable(name);
      await stream.write(text);
      await stream.close();
    },
    async create(name) {
      const stream = await writable(name);
      return {
        write: (piece) => stream.write(piece),
        close: () => stream.close(),
        async abort() {
          await stream.abort().catch(() => undefined);
          await directory.removeEntry(name).catch(() => undefined);
        },
      };
    },
    async delete(name) {
      await directory.removeEntry(name).catch((error: unknown) => {
        if (!isCalled(error, "NotFoundError")) throw error;
      });
    },
  };
}

/** Pieces are gathered to this size: a record for each small one would cost more than what is in it. */
const PIECE = 1 << 20;

const FILES = "files";
const PIECES = "pieces";

function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(FILES);
    opening.result.createObjectStore(PIECES);
  };
  return result(opening);
}

/** Files of a database: their sizes under their names, their pieces under name and number. */
function inDatabase(database: IDBDatabase, note: string | undefined): Files {
  const pieces = (name: string) => IDBKeyRange.bound([name, 0], [name, Infinity]);
  /** Runs one transaction over both stores, which takes place whole or not at all. */
  const change = async (work: (files: IDBObjectStore, parts: IDBObjectStore) => void) => {
    const transaction = database.transaction([FILES, PIECES], "readwrite", { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
    });
    work(transaction.objectStore(FILES), transaction.objectStore(PIECES));
    await done;
  };
  const forget = (name: string) =>
    change((files, parts) => {
      files.delete(name);
      parts.delete(pieces(name));
    });
  return {
    kind: "indexeddb",
    ...(note === undefined ? {} : { note }),
    async list() {
      const files = database.transaction(FILES).objectStore(FILES);
      const [names, sizes] = await Promise.all([result(files.getAllKeys()), result(files.getAll())]);
      return new Map(names.map((name, at) => [String(name), Number(sizes[at])]));
    },
    async read(name) {
      const transaction = database.transaction([FILES, PIECES]);
      const [size, parts] = await Promise.all([
        result<unknown>(transaction.objectStore(FILES).get(name)),
        result<Uint8Array<ArrayBuffer>[]>(transaction.objectStore(PIECES).getAll(pieces(name))),
      ]);
      return size === undefined ? undefined : new Blob(parts);
    },
    put: (name, text) =>
      change((files, parts) => {
        const bytes = new TextEncoder().encode(text);
        parts.delete(pieces(name));
        files.put(bytes.length, name);
        parts.put(bytes, [name, 0]);
      }),
    async create(name) {
      await forget(name);
      await change((files) => files.put(0, name));
      let [held, size, count]: [Uint8Array<ArrayBuffer>[], number, number] = [[], 0, 0];
      const flush = async () => {
        const piece = new Uint8Array(await new Blob(held).arrayBuffer());
        held = [];
        size += piece.length;
        await change((files, parts) => {
          files.put(size, name);
          parts.put(piece, [name, count]);
        });
        count += 1;
      };
      return {
        async write(piece) {
          held.push(piece);
          if (held.reduce((sum, { length }) => sum + length, 0) >= PIECE) await flush();
        },
        close: flush,
        abort: () => forget(name),
      };
    },
    delete: forget,
  };
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not answer"));
  });
}

/** Files that last as long as this object. */
export function inMemory(note?: string): Files {
  const kept = new Map<string, Blob>();
  return {
    kind: "memory",
    ...(note === undefined ? {} : { note }),
    list: async () => new Map([...kept].map(([name, { size }]) => [name, size])),
    read: async (name) => kept.get(name),
    put: async (name, text) => {
      kept.set(name, new Blob([text]));
    },
    create: async (name) => {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      kept.set(name, new Blob([]));
      return {
        write: async (piece) => {
          pieces.push(piece.slice());
        },
        close: async () => {
          kept.set(name, new Blob(pieces));
        },
        abort: async () => {
          kept.delete(name);
        },
      };
    },
    delete: async (name) => {
      kept.delete(name);
    },
  };
}

/** Whether an error is the browser's of this name. */
export function isCalled(error: unknown, name: string): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === name;
}
