/** Areas of the earth: rectangles, circles and polygons as corners in degrees, between the reader's hand, a filter and a text. */

export type Position = readonly [lng: number, lat: number];

export type Area =
  | { kind: "rectangle"; corners: readonly [southwest: Position, northeast: Position] }
  | { kind: "circle"; middle: Position; metres: number }
  | { kind: "polygon"; corners: readonly Position[] };

export type AreaKind = Area["kind"];

/** A circle is a polygon of so many corners. */
const ROUND = 48;
/** As finely as a hand can tell: a tenth of a metre. */
const DIGITS = 6;
/** The earth's mean radius, in metres, and a degree of a great circle. */
const RADIUS = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** The corners of an area, as a ring that is not closed. */
export function ringOf(area: Area): Position[] {
  if (area.kind === "polygon") return [...area.corners];
  if (area.kind === "circle") {
    return Array.from({ length: ROUND }, (_, at) => from(area.middle, area.metres, (at * 360) / ROUND));
  }
  const [[west, south], [east, north]] = area.corners;
  return [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ];
}

/** The place so many metres from another, in a direction: 0 is north, 90 east. */
export function from([lng, lat]: Position, metres: number, direction: number): Position {
  const [far, turn, y] = [metres / RADIUS, direction * RADIANS, lat * RADIANS];
  const there = Math.asin(Math.sin(y) * Math.cos(far) + Math.cos(y) * Math.sin(far) * Math.cos(turn));
  const aside = Math.atan2(Math.sin(turn) * Math.sin(far) * Math.cos(y), Math.cos(far) - Math.sin(y) * Math.sin(there));
  return [lng + aside / RADIANS, there / RADIANS];
}

/** How far two places are from each other, in metres. */
export function apart([a, b]: Position, [c, d]: Position): number {
  const [y, x] = [(d - b) * RADIANS, (c - a) * RADIANS];
  const square = Math.sin(y / 2) ** 2 + Math.cos(b * RADIANS) * Math.cos(d * RADIANS) * Math.sin(x / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(square, 1)));
}

/** An area moved by so many degrees. */
export function moved(area: Area, lng: number, lat: number): Area {
  const by = ([x, y]: Position): Position => [x + lng, Math.max(Math.min(y + lat, 90), -90)];
  if (area.kind === "circle") return { ...area, middle: by(area.middle) };
  return area.kind === "rectangle"
    ? { ...area, corners: [by(area.corners[0]), by(area.corners[1])] }
    : { ...area, corners: area.corners.map(by) };
}

const rounded = (degrees: number) => Number(degrees.toFixed(DIGITS));
const wrapped = (lng: number) => ((((lng + 180) % 360) + 360) % 360) - 180;

/** An area as a part of a filter. */
export function print(area: Area): string {
  if (area.kind === "rectangle") {
    const [[west, south], [east, north]] = area.corners;
    const all = east - west >= 360;
    const box = [all ? -180 : wrapped(west), south, all ? 180 : east === 180 ? 180 : wrapped(east), north];
    return `S_INTERSECTS(geometry, BBOX(${box.map(rounded).join(", ")}))`;
  }
  const ring = ringOf(area);
  // Longitudes go on beyond 180 where an area lies over the antimeridian.
  const west = Math.min(...ring.map(([lng]) => lng));
  const shift = wrapped(west) - west;
  const corner = ([lng, lat]: Position) => `${rounded(lng + shift)} ${rounded(lat)}`;
  return `S_INTERSECTS(geometry, POLYGON((${[...ring, ...ring.slice(0, 1)].map(corner).join(", ")})))`;
}

const NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?";
const WRITTEN = /^S_(?:INTERSECTS|WITHIN)\s*\(\s*(?:geometry|geom)\s*,\s*(BBOX|POLYGON)\s*\((.*)\)\s*\)$/is;
const BOX = new RegExp(`^\\s*${Array(4).fill(`(${NUMBER})`).join("\\s*,\\s*")}\\s*$`);
const CORNER = new RegExp(`^\\s*(${NUMBER})\\s+(${NUMBER})\\s*$`);

/** The area that a part of a filter asks for, if that is what it does. */
export function areaOf(text: string): Area | undefined {
  const [, form, inner = ""] = WRITTEN.exec(text.trim()) ?? [];
  if (form?.toUpperCase() === "BBOX") return rectangle(BOX.exec(inner)?.slice(1).map(Number));
  const ring = /^\s*\(([^()]*)\)\s*$/.exec(inner)?.[1];
  const corners = ring?.split(",").map((corner) => CORNER.exec(corner)?.slice(1).map(Number));
  if (!form || !corners?.every((corner) => corner !== undefined)) return undefined;
  const places = corners.map(([lng = 0, lat = 0]): Position => [lng, lat]);
  // A ring ends where it began.
  const open = places.slice(0, -1);
  return open.length < 3 ? undefined : (circleOf(open) ?? { kind: "polygon", corners: open });
}

