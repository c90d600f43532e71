/**
 * Tiles in the thread it is called from: a page, a worker, Node. What enters is an {@link Input}; what leaves are tiles
 * and documents about them, by the queries that a server takes.
 */

import type { Archive, ArchiveEstimate, ExportOptions } from "./archive.js";
import { type About, type Column, type Columns, type Positions, rowsOf } from "./columns.js";
import type { Input, InputOptions } from "./input.js";
import type { Units } from "./measured.js";
import { unique } from "./place.js";
import { guarded } from "./problem.js";
import { type TileQuery, textOf } from "./query.js";
import { toColumns } from "./read.js";
import { type Description, tileJson } from "./tilejson.js";
import type { CellStats, MeasureInfo, Metadata, RowPage, Rows, Schema, Stats, TileJson, TileReport } from "./types.js";
import { type Core, type CoreClass, load, type WasmSource } from "./wasm.js";

/** How far opening is. */
export interface Progress {
  /** Reading the input, sorting positions, adding columns. */
  stage: "read" | "sort" | "columns";
  /** What is done of `total`, from 0 to 1. */
  done: number;
}

/** How to make a {@link Tiler}. */
export interface TilerOptions extends InputOptions {
  /** Where the WebAssembly module is; the package brings it unless said. */
  wasm?: WasmSource;
  onProgress?: (progress: Progress) => void;
}

/** A dataset held in memory, from which tiles are cut. */
export class Tiler {
  /** The name of the dataset, and of the layer in its tiles. */
  readonly name: string;
  /** Changes with the rows: that of the server for a subset, else one that was never there before. */
  readonly version: string;
  readonly about: About;
  /** What a reader should know: columns that were left out, values that became null. */
  readonly notes: readonly string[];
  readonly #core: Core;
  readonly #class: CoreClass;
  /** Whether rows are more than points. */
  readonly #outlined: boolean;
  /** Of columns that were measured on outlines. */
  readonly #units: Units;
  #freed = false;

  private constructor(core: Core, Class: CoreClass, table: Columns, units: Units) {
    this.#core = core;
    this.#class = Class;
    this.name = table.name;
    this.about = table.about ?? {};
    this.version = this.about.version ?? unique();
    this.notes = table.notes;
    this.#units = units;
    this.#outlined =
      "parts" in table.positions || ("keys" in table.positions && table.positions.outlines !== undefined);
  }

  /** Reads an input and sorts its rows. */
  static async from(input: Input, options: TilerOptions = {}): Promise<Tiler> {
    const tell = options.onProgress ?? (() => {});
    const loading = load(options.wasm);
    // Awaited below; should reading fail first, this must not count as an error that nobody saw.
    loading.catch(() => {});
    tell({ stage: "read", done: 0 });
    const table = await toColumns(input, options);
    const Core = await loading;
    // Only those of lines and polygons need it.
    const measured = "parts" in table.positions ? await import("./measured.js") : undefined;
    tell({ stage: "sort", done: 0 });
    return guarded(
      () => {
        const { name, positions } = table;
        const core = made(Core, name, positions);
        table.columns.forEach((column, at) => {
          tell({ stage: "columns", done: at / table.columns.length });
          add(core, column);
        });
        for (const [name, facts] of Object.entries(table.facts ?? {})) core.setFacts(name, facts);
        const notes = [...table.notes];
        let units: Units = {};
        if (measured && "parts" in positions) {
          units = measured.measure(core, table, positions);
          notes.push(...measured.toldOf(core.gathered()));
        }
        core.setRoles(table.id, table.time, table.latitude);
        if (table.zone !== undefined) core.setZone(table.zone);
        for (const column of options.column ?? []) core.make(column);
        tell({ stage: "columns", done: 1 });
        return new Tiler(core, Core, { ...table, notes }, units);
      },
      `opening ${rowsOf(table.positions)} rows`,
    );
  }

