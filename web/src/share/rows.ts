/**
 * The rows that pass, as a file: from the server, which knows how to write all of them; without it, what this device has,
 * written here.
 */

import { type Dataset, Problem, type Source, type TileQuery } from "duotile";
import { type Geometry, pointOf, textOf } from "../tiles/geometry";
import { follow, save } from "./save";

export type Format = "csv" | "geojson" | "fgb" | "parquet" | "arrow";

/** Rows that are asked for at a time. */
const PAGE = 5000;

interface Feature {
  id?: number | string;
  geometry?: Geometry | null;
  properties: Record<string, unknown>;
}

/** Lets the browser download from the server. Rejects with what the server has against it, before a file is made. */
export async function fromServer(source: Source, id: string, query: TileQuery, format: Format, name: string) {
  const address = source.server.download(id, query, format);
  const response = await fetch(address, { method: "HEAD" });
  // A refusal says why, but not to those who ask for its head only; what stands before a server may refuse no more than that.
  if (!response.ok) {
    const whole = await fetch(address);
    if (!whole.ok) throw await Problem.of(whole);
    await whole.body?.cancel();
  }
  follow(address, name);
}

/** Whether some rows of a dataset are more than points. */
export const isOutlined = ({ geometry_types: types = [] }: Pick<Dataset, "geometry_types">): boolean =>
  types.some((type) => type !== "Point");

/** The columns that say where a row is: a longitude and a latitude, or a geometry where not all rows are points. */
export function placed(outlined: boolean) {
  return {
    names: outlined ? ["geometry"] : ["lon", "lat"],
    of(geometry: Geometry | null | undefined): readonly unknown[] {
      if (outlined) return [textOf(geometry)];
      const [lon, lat] = pointOf(geometry) ?? [];
      return [lon, lat];
    },
  };
}

/** Writes the rows of this device. `tell` hears how many there are of how many; stops when `signal` does. */
export async function fromDevice(
  source: Source,
  dataset: Dataset,
  query: TileQuery,
  format: "csv" | "geojson",
  name: string,
  tell: (done: number, of: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts: string[] = [];
  let done = 0;
  let columns: string[] = [];
  for (;;) {
    const { value } = await source.rows(dataset.id, query, { offset: done, limit: PAGE }, signal);
    const features = value.features as Feature[];
    if (format === "csv") {
      const outlined = isOutlined(dataset);
      const { names } = placed(outlined);
      // A row names its nulls too, so that the first has all columns.
      if (done === 0) columns = Object.keys(features[0]?.properties ?? {}).filter((name) => !names.includes(name));
      parts.push(...linesOf(features, columns, outlined).slice(done === 0 ? 0 : 1));
    } else {
      if (done === 0) parts.push('{"type":"FeatureCollection","features":[\n');
      parts.push(...features.map((feature, at) => `${done + at > 0 ? ",\n" : ""}${JSON.stringify(feature)}`));
    }
    done += features.length;
    tell(done, value.numberMatched);
    if (features.length === 0 || done >= value.numberMatched) break;
  }
  if (format === "geojson") parts.push("\n]}\n");
  save(new Blob(parts, { type: format === "csv" ? "text/csv" : "application/geo+json" }), name);
}

/** Rows as CSV, line by line, with where they are; `outlined` says whether some of them are more than points. */
export function linesOf(rows: readonly Feature[], columns: readonly string[], outlined: boolean): string[] {
  const place = placed(outlined);
  const lines = rows.map(({ geometry, properties }) =>
    line([...place.of(geometry), ...columns.map((name) => properties[name])]),
  );
  return [line([...place.names, ...columns]), ...lines];
}

/** A line of CSV (RFC 4180). A null is nothing; an empty text is told from it by its quotes. */
function line(values: readonly unknown[]): string {
  const text = (value: unknown) => {
    if (value === null || value === undefined) return "";
    const text = String(value);
    return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${values.map(text).join(",")}\r\n`;
}
