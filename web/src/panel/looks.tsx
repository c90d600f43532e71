/** How a layer looks, whatever it is of: its colours, its lines, how much shines through. For finished tiles that is all. */

import { draw, type Layer } from "../state";
import { Ramps } from "./ramps";

/** Finished tiles are drawn as they are. */
export function TilesControls({ layer }: { layer: Layer }) {
  const { id, drawing } = layer;
  return (
    <div id="drawing" class="controls">
      <p>These tiles are finished: they are drawn as they lie in their archive.</p>
      <Ramps layer={layer} />
      <LineWidth id={id} width={drawing.line} />
      <Opacity id={id} opacity={drawing.opacity} />
    </div>
  );
}

export function LineWidth({ id, width }: { id: string; width: number }) {
  return (
    <label class="line">
      Lines, pixels
      <input
        id="line-width"
        type="range"
        min="0"
        max="6"
        step="0.5"
        value={width}
        onInput={({ currentTarget }) => draw(id, { line: Number(currentTarget.value) })}
      />
    </label>
  );
}

export function Opacity({ id, opacity }: { id: string; opacity: number }) {
  return (
    <label class="line">
      Opacity
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={opacity}
        onInput={({ currentTarget }) => draw(id, { opacity: Number(currentTarget.value) })}
      />
    </label>
  );
}
