/** What takes pictures one after the other and makes a file of them: GIF everywhere, WebM where a browser has an encoder. */

import { contextOf } from "../picture";
import type { FromGif, ToGif } from "./gif-worker";
import { type Chunk, webm } from "./webm";

export interface Writer {
  /** Resolves when there is room for the next, with the bytes so far. */
  add(picture: HTMLCanvasElement): Promise<number>;
  finish(): Promise<Blob>;
  /** Gives back what it holds, whether it has finished or not. */
  close(): void;
}

export type Kind = "gif" | "webm";

/** Which kinds this browser can write. */
export function kinds(): Kind[] {
  return "VideoEncoder" in window ? ["webm", "gif"] : ["gif"];
}

export function makeWriter(kind: Kind, width: number, height: number, rate: number): Promise<Writer> {
  return kind === "gif" ? gifWriter(width, height, rate) : webmWriter(width, height, rate);
}

async function gifWriter(width: number, height: number, rate: number): Promise<Writer> {
  const worker = new Worker(new URL("./gif-worker.ts", import.meta.url), { type: "module" });
  const ask = (message: ToGif, transfer: Transferable[] = []) =>
    new Promise<FromGif>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<FromGif>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`the GIF could not be written: ${message}`));
      worker.postMessage(message, transfer);
    });
  return {
    async add(picture) {
      const { data } = contextOf(picture).getImageData(0, 0, width, height);
      // GIF counts in hundredths of a second.
      const delay = Math.round(100 / rate) * 10;
      const told = await ask({ data: data.buffer, width, height, delay }, [data.buffer]);
      return "bytes" in told ? told.bytes : 0;
    },
    async finish() {
      const told = await ask("end");
      if (!("file" in told)) throw new Error("the GIF did not arrive");
      return new Blob([told.file], { type: "image/gif" });
    },
    close: () => worker.terminate(),
  };
}

/** VP9, then VP8, of these sizes. */
const CODECS = [
  ["vp09.00.41.08", "V_VP9"],
  ["vp8", "V_VP8"],
] as const;
/** Bits for a pixel: maps have sharp edges. */
const BITS = 0.25;
/** A whole picture every so many seconds. */
const WHOLE = 2;

async function webmWriter(width: number, height: number, rate: number): Promise<Writer> {
  const config = { width, height, framerate: rate, bitrate: Math.max(Math.round(width * height * rate * BITS), 1e6) };
  let found: (typeof CODECS)[number] | undefined;
  for (const codec of CODECS) {
    const { supported } = await VideoEncoder.isConfigSupported({ ...config, codec: codec[0] });
    if (supported) found ??= codec;
  }
  if (!found) throw new Error("this browser writes no video of this size: choose GIF");
  const chunks: Chunk[] = [];
  let bytes = 0;
  let problem: Error | undefined;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      bytes += data.length;
      chunks.push({ data, time: chunk.timestamp / 1000, key: chunk.type === "key" });
    },
    error: (error) => {
      problem = error;
    },
  });
  encoder.configure({ ...config, codec: found[0], latencyMode: "quality" });
  let count = 0;
  return {
    async add(picture) {
      const frame = new VideoFrame(picture, { timestamp: (count * 1e6) / rate, duration: 1e6 / rate });
      encoder.encode(frame, { keyFrame: count % Math.max(Math.round(rate * WHOLE), 1) === 0 });
      frame.close();
      count += 1;
      while (encoder.encodeQueueSize > 2 && !problem) await new Promise((resolve) => setTimeout(resolve, 5));
      if (problem) throw problem;
      return bytes;
    },
    async finish() {
      await encoder.flush();
      if (problem) throw problem;
      if (chunks.length !== count) throw new Error(`the encoder gave ${chunks.length} of ${count} frames`);
      return webm(found[1], width, height, (count * 1000) / rate, chunks);
    },
    close: () => {
      if (encoder.state !== "closed") encoder.close();
    },
  };
}
