/**
 * What the server, or this device, says of the layers of the state: asked again when a query changes, and not before. A
 * filter that is wrong leaves what was there, with the refusal beside it.
 */

import { effect, signal } from "@preact/signals";
import {
  type Answer,
  type Dataset,
  type Metadata,
  type Origin,
  Problem,
  type Stats,
  type TileJson,
  type TileQuery,
  toQueryString,
} from "duotile";
import { brushed, dragging } from "./filter/dragging";
import { colouredBy, propertyOf, queryOf, rowsOf } from "./query";
import type { Data } from "./source";
import { active, type Layer, state } from "./state";
import { suit, unfilter } from "./suits";

/** What is known of a layer. */
export interface Loaded {
  dataset?: Dataset;
  /** The query that the rest is about. */
  query: TileQuery;
  tileJson?: TileJson;
  /** Where the TileJSON is from. */
  origin: Origin;
  /** Statistics of the query; those of the query before until they are there. */
  metadata?: Metadata;
  /** How many rows pass the query; unknown until they are counted. */
  counted?: number;
  /** Whether they are of rows of this device that may not be all. */
  partial: boolean;
  /** What columns that give colours or sizes have under the filter, by their names. */
  columns: Readonly<Record<string, Stats>>;
  busy: boolean;
  /** Whether the map has yet to draw the tiles that were asked for last. */
  tiling: boolean;
  /** Why the query that was asked last is not what is shown. */
  problem?: Problem;
}

const NOTHING: Loaded = {
  query: {},
  origin: { from: "server", partial: false },
  partial: false,
  columns: {},
  busy: true,
  tiling: true,
};

/** What is known of each layer, by its id. */
export const loaded = signal<Readonly<Record<string, Loaded>>>({});

/** How long statistics are waited for before tiles are asked for without them, in milliseconds: less than is noticed. */
const SOON = 300;

interface Job {
  key: string;
  stop: AbortController;
}

/** Whether the query of a layer is the same whatever columns its dataset has. */
function isPlain({ drawing }: Layer): boolean {
  return drawing.measure === "count" && !drawing.category && !drawing.size && !state.peek().window;
}

/**
 * Follows the state. `tell` is called with errors that are not about a filter; `tiled` resolves when the map has drawn its
 * tiles.
 */
