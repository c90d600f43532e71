/**
 * The dearest request of each kind. Each is a function from a number to a path: another number is another query, whose
 * filter no cache has seen, over nearly all of the rows.
 *
 * `points` are generated ones (id, category, value, ts), `texts` as many rows as distinct texts (t) or fewer.
 */

/** @typedef {{ name: string, path: (n: number) => string, encoding?: string }} Case */

const text = (/** @type {Record<string, string | number>} */ parameters) =>
  String(new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])));
/** Nearly all rows, never the same. @param {number} n */
const most = (n) => `value > ${(0.5 + n * 1e-6).toFixed(6)}`;
/** The same of the rows with distinct texts. @param {number} n */
const mostTexts = (n) => `v > ${(0.01 + n * 1e-6).toFixed(6)}`;

/** The world as cells. @param {Record<string, string | number>} query @param {string} dataset */
const world = (query, dataset = "points") => `tiles/${dataset}/0/0/0.mvt?${text({ mode: "cells", cell: 1, ...query })}`;

/** @param {string} name @param {Record<string, string | number>} query @returns {Case} */
const cells = (name, query) => ({
  name: `cells of the world, ${name}`,
  path: (n) => world({ ...query, filter: most(n) }),
});

/** The same of the rows with distinct texts. @param {string} name @param {Record<string, string | number>} query @returns {Case} */
const textCells = (name, query) => ({
  name: `cells of the world, ${name}`,
  path: (n) => world({ ...query, filter: mostTexts(n) }, "texts"),
});

/** @param {string} what @param {string} column @param {string} dataset @returns {Case[]} */
const stats = (what, column, dataset = "points") => [
  // Another number of bins is another answer, which is made anew.
  { name: `statistics of ${what}`, path: (n) => `datasets/${dataset}/stats?${text({ column, bins: 5 + (n % 190) })}` },
  {
    name: `statistics of ${what}, new filter`,
    path: (n) => `datasets/${dataset}/stats?${text({ column, filter: dataset === "points" ? most(n) : mostTexts(n) })}`,
  },
];

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** So many patterns, none twice; another number, others in another order. @param {number} count @param {number} n */
function patterns(count, n) {
  const forms = [
    (/** @type {string} */ c) => `%${c}%`,
    (/** @type {string} */ c) => `_${c}%`,
    (/** @type {string} */ c) => `%${c}_`,
    (/** @type {string} */ c) => `%${c}`,
    (/** @type {string} */ c) => `__${c}%`,
    (/** @type {string} */ c) => `%${c}__`,
    (/** @type {string} */ c) => `%_${c}`,
    (/** @type {string} */ c) => `%${c}_%`,
  ];
  return Array.from({ length: count }, (_, i) => {
    const at = (i + n) % (LETTERS.length * forms.length);
    return forms[Math.floor(at / LETTERS.length)]?.(LETTERS[at % LETTERS.length] ?? "a") ?? "";
  });
}

/** @param {string} dataset @param {string} property @param {number} count @param {number} n */
const like = (dataset, property, count, n) =>
  world(
    {
      cell: 4,
      filter: patterns(count, n)
        .map((pattern) => `${property} LIKE '${pattern}'`)
        .join(" OR "),
    },
    dataset,
  );

/** @param {string} what @param {string} dataset @param {string} property @param {number} count @returns {Case} */
const terms = (what, dataset, property, count) => ({
  name: `${count} ${what}`,
  path: (n) => like(dataset, property, count, n),
});

/** @param {number} limit @returns {Case} */
const limited = (limit) => ({
  name: `limit=${limit}, where rows take over`,
  path: (n) => `tiles/points/0/0/0.mvt?${text({ limit, filter: most(n) })}`,
});

/** @param {string} name @param {(n: number) => Record<string, string | number>} query @returns {Case} */
const metadata = (name, query) => ({
  name: `metadata.json, ${name}`,
  path: (n) => `tiles/points/metadata.json?${text({ mode: "cells", ...query(n) })}`,
});

/** @type {(n: number) => Record<string, string | number>} */
const raw = (n) => ({ mode: "points", properties: "*", limit: 1_000_000, filter: most(n) });

