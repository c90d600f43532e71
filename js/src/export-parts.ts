/** The tiles of an archive as they lie in it: each packed, those of the same bytes once. */

/** Bytes in gzip; none of none. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes.length === 0) return bytes;
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

interface Part {
  offset: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Parts one behind the other. */
export class Parts {
  readonly #most: number;
  #parts: Part[] = [];
  #known = new Map<number, Part[]>();
  /** How many bytes they have. */
  bytes = 0;
  /** The zoom that is being made, and how many parts and bytes there were before it. */
  #mark = { z: -1, parts: 0, bytes: 0 };

  constructor(most: number) {
    this.#most = most;
  }

  get all(): Uint8Array<ArrayBuffer>[] {
    return this.#parts.map(({ bytes }) => bytes);
  }

  /** Where bytes lie, which are added if they are not there; 0 for none. */
  place(bytes: Uint8Array<ArrayBuffer>): number {
    if (bytes.length === 0) return 0;
    const hash = hashOf(bytes);
    const alike = this.#known.get(hash) ?? [];
    const there = alike.find((part) => same(part.bytes, bytes));
    if (there) return there.offset;
    const part = { offset: this.bytes, bytes };
    if (this.bytes + bytes.length > this.#most) {
      throw new Error(
        `an archive of more than ${this.#most} bytes, at zoom ${this.#mark.z}: raise maxBytes if there is memory, name fewer zooms or a smaller box, or let \`duotile export\` make it`,
      );
    }
    this.bytes += bytes.length;
    this.#parts.push(part);
    this.#known.set(hash, [...alike, part]);
    return part.offset;
  }

  /** A zoom begins, if it has not. */
  mark(z: number): void {
    if (this.#mark.z !== z) this.#mark = { z, parts: this.#parts.length, bytes: this.bytes };
  }

  /** Takes back all of the zoom. */
  back(): void {
    this.#parts.length = this.#mark.parts;
    this.bytes = this.#mark.bytes;
    this.#known.clear();
    for (const part of this.#parts) {
      const hash = hashOf(part.bytes);
      this.#known.set(hash, [...(this.#known.get(hash) ?? []), part]);
    }
  }
}

/** FNV-1a. What has the same is compared. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
