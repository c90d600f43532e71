/** How the active layer is drawn: shape, what gives the colour, how it is spread, the size of cells. */

import type { ColumnInfo } from "duotile";
import { painted } from "../compare/compared";
import { withUnit } from "../dom";
import { ClockSelect, lastZone } from "../filter/clocks";
import { readTerm, termOf } from "../filter/cycle";
import { loaded } from "../load";
import { gridOf, suits, tileZoom } from "../map/grid";
import { print } from "../map/lock";
import { paintOf } from "../map/paint";
import { hasPolygons, hasShapes } from "../map/shapes/usual";
import { stopsAt } from "../map/stops";
import { zoom } from "../page";
import { active, type CellSize, draw, type Kind, type Layer, type Scale } from "../state";
import { fixed } from "../time/animation";
import { Resolution } from "./hexagons";
import { LineWidth, Opacity, TilesControls } from "./looks";
import { MixControls } from "./mix";
import { Ramps } from "./ramps";

const KINDS: readonly [Kind, string][] = [
  ["shapes", "Shapes"],
  ["cells", "Cells"],
  ["hexagons", "Hexagons"],
  ["points", "Points"],
  ["heat", "Heat"],
  ["columns", "3D"],
];

/** Sizes of cells that are offered beside the one that suits. */
const SIZES = [1, 2, 4, 8, 16, 32, 64] as const satisfies CellSize[];

const SCALES: readonly [Scale, string][] = [
  ["balanced", "Balanced"],
  ["equal", "Equal shares"],
  ["log", "Logarithm"],
  ["linear", "Linear"],
];

const MEASURES: readonly [string, string][] = [
  ["mean", "Mean"],
  ["sum", "Sum"],
  ["median", "Median"],
  ["min", "Least"],
  ["max", "Most"],
  ["p5", "5th percentile"],
  ["p25", "25th percentile"],
  ["p75", "75th percentile"],
  ["p95", "95th percentile"],
  ["p99", "99th percentile"],
];

/** What of a time has colours. */
const CYCLES = ["hour", "weekday", "month"] as const;

/** Whether a column has numbers that can be added up. */
const isNumber = ({ type }: ColumnInfo): boolean => type === "integer" || type === "number";
const isCategory = ({ type, categories }: ColumnInfo): boolean =>
  (type === "text" || type === "boolean") && (categories?.length ?? 0) > 0;

