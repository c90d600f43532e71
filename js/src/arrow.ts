/**
 * Arrow IPC, as file or stream, becomes {@link Columns}. The reader (flechette) is only loaded when there is Arrow to
 * read. Values are taken from its buffers as they lie wherever their type allows.
 */

import type { Batch, Column as Read, Table } from "@uwdata/flechette";
import { degrees } from "./arrays.js";
import { ordered } from "./arrow-file.js";
import { convert, typeName } from "./arrow-values.js";
import { positionColumns } from "./axes.js";
import { refuseOthers } from "./bytes.js";
import { type About, bit, type Carried, type Column, type Columns, check, list, type Positions } from "./columns.js";
import { geometries } from "./geometry.js";
import { ofCells } from "./hexagons.js";
import type { SubsetFacts } from "./ipc.js";
import { decodeLz4 } from "./lz4.js";
import { type Roles, rolesOf } from "./roles.js";

/** Reads Arrow IPC bytes. The name is that of the subset, if it is one. */
export async function fromArrow(name: string | undefined, bytes: Uint8Array, roles: Roles): Promise<Columns> {
  refuseOthers(bytes);
  const table = await read(bytes);
  const names = table.schema.fields.map((field) => field.name);
  const subset = table.schema.metadata?.get("duotile");
  const notes: string[] = [];
  if (subset !== undefined) return ofSubset(name, table, names, JSON.parse(subset) as Subset);
  const found = place(table, names, roles, notes);
  const declared = table.schema.fields.find(({ name }) => found?.[1].includes(name));
  const crs = crsOf(declared?.metadata?.get("ARROW:extension:metadata"));
  if (crs) (await import("./systems.js")).refuseSystem(crs);
  if (!found) {
    const make = (each: string, notes: string[]) => values(table, [each], new Set(), notes);
    return ofCells(name ?? "points", names, make, roles);
  }
  const [positions, taken] = found;
  const columns = values(table, names, new Set(taken), notes);
  const made: Columns = { name: name ?? "points", positions, columns, ...rolesOf(columns, roles, notes), notes };
  check(made);
  return made;
}

/** What the server says of a subset (see docs/format.md). */
interface Subset extends SubsetFacts {
  format: number;
  id: string | null;
  time: string | null;
  /** Servers that are older tell neither. */
  latitude?: string | null;
  zone?: string | null;
  columns: { name: string; present: number }[];
}

function ofSubset(name: string | undefined, table: Table, names: string[], subset: Subset): Columns {
  if (subset.format !== 1 && subset.format !== 2) {
    throw new RangeError(`a subset of format ${subset.format}, expected 1 or 2: server and package differ in version`);
  }
  const [keys, rows] = [table.getChild("_key"), table.getChild("_row")];
  if (!keys || !rows) throw new RangeError(`a subset without _key and _row; ${list(names)}`);
  const outlines = table.getChild("_outline");
  if (subset.format === 2 && !outlines) throw new RangeError(`a subset without _outline; ${list(names)}`);
  const notes: string[] = [];
  const told = new Set(subset.columns.map((column) => column.name));
  if (subset.id !== null && !told.has(subset.id)) {
    notes.push(`the subset was made without its id column "${subset.id}": the ids of rows are their numbers`);
  }
  const about: About = {
    version: subset.version,
    query: subset.query,
    rowsTotal: subset.rows_total,
    ...(subset.title === null ? {} : { title: subset.title }),
    ...(subset.attribution === null ? {} : { attribution: subset.attribution }),
  };
  const made: Columns = {
    name: name ?? subset.name,
    positions: {
      keys: joined(keys, (rows) => new BigUint64Array(rows)),
      rows: joined(rows, (rows) => new Uint32Array(rows)),
      ...(outlines && subset.format === 2 ? { outlines: carried(outlines) } : {}),
    },
    columns: values(table, names, new Set(names.filter((name) => !told.has(name))), notes),
    ...(subset.id !== null && told.has(subset.id) ? { id: subset.id } : {}),
    ...(subset.time !== null && told.has(subset.time) ? { time: subset.time } : {}),
    ...(subset.latitude && told.has(subset.latitude) ? { latitude: subset.latitude } : {}),
    ...(subset.zone ? { zone: subset.zone } : {}),
    facts: Object.fromEntries(
      subset.columns.map((column) => [column.name, { ...column, nulls: subset.rows_total - column.present }]),
    ),
    about,
    notes,
  };
  check(made);
  return made;
}

