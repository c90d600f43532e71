/**
 * What a mixed crowd asks for, at random but the same for the same seed: each request with the statuses that it may be
 * answered with. 503 is always among them: it must carry Retry-After, which the one who asks checks.
 */

/**
 * @typedef {{ kind: string, path: string, method?: string, body?: string, headers?: Record<string, string>,
 *   may: number[] }} Request
 */

/** @typedef {ReturnType<typeof import("../../tests/node/lib/random.js").random>} Random */

/** Places where generated points are dense, as [lon, lat]. */
const PLACES = /** @type {const} */ ([
  [139.7, 35.7],
  [77.2, 28.6],
  [121.5, 31.2],
  [-46.6, -23.5],
  [-99.1, 19.4],
  [31.2, 30.0],
  [72.9, 19.1],
  [116.4, 39.9],
  [-74.0, 40.7],
  [3.4, 6.5],
  [2.3, 48.9],
  [-0.1, 51.5],
]);
const WORDS = /** @type {const} */ (["food", "shop", "transport", "office", "leisure", "health", "school", "culture"]);
const FOUND = [200, 204];

/** @param {Random} chance */
function tile(chance) {
  const z = chance.below(15);
  const side = 2 ** z;
  const [lon, lat] = chance.pick(PLACES);
  const [east, north] = [lon + chance.next() - 0.5, lat + chance.next() - 0.5];
  const sin = Math.sin((north * Math.PI) / 180);
  const y = Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * side);
  return `${z}/${Math.floor(((east + 180) / 360) * side)}/${y}`;
}

/** A filter that has hardly ever been seen before. @param {Random} chance */
function filter(chance) {
  const value = (chance.next() * 40).toFixed(6);
  const word = chance.pick(WORDS);
  return chance.pick([
    `value > ${value}`,
    `value BETWEEN ${value} AND ${Number(value) + 10}`,
    `category = '${word}' AND value < ${value}`,
    `category IN ('${word}', '${chance.pick(WORDS)}') OR value > ${value}`,
    `category LIKE '${word.slice(0, 2)}%' AND NOT value < ${value}`,
    `id < ${chance.below(1_000_000)}`,
    `lon > ${value} AND lat > ${value}`,
    `ts >= TIMESTAMP('2025-0${1 + chance.below(9)}-1${chance.below(10)}T0${chance.below(10)}:00:00Z')`,
  ]);
}

/** A query, as parameters. @param {Random} chance */
function query(chance) {
  /** @type {Record<string, string>} */
  const parameters = {};
  if (chance.below(2) === 0) parameters["filter"] = filter(chance);
  if (chance.below(3) === 0) {
    parameters["agg"] = chance.pick([
      "sum:value,mean:value",
      "median:value,p95:value",
      "min:ts,max:ts",
      "mode:category,nunique:category",
      "log_count,mean:value",
    ]);
  }
  if (chance.below(4) === 0) parameters["by"] = chance.pick(["category", "ts:month"]);
  if (chance.below(3) === 0) parameters["mode"] = chance.pick(["cells", "points", "auto"]);
  if (chance.below(3) === 0) parameters["cell"] = String(2 ** chance.below(7));
  if (chance.below(4) === 0) parameters["shape"] = chance.pick(["point", "polygon", "centroid"]);
  if (chance.below(5) === 0) parameters["properties"] = chance.pick(["*", "value", "category,ts"]);
  if (chance.below(5) === 0) parameters["limit"] = String(1 + chance.below(50_000));
  if (chance.below(6) === 0) parameters["alias"] = chance.pick(["supercluster", "tippecanoe", "carto"]);
  if (chance.below(8) === 0) parameters["bbox"] = chance.pick(["-10,35,30,60", "170,-50,-170,60", "70,5,90,30"]);
  if (chance.below(8) === 0)
    parameters["datetime"] = chance.pick(["2025-03-01/2025-06-30", "../2025-02-01", "2025-12-01/.."]);
  return parameters;
}

const text = (/** @type {Record<string, string>} */ parameters) => String(new URLSearchParams(parameters));
/** A query in a path, as the tokens of the server are: base64url of its text, in any spelling. */
const token = (/** @type {string} */ text) => Buffer.from(text).toString("base64url");

const BAD = /** @type {const} */ ([
  ["tiles/points/0/0/0.mvt?filter=valu%20%3E%201", [400]],
  ["tiles/points/0/0/0.mvt?filter=value%20%3E", [400]],
  ["tiles/points/0/0/0.mvt?filter=category%20%3E%201", [400]],
  ["tiles/points/0/0/0.mvt?agg=sum:category", [400]],
  ["tiles/points/0/0/0.mvt?cell=3", [400]],
  ["tiles/points/0/0/0.mvt?nosuch=1", [400]],
  ["tiles/points/0/0/0.mvt?mode=cells&mode=points", [400]],
  ["tiles/points/0/0/0.mvt?bbox=1,2,3", [400]],
  ["tiles/points/q/%21%21/0/0/0.mvt", [400]],
  ["tiles/points/0/-1/0.mvt", [400]],
  ["tiles/points/3/9/0.mvt", [404]],
  ["tiles/points/23/0/0.mvt", [404]],
  ["tiles/nosuch/0/0/0.mvt", [404]],
  ["datasets/nosuch", [404]],
  ["datasets/points/stats", [400]],
  ["datasets/points/stats?column=nosuch", [400]],
  ["datasets/points/rows?limit=10000000", [400]],
  ["datasets/points/rows?f=xml", [400]],
  ["nosuch/at/all", [404]],
]);

