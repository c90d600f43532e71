/** Makes the file of the present view: asks for its tiles, takes the scripts of the page itself, and writes them down. */

import { type TileQuery, toQueryString } from "duotile";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import type { Drawable } from "../../map/layers";
import { viewOf } from "../../map/map";
import { shippedTiles } from "../../map/shipped";
import { theme } from "../../map/theme";
import { catalog } from "../../page";
import { ownId, state } from "../../state";
import { carrying } from "../links";
import { choiceOf, titleOf } from "../notes";
import type { Shown } from "../shown";
import { GROUND, type Saved } from "./format";
import { heldOf, isNested } from "./held";
import { html } from "./html";
import { placeOf, zoomOf } from "./plan";
import { collect, gzip } from "./tiles";

export interface Progress {
  zoom: number;
  tiles: number;
  bytes: number;
}

/** A view that is ready to be saved. */
export interface Snapshot {
  file: Blob;
  tiles: number;
  deepest: number;
  /** The zoom of the view. */
  zoom: number;
  /** Whether deeper zooms would have taken too long. */
  late: boolean;
}

/** Makes it of tiles of at most so many bytes, down to the zoom `last` if they and the time, in milliseconds, suffice for it. */
export async function makeSnapshot(
  { map, source, drawables }: Shown,
  last: number,
  budget: number,
  patience: number,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Snapshot> {
  // What is drawn when it begins is what is saved, whatever is changed on the page meanwhile.
  const shown = drawables();
  const view = viewOf(map);
  const { box, screen } = placeOf(map);
  const tilesAt = zoomOf(map, shown);
  const zoom = Math.floor(tilesAt);
  const [title, choice, was] = [titleOf(), choiceOf(), state.peek()];
  const from = location.href;
  const queries = await Promise.all(
    shown.map(({ loaded: { tileJson, query } }) => carrying(source, tileJson.dataset, query)),
  );
  const described = await Promise.all(
    shown.map(
      async ({ loaded: { tileJson } }, at) => (await source.tileJson(tileJson.dataset, queries[at], signal)).value,
    ),
  );
  const { packed, deepest, late } = await collect({
    layers: shown.map((drawable, at) => ({
      id: ownId(drawable.layer.id),
      fetch: (tile) => fetchTile(source, drawable, queries[at] ?? {}, tile, signal),
      isNested: isNested(drawable),
      zooms: [drawable.loaded.tileJson.minzoom, drawable.loaded.tileJson.maxzoom],
    })),
    box,
    zoom: tilesAt,
    screen,
    last,
    budget,
    patience,
    signal,
    tell: (zoom, tiles, bytes) => tell({ zoom, tiles, bytes }),
  });
  if (deepest < 0) throw new Error("not even the tile of the whole world fits into the file: filter the rows first");
  const ground = was.ground === "none" ? [] : [...(await shippedTiles())];
  const all = [
    ...packed.map(({ layer, tile, data }) => ({ address: `${layer}/${tile.join("/")}`, data })),
    ...(await Promise.all(
      ground.map(async ([tile, data]) => ({ address: `${GROUND}/${tile}`, data: await gzip(data) })),
    )),
  ];
  const tiles: Saved["tiles"] = [];
  let length = 0;
  for (const { address, data } of all) {
    tiles.push([address, length, data.length]);
    length += data.length;
  }
  const saved: Saved = {
    title,
    choice,
    made: new Date().toISOString(),
    from,
    view,
    ...heldOf(
      shown.flatMap((drawable, at) => {
        const tileJson = described[at];
        return tileJson ? [{ drawable, tileJson, query: queries[at] ?? {} }] : [];
      }),
      was,
      deepest,
    ),
    catalog: catalog.peek().filter(({ id }) => described.some(({ dataset }) => dataset === id)),
    box: [...box],
    deepest,
    zoom,
    tiles,
    dark: theme().dark,
  };
  const [styles, scripts, workerText] = await Promise.all([stylesOf(), scriptsOf(signal), text(worker, signal)]);
  const bytes = new Uint8Array(await new Blob(all.map(({ data }) => data)).arrayBuffer());
  const file = await html({ title, styles, scripts, worker: workerText, saved: JSON.stringify(saved), tiles: bytes });
  return { file, tiles: packed.length, deepest, zoom, late };
}

async function fetchTile(
  source: Shown["source"],
  { loaded: { tileJson } }: Drawable,
  query: TileQuery,
  tile: readonly [number, number, number],
  signal: AbortSignal,
) {
  return (await source.tile(tileJson.dataset, [...tile], toQueryString(query), signal)).value;
}

/** The styles of the page. */
async function stylesOf(): Promise<string> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')];
  return (await Promise.all(links.map(({ href }) => text(href)))).join("\n");
}

/** The scripts that draw a saved view. */
async function scriptsOf(signal: AbortSignal): Promise<[string, string][]> {
  const names = JSON.parse(await text("snapshot.json", signal)) as string[];
  return Promise.all(names.map(async (name): Promise<[string, string]> => [name, await text(name, signal)]));
}

async function text(address: string, signal?: AbortSignal): Promise<string> {
  const response = await fetch(new URL(address, document.baseURI), signal ? { signal } : {});
  if (!response.ok) throw new Error(`a part of the page (${address}) could not be loaded: ${response.status}`);
  return response.text();
}
