/**
 * Looks at an Arrow IPC stream while it passes: what the server says in its schema, how long it will be, and whether it
 * came to its end. Reads no values, so that taking a subset needs no Arrow reader.
 */

/** What the server's subset says of itself, in the schema's metadata under `duotile`. */
export interface SubsetFacts {
  name: string;
  title: string | null;
  attribution: string | null;
  version: string;
  rows_total: number;
  query: string;
  columns: { name: string }[];
}

const CONTINUED = 0xffffffff;
/** No header of a message is as long as this, or as a text that is no Arrow stream makes it look. */
const MAX_HEADER = 1 << 28;
const SCHEMA = 1;
const BATCH = 3;

/** A stream that passes. */
export class StreamScan {
  /** Bytes that have passed. */
  received = 0;
  /** About all bytes of the stream, once the header of its first rows has passed; exact from that of its last ones. */
  total: number | undefined;
  /** Rows whose header has passed. */
  rows = 0;
  facts: SubsetFacts | undefined;
  /** Whether the mark of the end has passed. */
  ended = false;
  /** The start of the message that is read. */
  #head = new Uint8Array(0);
  /** Bytes of a body that are still to pass. */
  #body = 0;

  /** All rows of the stream, where that is known beforehand. */
  readonly #expected: number | undefined;

  constructor(expected?: number) {
    this.#expected = expected;
  }

  /** Takes the next piece. Throws if this is no Arrow stream. */
  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.ended) throw new Error("there are bytes after the end of the Arrow stream");
      if (this.#body > 0) {
        const passed = Math.min(this.#body, piece.length - at);
        this.#body -= passed;
        at += passed;
      } else {
        at += this.#header(piece.subarray(at));
      }
    }
    this.received += piece.length;
  }

  /** Takes what the header of a message still lacks. Says how many bytes that was. */
  #header(piece: Uint8Array): number {
    const before = this.#head.length;
    const lacking = this.#wanted() - before;
    const head = new Uint8Array(before + Math.min(lacking, piece.length));
    head.set(this.#head);
    head.set(piece.subarray(0, head.length - before), before);
    this.#head = head;
    if (head.length >= 8) {
      const whole = this.#wanted();
      if (whole === 8) this.ended = true;
      else if (head.length === whole) this.#message(head);
    }
    return head.length - before;
  }

  /** Length of the header, its two leading words included; just those while it is unknown. */
  #wanted(): number {
    if (this.#head.length < 8) return 8;
    const words = new DataView(this.#head.buffer);
    const length = words.getUint32(4, true);
    if (words.getUint32(0, true) !== CONTINUED || length > MAX_HEADER) {
      throw new Error("this is no Arrow stream");
    }
    return 8 + length;
  }

  #message(head: Uint8Array<ArrayBuffer>): void {
    const message = Table.root(new DataView(head.buffer, 8));
    const kind = message.byte(1);
    if (kind === SCHEMA) this.facts = factsOf(message.table(2));
    this.#body = message.long(3);
    this.#head = new Uint8Array(0);
    const size = head.length + this.#body;
    this.#passed += size;
    if (kind !== BATCH) return;
    const rows = message.table(2)?.long(0) ?? 0;
    this.rows += rows;
    // Batches are alike, and the mark of the end comes after the last.
    const left = (this.#expected ?? this.rows) - this.rows;
    this.total = this.#passed + Math.round((size * left) / Math.max(rows, 1)) + 8;
  }

  /** Bytes of all messages whose header has been read. */
  #passed = 0;
}

function factsOf(schema: Table | undefined): SubsetFacts | undefined {
  const pair = schema?.tables(2).find((pair) => pair.text(0) === "duotile");
  const text = pair?.text(1);
  return text === undefined ? undefined : (JSON.parse(text) as SubsetFacts);
}

/** A table of a flatbuffer, in which Arrow writes its headers: fields by number, found through a table of offsets. */
class Table {
  readonly #data: DataView;
  readonly #at: number;

  constructor(data: DataView, at: number) {
    this.#data = data;
    this.#at = at;
  }

  static root(data: DataView): Table {
    return new Table(data, data.getUint32(0, true));
  }

  /** Where a field is; 0 if it has its default. */
  #field(index: number): number {
    const offsets = this.#at - this.#data.getInt32(this.#at, true);
    const place = 4 + 2 * index;
    if (place >= this.#data.getUint16(offsets, true)) return 0;
    const offset = this.#data.getUint16(offsets + place, true);
    return offset === 0 ? 0 : this.#at + offset;
  }

  /** Where what a field refers to is; 0 if there is none. */
  #target(index: number): number {
    const field = this.#field(index);
    return field === 0 ? 0 : field + this.#data.getUint32(field, true);
  }

  byte(index: number): number {
    const field = this.#field(index);
    return field === 0 ? 0 : this.#data.getUint8(field);
  }

  long(index: number): number {
    const field = this.#field(index);
    return field === 0 ? 0 : Number(this.#data.getBigInt64(field, true));
  }

  table(index: number): Table | undefined {
    const target = this.#target(index);
    return target === 0 ? undefined : new Table(this.#data, target);
  }

  tables(index: number): Table[] {
    const target = this.#target(index);
    if (target === 0) return [];
    return Array.from({ length: this.#data.getUint32(target, true) }, (_, at) => {
      const place = target + 4 + 4 * at;
      return new Table(this.#data, place + this.#data.getUint32(place, true));
    });
  }

  text(index: number): string | undefined {
    const target = this.#target(index);
    if (target === 0) return undefined;
    const { buffer, byteOffset } = this.#data;
    return new TextDecoder().decode(
      new Uint8Array(buffer, byteOffset + target + 4, this.#data.getUint32(target, true)),
    );
  }
}
