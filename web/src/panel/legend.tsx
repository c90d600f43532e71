/** What the colours on the map mean now: at this zoom, under this filter. */

import type { TileJson } from "duotile";
import { useEffect, useRef } from "preact/hooks";
import { haveLegendsAlike, type Two } from "../compare/alike";
import { compared, painted } from "../compare/compared";
import { titleOf } from "../compare/label";
import { number, withUnit } from "../dom";
import { clockOf } from "../filter/clocks";
import { loaded } from "../load";
import { NONE, OTHERS, valueSaid } from "../map/counted";
import { finishedColour } from "../map/finished";
import { gridOf, pixelsAt, slow, tileZoom } from "../map/grid";
import { type Paint, paintOf } from "../map/paint";
import { single } from "../map/shapes/colour";
import { filled } from "../map/shapes/layers";
import { hasPolygons } from "../map/shapes/usual";
import { type Stops, stopsAt } from "../map/stops";
import { spread, zoom } from "../page";
import { active, change, draw, type Layer, state } from "../state";
import { fixed } from "../time/animation";
import { saidLength } from "../time/calendar";
import { Bar } from "./bar";
import { Hexagons } from "./hexagons";
import { Mixed, strengths } from "./mixed";
import { digitsOf, said } from "./ticks";

export function Legend() {
  const shown = [...state.value.layers].reverse().filter(({ visible, id }) => visible && loaded.value[id]?.tileJson);
  // Of two sides that mean the same there is one.
  const both = compared.value && haveLegendsAlike(compared.value) ? compared.value : undefined;
  const layers = both ? shown.filter(({ id }) => id !== both.below.id) : shown;
  // Where there is room for one, it is that of the layer that the panel is about.
  const first = layers.find(({ id }) => id === active()?.id) ?? layers[0];
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = box;
    if (!current) return;
    const watch = new ResizeObserver(() => {
      document.documentElement.style.setProperty("--legend", `${current.offsetHeight}px`);
      // What scrolls is within reach of keys, too.
      if (current.scrollHeight > current.clientHeight) current.tabIndex = 0;
      else current.removeAttribute("tabindex");
    });
    for (const part of [current, ...current.children]) watch.observe(part);
    return () => watch.disconnect();
  }, [layers.length]);
  return (
    <aside id="legend" ref={box} aria-label="Legend">
      {layers.length > 0 && <h2 class="unseen">Legend</h2>}
      {layers.map((layer) => (
        <Part
          key={layer.id}
          layer={layer}
          title={titleIn(layer, shown, both)}
          both={both?.above.id === layer.id ? both : undefined}
          folded={layer !== first}
          alone={layers.length === 1}
        />
      ))}
    </aside>
  );
}

/** What a part of the legend is about; nothing if it is the only layer. */
function titleIn(layer: Layer, shown: readonly Layer[], both: Two | undefined): string | undefined {
  if (layer.id === both?.above.id) return "Both sides";
  return shown.length > 1 ? titleOf(layer) : undefined;
}

interface PartProps {
  layer: Layer;
  title: string | undefined;
  /** The two sides that it is about, if it is about two. */
  both: Two | undefined;
  /** Whether a phone shows no more than its title, which unfolds it. */
  folded: boolean;
  /** Whether there is no other. */
  alone: boolean;
}

