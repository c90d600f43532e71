/** What the colours on the map mean now: at this zoom, under this filter. */

import { compact } from "../dom";
import { loaded } from "../load";
import { type Paint, paintOf } from "../map/paint";
import { placeOf, type Stops, stopsAt } from "../map/scale";
import { catalog, drawn, zoom } from "../page";
import { type Layer, state } from "../state";
import { fixed } from "../time/animation";
import { saidLength } from "../time/calendar";

/** At most so many numbers stand at a ramp. */
const TICKS = 5;
/** About how wide the ramp, a character and the room between two numbers are, in pixels. */
const [WIDTH, CHARACTER, GAP] = [202, 6.7, 8];

export function Legend() {
  const layers = [...state.value.layers].reverse().filter(({ visible, id }) => visible && loaded.value[id]?.tileJson);
  return (
    <aside id="legend" aria-label="Legend">
      {layers.length > 0 && <h2 class="unseen">Legend</h2>}
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
          {ticks.map(({ value, at, text }) => (
            <li
              key={value}
              style={{ left: `${at * 100}%` }}
              data-value={value}
              data-colour={paint.ramp(at)}
              class={single ? "" : at < 0.06 ? "first" : at > 0.94 ? "last" : ""}
            >
              {text}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** A number at a ramp. */
interface Tick {
  value: number;
  at: number;
  text: string;
}

/** Numbers for a ramp, both ends first: quantiles where colours go by them, else round ones; as many as there is room for. */
function pick(stops: Stops): Tick[] {
  const tick = ({ value, at }: { value: number; at: number }): Tick => ({ value, at, text: said(value) });
  const last = stops.at(-1);
  if (stops.length === 1 || !last) return [tick(stops[0])];
  const some = stops.some(({ quantile }) => quantile)
    ? stops.filter(({ quantile }) => quantile)
    : round(stops[0].value, last.value).map((value) => ({ value, at: placeOf(value, stops) }));
  const [from, to] = [tick(stops[0]), tick(last)];
  const width = ({ text }: Tick) => (text.length * CHARACTER + GAP) / WIDTH;
  let [free, end] = [width(from), 1 - width(to)];
  const between: Tick[] = [];
  for (const one of some.map(tick)) {
    const half = width(one) / 2;
    if (one.at - half < free || one.at + half > end || one.value <= from.value) continue;
    // Not more than are read at a glance.
    free = Math.max(one.at + half, one.at + 1 / TICKS - half);
    between.push(one);
  }
  return [from, ...between, to];
}

const said = (value: number): string => compact(Number(value.toPrecision(3)));

/** 1, 2 and 5 times the powers of ten between two numbers; of those that are not positive, none. */
function round(least: number, most: number): number[] {
  const from = Math.floor(Math.log10(Math.max(least, most / 1e6, Number.MIN_VALUE)));
  const powers = Array.from(
    { length: Math.max(Math.ceil(Math.log10(Math.max(most, 1e-300))) - from + 1, 0) },
    (_, i) => from + i,
  );
  return powers
    .flatMap((power) => [1, 2, 5].map((times) => Number(`${times}e${power}`)))
    .filter((value) => value > least && value < most);
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
