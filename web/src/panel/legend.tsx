/** What the colours on the map mean now: at this zoom, under this filter. */

import { compact } from "../dom";
import { loaded } from "../load";
import { type Paint, paintOf } from "../map/paint";
import { type Stops, stopsAt } from "../map/scale";
import { catalog, drawn, zoom } from "../page";
import { type Layer, state } from "../state";
import { fixed } from "../time/animation";
import { saidLength } from "../time/calendar";

/** About so many numbers stand at a ramp. */
const TICKS = 5;

export function Legend() {
  const layers = [...state.value.layers].reverse().filter(({ visible, id }) => visible && loaded.value[id]?.tileJson);
  return (
    <aside id="legend" aria-label="Legend">
      {layers.map((layer) => (
        <Part key={layer.id} layer={layer} named={layers.length > 1} />
      ))}
    </aside>
  );
}

function Part({ layer, named }: { layer: Layer; named: boolean }) {
  // While time plays, one scale holds for all frames.
  const still = fixed.value[layer.id];
  const known = still ?? loaded.value[layer.id];
  if (!known) return null;
  const paint = paintOf(layer, known);
  const { cells, rows } = drawn.value[layer.id] ?? { cells: true, rows: false };
  const title = catalog.value.find(({ id }) => id === layer.dataset)?.title ?? layer.dataset;
  const { measure, kind } = layer.drawing;
  const [name, column] = measure.split(":");
  return (
    <section>
      {named && <h2>{title}</h2>}
      {paint.categories ? (
        <Categories paint={paint} of={layer.drawing.category} cells={cells && !rows} />
      ) : (
        <>
          {cells && (
            <>
              <h3>{column === undefined ? "Rows in a cell" : `${name} of ${column} in a cell`}</h3>
              {kind === "heat" ? (
                <Bar paint={paint} ends={["few", "many"]} />
              ) : (
                <Bar paint={paint} stops={stopsAt(paint.cells, zoom.value)} />
              )}
            </>
          )}
          {rows &&
            kind !== "heat" &&
            (paint.rows ? (
              <>
                <h3>{column} of a row</h3>
                <Bar paint={paint} stops={paint.rows} />
              </>
            ) : (
              <ul class="keys">
                <li>
                  <i class="swatch dot" style={{ background: paint.theme.row }} />
                  one row
                </li>
              </ul>
            ))}
        </>
      )}
      {still && cells && <p>The same for every window of {saidLength(still.query.datetime ?? "")}.</p>}
      {rows && paint.sizes && kind === "points" && <p>Large: much {layer.drawing.size}.</p>}
    </section>
  );
}

/** A ramp with numbers at it: quantiles of what is drawn, where the scale is of equal shares. */
function Bar({ paint, stops, ends }: { paint: Paint; stops?: Stops; ends?: [string, string] }) {
  const ticks = stops ? pick(stops) : [];
  const parts = Array.from({ length: 11 }, (_, i) => paint.ramp(i / 10));
  const single = stops?.length === 1;
  return (
    <div class="ramp">
      <div
        class="bar"
        style={{ background: single ? paint.ramp(0.5) : `linear-gradient(90deg, ${parts.join(", ")})` }}
      />
      {ends ? (
        <div class="ends">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </div>
      ) : (
        <ol class="ticks">
          {ticks.map(({ value, at }) => (
            <li
              key={value}
              style={{ left: `${at * 100}%` }}
              data-value={value}
              data-colour={paint.ramp(at)}
              class={single ? "" : at < 0.06 ? "first" : at > 0.94 ? "last" : ""}
            >
              {compact(Number(value.toPrecision(3)))}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Stops for numbers to stand at: both ends, and some between that leave each other room. */
function pick(stops: Stops): Stops[number][] {
  if (stops.length === 1) return [stops[0]];
  const ends = [stops[0], stops.at(-1) ?? stops[0]];
  const least = 1 / (TICKS - 1) - 0.04;
  const between: Stops[number][] = [];
  for (const stop of stops.slice(1, -1)) {
    const before = between.at(-1)?.at ?? 0;
    if (stop.at - before >= least && 1 - stop.at >= least) between.push(stop);
  }
  return [ends[0], ...between, ends[1]].filter((stop) => stop !== undefined);
}

function Categories({ paint, of, cells }: { paint: Paint; of: string; cells: boolean }) {
  return (
    <>
      <h3>{cells ? `Most frequent ${of} in a cell` : of}</h3>
      <ul class="keys">
        {(paint.categories ?? []).map(({ value, colour }) => (
          <li key={value} data-value={value} data-colour={colour}>
            <i class="swatch" style={{ background: colour }} />
            <span>{value === "" ? "(empty)" : value}</span>
          </li>
        ))}
        <li>
          <i class="swatch" style={{ background: paint.theme.other }} />
          others
        </li>
      </ul>
    </>
  );
}
