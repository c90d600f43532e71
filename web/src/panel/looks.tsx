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

export const LineWidth = ({ id, width }: { id: string; width: number }) => (
  <Slider id="line-width" title="Lines, pixels" most={6} step={0.5} value={width} set={(line) => draw(id, { line })} />
);

export const Opacity = ({ id, opacity }: { id: string; opacity: number }) => (
  <Slider id="opacity" title="Opacity" most={1} step={0.05} value={opacity} set={(opacity) => draw(id, { opacity })} />
);

interface SliderProps {
  id: string;
  title: string;
  most: number;
  step: number;
  value: number;
  set: (value: number) => void;
}

function Slider({ id, title, most, step, value, set }: SliderProps) {
  return (
    <label class="line">
      {title}
      <input
        id={id}
        type="range"
        min="0"
        max={most}
        step={step}
        value={value}
        onInput={({ currentTarget }) => set(Number(currentTarget.value))}
      />
    </label>
  );
}
