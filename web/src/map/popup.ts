/**
 * What a click tells: how many rows are there, with the measures of their cell and a few of them, or the columns of the one
 * that is there. Tiles carry only what is drawn; the rest is asked for here. Every text goes through `textContent`, so nothing in the data can
 * become markup.
 */

import { Problem, type Source, type TileQuery } from "duotile";
import { type LngLatLike, type MapGeoJSONFeature, type Map as MapLibre, Popup } from "maplibre-gl";
import { asked as wanted, whose } from "../answers/asked";
import { element, formatted, number } from "../dom";
import { colouredBy } from "../query";
import { behind, boxBehind, cellBox, cellOf, hexagonOf, placeBox } from "./behind";
import { valueSaid } from "./counted";
import { gridOf, tileZoom } from "./grid";
import { makeHover } from "./hover";
import type { Drawable } from "./layers";
import { around, at, type Found, type Point, placeOf } from "./met";
import { paintOf } from "./paint";
import { makeMark } from "./shapes/mark";
import { fillShape } from "./shapes/popup";
import { hasShapes } from "./shapes/usual";
import { label, labelOf, one, type RowTable, rowsOnly, table } from "./tables";
import { cellTold, finishedTold } from "./told";

const MAX_ROWS = 5;

/** How far from a place, in pixels, something may be that is meant: with a finger or a mouse, and with the keyboard. */
const TOUCHED: readonly number[] = [3];
const REACHED: readonly number[] = [3, 12, 40];

/**
 * Opens popups on clicks, and for what is nearest to the middle of the map when Enter is pressed on it; `drawables` are
 * what is on the map, the last on top.
 */
export function openOnClick(map: MapLibre, source: Source, drawables: () => readonly Drawable[]): void {
  let popup: Popup | undefined;
  const canvas = map.getCanvas();
  const hover = makeHover(map);
  const mark = makeMark(map);
  const open = ([x, y]: Point, reach: readonly number[], lngLat?: LngLatLike) => {
    popup?.remove();
    // A finger leaves what a pointer was over behind.
    hover(undefined, [x, y]);
    let found: ReturnType<typeof at>;
    for (const far of reach) found ??= at(map, drawables(), [x, y], far);
    if (!found) return;
    const { feature, drawable } = found;
    const others = near(map, found, [x, y]);
    const byKey = lngLat === undefined;
    const stop = new AbortController();
    const content = element("div", "");
    popup = new Popup({ maxWidth: "min(320px, 80vw)", focusAfterOpen: byKey })
      .setLngLat(lngLat ?? placeOf(map, feature, [x, y]))
      .setDOMContent(element("article", "popup", content, ...(others ? [others] : [])));
    popup.on("close", () => {
      stop.abort();
      // Who came by the keyboard goes on from the map.
      if (byKey) canvas.focus();
    });
    popup.addTo(map);
    if (drawable.layer.drawing.kind === "tiles") {
      content.append(...finishedTold(feature));
      return;
    }
    const filled =
      drawable.layer.drawing.kind === "shapes"
        ? fillShape(content, feature, drawable, source, popup.getLngLat(), map.getZoom(), stop.signal)
        : fill(content, feature, drawable, source, map.getZoom(), stop.signal);
    filled.catch((error: unknown) => {
      if (stop.signal.aborted) return;
      content.append(element("p", "wrong", error instanceof Problem ? error.message : "The rows did not arrive."));
    });
  };
  map.on("click", ({ point, lngLat }) => open([point.x, point.y], TOUCHED, lngLat));
  map.on("mousemove", ({ point }) => {
    const found = at(map, drawables(), [point.x, point.y]);
    canvas.style.cursor = found ? "pointer" : "";
    hover(found, [point.x, point.y]);
    mark(found);
  });
  map.on("mouseout", () => mark(undefined));
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    // Else the same press would close the popup, whose button has the focus by then.
    event.preventDefault();
    open([canvas.clientWidth / 2, canvas.clientHeight / 2], REACHED);
  });
  map.getContainer().addEventListener("keydown", ({ key }) => {
    if (key === "Escape") popup?.remove();
  });
}

