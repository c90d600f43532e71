/**
 * Geometries become {@link Outlines}: coordinates as GeoJSON or GeoArrow nest them, or well-known binary. Loaded when there is more
 * than points.
 */

import { HOLE, LINE, type Outlines, POSITIONS, SHELL } from "./outlines.js";

/** The names of geometries, by the numbers that well-known binary has for them. */
const NAMES = [
  "Geometry",
  "Point",
  "LineString",
  "Polygon",
  "MultiPoint",
  "MultiLineString",
  "MultiPolygon",
  "GeometryCollection",
] as const;

type Name = (typeof NAMES)[number];

/** Geometries within geometries that are followed; more is nobody's data. */
const DEEPEST = 32;

/** How deep lists of positions are nested, and what the innermost are. */
const SHAPES: Partial<Record<Name, readonly [depth: number, kind: number]>> = {
  Point: [0, POSITIONS],
  MultiPoint: [1, POSITIONS],
  LineString: [1, LINE],
  MultiLineString: [2, LINE],
  Polygon: [2, SHELL],
  MultiPolygon: [3, SHELL],
};

/** A list that grows. */
class Growing<T extends Uint8Array | Uint32Array | Float64Array> {
  #values: T;
  length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.#values = make(64);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = this.#make(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  get last(): number {
    return this.#values[this.length - 1] ?? 0;
  }

  done(): T {
    return this.#values.slice(0, this.length) as T;
  }
}

/** Puts outlines together, row by row. Of a row with anything that cannot be read nothing is taken. */
export class Builder {
  readonly #rows = new Growing((length) => new Uint32Array(length));
  readonly #parts = new Growing((length) => new Uint32Array(length));
  readonly #kinds = new Growing((length) => new Uint8Array(length));
  readonly #lon = new Growing((length) => new Float64Array(length));
  readonly #lat = new Growing((length) => new Float64Array(length));

  /** Adds a row: what `add` adds to it, or nothing where that says it cannot be read. Says whether it could. */
  row(add: () => boolean): boolean {
    const [parts, positions] = [this.#parts.length, this.#lon.length];
    const isRead = add();
    if (!isRead) {
      this.#parts.length = this.#kinds.length = parts;
      this.#lon.length = this.#lat.length = positions;
    }
    this.#rows.push(this.#parts.length);
    return isRead;
  }

  /** Adds a geometry to the row: its coordinates as GeoJSON nests them. Says whether they are those of a kind that is known. */
  add(name: unknown, coordinates: unknown): boolean {
    const shape = SHAPES[name as Name];
    return shape !== undefined && this.#nested(coordinates, ...shape);
  }

  /** Adds a geometry of GeoJSON, or those of a collection. Says whether all could be read. */
  geometry(
    geometry: { type?: unknown; coordinates?: unknown; geometries?: unknown } | null | undefined,
    deep = DEEPEST,
  ): boolean {
    if (geometry?.type === "GeometryCollection" && Array.isArray(geometry.geometries)) {
      return deep > 0 && geometry.geometries.every((each) => this.geometry(each, deep - 1));
    }
    return !geometry || this.add(geometry.type, geometry.coordinates);
  }

  done(): Outlines {
    return {
      rows: this.#rows.done(),
      parts: this.#parts.done(),
      kinds: this.#kinds.done(),
      lon: this.#lon.done(),
      lat: this.#lat.done(),
    };
  }

  #push(lon: number, lat: number): void {
    this.#lon.push(lon);
    this.#lat.push(lat);
  }

  /** Adds a part that is a point; NaN and NaN is an empty one. */
  #point(lon: number, lat: number): void {
    if (Number.isNaN(lon) && Number.isNaN(lat)) return;
    this.#push(lon, lat);
    this.#endPart(POSITIONS);
  }

  /** Ends a part and says whether it has positions: one without is none, and a hole in it neither. */
  #endPart(kind: number): boolean {
    if (this.#lon.length === this.#parts.last) return false;
    this.#parts.push(this.#lon.length);
    this.#kinds.push(kind);
    return true;
  }

  #nested(coordinates: unknown, depth: number, kind: number): boolean {
    if (depth === 0) {
      this.#point(...positionOf(coordinates));
      return true;
    }
    const list = listOf(coordinates);
    if (!list) return false;
    let inner = kind;
    for (const each of list) {
      if (depth === 1) {
        if (kind === POSITIONS) this.#point(...positionOf(each));
        else this.#push(...positionOf(each));
        continue;
      }
      const before = this.#parts.length;
      if (!this.#nested(each, depth - 1, inner)) return false;
      // The rings of a polygon after its first.
      if (depth === 2 && kind === SHELL && this.#parts.length > before) inner = HOLE;
    }
    if (depth === 1) this.#endPart(kind);
    return true;
  }

  /** Adds what well-known binary (or PostGIS's) has from a place on, and says where it ends; `undefined` if it is none. */
  wkb(view: DataView, start = 0, deep = DEEPEST): number | undefined {
    if (start + 5 > view.byteLength || view.getUint8(start) > 1) return undefined;
    const little = view.getUint8(start) === 1;
    const code = view.getUint32(start + 1, little);
    const flat = code & 0x0fff_ffff;
    const name = NAMES[flat % 1000];
    // Z and M, by the numbers of ISO or the bits of PostGIS.
    const further = [0, 1, 1, 2][Math.floor(flat / 1000)];
    if (further === undefined) return undefined;
    const stride = 16 + 8 * (further + (code >>> 31) + ((code >>> 30) & 1));
    let at = start + (code & 0x2000_0000 ? 9 : 5);
    const room = (bytes: number): boolean => at + bytes <= view.byteLength;
    const position = (): [number, number] => {
      at += stride;
      return [view.getFloat64(at - stride, little), view.getFloat64(at - stride + 8, little)];
    };
    const count = (): number | undefined => {
      if (!room(4)) return undefined;
      at += 4;
      return view.getUint32(at - 4, little);
    };
    /** Whether there is a run, and whether it has positions. */
    const run = (kind: number): boolean | undefined => {
      const positions = count();
      if (positions === undefined || !room(positions * stride)) return undefined;
      for (let each = 0; each < positions; each++) this.#push(...position());
      return this.#endPart(kind);
    };
    if (name === "Point") {
      if (!room(stride)) return undefined;
      this.#point(...position());
      return at;
    }
    if (name === "LineString") return run(LINE) === undefined ? undefined : at;
    if (name === undefined || name === "Geometry") return undefined;
    const parts = count();
    if (parts === undefined) return undefined;
    let ring = SHELL;
    for (let part = 0; part < parts; part++) {
      if (name === "Polygon") {
        const isThere = run(ring);
        if (isThere === undefined) return undefined;
        if (isThere) ring = HOLE;
      } else {
        if (deep === 0) return undefined;
        const end = this.wkb(view, at, deep - 1);
        if (end === undefined) return undefined;
        at = end;
      }
    }
    return at;
  }
}

/** Longitude and latitude of a position, as a list or as a struct; NaN where there is none. */
function positionOf(of: unknown): [number, number] {
  const { x, y } = (of ?? {}) as { x?: unknown; y?: unknown };
  const list = x === undefined ? listOf(of) : [x, y];
  const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
  return [number(list?.[0]), number(list?.[1])];
}

function listOf(value: unknown): (ArrayLike<unknown> & Iterable<unknown>) | undefined {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return isList ? (value as unknown as ArrayLike<unknown> & Iterable<unknown>) : undefined;
}
