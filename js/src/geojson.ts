/**
 * GeoJSON features become {@link Columns}: a column for each property that any of them has. Points alone are positions, all
 * else is {@link Outlines}.
 */

import { type Columns, check, type Positions } from "./columns.js";
import { type Cell, columnOf } from "./infer.js";
import { type Roles, rolesOf } from "./roles.js";

/** What is read of a feature. */
interface Feature {
  id?: unknown;
  geometry?: { type?: unknown; coordinates?: unknown; geometries?: unknown } | null;
  properties?: Readonly<Record<string, unknown>> | null;
}

/** Reads a feature collection, an array of features, or the text of either, or of a feature on each line. */
export async function fromGeoJson(name: string, input: unknown, roles: Roles): Promise<Columns> {
  const parsed = typeof input === "string" ? parse(input) : input;
  const features = featuresOf(parsed);
  const { crs } = parsed as { crs?: unknown };
  if (crs) (await import("./systems.js")).refuseSystem(crs);
  const cells = new Map<string, Cell[]>();
  const cell = (name: string, row: number, value: unknown): void => {
    let column = cells.get(name);
    if (!column) {
      column = new Array<Cell>(features.length).fill(null);
      cells.set(name, column);
    }
    column[row] = value as Cell;
  };
  features.forEach((feature, row) => {
    for (const [name, value] of Object.entries(feature.properties ?? {})) cell(name, row, value);
  });
  if (!cells.has("id") && features.some(({ id }) => id !== undefined)) {
    for (let row = 0; row < features.length; row++) cell("id", row, features[row]?.id);
  }
  if (roles.h3 !== undefined || (features.length > 0 && features.every(({ geometry }) => !geometry))) {
    const { withCells } = await import("./hexagons.js");
    const table = withCells(name, [...cells.keys()], (each) => [columnOf(each, cells.get(each) ?? [])], roles);
    if (table) return table;
  }
  const notes: string[] = [];
  const positions = await positionsOf(features, notes);
  const columns = [...cells].map(([name, values]) => columnOf(name, values));
  const table: Columns = { name, positions, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
}

async function positionsOf(features: readonly Feature[], notes: string[]): Promise<Positions> {
  if (features.every(({ geometry }) => !geometry || geometry.type === "Point")) {
    const [lon, lat] = [new Float64Array(features.length), new Float64Array(features.length)];
    features.forEach(({ geometry }, row) => {
      const point = Array.isArray(geometry?.coordinates) ? geometry.coordinates : [];
      lon[row] = typeof point[0] === "number" ? point[0] : Number.NaN;
      lat[row] = typeof point[1] === "number" ? point[1] : Number.NaN;
    });
    return { lon, lat };
  }
  const { Builder } = await import("./builder.js");
  const builder = new Builder();
  const others = new Map<string, number>();
  for (const { geometry } of features) {
    if (!builder.row(() => builder.geometry(geometry))) {
      const type = String(geometry?.type);
      others.set(type, (others.get(type) ?? 0) + 1);
    }
  }
  const told = [...others].map(([type, count]) => `${count} ${type}`).join(", ");
  if (told !== "") notes.push(`left out, because they are no geometries of GeoJSON: ${told}`);
  return builder.done();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return lines(text, error as Error);
  }
}

/** The features of a text that has one on each line; throws why it could not be read whole if its first line is none. */
function lines(text: string, whole: Error): unknown[] {
  let at = 0;
  const features: unknown[] = [];
  for (const line of text.split("\n")) {
    at++;
    if (line.trim() === "") continue;
    try {
      features.push(JSON.parse(line));
    } catch (error) {
      const why = features.length === 0 ? whole.message : `line ${at}: ${(error as Error).message}`;
      throw new TypeError(`GeoJSON that cannot be read: ${why}`);
    }
  }
  return features;
}

function featuresOf(value: unknown): readonly Feature[] {
  const { type, features } = Object(value) as { type?: unknown; features?: unknown };
  const inner = features ?? (type === "Feature" ? [value] : value);
  if (!Array.isArray(inner)) {
    throw new TypeError("GeoJSON without features, expected a FeatureCollection or an array of features");
  }
  return inner as readonly Feature[];
}