export function follow(data: Data, tell: (error: unknown) => void, tiled: () => Promise<void>): { again: () => void } {
  const jobs = new Map<string, Job>();
  const datasets = new Map<string, Promise<Dataset>>();
  let round = 0;

  const put = (id: string, changes: Partial<Loaded>) => {
    loaded.value = { ...loaded.peek(), [id]: { ...(loaded.peek()[id] ?? NOTHING), ...changes } };
  };

  /** How many rows the query of before had is not how many this one has. */
  const forget = (id: string) => {
    const { counted: _, ...rest } = loaded.peek()[id] ?? NOTHING;
    loaded.value = { ...loaded.peek(), [id]: { ...rest, busy: false, tiling: false } };
  };

  const describe = (id: string): Promise<Dataset> => {
    const known = datasets.get(id);
    if (known) return known;
    const asked = data.source.dataset(id).then(({ value }) => value);
    datasets.set(id, asked);
    asked.catch(() => datasets.delete(id));
    return asked;
  };

  /** Both documents of a query, of which neither waits for the other. */
  const ask = (dataset: string, query: TileQuery, signal: AbortSignal) => {
    const both = {
      statistics: data.source.metadata(dataset, query, signal),
      tileJson: data.source.tileJson(dataset, query, signal),
    };
    for (const each of Object.values(both)) each.catch(() => undefined);
    return both;
  };

  const load = async (wish: Layer, { signal }: AbortController) => {
    let layer = wish;
    const { id } = layer;
    const before = loaded.peek()[id];
    // Of another dataset, nothing holds.
    if (before?.dataset && before.dataset.id !== layer.dataset) loaded.value = { ...loaded.peek(), [id]: NOTHING };
    put(id, { busy: true, tiling: true });
    try {
      // What does not depend on the dataset's columns is asked for at once.
      const early =
        before?.tileJson || !isPlain(layer)
          ? undefined
          : ask(layer.dataset, queryOf(layer, state.peek(), undefined), signal);
      const dataset = await describe(layer.dataset);
      if (signal.aborted) return;
      suit(layer, dataset);
      // What is drawn otherwise may be asked for otherwise, by another job.
      if (signal.aborted) return;
      layer = state.peek().layers.find((each) => each.id === id) ?? layer;
      const query = queryOf(layer, state.peek(), dataset);
      // Of other rows drawn as before, tiles go first: statistics of much data take all of the server for a while, and
      // the scale of the colours holds until they are there.
      const steady = before?.metadata && before.dataset?.id === dataset.id && alike(before.query, query);
      // A filter that a brush wrote is not asked about first.
      const known = steady && layer.filter === brushed.peek() ? before.tileJson : undefined;
      const show = (changes: Partial<Loaded>) => {
        const { problem: _, counted: __, ...rest } = loaded.peek()[id] ?? NOTHING;
        loaded.value = { ...loaded.peek(), [id]: { ...rest, dataset, query, ...changes } };
      };
      const drawn = async () => {
        await tiled();
        if (signal.aborted) return;
        if (dragging.peek()) put(id, { busy: false });
        put(id, { tiling: false });
        await rested(signal);
        if (!signal.aborted) put(id, { busy: true });
      };
      if (known) {
        show({ tileJson: known });
        await drawn();
        if (signal.aborted) return;
      }
      const asked = steady ? undefined : (early ?? ask(dataset.id, query, signal));
      const statistics = asked?.statistics;
      const { value: tileJson, ...origin } = await (asked?.tileJson ?? data.source.tileJson(dataset.id, query, signal));
      if (signal.aborted) return;
      // Tiles that went first may be whole, from what the browser remembers, where only a part is here to tell of.
      if (known && origin.partial && data.share().server > 0) data.renew();
      // Statistics of much data take their time: the map does not wait for them longer than the eye would notice.
      const late = new Promise<undefined>((resolve) => setTimeout(resolve, SOON));
      const soon = statistics && (await Promise.race([statistics, late]));
      if (signal.aborted) return;
      const statisticsOf = ({ value, partial }: Answer<Metadata>) => ({
        metadata: value,
        counted: value.rows,
        partial,
      });
      show({ tileJson, origin, ...(soon ? statisticsOf(soon) : {}) });
      if (steady && !known) await drawn();
      if (signal.aborted) return;
      const all = soon ?? (await (statistics ?? data.source.metadata(dataset.id, query, signal)));
      const columns = await spreads(layer, dataset, signal);
      if (signal.aborted) return;
      put(id, { ...statisticsOf(all), columns, busy: false, tiling: false });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && error.status === 400) {
        // The columns are known all the same, so that what is wrong can be taken back.
        const dataset = await describe(layer.dataset).catch(() => undefined);
        if (signal.aborted) return;
        // Of columns that are no longer there nothing can be shown.
        const renewed = dataset && before?.dataset && before.dataset.version !== dataset.version;
        if (renewed && layer.filter && error.parameter === "filter") unfilter(layer, error.message);
        if (signal.aborted) return;
        put(id, { problem: error, busy: false, tiling: false, ...(dataset ? { dataset } : {}) });
      } else {
        put(id, { busy: false, tiling: false });
        tell(error);
      }
    }
  };

  /** How the columns are spread that give points their size and shapes their colour, and the values that have colours. */
  const spreads = async (layer: Layer, dataset: Dataset, signal: AbortSignal) => {
    const { category, size, kind, measure } = layer.drawing;
    const sized = kind === "points" || kind === "shapes" ? size : undefined;
    const wanted = [
      colouredBy(category, dataset)?.name,
      sized,
      kind === "shapes" ? propertyOf(measure).column : undefined,
    ];
    const names = wanted.filter((name) => dataset.columns.some((column) => column.name === name));
    const rows = rowsOf(layer, state.peek(), dataset);
    const ask = async (name = "") =>
      [name, (await data.source.stats(dataset.id, name, rows, undefined, signal)).value] as const;
    return Object.fromEntries(await Promise.all([...new Set(names)].map(ask)));
  };

  const look = () => {
    const { layers, window } = state.value;
    const about = active(state.peek())?.id;
    for (const [id, { stop }] of jobs) {
      if (layers.some((layer) => layer.id === id)) continue;
      stop.abort();
      jobs.delete(id);
      const { [id]: _, ...rest } = loaded.peek();
      loaded.value = rest;
    }
    for (const layer of layers) {
      if (!layer.dataset) continue;
      const { dataset, visible } = layer;
      const key = `${round} ${dataset} ${window} ${toQueryString(queryOf(layer, state.peek(), undefined))}`;
      const job = jobs.get(layer.id);
      if (job?.key === key) continue;
      job?.stop.abort();
      // What is hidden is asked for when it is shown, or the panel is about it; until then it is not known.
      if (job && !visible && layer.id !== about) {
        if (job.key) forget(layer.id);
        jobs.set(layer.id, { ...job, key: "" });
        continue;
      }
      const stop = new AbortController();
      jobs.set(layer.id, { key, stop });
      void load(layer, stop);
    }
  };
  effect(look);

  return {
    /** Asks for everything again, as when there is another place to have it from. */
    again() {
      round += 1;
      datasets.clear();
      look();
    },
  };
}

/** Whether two queries draw rows in the same way, whichever rows they are. */
function alike(a: TileQuery, b: TileQuery): boolean {
  const drawing = ({ filter: _, datetime: __, ...rest }: TileQuery) => toQueryString(rest);
  return drawing(a) === drawing(b);
}

/** Waits until nothing is being dragged, or it does not matter any more. */
function rested(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (!dragging.peek()) {
      resolve();
      return;
    }
    const stop = dragging.subscribe((held) => {
      if (!held) done();
    });
    const done = () => {
      stop();
      signal.removeEventListener("abort", done);
      resolve();
    };
    signal.addEventListener("abort", done);
  });
}
