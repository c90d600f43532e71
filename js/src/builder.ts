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

  done(): T {
    return this.#values.slice(0, this.length) as T;
  }
}

/** Puts outlines together, row by row. */
export class Builder {
  readonly #rows = new Growing((length) => new Uint32Array(length));
  readonly #parts = new Growing((length) => new Uint32Array(length));
  readonly #kinds = new Growing((length) => new Uint8Array(length));
  readonly #lon = new Growing((length) => new Float64Array(length));
  readonly #lat = new Growing((length) => new Float64Array(length));

  /** Adds a geometry to the row: its coordinates as GeoJSON nests them. Says whether it is of a kind that is known. */
  add(name: unknown, coordinates: unknown): boolean {
    const shape = SHAPES[name as Name];
    if (!shape) return false;
    this.#nested(coordinates, ...shape);
    return true;
  }

  /** Adds a geometry of GeoJSON, or those of a collection. Says whether all are of kinds that are known. */
  geometry(geometry: { type?: unknown; coordinates?: unknown; geometries?: unknown } | null | undefined): boolean {
    if (geometry?.type === "GeometryCollection" && Array.isArray(geometry.geometries)) {
      return geometry.geometries.map((each) => this.geometry(each)).every(Boolean);
    }
    return !geometry || this.add(geometry.type, geometry.coordinates);
  }

  endRow(): void {
    this.#rows.push(this.#parts.length);
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

  position(lon: number, lat: number): void {
    this.#lon.push(lon);
    this.#lat.push(lat);
  }

  endPart(kind: number): void {
    this.#parts.push(this.#lon.length);
    this.#kinds.push(kind);
  }

  #nested(coordinates: unknown, depth: number, kind: number): void {
    if (depth === 0) {
      this.#position(coordinates);
      this.endPart(kind);
      return;
    }
    let inner = kind;
    for (const each of listOf(coordinates)) {
      if (depth > 1) {
        this.#nested(each, depth - 1, inner);
        // The rings of a polygon after its first.
        if (depth === 2 && kind === SHELL) inner = HOLE;
      } else {
        this.#position(each);
      }
    }
    if (depth === 1) this.endPart(kind);
  }

  #position(of: unknown): void {
    const { x, y } = (of ?? {}) as { x?: unknown; y?: unknown };
    const list = x === undefined ? listOf(of) : [x, y];
    const [lon, lat] = [list[0], list[1]].map((value) => (typeof value === "number" ? value : Number.NaN));
    this.position(lon ?? Number.NaN, lat ?? Number.NaN);
  }

  /** Adds what well-known binary (or PostGIS's) has from a place on, and says where it ends; `undefined` if it is none. */
  wkb(view: DataView, start = 0): number | undefined {
    if (start + 5 > view.byteLength) return undefined;
    const little = view.getUint8(start) === 1;
    const code = view.getUint32(start + 1, little);
    const flat = code & 0x0fff_ffff;
    const name = NAMES[flat % 1000];
    const further = Math.floor(flat / 1000);
    // Z and M, by the numbers of ISO or the bits of PostGIS.
    const z = code >>> 31 === 1 || further === 1 || further === 3;
    const m = ((code >>> 30) & 1) === 1 || further === 2 || further === 3;
    const stride = 16 + (z ? 8 : 0) + (m ? 8 : 0);
    let at = start + (code & 0x2000_0000 ? 9 : 5);
    const room = (bytes: number): boolean => at + bytes <= view.byteLength;
    const position = (): void => {
      this.position(view.getFloat64(at, little), view.getFloat64(at + 8, little));
      at += stride;
    };
    const count = (): number | undefined => {
      if (!room(4)) return undefined;
      at += 4;
      return view.getUint32(at - 4, little);
    };
    const run = (kind: number): boolean => {
      const positions = count();
      if (positions === undefined || !room(positions * stride)) return false;
      for (let each = 0; each < positions; each++) position();
      this.endPart(kind);
      return true;
    };
    if (name === "Point") {
      if (!room(stride)) return undefined;
      position();
      this.endPart(POSITIONS);
      return at;
    }
    if (name === "LineString") return run(LINE) ? at : undefined;
    if (name === undefined || name === "Geometry") return undefined;
    const parts = count();
    if (parts === undefined) return undefined;
    for (let part = 0; part < parts; part++) {
      if (name === "Polygon") {
        if (!run(part === 0 ? SHELL : HOLE)) return undefined;
      } else {
        const end = this.wkb(view, at);
        if (end === undefined) return undefined;
        at = end;
      }
    }
    return at;
  }
}

function listOf(value: unknown): ArrayLike<unknown> & Iterable<unknown> {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  return (isList ? value : []) as ArrayLike<unknown> & Iterable<unknown>;
}
