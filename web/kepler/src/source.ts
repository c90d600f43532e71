/**
 * What the page's address asks for, as a tileset: `kepler?dataset=ID` and the parameters of any query, which go into the
 * path as a token, because Kepler.gl decodes and drops query strings.
 */

/** What `GET datasets` says of one. */
interface Dataset {
  id: string;
  title: string;
  version: string;
  time_column: string | null;
  focus: Box | null;
  bounds: Box | null;
}

export type Box = [west: number, south: number, east: number, north: number];

/** What `metadata.json` says that is used here. */
export interface Metadata {
  measures: Measure[];
  categories: { property: string; value?: unknown }[];
}

/** A number of cells: its range, and its quantiles at each zoom. */
export interface Measure {
  property: string;
  min: number;
  max: number;
  probabilities: number[];
  zooms: { z: number; quantiles: number[] }[];
}

export interface Source {
  id: string;
  title: string;
  /** Where its data is. */
  focus: Box | null;
  tiles: string;
  metadataUrl: string;
  metadata: Metadata;
}

const PERIODS = ["year", "month", "day", "hour"];

/** The tileset of an address, its query checked by the server. */
export async function source(address: URL): Promise<Source> {
  const base = new URL(".", address);
  const { datasets } = await json<{ datasets: Dataset[] }>(new URL("datasets", base));
  const query = address.searchParams;
  const wanted = query.get("dataset");
  const dataset = wanted === null ? datasets[0] : datasets.find(({ id }) => id === wanted);
  if (!dataset) throw new Error(`no dataset ${wanted ?? ""}; there are ${datasets.map(({ id }) => id).join(", ")}`);
  query.delete("dataset");
  const by = query.get("by");
  if (by !== null && PERIODS.includes(by)) {
    if (dataset.time_column === null) throw new Error(`by=${by} needs a column of time, and ${dataset.id} has none`);
    query.set("by", `${dataset.time_column}:${by}`);
  }
  // Cells at every zoom, because rows have no counts to be coloured by; squares, which can also be given a height.
  if (!query.has("mode")) query.set("mode", "cells");
  if (!query.has("shape")) query.set("shape", "polygon");
  const folder = `${base.href}tiles/${encodeURIComponent(dataset.id)}`;
  const body = query.toString().replaceAll("+", "%20");
  const { token } = await json<{ token: string }>(new URL(`${folder}/q`), { method: "POST", body });
  const metadataUrl = `${folder}/q/${token}/metadata.json`;
  return {
    id: dataset.id,
    title: dataset.title,
    focus: dataset.focus ?? dataset.bounds,
    tiles: `${folder}/q/${token}/{z}/{x}/{y}.mvt?v=${dataset.version}`,
    metadataUrl,
    metadata: await json<Metadata>(new URL(metadataUrl)),
  };
}

async function json<T>(url: URL, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `${url.pathname}: ${response.status} ${response.statusText}`);
  return answer;
}
