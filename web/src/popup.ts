/**
 * What a click tells: the properties of a row, or the count and measures of a cell with a few of the rows behind it.
 * Every text goes through `textContent`, so nothing in the data can become markup.
 */

import { Problem, type PropertyInfo, type Source, type TileQuery } from "duotile";
import { type MapGeoJSONFeature, type Map as MapLibre, Popup } from "maplibre-gl";
import { element, formatted, number } from "./dom";
import { CELLS, ROWS } from "./layers";

/** What the popup needs to know of what is on the map. */
export interface Asked {
  dataset: string;
  query: TileQuery;
  properties: PropertyInfo[];
  /** Whether rows behind cells may be asked for. */
  rowsOpen: boolean;
}

const MAX_ROWS = 5;

/** Opens popups on clicks, as long as `asked` says what is shown. */
export function openOnClick(map: MapLibre, source: Source, asked: () => Asked | undefined): void {
  let popup: Popup | undefined;
  let going: AbortController | undefined;
  map.on("click", ({ point, lngLat }) => {
    popup?.remove();
    const [feature] = features(map, [point.x, point.y]);
    const about = asked();
    if (!feature || !about) return;
    const stop = new AbortController();
    going = stop;
    const isCell = feature.layer.id === CELLS;
    const content = isCell ? cellContent(feature, about) : rowContent(feature.properties, about);
    popup = new Popup({ maxWidth: "min(320px, 80vw)", focusAfterOpen: false }).setLngLat(lngLat).setDOMContent(content);
    popup.on("close", () => stop.abort());
    popup.addTo(map);
    if (!isCell || !about.rowsOpen) return;
    const list = element("div", "rows", "Loading rows…");
    content.append(list);
    rowsOf(feature, source, about, stop.signal)
      .then((rows) => list.replaceChildren(...rows))
      .catch((error: unknown) => {
        if (!stop.signal.aborted)
          list.textContent = error instanceof Problem ? error.message : "The rows did not arrive.";
      });
  });
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = features(map, [point.x, point.y]).length > 0 ? "pointer" : "";
  });
  map.once("remove", () => going?.abort());
}

/** The features under a point: rows, which a finger may miss by a little, before cells. */
function features(map: MapLibre, [x, y]: [number, number]): MapGeoJSONFeature[] {
  const near = 3;
  const here = (id: string) => (map.getLayer(id) ? [id] : []);
  const box: [[number, number], [number, number]] = [
    [x - near, y - near],
    [x + near, y + near],
  ];
  const rows = map.queryRenderedFeatures(box, { layers: here(ROWS) });
  return rows.length > 0 ? rows : map.queryRenderedFeatures([x, y], { layers: here(CELLS) });
}

function cellContent(feature: MapGeoJSONFeature, about: Asked): HTMLElement {
  const { point_count: count, ...measures } = feature.properties;
  const title = count === 1 ? "1 row" : `${number(Number(count))} rows`;
  return element("article", "popup", element("h2", "", title), table(measures, about.properties));
}

function rowContent(properties: Record<string, unknown>, about: Asked): HTMLElement {
  const name = label(properties);
  const rest = Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
  const title = name === undefined ? "Row" : formatted(properties[name], infoOf(name, about.properties));
  return element("article", "popup", element("h2", "", title), table(rest, about.properties));
}

/** A few rows of a cell, each to be unfolded. */
async function rowsOf(feature: MapGeoJSONFeature, source: Source, about: Asked, signal: AbortSignal) {
  const { query, page } = within(feature, about.query);
  const { value } = await source.rows(about.dataset, query, page, signal);
  const { features: rows, numberMatched } = value;
  const parts = rows.map(({ id, properties }) => {
    const name = label(properties);
    const title = name === undefined ? `Row ${id}` : formatted(properties[name], undefined);
    const rest = Object.entries(properties).filter(([key, value]) => key !== name && value !== null);
    return element("details", "", element("summary", "", title), table(Object.fromEntries(rest), []));
  });
  const more = numberMatched - rows.length;
  return more > 0 ? [...parts, element("p", "more", `and ${number(more)} more`)] : parts;
}

/** A query for the rows of a cell: by its id, or by its frame if it is too deep to have one. */
function within(feature: MapGeoJSONFeature, { filter }: TileQuery) {
  const query: TileQuery = filter ? { filter } : {};
  if (typeof feature.id === "number") return { query, page: { cell: feature.id, limit: MAX_ROWS } };
  const ring = feature.geometry.type === "Polygon" ? (feature.geometry.coordinates[0] ?? []) : [];
  const [xs, ys] = [ring.map(([x = 0]) => x), ring.map(([, y = 0]) => y)];
  const bbox = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] as const;
  return { query: { ...query, bbox }, page: { limit: MAX_ROWS } };
}

/** The property that names a row best: one called so, else the first text. */
function label(properties: Record<string, unknown>): string | undefined {
  const names = Object.keys(properties).filter((name) => properties[name] !== null && properties[name] !== "");
  const called = names.find((name) => /^(name|title|label|postcode|callsign)$/i.test(name));
  return called ?? names.find((name) => typeof properties[name] === "string") ?? names[0];
}

function table(properties: Record<string, unknown>, infos: PropertyInfo[]): HTMLElement {
  const rows = Object.entries(properties).map(([name, value]) =>
    element("tr", "", element("th", "", name), element("td", "", formatted(value, infoOf(name, infos)))),
  );
  return element("table", "", ...rows);
}

function infoOf(name: string, infos: PropertyInfo[]): PropertyInfo | undefined {
  return infos.find(({ property }) => property === name);
}
