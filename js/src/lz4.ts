/**
 * LZ4 frames, as pyarrow and pandas write them by default. Checksums are passed by: Arrow tells the length, and a wrong
 * one is an error.
 */

const MAGIC = 0x184d2204;

/** The bytes of a frame that holds `length` of them. */
export function decodeLz4(frame: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new RangeError("a buffer that is no LZ4 frame");
  const flags = view.getUint8(4);
  const out = new Uint8Array(length);
  // Magic, flags, block size, checksum of these; a length and the number of a dictionary if the flags say so.
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  let end = 0;
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fff_ffff;
    const block = frame.subarray(at, at + size);
    if (word >>> 31) {
      out.set(block, end);
      end += size;
    } else {
      end = decodeBlock(block, out, end);
    }
    at += size + (flags & 16 ? 4 : 0);
  }
  if (end !== length) throw new RangeError(`an LZ4 buffer of ${end} bytes, expected ${length}`);
  return out;
}

/** Sequences of literals and copies; a copy may reach into what it writes. */
function decodeBlock(block: Uint8Array, out: Uint8Array, from: number): number {
  let [at, end] = [0, from];
  const more = (count: number): number => {
    if (count !== 15) return count;
    let total = count;
    let byte: number;
    do {
      byte = block[at++] ?? 0;
      total += byte;
    } while (byte === 255);
    return total;
  };
  while (at < block.length) {
    const token = block[at++] ?? 0;
    const literals = more(token >> 4);
    out.set(block.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at >= block.length) break;
    const back = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const copy = more(token & 15) + 4;
    if (back === 0 || back > end || end + copy > out.length) throw new RangeError("an LZ4 buffer that is damaged");
    if (back >= copy) out.copyWithin(end, end - back, end - back + copy);
    else for (let i = 0; i < copy; i++) out[end + i] = out[end + i - back] ?? 0;
    end += copy;
  }
  return end;
}
