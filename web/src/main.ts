/** The page: asks the server what there is, shows it, and passes on what the reader wishes. */

import "maplibre-gl/dist/maplibre-gl.css";
import "./style.css";
import { type DatasetSummary, type Origin, Problem, type Subset, type TileJson, type TileQuery } from "duotile";
import type { ErrorEvent } from "maplibre-gl";
import { hasView, place, remember } from "./address";
import { loadBasemap } from "./basemap";
import { breaksByZoom } from "./classes";
import { type Data, openData } from "./data";
import { makeDevice } from "./device";
import { ago } from "./dom";
import { keepPage } from "./keep";
import { CELLS, ROWS } from "./layers";
import { type Drawn, legend } from "./legend";
import { type DataMap, frameOf, frameOn, makeMap } from "./map";
import { makePanel } from "./panel";
import { openOnClick } from "./popup";
import { onTheme } from "./theme";

declare global {
  interface Window {
    /** For those who look at the page from its console, and for its tests. */
    duotile?: { map: DataMap["map"] };
  }
}

const panel = makePanel({ dataset: (id) => void choose(id), filter: (text) => void filterBy(text) });

let datasets: DatasetSummary[] = [];
/** The dataset of addresses that name none; unknown while the server is. */
let first: string | undefined;
let dataset: DatasetSummary | undefined;
let query: TileQuery = {};
let tileJson: TileJson | undefined;
let breaks = breaksByZoom(undefined);
let view: DataMap;
let data: Data;
let device: ReturnType<typeof makeDevice> | undefined;
/** Whether the server answered when it was last asked. */
let reached = true;
/** Where what is told of the query comes from. */
let told: Origin = { from: "server", partial: false };
let asking = new AbortController();
/** The whole zoom that the legend is about. */
let explained = -1;
/** Whether the server is still working on a query. */
let waiting = false;

/** Another dataset, without a filter unless told. */
async function choose(id: string, filter = "", move = true): Promise<void> {
  dataset = datasets.find((one) => one.id === id) ?? datasets[0];
  if (!dataset) return panel.status("This server has no datasets.");
  panel.list(datasets, dataset);
  panel.filter(filter);
  panel.facts(dataset, undefined);
  view.show(undefined);
  tileJson = undefined;
  breaks = breaksByZoom(undefined);
  if (move) frameOn(view.map, dataset.focus);
  const described = data.source.dataset(dataset.id).then(({ value }) => panel.describe(value));
  await Promise.all([filterBy(filter), described.catch(tell)]);
}

/** The rows of the dataset that pass a filter; a filter that is wrong changes nothing on the map. */
async function filterBy(filter: string): Promise<void> {
  if (!dataset) return;
  const asked = dataset;
  // Cells as squares: they fill their place at every zoom, also while the next tiles are loading.
  const wish: TileQuery = { shape: "polygon", ...(filter ? { filter } : {}) };
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  panel.status("");
  waiting = true;
  panel.busy(true);
  try {
    const statistics = data.source.metadata(asked.id, wish, signal);
    statistics.catch(() => undefined);
    const { value: answer, ...from } = await data.source.tileJson(asked.id, wish, signal);
    if (signal.aborted) return;
    [query, tileJson, told] = [wish, answer, from];
    remember({ ...(asked.id === first ? {} : { dataset: asked.id }), filter });
    // Statistics of much data take their time: the map does not wait for them longer than the eye would notice.
    const soon = await Promise.race([statistics, new Promise<undefined>((resolve) => setTimeout(resolve, 300))]);
    if (!soon) draw();
    const { value, partial } = soon ?? (await statistics);
    if (signal.aborted) return;
    breaks = breaksByZoom(value.measures.find(({ property }) => property === "point_count"));
    panel.facts(asked, value.rows, partial);
    draw();
    device?.update().catch(tell);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Problem && error.parameter === "filter") panel.refuse(error);
    else tell(error);
  } finally {
    if (!signal.aborted) waiting = false;
    // What was drawn is told when it is there; if nothing was, the map will not speak up by itself.
    view.map.triggerRepaint();
  }
}

function draw(): void {
  if (!tileJson) return;
  view.show({ tileJson, tiles: data.tiles(tileJson.dataset, query), breaks });
  explain();
}

/** Asks for everything again, as when there is another place to have it from. */
async function again(): Promise<void> {
  data.source.reload();
  data.renew();
  await look();
  await filterBy(query.filter ?? "");
}

/** Looks which datasets there are, on the server or on this device. */
async function look(): Promise<void> {
  const { value, from } = await data.source.datasets();
  datasets = value.datasets;
  first = from === "server" ? datasets[0]?.id : undefined;
  dataset = datasets.find(({ id }) => id === dataset?.id) ?? dataset;
  if (dataset) panel.list(datasets, dataset);
}