export function DrawingControls() {
  const layer = active();
  if (!layer) return null;
  const dataset = loaded.value[layer.id]?.dataset;
  const columns = dataset?.columns ?? [];
  const times = columns.filter(({ type }) => type === "time");
  const role = new Set([dataset?.id_column]);
  const numbers = columns.filter((column) => isNumber(column) && !role.has(column.name));
  const { id, drawing } = layer;
  const { kind, measure, category, mix, size, scale, cell, lock } = drawing;
  const [name = "count", of = ""] = measure.split(":");
  const shapes = hasShapes(layer.dataset);
  const cycle = readTerm(category);
  const named = columns.find((column) => column.name === category && isCategory(column));
  const mixed = named !== undefined && kind === "cells" && mix !== "most";
  const zone = cycle?.zone ?? lastZone.value;
  const colour = category ? `category:${category}` : of;
  if (kind === "tiles") return <TilesControls layer={layer} />;
  return (
    <div id="drawing" class="controls">
      <fieldset class="choice">
        <legend class="unseen">Shape</legend>
        {KINDS.filter(([each]) => each !== "shapes" || shapes).map(([each, title]) => (
          <label key={each}>
            <input
              type="radio"
              name="kind"
              value={each}
              checked={kind === each}
              onChange={() =>
                draw(id, {
                  kind: each,
                  cell: 0,
                  // What shapes are as high as is not what points are as large as.
                  ...((each === "shapes") !== (kind === "shapes") ? { size: "" } : {}),
                })
              }
            />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {kind !== "heat" && (
        <label class="line">
          Colour by
          <select
            id="colour-by"
            value={colour}
            onChange={({ currentTarget: { value } }) => {
              if (value.startsWith("category:"))
                draw(id, { category: value.slice(9), measure: "count", lock: "", first: "", second: "" });
              else {
                const measure = value ? `${name === "count" ? "mean" : name}:${value}` : "count";
                draw(id, { category: "", measure, lock: "", first: "", second: "" });
              }
            }}
          >
            <option value="">{kind === "shapes" ? "nothing" : "number of rows"}</option>
            {numbers.length > 0 && (
              <optgroup label="Numbers">
                {numbers.map((column) => (
                  <option key={column.name} value={column.name}>
                    {withUnit(column)}
                  </option>
                ))}
              </optgroup>
            )}
            {columns.some(isCategory) && (
              <optgroup label="Categories">
                {columns.filter(isCategory).map((column) => (
                  <option key={column.name} value={`category:${column.name}`}>
                    {column.name}
                  </option>
                ))}
              </optgroup>
            )}
            {times.length > 0 && (
              <optgroup label="Times">
                {times.flatMap(({ name: column }) =>
                  CYCLES.map((each) => {
                    const term = termOf({ name: each, column, zone });
                    return <option key={term} value={`category:${term}`}>{`${each} of ${column}`}</option>;
                  }),
                )}
              </optgroup>
            )}
          </select>
        </label>
      )}
      {cycle && dataset && (
        <ClockSelect
          label="Clock of colours"
          zone={zone}
          dataset={dataset}
          choose={(zone) => {
            lastZone.value = zone;
            draw(id, { category: termOf({ ...cycle, zone }) });
          }}
        />
      )}
      {named && <MixControls layer={layer} column={named} />}
      {of && kind !== "shapes" && (
        <label class="line">
          Of the rows of a cell
          <select
            id="measure"
            value={name}
            onChange={({ currentTarget }) => draw(id, { measure: `${currentTarget.value}:${of}`, lock: "" })}
          >
            {MEASURES.map(([each, title]) => (
              <option key={each} value={each}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === "points" && numbers.length > 0 && (
        <label class="line">
          Size by
          <select id="size-by" value={size} onChange={({ currentTarget }) => draw(id, { size: currentTarget.value })}>
            <option value="">number of rows</option>
            {numbers.map((column) => (
              <option key={column.name} value={column.name}>
                {withUnit(column)}
              </option>
            ))}
          </select>
        </label>
      )}
      {kind === "shapes" && numbers.length > 0 && hasPolygons(layer.dataset) && (
        <label class="line">
          Height by
          <select id="height-by" value={size} onChange={({ currentTarget }) => draw(id, { size: currentTarget.value })}>
            <option value="">nothing</option>
            {numbers.map((column) => (
              <option key={column.name} value={column.name}>
                {withUnit(column)}
              </option>
            ))}
          </select>
        </label>
      )}
      {(!category || mixed) && (
        <>
          {kind !== "heat" && (kind !== "shapes" || of) && (
            <label class="line">
              Spread
              <select
                id="scale"
                value={scale}
                onChange={({ currentTarget }) => draw(id, { scale: currentTarget.value as Scale, lock: "" })}
              >
                {SCALES.map(([each, title]) => (
                  <option key={each} value={each}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
          )}
          {kind !== "heat" && kind !== "shapes" && !(mixed && (mix === "share" || mix === "ratio")) && (
            <label class="line" title="The same colours at every zoom and under every filter">
              Lock the colours
              <input
                type="checkbox"
                id="lock"
                checked={lock !== ""}
                onChange={({ currentTarget }) => draw(id, { lock: currentTarget.checked ? scaleNow(layer) : "" })}
              />
            </label>
          )}
          {!mixed && <Ramps layer={layer} />}
        </>
      )}
      {kind === "hexagons" ? (
        <Resolution layer={layer} />
      ) : kind === "shapes" ? (
        <LineWidth id={id} width={drawing.line} />
      ) : (
        <label class="line">
          Cell, pixels
          <select
            id="cell"
            value={cell}
            onChange={({ currentTarget }) => draw(id, { cell: Number(currentTarget.value) as CellSize })}
          >
            <option value={0}>{`automatic (${Math.round(suits(kind))})`}</option>
            {SIZES.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
      )}
      <Opacity id={id} opacity={drawing.opacity} />
    </div>
  );
}

/** The scale of a layer as it is now, as the text that locks it. */
function scaleNow(layer: Layer): string {
  const known = fixed.peek()[layer.id] ?? painted.peek()[layer.id];
  const z = tileZoom(zoom.peek(), gridOf(layer.drawing));
  return known ? print(z, stopsAt(paintOf(layer, known).cells, z)) : "";
}