/** @type {Case[]} */
export const CASES = [
  cells("counts, new filter", {}),
  cells("sum and mean, new filter", { agg: "sum:value,mean:value" }),
  cells("median of a float", { agg: "median:value" }),
  cells("median of a float, cell=64", { agg: "median:value", cell: 64 }),
  cells("median of an integer, cell=64", { agg: "median:id", cell: 64 }),
  cells("seven percentiles", { agg: "p1:value,p5:value,p25:value,median:value,p75:value,p95:value,p99:value" }),
  cells("mode of a category", { agg: "mode:category" }),
  cells("mode of an integer, cell=64", { agg: "mode:id", cell: 64 }),
  textCells("mode of distinct texts, cell=64", { agg: "mode:t", cell: 64 }),
  cells("nunique of a float, cell=64", { agg: "nunique:value", cell: 64 }),
  cells("nunique of an integer, cell=64", { agg: "nunique:id", cell: 64 }),
  cells("nunique of a time, cell=64", { agg: "nunique:ts", cell: 64 }),
  textCells("nunique of distinct texts", { agg: "nunique:t" }),
  textCells("nunique of distinct texts, cell=64", { agg: "nunique:t", cell: 64 }),
  cells("by=category", { by: "category" }),
  cells("by=ts:month", { by: "ts:month" }),
  ...stats("a float", "value"),
  ...stats("an integer", "id"),
  ...stats("a time", "ts"),
  ...stats("a category", "category"),
  ...stats("distinct texts", "t", "texts"),
  {
    name: "quantiles of cells' medians (stats?measure=)",
    path: (n) =>
      `datasets/points/stats?${text({ measure: "value_median", agg: "median:value", z: 8, filter: most(n) })}`,
  },
  metadata("mean, new filter", (n) => ({ agg: "mean:value", filter: most(n) })),
  metadata("median and nunique, new filter", (n) => ({ agg: "median:value,nunique:id", filter: most(n) })),
  metadata("median, no filter", (n) => ({ agg: `median:value,p${1 + (n % 90)}:value` })),
  {
    name: "style.json, median, new filter",
    path: (n) => `tiles/points/style.json?${text({ mode: "cells", agg: "median:value", filter: most(n) })}`,
  },
  terms("LIKE terms over a category", "points", "category", 64),
  terms("LIKE terms over distinct texts", "texts", "t", 1),
  terms("LIKE terms over distinct texts", "texts", "t", 16),
  terms("LIKE terms over distinct texts", "texts", "t", 64),
  terms("LIKE terms over distinct texts", "texts", "t", 140),
  terms("LIKE terms over distinct texts", "texts", "t", 256),
  terms("CASEI LIKE terms over distinct texts", "texts", "CASEI(t)", 16),
  terms("CASEI LIKE terms over distinct texts", "texts", "CASEI(t)", 64),
  terms("CASEI LIKE terms over distinct texts", "texts", "CASEI(t)", 256),
  limited(1),
  limited(31),
  limited(32),
  { name: "raw rows of the world, all columns", path: (n) => `tiles/points/0/0/0.mvt?${text(raw(n))}` },
  {
    name: "raw rows of the world, all columns, gzip",
    path: (n) => `tiles/points/0/0/0.mvt?${text(raw(n))}`,
    encoding: "gzip",
  },
  {
    name: "a page of 10,000 rows",
    path: (n) => `datasets/points/rows?${text({ limit: 10_000, offset: 5_000_000, properties: "*", filter: most(n) })}`,
  },
  {
    name: "subset.arrow of two million rows",
    path: (n) => `datasets/points/subset.arrow?${text({ properties: "*", filter: `id <= ${2_000_000 - n}` })}`,
  },
  {
    name: "subset.arrow of two million rows, gzip",
    path: (n) => `datasets/points/subset.arrow?${text({ properties: "*", filter: `id <= ${2_000_000 - n}` })}`,
    encoding: "gzip",
  },
  {
    name: "subset.arrow of all rows",
    path: (n) => `datasets/points/subset.arrow?${text({ properties: "*", filter: most(n) })}`,
  },
  {
    name: "rows.csv of all rows",
    path: (n) => `datasets/points/rows.csv?${text({ properties: "*", filter: most(n) })}`,
  },
];
