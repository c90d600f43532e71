/** Two maps as one, for those who draw: the layer above goes to the second while there is one, all else to the first. */

import type { Ground } from "../map/ground";
import type { Drawable } from "../map/layers";
import type { DataMap } from "../map/map";

export interface Pair extends DataMap {
  /** The ground that lies under both. */
  ground: () => Ground;
  /** Lets a second map draw what is above. */
  join: (second: DataMap) => void;
  /** Lets the first draw everything again. */
  part: () => void;
  /** What the second draws. */
  above: (drawables: readonly Drawable[]) => readonly Drawable[];
}

/** A pair of which the second is still missing; `isAbove` tells by an id what is for the second. */
export function makePair(first: DataMap, ground: Ground, isAbove: (id: string) => boolean): Pair {
  let second: DataMap | undefined;
  let now: readonly Drawable[] = [];
  let lies = ground;
  const of = (id: string) => (second && isAbove(id) ? second : first);
  const show = (drawables: readonly Drawable[]) => {
    now = drawables;
    first.show(now.filter(({ layer }) => of(layer.id) === first));
    second?.show(now.filter(({ layer }) => of(layer.id) !== first));
  };
  return {
    ...first,
    ground: () => lies,
    above: (drawables) => drawables.filter(({ layer }) => isAbove(layer.id)),
    join(other) {
      second = other;
      show(now);
    },
    part() {
      second = undefined;
      show(now);
    },
    show,
    lay(next) {
      first.lay(next);
      lies = next;
      second?.lay(next);
    },
    exchange: (id, tiles) => of(id).exchange(id, tiles),
    turn(seen, unseen) {
      const part = (ids: readonly string[], map: DataMap) => ids.filter((id) => of(id) === map);
      first.turn(part(seen, first), part(unseen, first));
      if (second) second.turn(part(seen, second), part(unseen, second));
    },
    isReady: (id) => of(id).isReady(id),
    settled: () => first.settled() && (second?.settled() ?? true),
  };
}
