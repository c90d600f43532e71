/**
 * Quantiles that change little from one zoom to the next. Each zoom's own are a scale of its own: a city that is in the
 * middle of one may be at the end of the next. Averaged with their neighbours they move in small steps, and where they end,
 * because there were too many cells to look at, they go on as they went.
 */

/** As many zooms as there are of tiles. */
const ZOOMS = 23;
/** How much a zoom counts that is so many zooms away. */
const WEIGHTS = [4, 3, 2, 1];

/** Quantiles of each zoom from 0 on, by those of the first ones; `adds` says whether values of parts add up to the whole's. */
export function steady(known: readonly (readonly number[])[], adds: boolean): number[][] {
  if (known.length === 0) return [];
  const all = goingOn(known, adds);
  return all.map((quantiles, z) => {
    // As far to the deeper side as to the other, so that what shrinks from zoom to zoom stays in the middle.
    const reach = Math.min(z, all.length - 1 - z, WEIGHTS.length - 1);
    return quantiles.map((own, at) => {
      const near: [number, number][] = [[own, WEIGHTS[0] ?? 1]];
      for (let far = 1; far <= reach; far += 1) {
        for (const side of [-far, far]) near.push([all[z + side]?.[at] ?? own, WEIGHTS[far] ?? 0]);
      }
      return mean(near);
    });
  });
}

/** The zooms that are known and those after them. */
function goingOn(known: readonly (readonly number[])[], adds: boolean): (readonly number[])[] {
  const all = [...known];
  while (all.length < ZOOMS) {
    const [before, last] = [all.at(-2), all.at(-1) ?? []];
    all.push(
      last.map((value, at) => {
        if (!adds || !before || value <= 0) return value;
        // A part is a quarter of the whole at least on average, and what lies at one place stays together.
        const shrinks = Math.min(Math.max(value / (before[at] ?? value), 0.25), 1);
        return Math.max(value * shrinks, Math.min(value, 1));
      }),
    );
  }
  return all;
}

/** The mean: of logarithms, where there are. */
function mean(values: readonly [number, number][]): number {
  const total = values.reduce((sum, [, weight]) => sum + weight, 0);
  const positive = values.every(([value]) => value > 0);
  const sum = values.reduce((sum, [value, weight]) => sum + (positive ? Math.log(value) : value) * weight, 0);
  return positive ? Math.exp(sum / total) : sum / total;
}
