/**
 * Quantiles that change little from one zoom to the next. Each zoom's own are a scale of its own: a city that is in the
 * middle of one may be at the end of the next. Averaged with their neighbours they move in small steps, and where they end,
 * because there were too many cells to look at, they go on as they went.
 */

/** As many zooms as there are of tiles. */
const ZOOMS = 23;
/** How much a zoom counts that is so many zooms away. */
const WEIGHTS = [4, 3, 2, 1];
/** A value that is so many times another is the furthest from it that can be told. */
const FURTHEST = 1e300;

/** Quantiles of each zoom from 0 on, by those of the first ones; `adds` says whether values of parts add up to the whole's. */
export function steady(known: readonly (readonly number[])[], adds: boolean): number[][] {
  if (known.length === 0) return [];
  const all = goingOn(known, adds);
  return all.map((quantiles, z) => {
    // As far to the deeper side as to the other, so that what shrinks from zoom to zoom stays in the middle.
    const reach = Math.min(z, all.length - 1 - z, WEIGHTS.length - 1);
    const { to, back } = measureOf(all.slice(z - reach, z + reach + 1), adds);
    const total = WEIGHTS.slice(1, reach + 1).reduce((sum, weight) => sum + 2 * weight, WEIGHTS[0] ?? 1);
    const means = quantiles.map((own, at) => {
      // Parts of the mean and not a sum, which would be infinite of the largest numbers.
      let mean = to(own) * ((WEIGHTS[0] ?? 1) / total);
      for (let far = 1; far <= reach; far += 1) {
        for (const side of [-far, far]) mean += to(all[z + side]?.[at] ?? own) * ((WEIGHTS[far] ?? 0) / total);
      }
      return back(mean);
    });
    return ascending(means);
  });
}

/** The zooms that are known and those after them. */
function goingOn(known: readonly (readonly number[])[], adds: boolean): (readonly number[])[] {
  const all = [...known];
  while (all.length < ZOOMS) {
    const [before, last] = [all.at(-2), all.at(-1) ?? []];
    const next = last.map((value, at) => {
      if (!adds || !before || value <= 0) return value;
      // A part is a quarter of the whole at least on average, and what lies at one place stays together.
      const shrinks = Math.min(Math.max(value / (before[at] ?? value), 0.25), 1);
      return Math.max(value * shrinks, Math.min(value, 1));
    });
    all.push(ascending(next));
  }
  return all;
}

/** What a mean is taken of, and back. */
interface Measure {
  to: (value: number) => number;
  back: (mean: number) => number;
}

/**
 * What the means of some quantiles are taken of: the same for all of them, so that they stay in their order. Of logarithms;
 * where some have none, of the values; if these grow with their cells, of what is a logarithm on both sides of 0, but for the
 * least.
 */
function measureOf(near: readonly (readonly number[])[], adds: boolean): Measure {
  const sizes = near
    .flat()
    .map(Math.abs)
    .filter((size) => size > 0);
  if (near.every((quantiles) => quantiles.every((value) => value > 0))) return { to: Math.log, back: Math.exp };
  if (!adds || sizes.length === 0) return { to: (value) => value, back: (mean) => mean };
  const unit = Math.max(Math.min(...sizes), Math.max(...sizes) / FURTHEST);
  return { to: (value) => Math.asinh(value / unit), back: (mean) => Math.sinh(mean) * unit };
}

/** None of some quantiles is below the one before it. */
function ascending(quantiles: readonly number[]): number[] {
  let least = Number.NEGATIVE_INFINITY;
  return quantiles.map((value) => {
    least = Math.max(least, value);
    return least;
  });
}
