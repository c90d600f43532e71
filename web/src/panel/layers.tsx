/** The layers: which lies over which, which is shown, how much shines through; and the way to one more. */

import { CompareControls } from "../compare/controls";
import { titleOf } from "../compare/label";
import { rowsSaid } from "../dom";
import { loaded } from "../load";
import { usualDrawing } from "../map/shapes/usual";
import { RAMPS } from "../map/theme";
import { catalog } from "../page";
import { change, draw, type Layer, MOST_LAYERS, makeLayer, state, withLayer } from "../state";
import { elsewhere } from "../time/animation";
import { Icon } from "./icon";

export function Layers() {
  const { layers } = state.value;
  if (catalog.value.length < 2 && layers.length < 2)
    return (
      <>
        <Add />
        <CompareControls />
      </>
    );
  return (
    <>
      <ol id="layers" aria-label="Layers, the uppermost first">
        {[...layers].reverse().map((layer) => (
          <Item key={layer.id} layer={layer} />
        ))}
      </ol>
      <Add />
      <CompareControls />
    </>
  );
}

function Item({ layer }: { layer: Layer }) {
  const { layers, active } = state.value;
  const { id, visible, drawing } = layer;
  const at = layers.findIndex((one) => one.id === id);
  const title = catalog.value.find((dataset) => dataset.id === layer.dataset)?.title ?? layer.dataset;
  // While time plays what is shown is of other windows.
  const counted = elsewhere.value ? undefined : loaded.value[id]?.counted;
  const name = titleOf(layer);
  const move = (by: number) =>
    change("order", (before) => {
      const order = [...before.layers];
      const [taken] = order.splice(at, 1);
      if (taken) order.splice(at + by, 0, taken);
      return { ...before, layers: order };
    });
  return (
    <li class={id === active ? "active" : ""}>
      <button
        type="button"
        class="eye"
        aria-pressed={visible}
        aria-label={`Show ${name}`}
        title={visible ? "Hide" : "Show"}
        onClick={() => change(`visible ${id}`, (before) => withLayer(before, id, { visible: !visible }))}
      >
        <Icon name={visible ? "eye" : "closed"} />
      </button>
      <button
        type="button"
        class="name"
        aria-pressed={id === active}
        onClick={() => change("active", (before) => ({ ...before, active: id }))}
      >
        <b>{title}</b>
        <span>
          {[layer.filter, counted !== undefined && drawing.kind !== "tiles" && rowsSaid(counted)]
            .filter(Boolean)
            .join(" · ")}
        </span>
      </button>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={drawing.opacity}
        aria-label={`Opacity of ${name}`}
        title="Opacity"
        onInput={({ currentTarget }) => draw(id, { opacity: Number(currentTarget.value) })}
      />
      <span class="moves">
        <button type="button" aria-label={`Raise ${name}`} disabled={at === layers.length - 1} onClick={() => move(1)}>
          <Icon name="up" />
        </button>
        <button type="button" aria-label={`Lower ${name}`} disabled={at === 0} onClick={() => move(-1)}>
          <Icon name="down" />
        </button>
        <button
          type="button"
          aria-label={`Remove ${name}`}
          disabled={layers.length < 2}
          onClick={() =>
            change("remove", (before) => {
              const rest = before.layers.filter((one) => one.id !== id);
              return { ...before, layers: rest, active: active === id ? (rest.at(-1)?.id ?? "") : active };
            })
          }
        >
          <Icon name="cross" />
        </button>
      </span>
    </li>
  );
}

/** One more layer: of another dataset, or of the same under another filter. */
function Add() {
  const full = state.value.layers.length >= MOST_LAYERS;
  const add = (dataset: string) =>
    change("add", (before) => {
      // In colours of its own, or it could not be told from those beneath.
      const free = RAMPS.find((ramp) => !before.layers.some(({ drawing }) => drawing.ramp === ramp));
      const usual = usualDrawing(dataset);
      const layer = makeLayer(before.layers, dataset, { drawing: { ...usual, ramp: free ?? usual.ramp } });
      return { ...before, layers: [...before.layers, layer], active: layer.id };
    });
  const [only] = catalog.value;
  if (catalog.value.length < 2) {
    return (
      <button type="button" id="add-layer" disabled={!only || full} onClick={() => only && add(only.id)}>
        Add another layer of this data
      </button>
    );
  }
  return (
    <label class="line">
      Add a layer
      <select
        id="add-layer"
        disabled={full}
        value=""
        onChange={({ currentTarget }) => {
          if (currentTarget.value) add(currentTarget.value);
          currentTarget.value = "";
        }}
      >
        <option value="">choose a dataset</option>
        {catalog.value.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
