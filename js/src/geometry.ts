/**
 * Points in a single Arrow column: GeoArrow (a struct of x and y, or a list of two) and well-known binary (WKB), as
 * GeoParquet and DuckDB's spatial functions write it.
 */

import type { Batch, Field, Column as Read } from "@uwdata/flechette";
import { has } from "./arrow-values.js";

/** Degrees, and how many geometries were no points. */
export interface Points {
  lon: Float64Array;
  lat: Float64Array;
  others: number;
}

type Reader = (batch: Batch<unknown>, at: number) => readonly [number, number] | undefined;

/** The points of a column that has them. */
export function points(field: Field, column: Read<unknown>): Points | undefined {
  const reader = readerOf(field);
  if (!reader) return undefined;
  const [lon, lat] = [new Float64Array(column.length), new Float64Array(column.length)];
  let [row, others] = [0, 0];
  for (const batch of column.data) {
    for (let at = 0; at < batch.length; at++) {
      const point = has(batch, at) ? reader(batch, at) : [Number.NaN, Number.NaN];
      if (!point) others++;
      lon[row] = point?.[0] ?? Number.NaN;
      lat[row++] = point?.[1] ?? Number.NaN;
    }
  }
  return { lon, lat, others };
}

function readerOf({ name, type, metadata }: Field): Reader | undefined {
  const extension = metadata?.get("ARROW:extension:name") ?? "";
  const named = /^(geo|geom|geometry|point|location|wkb)/i.test(name);
  if (!named && !extension.startsWith("geoarrow.") && extension !== "ogc.wkb") return undefined;
  switch (type.typeId) {
    case 4: // binary
    case 19: // large binary
    case 23: // binary view
      return (batch, at) => fromWkb(batch.value(at) as Uint8Array);
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
  if (bytes.length < 21) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = view.getUint8(0) === 1;
  const code = view.getUint32(1, little);
  if ((code & 0x0fff_ffff) % 1000 !== 1) return undefined;
  const start = code & 0x2000_0000 ? 9 : 5;
  if (bytes.length < start + 16) return undefined;
  return [view.getFloat64(start, little), view.getFloat64(start + 8, little)];
}
