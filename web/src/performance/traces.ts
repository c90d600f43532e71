/**
 * The tiles of the last view: what arrived since the map was moved or another query was asked for. Traces enter as they
 * come, which costs nothing; what the browser knows of their requests is asked for when it is looked at.
 */

import { signal } from "@preact/signals";
import type { TileTrace } from "duotile";

/** Where a tile comes from: made by the server, kept by it, kept by this browser, or cut on this device. */
export type From = "server" | "server cache" | "browser cache" | "device";

export const FROM: readonly From[] = ["server", "server cache", "browser cache", "device"];

/** A tile as it is told. Times are in milliseconds; what is unknown is absent. */
export interface TileReport {
  dataset: string;
  tile: string;
  from: From;
  /** From when it was asked for until the page had it. */
  total: number;
  /** What the server says it took, and what for. */
  server?: number;
  stages: readonly { name: string; ms: number }[];
  /** What else the request took: the wire, and the queue before it. */
  wire?: number;
  /** How long the answer waited until the page, which was drawing, took it. */
  page?: number;
  bytes: number;
  /** Bytes that came over the wire, headers included. */
  transferred?: number;
  features?: number;
  rows?: number;
  omitted?: number;
}

/** No view has more tiles. While time plays, these are the last ones. */
const MOST = 300;

let traces: TileTrace[] = [];
let another = false;
/** Changes with the traces while somebody looks. */
export const count = signal(0);
/** What the browser knows of the last requests. */
let requests: PerformanceResourceTiming[] = [];
let observer: PerformanceObserver | undefined;

/** A tile arrived. */
export function record(trace: TileTrace): void {
  if (another) traces = [];
  another = false;
  traces.push(trace);
  if (traces.length > MOST) traces.shift();
  if (observer) count.value += 1;
}

/** The tiles of the last view, as they came. */
export const seen = (): readonly TileTrace[] => traces;

/** The next tile is of another view. */
export function nextView(): void {
  another = true;
}

/** Looks at requests from now on, and at those that the browser remembers; until it is called again with `false`. */
export function watch(on: boolean): void {
  observer?.disconnect();
  observer = undefined;
  requests = [];
  if (!on) return;
  observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!(entry instanceof PerformanceResourceTiming) || !/\/tiles\/.*\.mvt/.test(entry.name)) continue;
      requests.push(entry);
    }
    requests = requests.slice(-2 * MOST);
    count.value += 1;
  });
  observer.observe({ type: "resource", buffered: true });
  count.value += 1;
}

/** The tiles of the last view, the slowest first. */
export function reports(): TileReport[] {
  // The same tile may be asked for several times.
  const known = new Map<string, PerformanceResourceTiming[]>();
  for (const request of requests) known.set(request.name, [...(known.get(request.name) ?? []), request]);
  return traces.map((trace) => report(trace, known.get(trace.url ?? "") ?? [])).sort((a, b) => b.total - a.total);
}

function report(trace: TileTrace, requests: readonly PerformanceResourceTiming[]): TileReport {
  const { dataset, tile, started, ended, bytes, features, rows, omitted, server = [], cached } = trace;
  // The request that began when the tile was asked for.
  const late = ({ startTime }: PerformanceResourceTiming) => Math.abs(startTime - started);
  const [request] = [...requests].sort((a, b) => late(a) - late(b));
  const kept = request !== undefined && request.transferSize === 0 && request.decodedBodySize > 0;
  const from: From = trace.from === "device" ? "device" : kept ? "browser cache" : cached ? "server cache" : "server";
  const total = ended - started;
  // What the browser kept tells how long the server took when it made it.
  const stages = from === "server" || from === "server cache" ? server : [];
  const atServer = stages.reduce((sum, { ms }) => sum + ms, 0);
  const asked = from === "server" || from === "server cache";
  return {
    dataset,
    tile: tile.join("/"),
    from,
    total,
    stages,
    ...(asked ? { server: atServer } : {}),
    ...(asked && request ? { wire: Math.max(request.duration - atServer, 0) } : {}),
    ...(request ? { page: Math.max(total - request.duration, 0) } : {}),
    bytes,
    ...(request ? { transferred: request.transferSize } : {}),
    ...(features === undefined ? {} : { features }),
    ...(rows === undefined ? {} : { rows }),
    ...(omitted === undefined ? {} : { omitted }),
  };
}

/** All tiles together. */
export interface Totals {
  tiles: number;
  p50: number;
  p95: number;
  server: number;
  wire: number;
  page: number;
  stages: readonly { name: string; ms: number }[];
  bytes: number;
  transferred: number;
  features: number;
  rows: number;
  omitted: number;
  from: Readonly<Record<From, number>>;
  /** What part of the tiles nobody had to make. */
  kept: number;
}

export function totals(all: readonly TileReport[]): Totals {
  const sum = (of: (one: TileReport) => number | undefined) => all.reduce((sum, one) => sum + (of(one) ?? 0), 0);
  const times = all.map(({ total }) => total).sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(Math.floor(times.length * part), times.length - 1)] ?? 0;
  const stages = new Map<string, number>();
  for (const { name, ms } of all.flatMap((one) => one.stages)) stages.set(name, (stages.get(name) ?? 0) + ms);
  const from = Object.fromEntries(FROM.map((name) => [name, all.filter((one) => one.from === name).length]));
  return {
    tiles: all.length,
    p50: at(0.5),
    p95: at(0.95),
    server: sum(({ server }) => server),
    wire: sum(({ wire }) => wire),
    page: sum(({ page }) => page),
    stages: [...stages].map(([name, ms]) => ({ name, ms })),
    bytes: sum(({ bytes }) => bytes),
    transferred: sum(({ transferred }) => transferred),
    features: sum(({ features }) => features),
    rows: sum(({ rows }) => rows),
    omitted: sum(({ omitted }) => omitted),
    from: from as Record<From, number>,
    kept: all.length === 0 ? 0 : ((from["server cache"] ?? 0) + (from["browser cache"] ?? 0)) / all.length,
  };
}
