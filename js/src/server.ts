/**
 * A Duotile server as seen from a client: names and queries enter, typed documents and tile addresses leave. Addresses
 * are made from where the server was reached, so a prefix that a proxy put before it needs no word here.
 */

import { ask } from "./ask.js";
import { Problem } from "./problem.js";
import { type TileQuery, textOf } from "./query.js";
import type { Catalog, CellStats, Dataset, Metadata, Rows, Share, Stats, TileJson } from "./types.js";

/** A server at an address. One that is busy is waited for, some seconds, and asked again. */
export class Server {
  /** The address of the server, with a slash at its end. */
  readonly base: string;
  /** Told of which version of a dataset an answer about it is. */
  onVersion?: (dataset: string, version: string) => void;

  /** `base` is an absolute address, such as `document.baseURI`; what follows its last slash is dropped. */
  constructor(base: string) {
    this.base = new URL(".", base).href;
  }

  datasets(signal?: AbortSignal): Promise<Catalog> {
    return this.#json("datasets", signal);
  }

  dataset(id: string, signal?: AbortSignal): Promise<Dataset> {
    return this.#json(`datasets/${encodeURIComponent(id)}`, signal);
  }

  /** TileJSON of a query. Rejects with a {@link Problem} that says where a filter is wrong. */
  tileJson(id: string, query: TileQuery | string = {}, signal?: AbortSignal): Promise<TileJson> {
    return this.#json(path(id, "tilejson", query), signal);
  }

  /** TileJSON with statistics. */
  metadata(id: string, query: TileQuery | string = {}, signal?: AbortSignal): Promise<Metadata> {
    return this.#json(path(id, "metadata", query), signal);
  }

  /** Some of the rows that pass a query, in a cell given by its feature id, or in one of H3 by its index, if there is one. */
  rows(
    id: string,
    query: TileQuery | string,
    page: { cell?: number; h3?: string; offset?: number; limit?: number } = {},
    signal?: AbortSignal,
  ): Promise<Rows> {
    // A cell is a feature here, and how large cells are says nothing of rows.
    const which = textOf(query)
      .split("&")
      .filter((pair) => !/^(cell|res)=/.test(pair));
    const pairs = Object.entries(page).map(([name, value]) => `${name}=${value}`);
    return this.#about(id, withQuery(`datasets/${encodeURIComponent(id)}/rows`, ...which, ...pairs), signal);
  }

  /** Histogram, quantiles and categories of a column over the rows that pass. */
  stats(id: string, column: string, query: TileQuery | string = {}, bins = 20, signal?: AbortSignal): Promise<Stats> {
    return this.#stats(id, query, [`column=${encodeURIComponent(column)}`, `bins=${bins}`], signal);
  }

  /** Quantiles of what the cells of a zoom carry, for legends. */
  cells(
    id: string,
    measure: string,
    z: number,
    query: TileQuery | string = {},
    signal?: AbortSignal,
  ): Promise<CellStats> {
    return this.#stats(id, query, [`measure=${encodeURIComponent(measure)}`, `z=${z}`], signal);
  }

  /** The addresses of a query for tools that lose query strings: they have its token in the path. */
  share(id: string, query: TileQuery | string = {}, signal?: AbortSignal): Promise<Share> {
    return this.#json(`tiles/${encodeURIComponent(id)}/q`, signal, { method: "POST", body: textOf(query) });
  }

  /** The address of a file of the rows that pass. An Arrow stream has a limit of rows, which the operator decides. */
  download(
    id: string,
    query: TileQuery | string,
    format: "csv" | "geojson" | "geojsonl" | "fgb" | "parquet" | "arrow",
  ): string {
    const file = format === "arrow" ? "subset.arrow" : `rows.${format}`;
    return withQuery(`${this.base}datasets/${encodeURIComponent(id)}/${file}`, textOf(query));
  }

  /** The template of a query's tiles. With the dataset's version in it, caches may keep them for good. */
  tiles(id: string, query: TileQuery | string = {}, version?: string): string {
    const of = version === undefined ? "" : `v=${encodeURIComponent(version)}`;
    return withQuery(`${this.base}tiles/${encodeURIComponent(id)}/{z}/{x}/{y}.mvt`, textOf(query), of);
  }

  #stats<T>(id: string, query: TileQuery | string, pairs: string[], signal: AbortSignal | undefined): Promise<T> {
    return this.#about(id, withQuery(`datasets/${encodeURIComponent(id)}/stats`, textOf(query), ...pairs), signal);
  }

  async #about<T>(id: string, path: string, signal: AbortSignal | undefined): Promise<T> {
    const response = await this.#answer(path, signal);
    const version = response.headers.get("duotile-version");
    if (version !== null) this.onVersion?.(id, version);
    return (await response.json()) as T;
  }

  async #json<T>(path: string, signal: AbortSignal | undefined, how: RequestInit = {}): Promise<T> {
    return (await (await this.#answer(path, signal, how)).json()) as T;
  }

  async #answer(path: string, signal: AbortSignal | undefined, how: RequestInit = {}): Promise<Response> {
    const response = await ask(this.base + path, signal ? { ...how, signal } : how);
    if (!response.ok) throw await Problem.of(response);
    return response;
  }
}

function path(id: string, document: "tilejson" | "metadata", query: TileQuery | string): string {
  return withQuery(`tiles/${encodeURIComponent(id)}/${document}.json`, textOf(query));
}

function withQuery(address: string, ...parts: string[]): string {
  const query = parts.filter((part) => part !== "").join("&");
  return query === "" ? address : `${address}?${query}`;
}
