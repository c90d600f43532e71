/**
 * Which columns hold positions, ids and times, going by the names people use; the server chooses by the same words, and by
 * those of grids, whose metres are no degrees.
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

/** Words for the two axes, best first. */
const PAIRS = [
  ["longitude", "latitude"],
  ["lon", "lat"],
  ["lng", "lat"],
  ["long", "lat"],
  ["x", "y"],
  ["longitud", "latitud"],
  ["längengrad", "breitengrad"],
  ["laengengrad", "breitengrad"],
  ["longitudine", "latitudine"],
  ["lengtegraad", "breedtegraad"],
  ["lengdegrad", "breddegrad"],
  ["længdegrad", "breddegrad"],
  ["długość", "szerokość"],
  ["долгота", "широта"],
  ["经度", "纬度"],
  ["経度", "緯度"],
  ["länge", "breite"],
  ["laenge", "breite"],
] as const;

/** Whether a column is named like one of the axes. */
export function isAxis(name: string): boolean {
  return words(name).some((word) => PAIRS.some(([east, north]) => word === east || word === north));
}

/** The columns of longitude and latitude. A name of nothing but the axis comes before one with other words. */
export function positionColumns(names: readonly string[], roles: Roles): [string, string] | undefined {
  if (roles.h3 !== undefined) return undefined;
  if (roles.lon !== undefined && roles.lat !== undefined) {
    for (const name of [roles.lon, roles.lat]) {
      if (!names.includes(name)) throw new RangeError(`no column "${name}" for the position; ${list(names)}`);
    }
    return [roles.lon, roles.lat];
  }
  const split = names.map((name) => [name, words(name)] as const);
  for (const others of [false, true]) {
    for (const [east, north] of PAIRS) {
      for (const [x, parts] of split) {
        const at = parts.indexOf(east);
        if (at < 0 || parts.length > 1 !== others) continue;
        const wanted = parts.with(at, north).join(" ");
        const y = split.find(([, parts]) => parts.join(" ") === wanted);
        if (y) return [x, y[0]];
      }
    }
  }
  return undefined;
}

/** `pickupLon`, `pickup_lon` and `Pickup Lon` are the same words. */
function words(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
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
