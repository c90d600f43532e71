/** The ramps of colours there are for numbers, to choose from. */

import { RAMPS, ramp, theme } from "../map/theme";
import { draw, type Layer } from "../state";

export function Ramps({ layer: { id, drawing } }: { layer: Layer }) {
  // No legend of a fieldset: WebKit lays it out above the rest, whatever it is told.
  return (
    <div class="ramps" role="radiogroup" aria-labelledby="ramps">
      <span id="ramps">Colours</span>
      {RAMPS.map((each) => (
        <label key={each} title={each}>
          <input
            type="radio"
            name="ramp"
            value={each}
            checked={drawing.ramp === each}
            onChange={() => draw(id, { ramp: each })}
          />
          <span class="bar" style={{ background: gradient(each) }}>
            <span class="unseen">{each}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

/** A ramp as a background, from left to right. */
function gradient(name: string): string {
  const at = ramp(name, theme());
  return `linear-gradient(90deg, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map(at).join(", ")})`;
}
