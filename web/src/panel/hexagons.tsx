/** What is said and chosen of hexagons: what one is, how large, and of which resolution. */

import { gridOf, tileZoom } from "../map/grid";
import { edgeOf, RESOLUTIONS, resolutionAt } from "../map/hexagons";
import { zoom } from "../page";
import { draw, type Layer } from "../state";

/** What a hexagon is, how large, and from where on they are drawn if they would be too many before. */
export function Hexagons({ layer: { drawing }, from }: { layer: Layer; from: number }) {
  const resolution = resolutionAt(zoom.value, drawing);
  const grid = gridOf(drawing);
  const unseen = tileZoom(zoom.value, grid) < from;
  const about = `resolution ${resolution}, edges of about ${edgeOf(resolution)}`;
  return (
    <p class="cells hexagons" data-resolution={resolution}>
      {unseen ? (
        `Hexagons of ${about}: too many for this zoom, drawn from zoom ${from - grid.closer} on.`
      ) : (
        <>
          <span class="long">{`A cell is a hexagon of H3: ${about}.`}</span>
          <span class="short">{`H3 resolution ${resolution}, edges ${edgeOf(resolution)}`}</span>
        </>
      )}
    </p>
  );
}

/** Chooses the resolution of a layer. */
export function Resolution({ layer }: { layer: Layer }) {
  const {
    id,
    drawing: { res },
  } = layer;
  return (
    <label class="line" title="How fine the grid of H3 is">
      Resolution
      <select
        id="res"
        value={res}
        onChange={({ currentTarget }) => draw(id, { res: Number(currentTarget.value), lock: "" })}
      >
        <option value={-1}>by zoom ({resolutionAt(zoom.value, { ...layer.drawing, res: -1 })})</option>
        {RESOLUTIONS.map((each) => (
          <option key={each} value={each}>
            {`${each}, edges ${edgeOf(each)}`}
          </option>
        ))}
      </select>
    </label>
  );
}
