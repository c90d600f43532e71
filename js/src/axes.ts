/**
 * Which columns hold longitude and latitude in degrees, going by the names people use: the server knows the same words, and those of
 * grids, whose metres are no degrees. Loaded where there are names to choose by.
 */

import { list } from "./columns.js";
import type { Roles } from "./roles.js";

/** Words for the two axes, best first. */
const PAIRS = [
  ["longitude", "latitude"],
  ["lon", "lat"],
  ["lng", "lat"],
  ["long", "lat"],
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
  ["x", "y"],
  ["länge", "breite"],
  ["laenge", "breite"],
] as const;

/** What the words beside that of an axis say of a column; the later goes before. */
const SAYS = ["nothing", "degrees", "itself", "minutes", "about", "unit"] as const;
type Says = (typeof SAYS)[number];

/** The words of each, which the server knows as well. */
const WORDS: Readonly<Record<Says, string>> = {
  nothing: "coord coordinate koord koordinate",
  degrees: "d deg degs degree degrees grad grados gradi graden degré degrés градусы 度 도",
  itself: "mean avg average median dd decimal wgs wgs84 gcswgs84 4326",
  minutes:
    "m mm min mins minute minutes minuten minutos minuti минуты мин 分 분 s ss sec secs second seconds sekunden segundos secondi secondes секунды сек 秒 초",
  about:
    "count cnt num std stdev stddev sd sem sigma var variance cov err error errors uncertainty unc accuracy acc precision rmse residual resid bias diff difference delta vel velocity speed rate idx index id qc quality flag status max minimum maximum range size width span step spacing resolution offset",
  unit: "rad rads radian radians radiant px pixel pixels millimetres millimeters millimeter cm centimetres centimeters km kilometres kilometers kilometer metres meters metre meter metros ft feet foot usft",
};

const MEANINGS = new Map(SAYS.flatMap((says) => WORDS[says].split(" ").map((word) => [word, says] as const)));
const AXES: readonly string[] = PAIRS.flat();

/** What a word says; beside those of no angle minutes are metres, and the least of something. */
function meaning(word: string, isAngle: boolean): Says {
  const says = MEANINGS.get(word) ?? "nothing";
  if (isAngle) return says;
  if (word === "m" || word === "mm") return "unit";
  if (word === "min") return "about";
  return says === "minutes" || says === "degrees" ? "nothing" : says;
}

/** Whether a column is named like one of the axes. */
export function isAxis(name: string): boolean {
  return words(name).some((word) => AXES.includes(word));
}

interface Pair {
  x: string;
  y: string;
  says: Says;
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
  const found = pairsOf(names).find(({ says }) => SAYS.indexOf(says) < SAYS.indexOf("minutes"));
  return found && [found.x, found.y];
}

/** Why columns that are named like positions, and something else besides, are none. */
export function aside(names: readonly string[]): string {
  const [first] = pairsOf(names);
  if (!first) return "";
  const why = {
    minutes: "parts of degrees by their names, which the server puts together",
    unit: "in a unit that is none of degrees by their names",
  }[first.says as string];
  return `: "${first.x}" and "${first.y}" are ${why ?? "something about positions by their names"}`;
}

/** All pairs of columns that are named alike but for the words of the axes. */
function pairsOf(names: readonly string[]): Pair[] {
  const split = names.map((name) => [name, words(name)] as const);
  const named = byWords(split);
  const minutes = minutesOf(split);
  const found: (Pair & { rank: number })[] = [];
  PAIRS.forEach(([east, north], axis) => {
    for (const [x, parts] of split) {
      const at = parts.indexOf(east);
      const y = at < 0 ? undefined : named.get(parts.with(at, north).join(" "));
      if (y === undefined) continue;
      const said = parts.filter((_, other) => other !== at).map((word) => meaning(word, east !== "x"));
      let says = SAYS.findLast((says) => said.includes(says)) ?? "nothing";
      // Degrees whose minutes stand beside them are not all of the position; those of a least are about it.
      if (says === "minutes" && (said.includes("degrees") || isLeast(parts, named))) says = "about";
      const hasMinutes = minutes.has(keyOf(parts));
      if ((says === "degrees" || parts.includes("dd")) && hasMinutes) says = "minutes";
      const rank = (parts.length === 1 ? 0 : says === "itself" ? 1 : 2) * PAIRS.length + axis;
      found.push({ x, y, says, rank });
    }
  });
  return found.sort((a, b) => a.rank - b.rank);
}

/** Whether minutes stand beside what would be degrees; beside `x` they are metres. */
export function haveMinutes(pair: readonly string[], names: readonly string[]): boolean {
  const minutes = minutesOf(names.map((name) => [name, words(name)] as const));
  const has = (parts: readonly string[]) =>
    !parts.some((word) => word === "x" || word === "y") && minutes.has(keyOf(parts));
  return pair.some((name) => has(words(name)));
}

/** Names with their words. */
type Split = readonly (readonly [string, readonly string[]])[];

/** Names by their words; of names of the same words the first. */
const byWords = (split: Split) => new Map(split.map(([name, parts]) => [parts.join(" "), name] as const).reverse());

/** Whether a name with `min` is the least of something, as it is beside the same with `max`. */
const isLeast = (parts: readonly string[], named: ReadonlyMap<string, string>): boolean =>
  parts.includes("min") && named.has(parts.map((word) => (word === "min" ? "max" : word)).join(" "));

/** The angles that have minutes, as {@link keyOf} has them. */
function minutesOf(split: Split): Set<string> {
  const named = byWords(split);
  const minutes = new Set<string>();
  for (const [, parts] of split) {
    const said = parts.filter((word) => MEANINGS.get(word) === "minutes");
    if (said.length === 0 || isLeast(parts, named)) continue;
    minutes.add(angleOf(parts));
    if (said.includes("mm")) minutes.add(`dd ${angleOf(parts)}`);
  }
  return minutes;
}

/** An angle as its minutes tell it: degrees that are called `dd` have such as are called `mm`. */
const keyOf = (parts: readonly string[]): string => `${parts.includes("dd") ? "dd " : ""}${angleOf(parts)}`;

/** The words of an angle without those of its parts: the same for its degrees and its minutes. */
const angleOf = (parts: readonly string[]): string =>
  parts.filter((word) => word !== "dd" && !["degrees", "minutes"].includes(MEANINGS.get(word) ?? "")).join(" ");

/** `pickupLon`, `pickup_lon` and `Pickup Lon` are the same words; `latdeg` is two, and so is `Lat (°)`. */
function words(name: string): string[] {
  const apart = (word: string): string[] => {
    const cut = AXES.filter((axis) => word.startsWith(axis) && word.length > axis.length + 1);
    const axis = cut.find((axis) => MEANINGS.has(word.slice(axis.length)));
    return axis === undefined ? [word] : [axis, word.slice(axis.length)];
  };
  return name
    .replace(/[°º]/g, " deg ")
    .replace(/(?<![\p{L}\d])['′]/gu, " min ")
    .replace(/(?<![\p{L}\d])["″]/gu, " sec ")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "")
    .flatMap(apart);
}
