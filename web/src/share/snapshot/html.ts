/**
 * The file of a saved view: one page of HTML with everything in it. Texts and tiles are in it as base64 of gzip, which no
 * markup can hide in; its policy forbids every request, so what it shows is what is in it.
 */

import { gzip } from "./tiles";

/** What goes into the file. */
export interface Parts {
  title: string;
  styles: string;
  /** Name and text of each script, after those that it imports. */
  scripts: readonly [name: string, text: string][];
  worker: string;
  /** `Saved` as JSON. */
  saved: string;
  tiles: Uint8Array<ArrayBuffer>;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "worker-src blob: data:",
  // MapLibre reads the script of a worker from elsewhere, and starts it as an address of data.
  "connect-src blob:",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
].join("; ");

/** The first script: unpacks the others, binds them to each other as addresses of blobs, and starts them. */
const START = `(async () => {
  const decode = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const take = (id) => {
    const element = document.getElementById(id);
    const bytes = decode(element.textContent.trim());
    element.remove();
    return bytes;
  };
  const text = (bytes) =>
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  const script = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const names = JSON.parse(document.getElementById("scripts").textContent);
  document.head.append(Object.assign(document.createElement("style"), { textContent: await text(take("styles")) }));
  globalThis.duotileSaved = {
    saved: JSON.parse(await text(take("saved"))),
    bytes: take("tiles"),
    worker: script(await text(take("worker"))),
  };
  const made = new Map();
  for (const [at, name] of names.entries()) {
    let source = await text(take("script-" + at));
    for (const [before, address] of made) source = source.replaceAll("./" + before, address);
    made.set(name, script(source.replaceAll("import.meta.url", "document.baseURI")));
  }
  await import(made.get(names.at(-1)));
})().catch((error) => {
  document.getElementById("opening").textContent = "This saved view could not be opened here: " + error;
});`;

/** Writes it. */
export async function html({ title, styles, scripts, worker, saved, tiles }: Parts): Promise<Blob> {
  const encoder = new TextEncoder();
  const packed = async (id: string, text: string) => data(id, await gzip(encoder.encode(text)));
  const files = scripts.map(([name]) => name.replace(/^.*\//, ""));
  return new Blob(
    [
      '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
      '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
      '<meta name="color-scheme" content="light dark">\n',
      `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n`,
      `<title>${escaped(title)}</title>\n</head>\n<body>\n`,
      '<main id="map" aria-label="Map"></main>\n<div id="page"><p id="opening">Opening…</p></div>\n',
      await packed("styles", styles),
      await packed("saved", saved),
      await packed("worker", worker),
      ...(await Promise.all(scripts.map(([, text], at) => packed(`script-${at}`, text)))),
      data("tiles", tiles),
      // Names of a build's files: letters, digits and what is between them.
      `<script type="application/json" id="scripts">${JSON.stringify(files).replaceAll("<", "\\u003c")}</script>\n`,
      `<script>${START}</script>\n</body>\n</html>\n`,
    ],
    { type: "text/html" },
  );
}

function data(id: string, bytes: Uint8Array): string {
  return `<script type="text/plain" id="${id}">${base64(bytes)}</script>\n`;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // A multiple of three, so that the parts fit together.
  const step = 3 * 8192;
  for (let at = 0; at < bytes.length; at += step) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + step))));
  }
  return parts.join("");
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