/** How many more rows are near a cell, as a button that shows all of them as a table. */
function near(map: MapLibre, found: Found, point: Point): HTMLElement | undefined {
  const { layer, loaded } = found.drawable;
  const { dataset, query } = loaded;
  if (!dataset?.rows_open || !["cells", "points"].includes(layer.drawing.kind)) return undefined;
  // Of rows with outlines others reach into the box, and these may reach out of it.
  if (hasShapes(dataset.id)) return undefined;
  const others = around(map, found, point);
  if (!others) return undefined;
  const button = element("button", "near", `${number(others.more)} more near here, all as a table`);
  button.type = "button";
  button.addEventListener("click", () => {
    const of = { dataset: dataset.id, query: rowsOnly(query), ...whose(layer, dataset) };
    wanted.value = { ...of, title: "Rows near here", box: others.box };
  });
  return button;
}

/** Fills a popup: first with what the feature carries, then with what is asked for. */
export async function fill(
  content: HTMLElement,
  feature: MapGeoJSONFeature,
  { loaded, layer }: Drawable,
  source: Source,
  zoom: number,
  signal: AbortSignal,
): Promise<void> {
  const { dataset, query } = loaded;
  const { category } = layer.drawing;
  const count = Number(feature.properties["point_count"]);
  const z = tileZoom(zoom, gridOf(layer.drawing));
  const { blend } = paintOf(layer, loaded);
  content.append(...cellTold(feature, loaded, blend));
  if (!dataset?.rows_open) return;
  const rowTable: RowTable = (properties) => table(properties, [], dataset, layer);
  const list = element("div", "rows", count === 1 ? "Loading the row…" : "Loading rows…");
  content.append(list);
  try {
    const { query: asked, page } = behind(feature, query, z, MAX_ROWS);
    const { value } = await source.rows(dataset.id, asked, page, signal);
    if (signal.aborted) return;
    const [row] = value.features;
    if (count === 1 && row) {
      content.replaceChildren(...one(row.properties, rowTable));
      return;
    }
    const all = () => {
      const cell = cellOf(feature);
      const index = hexagonOf(feature);
      const place = index
        ? { h3: index }
        : cell === undefined
          ? { box: placeBox(feature.geometry, z) }
          : { cell, box: cellBox(cell) };
      const title = `${number(value.numberMatched)} rows of a cell`;
      wanted.value = { dataset: dataset.id, title, query: rowsOnly(query), ...whose(layer, dataset), ...place };
    };
    list.replaceChildren(...several(value.features, value.numberMatched, rowTable, all));
    const by = colouredBy(category, dataset);
    // Statistics are of boxes: hexagons are none, and of rows with outlines others reach into one.
    if (!by || by.cycle || blend || hexagonOf(feature) || hasShapes(layer.dataset)) return;
    const which = { ...rowsOnly(query), bbox: boxBehind(feature, z) };
    list.before(await shares(by.name, which, dataset.id, source, signal));
  } finally {
    // What did not arrive is no longer awaited.
    if (list.textContent?.startsWith("Loading")) list.remove();
  }
}

/** How many of some rows have each value of a column. */
async function shares(
  column: string,
  which: TileQuery,
  dataset: string,
  source: Source,
  signal: AbortSignal,
): Promise<HTMLElement> {
  const { value } = await source.stats(dataset, column, which, 1, signal);
  const counts = (value.categories ?? []).slice(0, MAX_ROWS);
  return table(
    counts.map(({ value, count }) => [valueSaid(String(value)), count]),
    [],
  );
}

/** A few rows, each to be unfolded. */
function several(
  rows: readonly { id?: number | string; properties: Record<string, unknown> }[],
  matched: number,
  rowTable: RowTable,
  all: () => void,
) {
  const name = rows.length > 1 ? labelOf(rows.map(({ properties }) => properties)) : label(rows[0]?.properties ?? {});
  const parts = rows.map(({ id, properties }) => {
    const own = name === undefined ? undefined : properties[name];
    const title = own === undefined || own === null || own === "" ? `Row ${id}` : formatted(own, undefined);
    const rest = Object.entries(properties).filter(([key, value]) => key !== name && value !== null);
    return element("details", "", element("summary", "", title), rowTable(rest));
  });
  const more = matched - rows.length;
  if (more <= 0) return parts;
  const button = element("button", "more", `and ${number(more)} more, as a table`);
  button.type = "button";
  button.addEventListener("click", all);
  return [...parts, button];
}
