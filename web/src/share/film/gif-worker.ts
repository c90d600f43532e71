/** Compresses frames to GIF, beside the page: pictures enter one by one, the file leaves at the end. */

import { applyPalette, GIFEncoder, quantize } from "gifenc";

/** A frame, or the end. */
export type ToGif = { data: ArrayBuffer; width: number; height: number; delay: number } | "end";
/** A frame is in, or the whole file. */
export type FromGif = { bytes: number } | { file: Uint8Array<ArrayBuffer> };

const gif = GIFEncoder();
const answer = (message: FromGif) => self.postMessage(message);

self.addEventListener("message", ({ data: message }: MessageEvent<ToGif>) => {
  if (message === "end") {
    gif.finish();
    answer({ file: gif.bytes() });
    return;
  }
  const { data, width, height, delay } = message;
  const pixels = new Uint8Array(data);
  const palette = quantize(pixels, 256);
  gif.writeFrame(applyPalette(pixels, palette), width, height, { palette, delay });
  answer({ bytes: gif.bytesView().length });
});
