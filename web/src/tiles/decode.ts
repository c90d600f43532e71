/**
 * A vector tile read by the page itself, where no map does: for lists of cells, frames, and pictures without WebGL. Bytes enter;
 * layers with their features leave. What is no tile ends in an error.
 */

/** Points, lines or polygons. */
export type Shape = 1 | 2 | 3;

export interface Feature {
  /** Absent where a number cannot hold it exactly. */
  id?: number;
  shape: Shape;
  properties: Record<string, string | number | boolean>;
  /** Points, lines or rings: x and y in turn, in steps of the extent. */
  parts: number[][];
}

export interface Layer {
  name: string;
  extent: number;
  features: Feature[];
}

/** Fields of the specification's messages (version 2.1). */
const [TILE_LAYER, NAME, FEATURE, KEY, VALUE, EXTENT] = [3, 1, 2, 3, 4, 5];
const [ID, TAGS, SHAPE, GEOMETRY] = [1, 2, 3, 4];

/** All layers of a tile. */
export function decode(bytes: Uint8Array): Layer[] {
  const layers: Layer[] = [];
  each(new Reader(bytes), (field, reader) => {
    if (field !== TILE_LAYER) return false;
    layers.push(layerOf(reader.message()));
    return true;
  });
  return layers;
}

function layerOf(reader: Reader): Layer {
  const layer: Layer = { name: "", extent: 4096, features: [] };
  const keys: string[] = [];
  const values: (string | number | boolean)[] = [];
  const features: Reader[] = [];
  each(reader, (field, reader) => {
    if (field === NAME) layer.name = reader.text();
    else if (field === FEATURE) features.push(reader.message());
    else if (field === KEY) keys.push(reader.text());
    else if (field === VALUE) values.push(readValue(reader.message()));
    else if (field === EXTENT) layer.extent = reader.varint();
    else return false;
    return true;
  });
  layer.features = features.map((feature) => featureOf(feature, keys, values));
  return layer;
}

/** A feature from its own bytes, with the keys and values of its layer. */
export function featureIn(
  bytes: Uint8Array,
  keys: readonly string[],
  values: readonly (string | number | boolean)[],
): Feature {
  return featureOf(new Reader(bytes), keys, values);
}

/** A value of a layer from its own bytes. */
export const valueIn = (bytes: Uint8Array): string | number | boolean => readValue(new Reader(bytes));

function featureOf(reader: Reader, keys: readonly string[], values: readonly (string | number | boolean)[]): Feature {
  const feature: Feature = { shape: 1, properties: {}, parts: [] };
  each(reader, (field, reader) => {
    if (field === ID) {
      const id = reader.varint();
      if (Number.isSafeInteger(id)) feature.id = id;
    } else if (field === TAGS) {
      const tags = reader.message();
      while (tags.more) {
        const [key, value] = [keys[tags.varint()], values[tags.varint()]];
        if (key !== undefined && value !== undefined) feature.properties[key] = value;
      }
    } else if (field === SHAPE) feature.shape = reader.varint() as Shape;
    else if (field === GEOMETRY) feature.parts = partsOf(reader.message());
    else return false;
    return true;
  });
  return feature;
}

/** Commands to coordinates: 1 moves, 2 draws on, 7 closes. */
function partsOf(reader: Reader): number[][] {
  const parts: number[][] = [];
  let [x, y] = [0, 0];
  while (reader.more) {
    const command = reader.varint();
    const [kind, count] = [command & 7, command >> 3];
    if (kind === 7) continue;
    for (let i = 0; i < count; i += 1) {
      x += zigzag(reader.varint());
      y += zigzag(reader.varint());
      if (kind === 1) parts.push([x, y]);
      else parts.at(-1)?.push(x, y);
    }
  }
  return parts;
}

const zigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

function readValue(reader: Reader): string | number | boolean {
  let value: string | number | boolean = "";
  each(reader, (field, reader) => {
    if (field === 1) value = reader.text();
    else if (field === 2) value = reader.float(4);
    else if (field === 3) value = reader.float(8);
    // A negative number of 64 bits is written as one above 2^63.
    else if (field === 4) value = signed(reader.varint());
    else if (field === 5) value = reader.varint();
    else if (field === 6) value = zigzag(reader.varint());
    else if (field === 7) value = reader.varint() !== 0;
    else return false;
    return true;
  });
  return value;
}

const signed = (value: number): number => (value >= 2 ** 63 ? value - 2 ** 64 : value);

/** Hands each field of a message to `take`, and skips those that it does not take. */
function each(reader: Reader, take: (field: number, reader: Reader) => boolean): void {
  while (reader.more) {
    const tag = reader.varint();
    if (!take(tag >> 3, reader)) reader.skip(tag & 7);
  }
}

const utf8 = new TextDecoder();

/** The wire format of protocol buffers. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || scale > 2 ** 63) throw new Error("this is no vector tile: a number has no end");
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  message(): Reader {
    return new Reader(this.#take(this.varint()));
  }

  text(): string {
    return utf8.decode(this.#take(this.varint()));
  }

  float(size: 4 | 8): number {
    const bytes = this.#take(size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 2) this.#take(this.varint());
    else if (wire === 1 || wire === 5) this.#take(wire === 1 ? 8 : 4);
    else throw new Error(`this is no vector tile: it has a field of kind ${wire}`);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("this is no vector tile: it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