async function read(bytes: Uint8Array): Promise<Table> {
  const { tableFromIPC, setCompressionCodec, CompressionType } = await import("@uwdata/flechette");
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: decodeLz4, encode: (bytes) => bytes });
  // Buffers are looked at as they lie, so they must lie on whole words.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
  try {
    return tableFromIPC(ordered(aligned), { useBigInt: true, useBigIntTimestamp: true });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/codec/i.test(said)) {
      throw new TypeError(
        "Arrow with ZSTD buffers, which is not read here; write it with LZ4 or without compression " +
          '(pyarrow: compression="lz4", Polars: compression="uncompressed")',
      );
    }
    // What the reader says of it is about offsets of its own.
    throw new TypeError("Arrow IPC that cannot be read: it is damaged or cut short", { cause: error });
  }
}

/** Positions, and the columns they were taken from; nothing where there are none. */
function place(table: Table, names: string[], roles: Roles, notes: string[]): [Positions, string[]] | undefined {
  if (roles.h3 !== undefined) return undefined;
  const geometry = roles.lon !== undefined && roles.lat === undefined ? roles.lon : undefined;
  const pair = geometry === undefined ? positionColumns(names, roles) : undefined;
  if (pair) {
    const [lon, lat] = pair.map((name) => axis(table, name));
    if (lon && lat) return [{ lon, lat }, pair];
  }
  const fields = table.schema.fields.filter(({ name }) => geometry === undefined || name === geometry);
  for (const field of fields) {
    const column = table.getChild(field.name);
    const found = column && geometries(field, column);
    if (!found) continue;
    if (found.others > 0)
      notes.push(`left out: ${found.others} of "${field.name}", which cannot be read as geometries`);
    return [found.positions, [field.name]];
  }
  return undefined;
}

/** The system that metadata of a column of geometries names. */
function crsOf(metadata: string | undefined): unknown {
  try {
    return metadata && (JSON.parse(metadata) as { crs?: unknown } | null)?.crs;
  } catch {
    return undefined;
  }
}

function axis(table: Table, name: string): Float64Array {
  const column = table.getChild(name);
  const [converted] = column ? convert(name, column, []) : [];
  if (converted?.type !== "number" && converted?.type !== "integer") {
    throw new TypeError(`column "${name}" is ${column ? typeName(column.type) : "missing"}, expected degrees`);
  }
  const values = degrees(converted.values as ArrayLike<number | bigint>);
  if (!converted.valid) return values;
  const valid = converted.valid;
  return values.map((value, row) => (bit(valid, row) ? value : Number.NaN));
}

function values(table: Table, names: string[], left: ReadonlySet<string>, notes: string[]): Column[] {
  const all = table.schema.fields.map((field) => field.name);
  const one = (name: string) => convert(name, table.getChildAt(all.indexOf(name)), notes);
  return names.flatMap((name) => (left.has(name) ? [] : one(name)));
}

/** The values of all batches in one array; just their view where there is one batch. */
function joined<T extends BigUint64Array | Uint32Array>(column: Read<unknown>, make: (rows: number) => T): T {
  const whole = make(column.length);
  const pieces = column.data.map((batch: Batch<unknown>) => batch.values.subarray(0, batch.length));
  for (const piece of pieces) {
    if (piece.constructor !== whole.constructor) {
      throw new TypeError(`a subset with ${typeName(column.type)}, expected ${whole.constructor.name}`);
    }
  }
  const [only] = pieces;
  if (pieces.length === 1 && only) return only as unknown as T;
  let end = 0;
  for (const piece of pieces) {
    (whole as { set(values: unknown, at: number): void }).set(piece, end);
    end += piece.length;
  }
  return whole;
}

/** The bytes of all rows, and where those of each end. */
function carried(column: Read<unknown>): Carried {
  const batches = column.data as readonly (Batch<unknown> & { offsets?: Int32Array })[];
  const offsets = batches.map((batch) => batch.offsets);
  if (offsets.some((each) => !(each instanceof Int32Array))) {
    throw new TypeError(`a subset with outlines of ${typeName(column.type)}, expected Binary`);
  }
  const ends = new Uint32Array(column.length);
  const size = offsets.reduce((sum, each, at) => sum + (each?.[batches[at]?.length ?? 0] ?? 0) - (each?.[0] ?? 0), 0);
  const bytes = new Uint8Array(size);
  let [row, end] = [0, 0];
  batches.forEach((batch, at) => {
    const [first = 0, ...rest] = offsets[at]?.subarray(0, batch.length + 1) ?? [];
    for (const each of rest) ends[row++] = end + each - first;
    const last = rest.at(-1) ?? first;
    bytes.set((batch.values as Uint8Array).subarray(first, last), end);
    end += last - first;
  });
  return { bytes, ends };
}