function rectangle(box: readonly number[] | undefined): Area | undefined {
  if (box?.length !== 4) return undefined;
  const [west = 0, south = 0, east = 0, north = 0] = box;
  return {
    kind: "rectangle",
    corners: [
      [west, south],
      [east < west ? east + 360 : east, north],
    ],
  };
}

/** The circle that corners were made from. */
function circleOf(corners: readonly Position[]): Area | undefined {
  const [north, south] = [corners[0], corners[ROUND / 2]];
  if (corners.length !== ROUND || !north || !south) return undefined;
  const metres = apart(north, south) / 2;
  const middle: Position = [north[0], (north[1] + south[1]) / 2];
  const made = ringOf({ kind: "circle", middle, metres });
  const fits = made.every((place, at) => apart(place, corners[at] ?? [0, 0]) < metres / 100);
  return metres > 0 && fits ? { kind: "circle", middle, metres } : undefined;
}

/** An area in words. */
export function said(area: Area): string {
  if (area.kind === "polygon") return `Polygon of ${area.corners.length} corners`;
  if (area.kind === "circle") return `Circle of ${length(area.metres)} around ${place(area.middle)}`;
  const [southwest, northeast] = area.corners;
  return `Rectangle from ${place(southwest)} to ${place(northeast)}`;
}

const place = ([lng, lat]: Position) => `${Number(lat.toFixed(3))}, ${Number(wrapped(lng).toFixed(3))}`;
const length = (metres: number) =>
  metres < 1000 ? `${Math.round(metres)} m` : `${Number((metres / 1000).toPrecision(3))} km`;

/** An area as it is typed, and how to type it. */
export const TYPED: Readonly<Record<AreaKind, string>> = {
  rectangle: "west, south, east, north",
  circle: "longitude, latitude, kilometres",
  polygon: "longitude latitude, longitude latitude, …",
};

export function typedOf(area: Area): string {
  const pair = ([lng, lat]: Position) => `${rounded(lng)} ${rounded(lat)}`;
  if (area.kind === "polygon") return area.corners.map(pair).join(", ");
  if (area.kind === "circle")
    return [...area.middle.map(rounded), Number((area.metres / 1000).toPrecision(6))].join(", ");
  return area.corners.flat().map(rounded).join(", ");
}

/** The area that was typed. Throws a sentence that says what was got and what is expected. */
export function parseTyped(kind: AreaKind, text: string): Area {
  const numbers = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const odd = numbers.findIndex((number) => !Number.isFinite(number));
  if (odd >= 0)
    throw new Error(`"${text.split(/[\s,;]+/).filter(Boolean)[odd]}" is no number; expected ${TYPED[kind]}`);
  const checked = (lng: number, lat: number): Position => {
    if (Math.abs(lat) > 90) throw new Error(`${lat} is no latitude, which is from -90 to 90; expected ${TYPED[kind]}`);
    if (lng < -180 || lng > 360)
      throw new Error(`${lng} is no longitude, which is from -180 to 360; expected ${TYPED[kind]}`);
    return [lng, lat];
  };
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  if (kind === "polygon") {
    if (numbers.length < 6 || numbers.length % 2 > 0) {
      throw new Error(`${numbers.length} numbers, expected two for each of three corners or more: ${TYPED.polygon}`);
    }
    const corners = numbers.flatMap((lng, at) => (at % 2 ? [] : [checked(lng, numbers[at + 1] ?? 0)]));
    const [first, last] = [corners[0], corners.at(-1)];
    const closed = corners.length > 3 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
    return { kind, corners: closed ? corners.slice(0, -1) : corners };
  }
  const wanted = kind === "circle" ? 3 : 4;
  if (numbers.length !== wanted) throw new Error(`${numbers.length} numbers, expected ${wanted}: ${TYPED[kind]}`);
  if (kind === "circle") {
    if (!(c > 0)) throw new Error(`${c} kilometres, expected more than 0`);
    return { kind, middle: checked(a, b), metres: c * 1000 };
  }
  const [southwest, [east, north]] = [checked(a, b), checked(c, d)];
  if (!(north > b)) throw new Error(`north is ${north} and south ${b}: north must be larger`);
  return { kind, corners: [southwest, [east <= a ? east + 360 : east, north]] };
}
