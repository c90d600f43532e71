/**
 * An Arrow file with its dictionaries before the batches that need them. Polars writes them behind, which a file may do
 * and the reader takes for a mistake.
 */

/** Bytes of a block in the footer: an offset, the length of what describes it, the length of its body. */
const BLOCK = 24;

/** The same file with its dictionaries at its beginning; anything that is in order already as it is. */
export function ordered(bytes: Uint8Array): Uint8Array {
  const found = parse(bytes);
  if (!found) return bytes;
  const { dictionaries, batches } = found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const offset = (at: number): number => Number(view.getBigInt64(at, true));
  const first = Math.min(...batches.map(offset));
  if (dictionaries.every((at) => offset(at) < first)) return bytes;
  const pieces = dictionaries.map((at) => {
    const size = view.getInt32(at + 8, true) + Number(view.getBigInt64(at + 16, true));
    return bytes.subarray(offset(at), offset(at) + size);
  });
  // The magic word stands first in any file.
  const shift = pieces.reduce((end, piece) => end + Math.ceil(piece.length / 8) * 8, 8);
  const out = new Uint8Array(shift + bytes.length);
  const patched = new DataView(out.buffer);
  out.set(bytes.subarray(0, 8));
  out.set(bytes, shift);
  for (const at of batches) patched.setBigInt64(shift + at, BigInt(offset(at) + shift), true);
  let end = 8;
  dictionaries.forEach((at, index) => {
    const piece = pieces[index] ?? new Uint8Array();
    patched.setBigInt64(shift + at, BigInt(end), true);
    out.set(piece, end);
    end += Math.ceil(piece.length / 8) * 8;
  });
  return out;
}

/** Where the blocks of dictionaries and of batches stand in the footer of a file; it is a flatbuffer table. */
function parse(bytes: Uint8Array): { dictionaries: number[]; batches: number[] } | undefined {
  const size = bytes.length;
  const magic = (at: number): boolean => String.fromCharCode(...bytes.subarray(at, at + 6)) === "ARROW1";
  if (size < 32 || !magic(0) || !magic(size - 6)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const footer = size - 10 - view.getInt32(size - 10, true);
  if (footer < 8 || footer > size - 14) return undefined;
  const table = footer + view.getUint32(footer, true);
  const fields = table - view.getInt32(table, true);
  const blocks = (field: number): number[] => {
    const slot = 4 + 2 * field;
    const offset = slot < view.getUint16(fields, true) ? view.getUint16(fields + slot, true) : 0;
    if (offset === 0) return [];
    const vector = table + offset + view.getUint32(table + offset, true);
    return Array.from({ length: view.getUint32(vector, true) }, (_, index) => vector + 4 + index * BLOCK);
  };
  return { dictionaries: blocks(2), batches: blocks(3) };
}
