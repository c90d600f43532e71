/** A directory of the origin's private file system as far as the package uses it: what is written counts once closed. */

/** An error of the browser by its name. */
class Refusal extends Error {
  /** @param {string} name */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/** @param {{ quota?: number }} [options] */
export function fakeDirectory({ quota = Infinity } = {}) {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const files = new Map();
  const used = () => [...files.values()].reduce((sum, { length }) => sum + length, 0);

  /** @param {string} name */
  const handle = (name) => ({
    kind: "file",
    getFile: async () => new Blob([files.get(name) ?? new Uint8Array()]),
    createWritable: async () => {
      /** @type {Uint8Array<ArrayBuffer>[]} */
      const pieces = [];
      let length = 0;
      return {
        /** @param {string | Uint8Array<ArrayBuffer>} piece */
        async write(piece) {
          const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece.slice();
          if (used() + length + bytes.length > quota) throw new Refusal("QuotaExceededError");
          pieces.push(bytes);
          length += bytes.length;
        },
        async close() {
          files.set(name, new Uint8Array(await new Blob(pieces).arrayBuffer()));
        },
        async abort() {},
      };
    },
  });

  const directory = {
    async *entries() {
      for (const name of [...files.keys()]) yield [name, handle(name)];
    },
    /** @param {string} name @param {{ create?: boolean }} [options] */
    async getFileHandle(name, { create = false } = {}) {
      if (!files.has(name)) {
        if (!create) throw new Refusal("NotFoundError");
        files.set(name, new Uint8Array());
      }
      return handle(name);
    },
    /** @param {string} name */
    async removeEntry(name) {
      if (!files.delete(name)) throw new Refusal("NotFoundError");
    },
  };
  return { files, directory: /** @type {FileSystemDirectoryHandle} */ (/** @type {unknown} */ (directory)) };
}
