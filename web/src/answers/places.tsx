/** The cells in view that have most rows, or the greatest or least measure: a list, of which each leads there and to its rows. */

import "./answers.css";
import { type TileQuery, toQueryString } from "duotile";
import { useEffect, useState } from "preact/hooks";
import { compact, number, rowsSaid, sentence } from "../dom";
import { loaded } from "../load";
import { gridOf, tileZoom } from "../map/grid";
import { hasShapes } from "../map/shapes/usual";
import { frameOf, seenOf } from "../map/view";
import { propertyOf, queryOf } from "../query";
import type { Shown } from "../share/shown";
import { active, type Layer, state } from "../state";
import { cellsIn } from "../tiles/cells";
import type { Box } from "../tiles/place";
import { asked, drawing, rowsFor, within } from "./asked";
import { goTo } from "./go";
import { LISTED, type Ranked, rank } from "./rank";

const SIZES = [8, 16, 32, 64] as const;

/** What was looked at: the list is of this, until it is asked for anew. */
interface Place {
  box: Box;
  /** The zoom of the map. */
  zoom: number;
}

/** A layer whose rows are told by cells: shapes have none of their own. */
const inCells = (layer: Layer): Layer =>
  layer.drawing.kind === "shapes" ? { ...layer, drawing: { ...layer.drawing, kind: "cells", cell: 16 } } : layer;

export function Places({ map, source }: Shown) {
  const layer = active();
  const known = layer && loaded.value[layer.id];
  const [place, setPlace] = useState<Place>(() => placeOf(map));
  const [size, setSize] = useState<number>();
  const [least, setLeast] = useState(false);
  const [rows, setRows] = useState(1);
  const [found, setFound] = useState<{ list: Ranked[]; of: number } | string>("Looking…");
  const dataset = known?.dataset;
  const query = layer && dataset ? queryOf(inCells(layer), state.value, dataset) : undefined;
  const { res: _, ...squares } = query ?? {};
  const now: TileQuery | undefined = query && (size ? { ...squares, cell: size as 8 } : query);
  const measure = layer?.drawing.category ? "count" : (layer?.drawing.measure ?? "count");
  const { property, column } = propertyOf(measure);
  const key = now && dataset ? `${dataset.id} ${dataset.version} ${toQueryString(now)}` : "";
  const [cells, setCells] = useState<{ key: string; place: Place; cells: Awaited<ReturnType<typeof cellsIn>> }>();
  useEffect(() => {
    if (!now || !dataset || dataset.archive) return;
    const stop = new AbortController();
    setFound("Looking…");
    const z = size || !layer ? Math.round(place.zoom) : tileZoom(place.zoom, gridOf(inCells(layer).drawing));
    cellsIn(source, dataset.id, now, z, place.box, stop.signal).then(
      (cells) => setCells({ key, place, cells }),
      (error: unknown) => {
        if (!stop.signal.aborted) setFound(sentence(error instanceof Error ? error.message : String(error)));
      },
    );
    return () => stop.abort();
  }, [key, place, source]);
  useEffect(() => {
    if (cells?.key !== key || cells.place !== place) return;
    setFound({ list: rank(cells.cells, column && property, least, rows), of: cells.cells.length });
  }, [cells, key, place, property, column, least, rows]);
  if (!layer || !dataset) return <p role="status">Looking…</p>;
  if (layer.drawing.kind === "tiles") return <p role="status">Tiles that are finished have no rows to look for.</p>;
  const what = column === undefined ? "rows" : `${measure.split(":")[0]} of ${column}`;
  const show = (cell: Ranked) => {
    const { h3 } = cell.properties;
    asked.value = rowsFor(layer, state.peek(), dataset, {
      title: `${rowsSaid(cell.count)} of a cell`,
      box: cell.box,
      ...(typeof h3 === "string" ? { h3 } : cell.id === undefined ? {} : { cell: cell.id }),
    });
  };
  return (
    <div id="places" class="controls">
      <label class="line">
        Cells with
        <select
          id="rank-by"
          value={least ? "least" : "most"}
          onChange={(event) => setLeast(event.currentTarget.value === "least")}
        >
          <option value="most">{column === undefined ? "most rows" : `the greatest ${what}`}</option>
          <option value="least">{column === undefined ? "fewest rows" : `the least ${what}`}</option>
        </select>
      </label>
      <label class="line">
        Size of the cells
        <select
          id="rank-size"
          value={size ?? ""}
          onChange={(event) => setSize(Number(event.currentTarget.value) || undefined)}
        >
          <option value="">as drawn</option>
          {SIZES.map((each) => (
            <option key={each} value={each}>
              {each} pixels
            </option>
          ))}
        </select>
      </label>
      {column !== undefined && (
        <label class="line">
          Rows in each, at least
          <input
            id="rank-rows"
            type="number"
            min="1"
            value={rows}
            onChange={({ currentTarget }) => setRows(Math.max(Math.floor(currentTarget.valueAsNumber) || 1, 1))}
          />
        </label>
      )}
      {typeof found === "string" ? (
        <p role="status">{found}</p>
      ) : (
        <>
          <p id="rank-said" role="status">
            {found.list.length === 0
              ? `No such cell is in view.${layer && hasShapes(layer.dataset) ? " Cells count a shape where its middle is, which may be elsewhere." : ""}`
              : `${number(Math.min(found.list.length, LISTED))} of ${number(found.of)} cells in view, by ${what}`}
          </p>
          <ol id="ranked">
            {found.list.map((cell, at) => (
              <li key={cell.id ?? cell.box.join()}>
                <button
                  type="button"
                  class="go"
                  title="Go there"
                  onClick={() => goTo(map, cell.box, "h3" in cell.properties ? "hexagon" : "square")}
                >
                  <span class="nth">{at + 1}</span>
                  <b>{compact(Number(cell.value.toPrecision(6)))}</b>
                  <span>{column === undefined ? said(cell.box) : `${rowsSaid(cell.count)} · ${said(cell.box)}`}</span>
                </button>
                {dataset.rows_open && (
                  <button type="button" class="link" aria-label={`Rows of cell ${at + 1}`} onClick={() => show(cell)}>
                    rows
                  </button>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      <div class="buttons">
        <button type="button" id="rank-here" onClick={() => setPlace(placeOf(map))}>
          Look in this view
        </button>
      </div>
      {dataset.rows_open && (
        <div class="buttons">
          <button
            type="button"
            id="rows-view"
            onClick={() => {
              const inView = within(hasShapes(layer.dataset), frameOf(map));
              asked.value = rowsFor(layer, state.peek(), dataset, { title: "Rows in view", ...inView });
            }}
          >
            Rows in view
          </button>
          <button
            type="button"
            id="rows-box"
            aria-pressed={drawing.value}
            onClick={() => {
              drawing.value = !drawing.value;
            }}
          >
            {drawing.value ? "Drag on the map" : "Rows in a box"}
          </button>
        </div>
      )}
    </div>
  );
}

const placeOf = (map: Shown["map"]): Place => ({ box: seenOf(map), zoom: Math.max(map.getZoom(), 0) });

/** Where a cell is, for reading: as finely as it is wide. */
function said([west, south, east, north]: Box): string {
  const digits = Math.min(Math.max(Math.ceil(-Math.log10(east - west)) + 1, 0), 6);
  const lng = (((((west + east) / 2 + 180) % 360) + 360) % 360) - 180;
  return `${((south + north) / 2).toFixed(digits)}, ${lng.toFixed(digits)}`;
}
