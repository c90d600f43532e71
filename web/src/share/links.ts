/**
 * The addresses under which others have what a layer shows: what is asked of the server enters, addresses leave. They are
 * made from where the page was reached, so that a proxy's prefix is in them; where only this machine can reach the page but
 * the server knows a public address of its own, from that.
 */

import { type Dataset, type Server, type Source, type TileQuery, toQueryString } from "duotile";

/** An address to copy. */
export interface Link {
  id: string;
  title: string;
  /** What it is for. */
  use: string;
  address: string;
}

/** Whether only this machine can reach a host. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|::1)$/i.test(hostname);
}

/** The server's address for others, with a slash at its end. */
export function publicBase(server: Server, { links }: Pick<Dataset, "links">): string {
  const told = links.self.replace(/datasets\/[^/]*$/, "");
  const isPublic = (address: string) => !isLoopback(new URL(address).hostname);
  return !isPublic(server.base) && isPublic(told) ? told : server.base;
}

/** The addresses of a query's documents and tiles. */
export function links(base: string, dataset: Dataset, query: TileQuery): Link[] {
  const text = toQueryString(query);
  const also = (address: string, more: string) =>
    [address, more].filter(Boolean).join(address.includes("?") ? "&" : "?");
  const folder = `${base}tiles/${encodeURIComponent(dataset.id)}/`;
  const version = `v=${encodeURIComponent(dataset.version)}`;
  return [
    {
      id: "tilejson",
      title: "TileJSON",
      use: "for MapLibre, deck.gl, QGIS",
      address: also(`${folder}tilejson.json`, text),
    },
    {
      id: "tiles",
      title: "Tiles",
      use: "a template for what takes no TileJSON",
      address: also(also(`${folder}{z}/{x}/{y}.mvt`, text), version),
    },
    { id: "style", title: "MapLibre style", use: "a whole map", address: also(`${folder}style.json`, text) },
    {
      id: "kepler",
      title: "Kepler.gl page",
      use: "opens with this dataset",
      address: also(also(`${base}kepler`, `dataset=${encodeURIComponent(dataset.id)}`), text),
    },
  ];
}

/** The addresses for any Kepler.gl, which loses query strings: they have the query's token in the path. */
export async function keplerLinks(
  server: Server,
  base: string,
  dataset: Dataset,
  query: TileQuery,
  signal?: AbortSignal,
): Promise<Link[]> {
  // Finished tiles are asked nothing, of which a token would tell.
  const { token } = dataset.archive ? { token: "" } : await server.share(dataset.id, query, signal);
  const folder = `${base}tiles/${encodeURIComponent(dataset.id)}/${token ? `q/${token}/` : ""}`;
  return [
    {
      id: "kepler-tileset",
      title: "Tileset",
      use: "as “Tileset URL” in any Kepler.gl",
      address: `${folder}{z}/{x}/{y}.pbf`,
    },
    {
      id: "kepler-metadata",
      title: "Metadata",
      use: "as “Tileset metadata URL”",
      address: `${folder}metadata.json`,
    },
  ];
}

/**
 * A layer's query with what rows carry by themselves, where a cell holds a single one, and not only what the page draws
 * them by: others, and those without a network, cannot ask for the rest.
 */
export async function carrying(source: Source, id: string, query: TileQuery): Promise<TileQuery> {
  const { properties: drawn, ...rest } = query;
  if (drawn === undefined || drawn === "*") return query;
  const places: TileQuery = rest.mode === "cells" ? { ...rest, mode: "places" } : rest;
  const { value } = await source.tileJson(id, places);
  const usual = value.properties.filter(({ on }) => on === "rows").map(({ property }) => property);
  return drawn.every((name) => usual.includes(name))
    ? places
    : { ...places, properties: [...new Set([...usual, ...drawn])] };
}
