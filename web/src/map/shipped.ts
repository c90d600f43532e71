/** The tiles of the ground that the page brings, which its build has cut: each pack is loaded when the first of its tiles is. */

import { DEEPEST, FAR, NEAR, SPLIT } from "virtual:ground";
import { addProtocol } from "maplibre-gl";
import { type Ground, naturalEarth } from "./ground";

const SCHEME = "natural-earth";

/** Tiles by their addresses (`z/x/y`). */
type Pack = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const packs = new Map<string, Promise<Pack>>();

/** The shipped ground; what it is made of begins to load. */
export function shipped(): Ground {
  addProtocol(SCHEME, async ({ url }) => {
    const address = url.slice(`${SCHEME}://`.length);
    const pack = await open(Number(address.split("/")[0]) <= SPLIT ? FAR : NEAR);
    // A copy: what is given away goes to the worker.
    return { data: pack.get(address)?.slice().buffer ?? new ArrayBuffer(0) };
  });
  open(FAR).catch(() => undefined);
  return naturalEarth(`${SCHEME}://{z}/{x}/{y}`, DEEPEST);
}

/** All tiles of it. */
export async function shippedTiles(): Promise<Pack> {
  return new Map((await Promise.all([open(FAR), open(NEAR)])).flatMap((pack) => [...pack]));
}

/** Opens a pack; tries again where that went wrong before. */
function open(address: string): Promise<Pack> {
  const opening = packs.get(address) ?? load(address);
  packs.set(address, opening);
  opening.catch(() => packs.delete(address));
  return opening;
}

async function load(address: string): Promise<Pack> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the base map could not be loaded (${response.status})`);
  const data = await response.arrayBuffer();
  const start = 4 + new DataView(data).getUint32(0, true);
  const index: Record<string, [number, number]> = JSON.parse(
    new TextDecoder().decode(new Uint8Array(data, 4, start - 4)),
  );
  return new Map(
    Object.entries(index).map(([tile, [from, to]]) => [tile, new Uint8Array(data, start + from, to - from)] as const),
  );
}