function Part({ layer, title, both, folded, alone }: PartProps) {
  // While time plays, one scale holds for all frames.
  const still = fixed.value[layer.id];
  const known = still ?? painted.value[layer.id];
  if (!known) return null;
  const paint = paintOf(layer, known);
  const { measure, kind, category, size } = layer.drawing;
  const [name, column] = measure.split(":");
  const what = kind === "points" ? "at a place" : kind === "hexagons" ? "in a hexagon" : "in a cell";
  // Whose hours, weekdays and months they are.
  const clock = clockOf(paint.cycle?.zone ?? "", known.dataset ?? {});
  const info = loaded.value[layer.id]?.dataset?.columns.find((each) => each.name === column);
  const of = info ? withUnit(info) : column;
  return (
    <section class={folded ? "folded" : ""}>
      {title && (
        <h2>
          {alone ? (
            title
          ) : (
            <button type="button" aria-pressed={!folded} onClick={() => choose(layer)}>
              {title}
            </button>
          )}
        </h2>
      )}
      {kind === "tiles" ? (
        <OfTiles layers={known.tileJson?.vector_layers ?? []} paint={paint} />
      ) : kind === "shapes" ? (
        <>
          <OfRows paint={paint} of={of} clock={clock} layer={layer} />
          {paint.sizes && <High stops={paint.sizes} size={size} />}
          {both ? (
            <>
              <Few layer={both.below} side="left" />
              <Few layer={both.above} side="right" />
            </>
          ) : (
            <Few layer={layer} />
          )}
        </>
      ) : paint.blend ? (
        <Mixed blend={paint.blend} column={category} z={tileZoom(zoom.value, gridOf(layer.drawing))}>
          <Bar
            paint={{ ...paint, ramp: strengths(paint.blend, paint.theme) }}
            stops={stopsAt(paint.blend.density, tileZoom(zoom.value, gridOf(layer.drawing)))}
            whole
          />
        </Mixed>
      ) : paint.categories ? (
        <Categories paint={paint} title={`Most frequent ${paint.cycle?.name ?? category} ${what}`} clock={clock} />
      ) : (
        <>
          <h3>{column === undefined ? `Rows ${what}` : `${name} of ${of} ${what}`}</h3>
          {paint.empty ? (
            <p>
              {known.counted === undefined
                ? "Counting…"
                : known.counted === 0
                  ? "No row passes."
                  : "No cell has a number."}
            </p>
          ) : kind === "heat" ? (
            <Bar paint={paint} ends={["few", "many"]} />
          ) : (
            <Bar
              paint={paint}
              stops={stopsAt(paint.cells, tileZoom(zoom.value, gridOf(layer.drawing)))}
              whole={column === undefined}
            />
          )}
        </>
      )}
      {still && <p>The same for every window of {saidLength(still.query.datetime ?? "")}.</p>}
      {kind === "points" && <p>Large: {paint.sizes ? `much ${size}` : "many rows"}.</p>}
      {(kind === "cells" || kind === "points") && <Cells layer={layer} />}
      {kind === "hexagons" && <Hexagons layer={layer} from={known.tileJson?.minzoom ?? 0} />}
    </section>
  );
}

const choose = ({ id }: Layer) => change("active", (before) => ({ ...before, active: id }));

/** What colours of shapes mean: a column's values, or nothing. */
interface OfRowsProps {
  paint: Paint;
  of: string | undefined;
  clock: string;
  layer: Layer;
}

function OfRows({ paint, of, clock, layer }: OfRowsProps) {
  if (paint.categories) return <Categories paint={paint} title={paint.category ?? ""} clock={clock} />;
  if (of === undefined) {
    return (
      <ul class="keys">
        <li>
          <i class="swatch plain" style={{ color: single(paint), "--filled": filledOf(layer) }} />
          Each shape is a row
        </li>
      </ul>
    );
  }
  return (
    <>
      <h3>{of}</h3>
      {paint.values ? <Bar paint={paint} stops={paint.values} /> : <p>No row has a value.</p>}
    </>
  );
}

/** How much of the colour that all have is seen in what is filled. */
function filledOf({ dataset, drawing }: Layer): string {
  return hasPolygons(dataset) ? `${Math.round(100 * filled(drawing.opacity, true))}%` : "100%";
}

/** Which layer of an archive has which colour. */
function OfTiles({ layers, paint }: { layers: TileJson["vector_layers"]; paint: Paint }) {
  return (
    <ul class="keys">
      {layers.map(({ id }, at) => (
        <li key={id}>
          <i class="swatch" style={{ background: finishedColour(at, layers.length, paint.ramp) }} />
          {id}
        </li>
      ))}
    </ul>
  );
}

