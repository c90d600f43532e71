/**
 * The script that MapLibre's workers import: asks the page which protocols there are, and registers each of them here with
 * a channel over which tiles come without the page. Until then, and should it fail, MapLibre asks the page.
 */

import { Asker } from "./broadcast.js";
import type { Tile } from "./etag.js";
import { unique } from "./place.js";
import { inOneLine } from "./problem.js";
import { type ProtocolRequest, parseAddress } from "./protocol.js";

type Load = (request: ProtocolRequest, controller: AbortController) => Promise<{ data: unknown }>;

/** What MapLibre puts into its workers: versions 5 and 6 a way to ask, version 4 only the one it uses itself. */
const maplibre = globalThis as unknown as {
  addProtocol(scheme: string, load: Load): void;
  makeRequest?: Load;
  worker: { actor: { sendAsync(message: object, controller: AbortController): Promise<{ data: unknown }> } };
};

const registered = new Map<string, string>();

async function register(): Promise<void> {
  const request = { url: "duotile-protocols://", type: "json" };
  const controller = new AbortController();
  const answer = maplibre.makeRequest
    ? maplibre.makeRequest(request, controller)
    : maplibre.worker.actor.sendAsync({ type: "GR", data: request, targetMapId: "global-dispatcher" }, controller);
  for (const [scheme, channel] of (await answer).data as [string, string][]) {
    if (registered.get(scheme) === channel) continue;
    registered.set(scheme, channel);
    const asker = new Asker(channel, unique());
    maplibre.addProtocol(scheme, async ({ url }, { signal }): Promise<Tile> => {
      const { name, tile, query } = parseAddress(url);
      if (!tile) throw new Error(`${url} is no address of a tile`);
      return asker.tile(name, ...tile, query, signal).catch((error: unknown) => {
        throw inOneLine(error);
      });
    });
  }
}

void register();
