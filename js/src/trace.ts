/** What is told of a tile that arrived, for who watches how fast a map is: the headers of its answer enter. */

import type { TileId } from "./coverage.js";

/** A tile that arrived: from where, when, and what is in it. Times are those of `performance.now()`. */
export interface TileTrace {
  dataset: string;
  /** z, x, y. */
  tile: TileId;
  query: string;
  from: "server" | "device";
  /** The absolute address that was asked; absent for the device. */
  url?: string;
  started: number;
  ended: number;
  /** Bytes of the tile, decoded. */
  bytes: number;
  /** These are told by a server. */
  features?: number;
  /** Rows that the features stand for. */
  rows?: number;
  /** Rows left out because there are too many. */
  omitted?: number;
  /** Absent for an empty tile. */
  kind?: "cells" | "rows";
  /** What took how many milliseconds at the server. */
  server?: { name: string; ms: number }[];
  /** Whether the server had the finished tile in its cache. */
  cached?: boolean;
}

/** What the headers of an answer say of its tile. */
export function told(headers: Headers): Partial<TileTrace> {
  const number = (name: string): number | undefined => {
    const text = headers.get(name);
    return text === null || text === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
  };
  const kind = headers.get("duotile-kind");
  const timing = headers.get("server-timing");
  const parts = timing?.split(",").map((part) => part.split(";").map((word) => word.trim())) ?? [];
  const server = parts.flatMap(([name = "", ...words]) => {
    const ms = words.find((word) => word.startsWith("dur="));
    return ms === undefined ? [] : [{ name, ms: Number(ms.slice(4)) }];
  });
  const all = {
    features: number("duotile-features"),
    rows: number("duotile-rows"),
    omitted: number("duotile-omitted"),
    kind: kind === "cells" || kind === "rows" ? kind : undefined,
    ...(timing === null ? {} : { server, cached: parts.some(([name]) => name === "cache") }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