/** @type {Record<string, (chance: Random) => Omit<Request, "kind">>} */
const KINDS = {
  tile: (chance) => ({ path: `tiles/points/${tile(chance)}.mvt?${text(query(chance))}`, may: FOUND }),
  world: (chance) => ({
    path: `tiles/points/0/0/0.mvt?mode=cells&cell=2&${text({ filter: filter(chance) })}`,
    may: FOUND,
  }),
  packed: (chance) => ({
    path: `tiles/points/${tile(chance)}.mvt`,
    headers: { "accept-encoding": chance.pick(["gzip", "zstd", "zstd, gzip, br"]) },
    may: FOUND,
  }),
  token: (chance) => {
    const document = chance.pick([
      `${tile(chance)}.mvt`,
      `${tile(chance)}.pbf`,
      "tilejson.json",
      "metadata.json",
      "style.json",
    ]);
    return { path: `tiles/points/q/${token(text({ filter: filter(chance) }))}/${document}`, may: FOUND };
  },
  documents: (chance) => {
    const document = chance.pick(["tilejson.json", "metadata.json", "style.json"]);
    return { path: `tiles/points/${document}?${text(query(chance))}`, may: [200] };
  },
  stats: (chance) => {
    const column = chance.pick(["value", "category", "ts", "id"]);
    return { path: `datasets/points/stats?${text({ column, filter: filter(chance) })}`, may: [200] };
  },
  legend: (chance) => {
    const parameters = { measure: "value_mean", agg: "mean:value", z: String(chance.below(8)), filter: filter(chance) };
    return { path: `datasets/points/stats?${text(parameters)}`, may: [200] };
  },
  rows: (chance) => {
    const parameters = {
      limit: String(chance.below(2000)),
      offset: String(chance.below(5000)),
      filter: filter(chance),
    };
    return { path: `datasets/points/rows?${text(parameters)}&f=${chance.pick(["geojson", "json"])}`, may: [200] };
  },
  subset: (chance) => ({ path: `datasets/points/subset.arrow?${text({ filter: filter(chance) })}`, may: [200, 413] }),
  catalogue: (chance) => {
    const path = chance.pick(["datasets", "datasets/points", "ready", "metrics", "openapi.json", "docs", ""]);
    return { path, may: [200] };
  },
  posted: (chance) => {
    const [method, path] = ["POST", "tiles/points/q"];
    return { method, path, body: text(query(chance)), may: [200] };
  },
  "posted too much": () => ({ method: "POST", path: "tiles/points/q", body: "x".repeat(70_000), may: [413] }),
  "wrong method": () => ({ method: "DELETE", path: "datasets", may: [405] }),
  "too long": () => ({ path: `tiles/points/0/0/0.mvt?filter=${"x".repeat(62_000)}`, may: [414] }),
  bad: (chance) => {
    const [path, may] = chance.pick(BAD);
    return { path, may: [...may] };
  },
};

/** How often of each kind, out of their sum. */
const SHARES = /** @type {const} */ ([
  ["tile", 40],
  ["world", 5],
  ["packed", 8],
  ["token", 10],
  ["documents", 5],
  ["stats", 5],
  ["legend", 2],
  ["rows", 5],
  ["subset", 2],
  ["catalogue", 5],
  ["posted", 3],
  ["posted too much", 1],
  ["wrong method", 1],
  ["too long", 1],
  ["bad", 10],
]);
const ALL = SHARES.reduce((sum, [, share]) => sum + share, 0);

/** @param {Random} chance @returns {Request} */
export function request(chance) {
  let at = chance.below(ALL);
  for (const [kind, share] of SHARES) {
    if (at < share) return { kind, .../** @type {Omit<Request, "kind">} */ (KINDS[kind]?.(chance)) };
    at -= share;
  }
  throw new Error("shares do not add up");
}

/** One that takes the server long: an exact median of every cell under a new filter. @param {Random} chance @returns {Request} */
export function costly(chance) {
  const parameters = { mode: "cells", cell: "1", agg: "median:value,nunique:category", filter: filter(chance) };
  return { kind: "costly", path: `tiles/points/0/0/0.mvt?${text(parameters)}`, may: FOUND };
}

/** One with a large answer: all rows of a full tile. @param {Random} chance @returns {Request} */
export function large(chance) {
  const z = chance.below(5);
  const [lon, lat] = chance.pick(PLACES);
  const sin = Math.sin((lat * Math.PI) / 180);
  const x = Math.floor(((lon + 180) / 360) * 2 ** z);
  const y = Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * 2 ** z);
  return { kind: "large", path: `tiles/points/${z}/${x}/${y}.mvt?mode=points&limit=200000&properties=*`, may: FOUND };
}
