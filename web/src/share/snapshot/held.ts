/**
 * What of the page's state a saved view has. What is drawn enters, and what is asked for it; the state and what is known of its layers
 * leave: as they are drawn, also while time plays or two layers are compared.
 */

import type { TileJson, TileQuery } from "duotile";
import type { Drawable } from "../../map/layers";
import { ownId, type State } from "../../state";
import type { Saved } from "./format";

/** A layer that is drawn, and what its tiles in the file are. */
export interface Held {
  drawable: Drawable;
  tileJson: TileJson;
  query: TileQuery;
}

/** Whether there is nothing below an empty tile of a layer: rows as they are may be too small to be drawn from afar. */
export const isNested = ({ layer: { drawing } }: Drawable): boolean =>
  drawing.kind !== "shapes" && drawing.kind !== "tiles";

/** The state with its layers as they are drawn, and what is known of them; tiles end at the deepest zoom of the file. */
export function heldOf(held: readonly Held[], state: State, deepest: number): Pick<Saved, "state" | "loaded"> {
  // The file has one map, on which layers lie on each other.
  const { compare: _, ...rest } = state;
  return {
    state: {
      ...rest,
      layers: held.map(({ drawable: { layer } }) => ({ ...layer, id: ownId(layer.id) })),
      // Another ground could not be reached from the file.
      ground: state.ground === "none" ? "none" : "natural-earth",
    },
    loaded: Object.fromEntries(
      held.map(({ drawable: { layer, loaded }, tileJson, query }) => {
        const { problem: _, ...known } = loaded;
        const ending = { ...tileJson, maxzoom: Math.min(deepest, tileJson.maxzoom) };
        return [ownId(layer.id), { ...known, query, busy: false, tiling: false, tileJson: ending }];
      }),
    ),
  };
}