/** Where not all rows are drawn, how many of them are, and what counts all of them: a saved view has no other tiles. */
function Few({ layer, side = "" }: { layer: Layer; side?: string }) {
  const { metadata, counted: rows = 0 } = loaded.value[layer.id] ?? {};
  const drawn = metadata?.rows_drawn ?? [];
  const shown = drawn[Math.min(Math.floor(zoom.value), drawn.length - 1)] ?? rows;
  if (shown >= rows) return null;
  return (
    <p class="few">
      From so far away {number(shown)} of {number(rows)} rows{side && ` on the ${side}`} {shown === 1 ? "is" : "are"}{" "}
      drawn: the others are too small, or too many.
      {!globalThis.duotileSaved && (
        <>
          {" "}
          Cells count all of them:{" "}
          <button type="button" onClick={() => draw(layer.id, { kind: "cells" })}>
            Cells
          </button>
        </>
      )}
    </p>
  );
}

/** How large cells are on the screen, or the places that are one point, and why that is not as it mostly is. */
function Cells({ layer }: { layer: Layer }) {
  const grid = gridOf(layer.drawing);
  const pixels = pixelsAt(zoom.value, grid);
  const wider = spread.value[layer.id] ?? 0;
  const size = `A ${layer.drawing.kind === "points" ? "place" : "cell"} is ${pixels.toFixed(pixels < 10 ? 1 : 0)} pixels wide`;
  return (
    <p class="cells" data-pixels={pixels} data-spread={wider}>
      <span class="long">
        {layer.drawing.kind === "cells" && layer.drawing.cell === 0 && slow.value
          ? `${size}, because this device draws slowly`
          : size}
        {wider > 0 ? ", drawn larger where few are near each other." : "."}
      </span>
      <span class="short">
        {pixels.toFixed(pixels < 10 ? 1 : 0)} px{wider > 0 ? ", larger" : ""}
      </span>
    </p>
  );
}

function Categories({ paint, title, clock }: { paint: Paint; title: string; clock: string }) {
  if (paint.cycle) return <Wheel paint={paint} title={title} about={`of ${paint.cycle.column}, ${clock}`} />;
  return (
    <>
      <h3>{title}</h3>
      <ul class="keys">
        {(paint.categories ?? []).map(({ value, colour }) => (
          <li key={value} data-value={value} data-colour={colour}>
            <i class="swatch" style={{ background: colour }} />
            <span>{valueSaid(value)}</span>
          </li>
        ))}
        {paint.rest?.others !== false && (
          <li class="others">
            <i class="swatch" style={{ background: paint.theme.other }} />
            {OTHERS}
          </li>
        )}
        {paint.rest?.none && (
          <li class="none">
            <i class="swatch" style={{ background: paint.theme.none }} />
            {NONE}
          </li>
        )}
      </ul>
    </>
  );
}

/** Hours, weekdays or months, side by side in their order. */
function Wheel({ paint, title, about }: { paint: Paint; title: string; about: string }) {
  const all = paint.categories ?? [];
  return (
    <>
      <h3>
        {title} ({about})
      </h3>
      <ol class="wheel">
        {all.map(({ value, colour, title = value }, at) => (
          <li key={value} data-value={value} data-colour={colour} title={title}>
            <i style={{ background: colour }} />
            <span class={all.length > 12 && at % 3 > 0 ? "unseen" : ""}>{title}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** What shapes are as high as. */
function High({ stops, size }: { stops: Stops; size: string }) {
  const [least, most] = [stops[0], stops.at(-1) ?? stops[0]];
  const digits = digitsOf(stops);
  return (
    <p class="high">
      High: {size}, by its logarithm, from {said(least.value, digits)} to {said(most.value, digits)}.
    </p>
  );
}
