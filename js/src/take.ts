/**
 * Asks a server for a subset, watches it arrive, and keeps it in the {@link Store}. Whatever the server answers, and
 * wherever it breaks off, what was kept before stays as it was.
 */

import { ask } from "./ask.js";
import { StreamScan } from "./ipc.js";
import { Problem, Unreachable } from "./problem.js";
import { type TileQuery, toQueryString } from "./query.js";
import { Server } from "./server.js";
import { type Room, type Store, type Subset, type SubsetRequest, size, type Taking } from "./store.js";

/** How far a download is. */
export interface TakeProgress {
  /** Rows that are on their way, when the server has said so. */
  rows: number | undefined;
  /** Bytes that have arrived, uncompressed. */
  bytes: number;
  /** All bytes, once their number is known. */
  total: number | undefined;
}

/** How taking is followed, and stopped. */
export interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: TakeProgress) => void;
}

/** Which rows to take, and from where. */
export interface TakeRequest extends Watched {
  /** The server or its address. */
  server: Server | string;
  dataset: string;
  /** Its `filter`, `datetime` and `bbox` say which rows; all of them when there is none. The rest is left aside. */
  query?: TileQuery | string;
  /** West, south, east, north: only rows in this box. In place of one in the query. */
  bbox?: readonly [number, number, number, number];
  /** Only these columns; filters of others do not work offline. */
  columns?: readonly string[];
  /** What the reader calls it; the dataset's title unless said. */
  name?: string;
}

/** What taking would mean, before anything is taken. */
export interface Estimate {
  rows: number;
  /** About how many bytes they are. */
  bytes: number;
  room: Room | undefined;
  /** Whether there is room for them, as far as the browser tells. */
  fits: boolean;
}

/** Takes rows along. One of the same rows that is there already gives way once this one is whole. */
export async function take(
  store: Store,
  { server, dataset, query = {}, bbox, columns, name, ...watched }: TakeRequest,
): Promise<Subset> {
  const base = typeof server === "string" ? new Server(server).base : server.base;
  const request = { server: base, dataset, query: selection(query, bbox, columns), ...(name ? { name } : {}) };
  const response = await subsetOf(request, undefined, watched.signal);
  const subset = await keep(store, request, response, undefined, watched);
  for (const { id, subset: other, taking } of await store.list()) {
    const same = other !== undefined && id !== subset.id && !taking && isSame(other, subset);
    if (same) await store.delete(id);
  }
  return subset;
}

/** Asks whether a subset is still what the server has, and takes it again if not; in any case with `force`. */
export async function refresh(
  store: Store,
  id: string,
  { force = false, ...watched }: Watched & { force?: boolean } = {},
): Promise<{ subset: Subset; changed: boolean }> {
  const stored = (await store.list()).find((one) => one.id === id);
  // Without a record nobody knows what was asked for.
  if (!stored?.request) return { subset: (await store.get(id)).subset, changed: false };
  const { request, subset } = stored;
  const response = await subsetOf(request, force ? undefined : subset?.etag, watched.signal);
  if (subset && response.status === 304) return { subset, changed: false };
  return { subset: await keep(store, request, response, id, watched), changed: true };
}

/** How many rows a request selects, about how many bytes they are, and whether there is room. */
export async function estimate(store: Store, request: TakeRequest): Promise<Estimate> {
  const server = typeof request.server === "string" ? new Server(request.server) : request.server;
  const { dataset, signal } = request;
  const query = selection(request.query ?? {}, request.bbox, undefined);
  const wish = Object.fromEntries(new URLSearchParams(query)) as TileQuery;
  const count = server.rows(dataset, wish, { limit: 0 }, signal).then(({ numberMatched }) => numberMatched);
  const [described, rows] = await Promise.all([
    server.dataset(dataset, signal),
    // Where rows are not given out, the metadata still counts them.
    count.catch(async () => (await server.metadata(dataset, wish, signal)).rows),
  ]);
  const taken = described.columns.filter(({ name }) => request.columns?.includes(name) ?? true);
  // Key, row number, longitude, latitude; then what the type of a column and its values let expect.
  const width = taken.reduce((sum, { type, min, max, distinct }) => {
    if (type === "boolean") return sum + 1 / 8;
    if (type === "integer") return sum + (Math.max(Math.abs(Number(min)), Math.abs(Number(max))) < 2 ** 31 ? 4 : 8);
    if (type !== "text") return sum + 8;
    const words = Math.min(distinct ?? rows, rows);
    return sum + (words < 256 ? 1 : words < 65_536 ? 2 : 4) + (words / Math.max(rows, 1)) * 16;
  }, 28);
  const vertices = (described.vertices ?? 0) / Math.max(described.rows, 1);
  const [bytes, room] = [Math.round(rows * (width + vertices * VERTEX)), await store.room()];
  return { rows, bytes, room, fits: room === undefined || bytes < room.free };
}

/** Bytes of a vertex, about: two numbers of two or three bytes each, and one. */
const VERTEX = 6;

