/** Where the page's data comes from: the server and the subsets of this device, as one source that MapLibre asks. */

import { addProtocol, Offline, Server, type Subset, type TileQuery, toQueryString } from "duotile";
import { PageSource } from "./device/opened";
import { register } from "./map/protocols";
import { record } from "./performance/traces";

/** What the tiles on the map are made of. */
export interface Share {
  server: number;
  device: number;
  /** Of those from the device, the ones in which rows may be missing. */
  partial: number;
  /** The subset that gave the last of them. */
  subset?: Subset;
}

export interface Data {
  source: PageSource;
  offline: Offline;
  /** Why subsets could not be opened, by their ids. */
  faults: ReadonlyMap<string, string>;
  /** The template of a query's tiles. */
  tiles: (dataset: string, query: TileQuery) => string;
  /** What has answered since it was last forgotten. */
  share: () => Share;
  /** Forgets it, as when other tiles are asked for. */
  forget: () => void;
  /** Makes templates other than before, so that the map asks for every tile again. */
  renew: () => void;
  /** How often that was done: what was told in another round is asked for again. */
  round: () => number;
}

/** Whether the server answered when it was last asked. */
export const isWell = ({ source }: Data): boolean => source.reachable && !source.busy;

/**
 * Opens both. `tell` is called with every answer, `fault` when a subset cannot be opened, `renewed` when the server has another version
 * of a dataset.
 */
export async function openData(tell: () => void, fault: () => void, renewed: (dataset: string) => void): Promise<Data> {
  const offline = await Offline.open();
  const faults = new Map<string, string>();
  let share: Share = { server: 0, device: 0, partial: 0 };
  let round = 0;
  const source = new PageSource({
    server: new Server(document.baseURI),
    subsets: async () => (await offline.list()).flatMap(({ subset }) => subset ?? []),
    async open(subset) {
      try {
        const tiler = await (await import("./device/engine")).open(offline, subset);
        faults.delete(subset.id);
        return tiler;
      } catch (error) {
        faults.set(subset.id, error instanceof Error ? error.message : String(error));
        fault();
        throw error;
      }
    },
    read: async (file, name) => (await import("./device/engine")).openFile(file, name),
    onAnswer: (origin, _, tile) => {
      if (tile) {
        share[origin.from] += 1;
        share.partial += Number(origin.partial);
        if (origin.subset) share.subset = origin.subset;
      }
      tell();
    },
    onVersion: renewed,
    onTile: record,
  });
  const protocol = addProtocol({ addProtocol: register });
  const known = new Set<string>();
  return {
    source,
    offline,
    faults,
    tiles(dataset, query) {
      if (!known.has(dataset)) protocol.add(source.tiles(dataset));
      known.add(dataset);
      return `duotile://${encodeURIComponent(dataset)}/{z}/{x}/{y}?${toQueryString(query)}#${round}`;
    },
    share: () => share,
    forget() {
      share = { server: 0, device: 0, partial: 0 };
    },
    renew: () => {
      round += 1;
    },
    round: () => round,
  };
}
