/**
 * Which columns hold ids and times, and what may be said of those of positions.
 */

import { type Column, list } from "./columns.js";

/** What a person may say of a table that its names do not. */
export interface Roles {
  /** The column of longitudes in degrees; with `lat`. Or the column of point geometries. */
  lon?: string;
  /** The column of latitudes. */
  lat?: string;
  /** The column of cells of H3, where rows are these: texts of hexadecimal digits, or integers of 64 bits. */
  h3?: string;
  /** The column of ids: unique integers from 0 to 2⁵³ − 1. */
  id?: string;
  /** The column that `datetime` asks for; the first column of times unless said. */
  time?: string;
  /** Whose clock days and hours go by where a query names none, such as `Europe/Paris`; UTC's unless said. */
  zone?: string;
}

type Chosen = Pick<Roles, "id" | "time" | "zone">;

/** The roles of a table's columns: as said, else what is plain to see. */
export function rolesOf(columns: readonly Column[], roles: Roles, notes: string[]): Chosen {
  const time = roles.time ?? columns.find((column) => column.type === "time")?.name;
  const said = roles.id !== undefined;
  const id = columns.find(({ name }) => (said ? name === roles.id : name.toLowerCase() === "id"));
  if (said && !id)
    throw new RangeError(`no column "${roles.id}" for the ids; ${list(columns.map(({ name }) => name))}`);
  const chosen: Chosen = { ...(time === undefined ? {} : { time }), ...(roles.zone ? { zone: roles.zone } : {}) };
  if (!id) return chosen;
  if (isUnique(id)) return { ...chosen, id: id.name };
  const why = `column "${id.name}" does not hold unique integers from 0 to 2⁵³ − 1`;
  if (said) throw new RangeError(`${why}, expected of ids`);
  notes.push(`${why}: the ids of rows are their numbers`);
  return chosen;
}

function isUnique(column: Column): boolean {
  if (column.type !== "integer" || column.valid) return false;
  const sorted = column.values.slice().sort();
  const last = sorted.length - 1;
  if (last >= 0 && (Number(sorted[0]) < 0 || Number(sorted[last]) > Number.MAX_SAFE_INTEGER)) return false;
  for (let row = 0; row < last; row++) if (sorted[row] === sorted[row + 1]) return false;
  return true;
}