/** Follows where answers come from, and says it. */
function answered(): void {
  const back = !reached && data.source.reachable;
  reached = data.source.reachable;
  origin();
  // What was cut from a part is asked of the server, now that it is there.
  if (back) again().catch(tell);
}

/** Asks whether the server is there, while it is not. */
function knock(): void {
  if (data.source.reachable || document.hidden) return;
  data.source.retry();
  data.source.datasets().catch(() => undefined);
}

function origin(): void {
  const { server, device, partial, subset = told.subset } = data.share();
  const taken = subset ? `, taken ${ago(subset.taken)}` : "";
  if (!data.source.reachable) {
    const filter = subset && new URLSearchParams(subset.query).get("filter");
    const which = filter ? `: only ${filter}` : subset?.bbox ? ": only a box" : "";
    if (partial > 0 || told.partial) panel.origin("part", `Offline, part of the data${which}${taken}`);
    else panel.origin("device", `Offline, from this device${taken}`);
  } else if (device > 0) {
    panel.origin("device", server > 0 ? `From this device and the server` : `From this device${taken}`);
  } else panel.origin("server", "From the server");
}

/** The legend of what is drawn. Below the zoom of rows there are only cells; above it, the map itself is asked. */
function explain(): void {
  if (!tileJson) {
    panel.legend([]);
    return;
  }
  const zoom = view.map.getZoom();
  explained = Math.floor(zoom);
  const has = (layer: string) =>
    view.map.getLayer(layer) !== undefined && view.map.queryRenderedFeatures({ layers: [layer] }).length > 0;
  const mixed = zoom >= (tileJson.points_minzoom ?? Infinity);
  const drawn: Drawn = mixed ? { cells: has(CELLS), rows: has(ROWS) } : { cells: true, rows: false };
  panel.legend(legend(breaks, zoom, drawn));
}

/** Shows a subset: its dataset, its filter, its box if it has one. */
async function open(subset: Subset): Promise<void> {
  const filter = new URLSearchParams(subset.query).get("filter") ?? "";
  await choose(subset.dataset, filter, false);
  if (subset.bbox) frameOn(view.map, subset.bbox);
}

function tell(error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  panel.status(text === "Failed to fetch" ? "The server does not answer." : text);
}

function failed({ error }: ErrorEvent): void {
  const status = "status" in error ? ` (${error.status})` : "";
  panel.status(`A part of the map could not be loaded${status}. ${status ? "" : error.message}`);
}

async function start(): Promise<void> {
  panel.busy(true);
  const ground = loadBasemap().catch((error: unknown) => {
    tell(error);
    return {};
  });
  const here = place();
  data = await openData(answered, () => void device?.update().catch(tell));
  const catalog = look();
  catalog.catch(() => undefined);
  const map = document.getElementById("map");
  if (!map) throw new Error("the page has no #map");
  const unplaced = !hasView();
  view = await makeMap(map, await ground);
  window.duotile = { map: view.map };
  view.map.on("error", failed);
  view.map.on("dataloading", () => panel.busy(true));
  // Of tiles that turn out to be unchanged the map says nothing: it is made to look at itself.
  setInterval(() => {
    if (panel.isBusy() && view.map.areTilesLoaded()) view.map.triggerRepaint();
  }, 300);
  view.map.on("idle", () => {
    explain();
    panel.busy(waiting || !view.settled());
  });
  view.map.on("zoom", () => {
    if (Math.floor(view.map.getZoom()) !== explained) explain();
  });
  view.map.on("movestart", () => panel.status(""));
  openOnClick(view.map, data.source, () =>
    dataset && tileJson
      ? { dataset: dataset.id, query, properties: tileJson.properties, rowsOpen: dataset.rows_open }
      : undefined,
  );
  onTheme(() => {
    view.repaint();
    explain();
  });
  device = makeDevice({
    offline: data.offline,
    faults: data.faults,
    server: data.source.server.base,
    now: () => (dataset ? { dataset, filter: query.filter ?? "" } : undefined),
    view: () => frameOf(view.map),
    reachable: () => data.source.reachable,
    changed: () => void again().catch(tell),
    show: (subset) => void open(subset),
  });
  view.map.on("moveend", () => device?.moved());
  setInterval(knock, 20_000);
  window.addEventListener("online", knock);
  await catalog;
  const known = here.dataset === undefined || datasets.some(({ id }) => id === here.dataset);
  await choose(here.dataset ?? "", known ? here.filter : "", unplaced || !known);
  if (!known) panel.status(`There is no ${here.dataset} ${reached ? "on this server" : "on this device"}.`);
  // A page that was kept is kept up to date.
  if ((await data.offline.list()).length > 0) await keepPage().catch(() => undefined);
}

start().catch(tell);
