/**
 * GeoJSON point features become {@link Columns}: a column for each property that any of them has.
 */

import { type Columns, check } from "./columns.js";
import { type Cell, columnOf } from "./infer.js";
import { type Roles, rolesOf } from "./roles.js";

/** What is read of a feature. */
interface Feature {
  id?: unknown;
  geometry?: { type?: unknown; coordinates?: unknown } | null;
  properties?: Readonly<Record<string, unknown>> | null;
}

/** Reads a feature collection, an array of features, or the text of either. */
export function fromGeoJson(name: string, input: unknown, roles: Roles): Columns {
  const features = featuresOf(typeof input === "string" ? parse(input) : input);
  const [lon, lat] = [new Float64Array(features.length), new Float64Array(features.length)];
  const cells = new Map<string, Cell[]>();
  const cell = (name: string, row: number, value: unknown): void => {
    let column = cells.get(name);
    if (!column) {
      column = new Array<Cell>(features.length).fill(null);
      cells.set(name, column);
    }
    column[row] = value as Cell;
  };
  const others = new Map<string, number>();
  features.forEach((feature, row) => {
    const { type, coordinates } = feature.geometry ?? {};
    const point = type === "Point" && Array.isArray(coordinates) ? coordinates : [];
    if (typeof type === "string" && type !== "Point") others.set(type, (others.get(type) ?? 0) + 1);
    lon[row] = typeof point[0] === "number" ? point[0] : Number.NaN;
    lat[row] = typeof point[1] === "number" ? point[1] : Number.NaN;
    for (const [name, value] of Object.entries(feature.properties ?? {})) cell(name, row, value);
  });
  const told = [...others].map(([type, count]) => `${count} ${type}`).join(", ");
  if (features.length > 0 && [...others.values()].reduce((sum, count) => sum + count, 0) === features.length) {
    throw new TypeError(`GeoJSON of ${told}; only Point features are read`);
  }
  if (!cells.has("id") && features.some(({ id }) => id !== undefined)) {
    for (let row = 0; row < features.length; row++) cell("id", row, features[row]?.id);
  }
  const notes = told === "" ? [] : [`left out, because only Point features are read: ${told}`];
  const columns = [...cells].map(([name, values]) => columnOf(name, values));
  const table: Columns = { name, positions: { lon, lat }, columns, ...rolesOf(columns, roles, notes), notes };
  check(table);
  return table;
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
