/**
 * The coordinate systems that files declare: those that are degrees within a metre or two are read, all others are refused, as the
 * mathematics of grids is the server's. Loaded where a file declares one.
 */

/** EPSG's numbers of systems that are degrees here: WGS 84, ETRS89, NAD83, GDA, SIRGAS 2000, CGCS2000, JGD, RGF93, NZGD2000. */
const DEGREES = [4326, 4979, 4258, 4937, 4269, 6318, 4617, 4283, 7844, 4674, 4490, 4612, 6668, 4171, 4167];

/** The same by the names of geographic systems without a number. */
const NAMES = /wgs ?_?(19)?84|etrs ?_?(19)?89|nad ?_?(19)?83|gda ?_?(19)?94|gda2020|sirgas ?_?2000|cgcs2000|crs84/i;

/** Throws where positions are in a system that is not degrees as they are here. */
export function refuseSystem(crs: unknown): void {
  const [name, isDegrees] = nameOf(crs);
  if (isDegrees) return;
  throw new RangeError(
    `positions are declared to be in ${name}, expected degrees of WGS 84: the server transforms them when it reads the file; here transform them first, or take away a declaration that is wrong`,
  );
}

interface Naming {
  authority?: unknown;
  code?: unknown;
  name?: unknown;
  href?: unknown;
}

/** What a declaration calls a system, and whether that is degrees. */
function nameOf(crs: unknown): [name: string, isDegrees: boolean] {
  if (typeof crs !== "object" || crs === null) return ofText(String(crs));
  const { id, properties, type, name } = crs as { id?: Naming; properties?: Naming; type?: unknown; name?: unknown };
  // As GeoJSON had it before 2016, and as PROJ writes it.
  const own = properties ?? id ?? {};
  if (own.code !== undefined) {
    const [number, isDegrees] = ofText(`${own.authority ?? "EPSG"}:${own.code}`);
    return [typeof name === "string" ? `${number} (${name})` : number, isDegrees];
  }
  const said = String(own.name ?? name ?? own.href ?? type);
  return type === "GeographicCRS" ? [said, NAMES.test(said)] : ofText(said);
}

function ofText(text: string): [name: string, isDegrees: boolean] {
  if (/crs:?84h?$/i.test(text)) return [text, true];
  const number = /(\d+)$/.exec(text)?.[1];
  if (/epsg|srid/i.test(text) && number) return [`EPSG:${number}`, DEGREES.includes(Number(number))];
  return [text.slice(0, 80), /^GEOG/.test(text) && NAMES.test(text)];
}
