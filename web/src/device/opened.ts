/**
 * Files of this device that are looked at without a server: each is a dataset in the worker, of which the page's source answers as
 * of those of a server. They are gone with the page.
 */

import type { Stats } from "duotile";
import {
  type Answer,
  type Catalog,
  type Dataset,
  type Origin,
  Problem,
  type RemoteTiler,
  Source,
  type SourceOptions,
  type Subset,
  type TileQuery,
} from "duotile";
import { catalog, files } from "../page";
import type { Answers } from "./archive";
import { stemOf } from "./several";

interface Opened {
  answers: Answers;
  dataset: Dataset;
  /** Where it has rows. */
  tiler?: RemoteTiler;
}

/** What cuts tiles of rows that are here. */
export interface Here {
  tiler: RemoteTiler;
  free: () => void;
}

/** What a source of the page is made of. */
export interface PageOptions extends SourceOptions {
  /** Makes what cuts tiles from a file, under a name. */
  read: (file: Blob, name: string) => Promise<RemoteTiler>;
  open: (subset: Subset) => Promise<RemoteTiler>;
}

/** A source that has files of this device beside what a server has. */
export class PageSource extends Source {
  readonly #opened = new Map<string, Opened>();
  readonly #options: PageOptions;
  /** Names of the datasets, and titles, of files that are open or being opened. */
  readonly #names = new Set<string>();
  readonly #titles = new Set<string>();

  constructor(options: PageOptions) {
    super(options);
    this.#options = options;
  }

  /** Opens a file; resolves with its dataset. Rejects with what is wrong with it. */
  async openFile(file: File): Promise<Dataset> {
    const [id, title] = [this.#idOf(file.name), this.#titleOf(file.name)];
    this.#names.add(id);
    this.#titles.add(title);
    try {
      const opened = await this.#read(file, id, title);
      this.#opened.set(id, opened);
      files.value = new Set([...files.peek(), id]);
      return opened.dataset;
    } catch (error) {
      this.#names.delete(id);
      this.#titles.delete(title);
      throw error;
    }
  }

  /** What of a file that is open was not taken as it stands there. */
  notesOf(id: string): readonly string[] {
    return this.#opened.get(id)?.tiler?.notes ?? [];
  }

  async #read(file: File, id: string, title: string): Promise<Opened> {
    const { base } = this.server;
    if (/\.pmtiles$/i.test(file.name)) return (await import("./archive")).openArchive(file, id, base);
    const tiler = await this.#options.read(file, id);
    return { answers: tiler, tiler, dataset: await describe(tiler, id, title, base) };
  }

