/**
 * Geometries in a single Arrow column: GeoArrow (structs of x and y, or lists of two, nested as deep as they need) and
 * well-known binary (WKB), as GeoParquet and DuckDB's spatial functions write it.
 */

import type { Batch, Field, Column as Read } from "@uwdata/flechette";
import { has } from "./arrow-values.js";
import { Builder } from "./builder.js";
import type { Positions } from "./columns.js";

/** What a row's geometry is. */
type Reader = (batch: Batch<unknown>, at: number) => readonly [number, number] | undefined;
type Adder = (builder: Builder, batch: Batch<unknown>, at: number) => boolean;

/** The positions of a column that has geometries: points, if all are that; and how many were none at all. */
export function geometries(field: Field, column: Read<unknown>): { positions: Positions; others: number } | undefined {
  const reader = readerOf(field);
  const points = reader && pointsOf(column, reader);
  if (points) return { positions: points, others: 0 };
  const adder = adderOf(field);
  if (!adder) return undefined;
  const builder = new Builder();
  let others = 0;
  for (const batch of column.data) {
    for (let at = 0; at < batch.length; at++) {
      if (!builder.row(() => !has(batch, at) || adder(builder, batch, at))) others++;
    }
  }
  return { positions: builder.done(), others };
}

/** The points of a column; none if any is something else. */
function pointsOf(column: Read<unknown>, reader: Reader): Positions | undefined {
  const [lon, lat] = [new Float64Array(column.length), new Float64Array(column.length)];
  let row = 0;
  for (const batch of column.data) {
    for (let at = 0; at < batch.length; at++) {
      const point = has(batch, at) ? reader(batch, at) : [Number.NaN, Number.NaN];
      if (!point) return undefined;
      lon[row] = point[0] ?? Number.NaN;
      lat[row++] = point[1] ?? Number.NaN;
    }
  }
  return { lon, lat };
}

/** Geometries by the depth of their lists, where nothing else tells. */
const DEPTHS = ["Point", "LineString", "Polygon", "MultiPolygon"];
const NAMED: Readonly<Record<string, string>> = {
  point: "Point",
  linestring: "LineString",
  polygon: "Polygon",
  multipoint: "MultiPoint",
  multilinestring: "MultiLineString",
  multipolygon: "MultiPolygon",
};

function adderOf(field: Field): Adder | undefined {
  if (!isGeometry(field)) return undefined;
  let { type } = field;
  if (isBinary(type)) {
    return (builder, batch, at) => {
      const bytes = batch.value(at) as Uint8Array;
      return builder.wkb(new DataView(bytes.buffer, bytes.byteOffset, bytes.length)) !== undefined;
    };
  }
  let depth = 0;
  while (type.typeId === 12 || type.typeId === 21) {
    // Lists and large lists.
    const [inner] = type.children;
    if (!inner) return undefined;
    type = inner.type;
    depth++;
  }
  if (type.typeId !== 13 && type.typeId !== 16) return undefined;
  const extension = field.metadata?.get("ARROW:extension:name") ?? "";
  const name = NAMED[extension.replace("geoarrow.", "")] ?? DEPTHS[depth];
  return (builder, batch, at) => builder.add(name, batch.value(at));
}

function isGeometry({ name, metadata }: Field): boolean {
  const extension = metadata?.get("ARROW:extension:name") ?? "";
  const named = /^(geo|geom|geometry|point|location|wkb)/i.test(name);
  return named || extension.startsWith("geoarrow.") || extension === "ogc.wkb";
}

/** Binary, large binary, binary view. */
function isBinary({ typeId }: Field["type"]): boolean {
  return [4, 19, 23].includes(typeId);
}

function readerOf(field: Field): Reader | undefined {
  const { type } = field;
  if (!isGeometry(field)) return undefined;
  if (isBinary(type)) return (batch, at) => fromWkb(batch.value(at) as Uint8Array);
  switch (type.typeId) {
    case 13: {
      // struct
      const [x, y] = ["x", "y"].map((axis) => type.children.findIndex((child) => child.name === axis));
      if (x === undefined || y === undefined || x < 0 || y < 0) return undefined;
      return (batch, at) => [Number(batch.children[x]?.at(at)), Number(batch.children[y]?.at(at))];
    }
    case 16: // list of a fixed size
      return (batch, at) => {
        const [lon, lat] = batch.value(at) as ArrayLike<number> & Iterable<number>;
        return lon === undefined || lat === undefined ? undefined : [lon, lat];
      };
    default:
      return undefined;
  }
}

/** A point as WKB or EWKB, with or without further dimensions. */
function fromWkb(bytes: Uint8Array): readonly [number, number] | undefined {
  if (bytes.length < 21 || (bytes[0] ?? 0) > 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint8(0) === 1;
  const code = view.getUint32(1, little);
  if ((code & 0x0fff_ffff) % 1000 !== 1) return undefined;
  const start = code & 0x2000_0000 ? 9 : 5;
  if (bytes.length < start + 16) return undefined;
  return [view.getFloat64(start, little), view.getFloat64(start + 8, little)];
}
