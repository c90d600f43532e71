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

/** Reads a feature collection, an array of features, or the text of either. */
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
    throw new TypeError(`GeoJSON that cannot be read: ${(error as Error).message}`);
  }
}

function featuresOf(value: unknown): readonly Feature[] {
  const inner = typeof value === "object" && value !== null && "features" in value ? value.features : value;
  if (!Array.isArray(inner)) {
    throw new TypeError("GeoJSON without features, expected a FeatureCollection or an array of features");
  }
  return inner as readonly Feature[];
}
