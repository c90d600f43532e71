/** The schemes of addresses by which the page gives MapLibre tiles: registered with it, and asked by the page itself. */

import { addProtocol } from "maplibre-gl";

type Load = (request: { url: string }, controller: AbortController) => Promise<{ data: unknown }>;

const loads = new Map<string, Load>();

/** Answers for a scheme from now on. */
export function register(scheme: string, load: Load): void {
  loads.set(scheme, load);
  addProtocol(scheme, load as Parameters<typeof addProtocol>[1]);
}

/** The bytes at an address of one of the schemes. */
export async function bytesAt(url: string, controller: AbortController): Promise<Uint8Array> {
  const load = loads.get(url.slice(0, url.indexOf(":")));
  if (!load) throw new Error(`nobody answers for ${url}`);
  const { data } = await load({ url }, controller);
  return data instanceof Uint8Array ? data : new Uint8Array((data as ArrayBuffer | undefined) ?? []);
}
