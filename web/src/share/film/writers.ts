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

/**
 * What is tried, in this order. Where a quality can be asked for, frames that differ much from each other are as clear as
 * those that differ little; a number of bits a second leaves shadows of the frame before.
 */
const CODECS = [
  { codec: "vp09.00.41.08", name: "V_VP9", bitrateMode: "quantizer" },
  { codec: "vp09.00.41.08", name: "V_VP9", bitrateMode: "variable" },
  { codec: "vp8", name: "V_VP8", bitrateMode: "variable" },
] as const;
/** From 0, the clearest, to 63. */
const QUANTIZER = 20;
/** Bits for a pixel of a frame where no quality can be asked for: maps have sharp edges. */
const BITS = 1;
/** A whole picture every so many seconds. */
const WHOLE = 2;

async function webmWriter(width: number, height: number, rate: number): Promise<Writer> {
  let found: (VideoEncoderConfig & { name: "V_VP8" | "V_VP9" }) | undefined;
  for (const { name, ...codec } of CODECS) {
    const bitrate = codec.bitrateMode === "variable" ? { bitrate: Math.round(width * height * rate * BITS) } : {};
    const config: VideoEncoderConfig = { width, height, framerate: rate, latencyMode: "quality", ...codec, ...bitrate };
    const known = await VideoEncoder.isConfigSupported(config).catch(() => undefined);
    if (known?.supported) found ??= { ...config, name };
  }
  if (!found) throw new Error("this browser writes no video of this size: choose GIF");
  const { name, ...config } = found;
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
  encoder.configure(config);
  let count = 0;
  return {
    async add(picture) {
      const frame = new VideoFrame(picture, { timestamp: (count * 1e6) / rate, duration: 1e6 / rate });
      const keyFrame = count % Math.max(Math.round(rate * WHOLE), 1) === 0;
      const how = { keyFrame, ...(config.bitrateMode === "quantizer" ? { vp9: { quantizer: QUANTIZER } } : {}) };
      encoder.encode(frame, how);
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
      return webm(name, width, height, (count * 1000) / rate, chunks);
    },
    close: () => {
      if (encoder.state !== "closed") encoder.close();
    },
  };
}