  /**
   * All rows that a query needs, here: of a file, of a subset that was taken along, else fetched from the server for as long as they
   * are needed. Whoever asks gives them back by `free`.
   */
  async rowsHere(id: string, query: TileQuery, rows: TileQuery, signal: AbortSignal): Promise<Here> {
    const own = this.#opened.get(id);
    if (own?.tiler) return { tiler: own.tiler, free: () => undefined };
    const here = (tiler: RemoteTiler): Here => ({ tiler, free: () => void tiler.free().catch(() => undefined) });
    const subsets = (await this.#options.subsets()).filter(
      ({ server, dataset }) => server === this.server.base && dataset === id,
    );
    for (const subset of subsets) {
      const version = catalog.peek().find((each) => each.id === id)?.version;
      if (version !== subset.version) continue;
      // One that is broken stands in nobody's way.
      const tiler = await this.#options.open(subset).catch(() => undefined);
      if (!tiler) continue;
      if (await tiler.covers(query).catch(() => false)) return here(tiler);
      here(tiler).free();
    }
    const response = await fetch(this.server.download(id, rows, "arrow"), { signal });
    if (!response.ok) throw await Problem.of(response);
    return here(await this.#options.read(await response.blob(), id));
  }

  override async datasets(signal?: AbortSignal): Promise<Answer<Catalog>> {
    const own = [...this.#opened.values()].map(({ dataset }) => dataset);
    try {
      const answer = await super.datasets(signal);
      return { ...answer, value: { ...answer.value, datasets: [...answer.value.datasets, ...own] } };
    } catch (error) {
      if (own.length === 0) throw error;
      return { value: { datasets: own, default: null, basemap: null }, from: "device", partial: false };
    }
  }

  override dataset(...[id, ...rest]: Parameters<Source["dataset"]>) {
    const own = this.#opened.get(id);
    return own ? answer(own.dataset) : super.dataset(id, ...rest);
  }

  override tileJson(...[id, query, signal]: Parameters<Source["tileJson"]>) {
    const own = this.#opened.get(id);
    if (!own) return super.tileJson(id, query, signal);
    return answer(own.answers.tileJson(query, signal)).then((answer) => this.#told(answer, id));
  }

  override metadata(...[id, query, signal]: Parameters<Source["metadata"]>) {
    const own = this.#opened.get(id);
    return own ? answer(own.answers.metadata(query, signal)) : super.metadata(id, query, signal);
  }

  override rows(...[id, query, page, signal]: Parameters<Source["rows"]>) {
    const own = this.#opened.get(id);
    return own ? answer(own.answers.rows(query, page, signal)) : super.rows(id, query, page, signal);
  }

  override stats(...[id, column, query, bins, signal]: Parameters<Source["stats"]>): Promise<Answer<Stats>> {
    const own = this.#opened.get(id);
    return own ? answer(own.answers.stats(column, query, bins, signal)) : super.stats(id, column, query, bins, signal);
  }

  override cells(...[id, measure, z, query, signal]: Parameters<Source["cells"]>) {
    const own = this.#opened.get(id);
    return own ? answer(own.answers.cells(measure, z, query, signal)) : super.cells(id, measure, z, query, signal);
  }

  override async tile(...[id, tile, query = "", signal]: Parameters<Source["tile"]>) {
    const own = this.#opened.get(id);
    if (!own) return super.tile(id, tile, query, signal);
    const started = performance.now();
    const value = await own.answers.tile(...tile, query, signal);
    const ended = performance.now();
    this.#options.onTile?.({
      dataset: id,
      tile,
      query: String(query),
      from: "device",
      started,
      ended,
      bytes: value.length,
    });
    return this.#told(await answer(value), id, tile);
  }

  #told<T extends Origin>(answer: T, id: string, tile?: Parameters<Source["tile"]>[1]): T {
    const { from, partial } = answer;
    this.#options.onAnswer?.({ from, partial }, id, tile);
    return answer;
  }

  /** What a file is called in a list: by its name, and by which of the files of that name it is. */
  #titleOf(name: string): string {
    let [title, at] = [name, 2];
    while (this.#titles.has(title)) {
      title = `${name} (${at})`;
      at += 1;
    }
    return title;
  }

  /** A name of a dataset that no other has, here or on the server: that of the file. */
  #idOf(name: string): string {
    const plain = stemOf(name);
    let [id, at] = [plain, 2];
    while (this.#names.has(id) || catalog.peek().some((each) => each.id === id)) {
      id = `${plain} ${at}`;
      at += 1;
    }
    return id;
  }
}

const answer = async <T>(value: T | Promise<T>): Promise<Answer<T>> => ({
  value: await value,
  from: "device",
  partial: false,
});

/** What is told of a file, as a server tells it of a dataset. */
async function describe(tiler: RemoteTiler, id: string, title: string, base: string): Promise<Dataset> {
  const [{ rows, unusable, columns }, { bounds, focus, center, geometryTypes }] = await Promise.all([
    tiler.schema(),
    tiler.describe(),
  ]);
  const time = columns.find(({ role }) => role === "time");
  const range: [string, string] | null = time?.min && time.max ? [String(time.min), String(time.max)] : null;
  const self = `${base}datasets/${encodeURIComponent(id)}`;
  return {
    id,
    title,
    attribution: null,
    version: tiler.version,
    rows,
    rows_without_position: unusable,
    bounds: bounds ?? null,
    focus,
    center,
    id_column: columns.find(({ role }) => role === "id")?.name ?? null,
    time_column: time?.name ?? null,
    geometry_types: geometryTypes,
    time_range: range,
    rows_open: true,
    subset_open: false,
    links: { self, tiles: self, tilejson: self, metadata: self, style: self },
    columns,
  };
}