  /** Cuts a tile: a Mapbox Vector Tile, empty where no row passes. Throws a {@link Problem} for a wrong query. */
  tile(z: number, x: number, y: number, query: TileQuery | string = ""): Uint8Array<ArrayBuffer> {
    return guarded(() => this.#core.tile(z, x, y, textOf(query)) as Uint8Array<ArrayBuffer>);
  }

  /** What the last tile showed and left out. */
  get lastReport(): TileReport {
    return guarded(() => this.#core.lastReport() as TileReport);
  }

  /** The shortest text of the same query, and what its tiles carry. */
  describe(query: TileQuery | string = ""): Description {
    return guarded(() => this.#core.describe(textOf(query)) as Description);
  }

  /** The TileJSON of a query. Its tiles are addresses of the protocol {@link addProtocol} registers. */
  tileJson(query: TileQuery | string = ""): TileJson {
    const told = this.describe(query);
    const template = `duotile://${encodeURIComponent(this.name)}/{z}/{x}/{y}`;
    const tiles = told.canonical === "" ? template : `${template}?${told.canonical}`;
    return tileJson(this.name, this.version, this.about, told, tiles);
  }

  /** TileJSON with how many rows pass, and range and quantiles of what cells carry. */
  metadata(query: TileQuery | string = ""): Metadata {
    return this.metadataWithin(query);
  }

  /** The same, of some zooms alone. @internal */
  metadataWithin(query: TileQuery | string, zooms: readonly number[] = []): Metadata {
    const { rows, rowsDrawn } = this.describe(query);
    const [first, last] = zooms;
    const measures = guarded(() => this.#core.legend(textOf(query), first, last) as MeasureInfo[]);
    const drawn = rowsDrawn ? { rows_drawn: rowsDrawn } : {};
    const rows_total = this.about.rowsTotal ?? this.schema().rows;
    return { ...this.tileJson(query), rows, rows_total, ...drawn, measures };
  }

  /** The columns, how many rows there are, and how many had no position on the map. */
  schema(): Schema {
    const schema = guarded(() => this.#core.schema() as Schema);
    const columns = schema.columns.map((column) => {
      const unit = this.#units[column.name];
      return unit === undefined ? column : { ...column, unit };
    });
    return { ...schema, columns };
  }

  /** Histogram, quantiles and categories of a column over the rows that pass. */
  stats(column: string, query: TileQuery | string = "", bins = 20): Stats {
    return guarded(() => this.#core.stats(column, textOf(query), bins) as Stats);
  }

  /** Quantiles of what the cells of a zoom carry, for legends. */
  cells(measure: string, z: number, query: TileQuery | string = ""): CellStats {
    return guarded(() => this.#core.cells(textOf(query), measure, z) as CellStats);
  }

  /** The rows that pass, as GeoJSON, a page at a time; of a cell or a tile if one is given. */
  rows(query: TileQuery | string = "", page: RowPage = {}): Rows {
    return guarded(() => this.#core.rows(textOf(query), page) as Rows);
  }

  /**
   * Whether every row of a query, or every row that one of its tiles needs, is here for certain. Of a dataset that is not
   * a subset it always is. Where rows take over from cells depends on rows of other tiles, too: unless all rows of the
   * query are here, `mode=auto` may show rows where the full dataset shows cells.
   */
  covers(query: TileQuery | string, tile?: readonly [number, number, number]): boolean {
    const subset = this.about.query;
    if (subset === undefined) return true;
    const outlined = this.#outlined;
    return guarded(() =>
      tile
        ? this.#class.covers(subset, textOf(query), outlined, ...tile)
        : this.#class.coversAll(subset, textOf(query)),
    );
  }

  /** Makes a PMTiles file of the tiles of a query, as `duotile export` does. Others may ask for tiles meanwhile. */
  async export(options: ExportOptions = {}): Promise<Archive> {
    return (await import("./export.js")).archived(this, this.#core, options);
  }

  /** About how many tiles and bytes that would be, from some tiles of each zoom. */
  async estimateExport(options: ExportOptions = {}): Promise<ArchiveEstimate> {
    return (await import("./export.js")).estimated(this.#core, options);
  }

  /** Gives the memory back; what was given back stays so. */
  free(): void {
    if (!this.#freed) this.#core.free();
    this.#freed = true;
  }
}

/** The module's class with positions. */
function made(Core: CoreClass, name: string, positions: Positions): Core {
  if ("parts" in positions) {
    const { rows, parts, kinds, lon, lat } = positions;
    return Core.ofOutlines(name, rows, parts, kinds, lon, lat);
  }
  if ("keys" in positions) {
    const core = Core.fromKeys(name, positions.keys, positions.rows);
    if (positions.outlines) core.carry(positions.outlines.bytes, positions.outlines.ends);
    return core;
  }
  if ("cells" in positions) return Core.ofCells(name, positions.cells);
  return new Core(name, positions.lon, positions.lat);
}

function add(core: Core, column: Column): void {
  const { name, valid } = column;
  switch (column.type) {
    case "integer":
      if (column.values instanceof Int32Array) core.addI32(name, column.values, valid);
      else core.addI64(name, column.values, valid);
      break;
    case "number":
      if (column.values instanceof Float32Array) core.addF32(name, column.values, valid);
      else core.addF64(name, column.values, valid);
      break;
    case "boolean":
      core.addBool(name, column.values, valid);
      break;
    case "time":
      core.addTime(name, column.values, valid);
      break;
    case "text":
      core.addText(name, column.codes, column.bytes, column.offsets, valid);
      break;
  }
}