/** Writes what a server sends, and makes it the subset of an id once it is whole. */
async function keep(
  store: Store,
  request: SubsetRequest,
  response: Response,
  id: string | undefined,
  { signal, onProgress }: Watched,
): Promise<Subset> {
  const { headers, body } = response;
  const kind = headers.get("content-type") ?? "no type";
  if (!body || !kind.includes("arrow")) {
    await body?.cancel();
    throw new Error(`${request.server} sent ${kind}, expected an Arrow stream; is that a Duotile server?`);
  }
  const plain = headers.get("content-encoding") === null;
  const rows = countOf(headers.get("duotile-rows"));
  const scan = new StreamScan(rows);
  const length = plain ? countOf(headers.get("content-length")) : undefined;
  const reader = body.getReader();
  let taking: Taking | undefined;
  let fits = false;
  /** Before more is written than there is room for. */
  const check = async (total: number | undefined) => {
    if (fits || total === undefined) return;
    const room = await store.room();
    if (room && room.free < total) throw await store.noRoom(total, scan.received);
    fits = true;
  };
  try {
    await check(length);
    const about = await reached(request, new Server(request.server).dataset(request.dataset, signal), signal);
    taking = await store.take(request, id);
    // Some browsers ask the reader first: rows need not wait for that.
    void store.persist();
    for (;;) {
      onProgress?.({ rows, bytes: scan.received, total: length ?? scan.total });
      const { value } = await reader.read().catch((error: unknown) => {
        throw signal?.aborted ? error : brokeOff(request, scan, error);
      });
      if (!value) break;
      scan.push(value);
      await check(scan.total);
      await taking.write(value as Uint8Array<ArrayBuffer>);
    }
    signal?.throwIfAborted();
    if (!scan.ended) throw brokeOff(request, scan, undefined);
    const { facts } = scan;
    if (!facts)
      throw new Error(`${request.server} sent Arrow without what Duotile says of it; is it a Duotile server?`);
    const bbox = boxOf(request.query);
    const etag = headers.get("etag");
    return await taking.commit({
      title: facts.title ?? facts.name,
      ...(facts.attribution === null ? {} : { attribution: facts.attribution }),
      version: facts.version,
      selects: facts.query,
      ...(bbox ? { bbox } : {}),
      rows: scan.rows,
      rowsTotal: facts.rows_total,
      taken: new Date().toISOString(),
      columns: facts.columns.map(({ name }) => name),
      about,
      ...(etag === null ? {} : { etag }),
    });
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    await taking?.abort().catch(() => undefined);
    throw error;
  }
}

/** Asks for a subset. Rejects with the server's {@link Problem}: 413 says how many rows there are and how many may be. */
async function subsetOf(
  request: SubsetRequest,
  etag: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { server, dataset, query } = request;
  const address = `${server}datasets/${encodeURIComponent(dataset)}/subset.arrow${query === "" ? "" : `?${query}`}`;
  // It is kept here: the browser's cache need not hold it as well.
  const asked = ask(address, {
    cache: "no-store",
    ...(signal ? { signal } : {}),
    ...(etag === undefined ? {} : { headers: { "if-none-match": etag } }),
  });
  const response = await reached(request, asked, signal);
  if (!response.ok && response.status !== 304) throw await Problem.of(response);
  return response;
}

/** What a server answers; that it does not is told as such. */
async function reached<T>({ server }: SubsetRequest, answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (signal?.aborted || error instanceof Problem) throw error;
    throw new Unreachable(`${server} does not answer`, { cause: error });
  }
}

/** The part of a query that says which rows, as text, and which columns they carry. */
function selection(
  query: TileQuery | string,
  bbox: TakeRequest["bbox"],
  columns: readonly string[] | undefined,
): string {
  const given = new URLSearchParams(typeof query === "string" ? query : toQueryString(query));
  if (bbox) given.set("bbox", bbox.join(","));
  const kept = ["filter", "filter-lang", "datetime", "bbox"].flatMap((name) => {
    const value = given.get(name)?.trim();
    return value ? [`${name}=${encodeURIComponent(value)}`] : [];
  });
  return [...kept, ...(columns ? [toQueryString({ properties: columns })] : [])].join("&");
}

function boxOf(query: string): [number, number, number, number] | undefined {
  const [west, south, east, north] = (new URLSearchParams(query).get("bbox") ?? "").split(",").map(Number);
  if (west === undefined || south === undefined || east === undefined || north === undefined) return undefined;
  return [west, south, east, north];
}

function isSame(a: Subset, b: Subset): boolean {
  return (
    a.server === b.server && a.dataset === b.dataset && a.selects === b.selects && a.columns.join() === b.columns.join()
  );
}

function countOf(text: string | null): number | undefined {
  return text === null || !/^\d+$/.test(text) ? undefined : Number(text);
}

function brokeOff({ server }: SubsetRequest, { received, total }: StreamScan, cause: unknown): Unreachable {
  const of = total === undefined ? "" : ` of ${size(total)}`;
  return new Unreachable(`${server} broke off after ${size(received)}${of}; try again`, { cause });
}
