/**
 * Writes WebM: frames that a `VideoEncoder` has compressed enter, a file leaves. WebM is a few elements of EBML, each an id,
 * a length and a content; every run of frames that begins with a whole picture is a cluster, and the cues say where they are.
 */

/** A compressed frame. */
export interface Chunk {
  data: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the start. */
  time: number;
  /** Whether it is a whole picture, and not a difference to the one before. */
  key: boolean;
}

type Content = number | string | Uint8Array<ArrayBuffer> | readonly Content[] | Element | Double;
interface Element {
  id: number;
  content: Content;
}
class Double {
  constructor(readonly value: number) {}
}

const element = (id: number, content: Content): Element => ({ id, content });

/** The whole file. */
export function webm(
  codec: "V_VP8" | "V_VP9",
  width: number,
  height: number,
  duration: number,
  chunks: readonly Chunk[],
) {
  const header = element(0x1a45dfa3, [
    element(0x4286, 1),
    element(0x42f7, 1),
    element(0x42f2, 4),
    element(0x42f3, 8),
    element(0x4282, "webm"),
    element(0x4287, 2),
    element(0x4285, 2),
  ]);
  const info = element(0x1549a966, [
    // A millisecond, in nanoseconds.
    element(0x2ad7b1, 1_000_000),
    element(0x4489, new Double(duration)),
    element(0x4d80, "Duotile"),
    element(0x5741, "Duotile"),
  ]);
  const tracks = element(0x1654ae6b, [
    element(0xae, [
      element(0xd7, 1),
      element(0x73c5, 1),
      element(0x83, 1),
      element(0x86, codec),
      element(0xe0, [element(0xb0, width), element(0xba, height)]),
    ]),
  ]);
  const before = [bytesOf(info), bytesOf(tracks)];
  let position = before.reduce((sum, part) => sum + part.length, 0);
  const cues: Element[] = [];
  const clusters: Uint8Array<ArrayBuffer>[] = [];
  for (const run of runsOf(chunks)) {
    const start = Math.round(run[0]?.time ?? 0);
    const blocks = run.map(({ data, time, key }) => {
      const block = new Uint8Array(4 + data.length);
      const at = Math.round(time) - start;
      block.set([0x81, at >> 8, at & 0xff, key ? 0x80 : 0]);
      block.set(data, 4);
      return element(0xa3, block);
    });
    const cluster = bytesOf(element(0x1f43b675, [element(0xe7, start), ...blocks]));
    cues.push(element(0xbb, [element(0xb3, start), element(0xb7, [element(0xf7, 1), element(0xf1, position)])]));
    position += cluster.length;
    clusters.push(cluster);
  }
  const parts = [...before, ...clusters, bytesOf(element(0x1c53bb6b, cues))];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return new Blob([bytesOf(header), idOf(0x18538067), sizeOf(length), ...parts], { type: "video/webm" });
}

/** Frames from one whole picture to the next. */
function runsOf(chunks: readonly Chunk[]): Chunk[][] {
  const runs: Chunk[][] = [];
  for (const chunk of chunks) {
    if (chunk.key || runs.length === 0) runs.push([]);
    runs.at(-1)?.push(chunk);
  }
  return runs;
}

function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  if (content instanceof Uint8Array) return content;
  if (content instanceof Double) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, content.value);
    return bytes;
  }
  if (typeof content === "number") return wholeOf(content);
  if (typeof content === "string") return new TextEncoder().encode(content);
  if ("id" in content) {
    const inner = bytesOf(content.content);
    return joined([idOf(content.id), sizeOf(inner.length), inner]);
  }
  return joined(content.map(bytesOf));
}

/** A whole number, big end first, in as few bytes as it has. */
function wholeOf(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return new Uint8Array(bytes);
}

/** Ids carry their length in their first bits already. */
const idOf = wholeOf;

/** A length, in eight bytes: the first bit set says so. */
function sizeOf(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length) | (1n << 56n));
  return bytes;
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
