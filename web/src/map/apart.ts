/** How far cells are apart: their places in pixels enter, what leaves is how wide they would have to be to be seen as one picture. */

/** A place on the map, in pixels. */
type Place = readonly [number, number];

/** The share of cells that have to touch another one. */
const ENOUGH = 0.75;
/** What part of a cell a place may be off. */
const SLACK = 0.1;

/**
 * How wide cells would have to be for enough of them to touch another one, at most. They are whole cells apart: it is told
 * as if places were anywhere in them, so that it grows with the zoom and does not jump.
 */
export function widthOf(places: readonly Place[], side: number, most: number): number {
  let before = 0;
  for (let cells = 1; (cells - 1) * side < most; cells += 1) {
    const share = touching(places, (cells + SLACK) * side);
    if (share >= ENOUGH) return Math.min((cells - 1 + (ENOUGH - before) / (share - before)) * side, most);
    before = share;
  }
  return most;
}

/** Which share of places has another one within a distance along both axes. */
function touching(places: readonly Place[], far: number): number {
  const blocks = new Map<string, Place[]>();
  const key = (x: number, y: number) => `${x} ${y}`;
  for (const place of places) {
    const at = key(Math.floor(place[0] / far), Math.floor(place[1] / far));
    const block = blocks.get(at);
    if (block) block.push(place);
    else blocks.set(at, [place]);
  }
  const touches = (place: Place) => {
    const [column, row] = [Math.floor(place[0] / far), Math.floor(place[1] / far)];
    for (let x = column - 1; x <= column + 1; x += 1) {
      for (let y = row - 1; y <= row + 1; y += 1) {
        for (const other of blocks.get(key(x, y)) ?? []) {
          if (other === place) continue;
          if (Math.max(Math.abs(other[0] - place[0]), Math.abs(other[1] - place[1])) <= far) return true;
        }
      }
    }
    return false;
  };
  return places.filter(touches).length / places.length;
}

/** What is shorter than so much of the view, both ways, is a small part of it. */
const SMALL = 0.1;

/** Whether places on the screen lie together in a small part of it. */
export function areTogether(places: readonly (readonly [number, number])[], width: number, height: number): boolean {
  const long = (side: 0 | 1) => {
    const all = places.map((place) => place[side]);
    return Math.max(...all) - Math.min(...all);
  };
  return places.length > 0 && long(0) < SMALL * width && long(1) < SMALL * height;
}
