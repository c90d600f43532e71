/**
 * A server that is made of answers, and subsets that are made of words: what tests of a source ask instead of what takes time.
 */

import { afterEach, beforeEach } from "node:test";
import { Server, Source } from "../dist/index.js";

/** @typedef {import("../dist/store.js").Subset} Subset */

export const BASE = "https://example.org/maps/";
export const FR = "filter=country%20%3D%20%27FR%27";

/** A server that is not there. @returns {Response} */
export const down = () => {
  throw new TypeError("Failed to fetch");
};

/** A server for each test of a file: what it was asked, and how it answers. */
export function faked() {
  const real = globalThis.fetch;
  const server = {
    /** @type {string[]} */
    asked: [],
    version: "1",
    /** Its zoom of rows. */
    pointsFrom: 8,
    /** One that is well. @param {string} path @returns {Response} */
    up(path) {
      if (path.endsWith(".mvt") || path.includes(".mvt?")) return new Response("server");
      if (path === "datasets") {
        return Response.json({ datasets: [{ id: "places" }, { id: "more" }], default: "places" });
      }
      if (path.includes("/stats")) return Response.json({ rows: 99, cells: 99 });
      if (path.includes("/rows")) return Response.json({ numberMatched: 99, features: [] });
      const { version, pointsFrom } = server;
      return Response.json({ id: "places", dataset_version: version, points_minzoom: pointsFrom, rows: 99 });
    },
    /** @type {(path: string) => Response} */
    answer: down,
  };
  beforeEach(() => {
    Object.assign(server, { asked: [], version: "1", pointsFrom: 8, answer: server.up });
    globalThis.fetch = async (url) => {
      const path = String(url).slice(BASE.length);
      server.asked.push(path);
      return server.answer(path);
    };
  });
  afterEach(() => {
    globalThis.fetch = real;
  });
  return server;
}

/** @param {Partial<Subset>} [some] */
export const subset = (some = {}) =>
  /** @type {Subset} */ ({
    id: "s",
    server: BASE,
    dataset: "places",
    version: "1",
    selects: "",
    rows: 10,
    taken: "1",
    about: { id: "places", title: "Places", columns: [] },
    ...some,
  });

/**
 * A source over subsets, whose tilers cut tiles that name subset and query, cover what `covers` says, and show rows
 * from zoom 5.
 *
 * @param {Subset[]} subsets
 * @param {{ covers?: (subset: string, query: string, tile?: readonly number[]) => boolean, broken?: string }} [options]
 */
export function make(subsets, { covers = () => false, broken } = {}) {
  /** @type {string[]} */
  const opened = [];
  /** @type {string[]} */
  const freed = [];
  /** @type {object[]} */
  const told = [];
  /** @type {import("../dist/index.js").TileTrace[]} */
  const traces = [];
  const had = Object.fromEntries(subsets.map(({ id, selects }) => [id, selects]));
  const source = new Source({
    server: new Server(BASE),
    subsets: async () => subsets,
    open: async ({ id }) => {
      opened.push(id);
      if (id === broken) throw new Error(`${id} is broken`);
      return {
        tile: (z, x, y, query) => new TextEncoder().encode(`${id} ${z}/${x}/${y} ${query}`),
        tileJson: () => /** @type {any} */ ({ name: id, points_minzoom: 5 }),
        metadata: () => /** @type {any} */ ({ name: id, rows: 10 }),
        rows: () => ({ numberMatched: 10, features: [] }),
        stats: (column, query, bins) => /** @type {any} */ ({ column, query, bins, rows: 10 }),
        cells: (measure, z, query) => /** @type {any} */ ({ measure, z, query, cells: 10 }),
        covers: (query, tile) => covers(had[id] ?? "", query, tile),
        free: () => freed.push(id),
      };
    },
    onAnswer: (origin, dataset, tile) => told.push({ ...origin, dataset, tile }),
    onTile: (trace) => traces.push(trace),
  });
  const tile = async (/** @type {string} */ query, /** @type {[number, number, number]} */ at = [0, 0, 0]) => {
    const { value, from, partial, subset } = await source.tile("places", at, query);
    return { text: new TextDecoder().decode(value), from, partial, id: subset?.id };
  };
  return { source, opened, freed, told, tile, traces };
}
