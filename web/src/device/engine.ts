/** What cuts tiles from subsets: loaded when one is opened, and not before. */

import { type Offline, type RemoteTiler, type Subset, TilerWorker } from "duotile";
import wasm from "duotile/duotile.wasm?url";
import script from "duotile/worker?url";

const here = (address: string) => new URL(address, document.baseURI);

/** One worker for all of them. */
const worker = new TilerWorker({ worker: here(script), wasm: here(wasm) });

export function open(offline: Offline, { id }: Subset): Promise<RemoteTiler> {
  return worker.open(async () => (await offline.get(id)).data);
}

/** A file of this device, or rows that were taken for a while, under a name. */
export function openFile(file: Blob, name: string): Promise<RemoteTiler> {
  return worker.open(file, { name });
}
