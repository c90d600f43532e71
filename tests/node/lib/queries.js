/**
 * Random queries of a dataset, whatever columns it has: a server's description of it enters, filters that fit it and ways
 * to show what passes leave. Values are those that the server names, some between them, and some that no row has.
 */

/** @typedef {ReturnType<typeof import("./random.js").random>} Random */
/** @typedef {import("duotile").ColumnInfo} Column */

/** @param {string} name */
const named = (name) => `"${name.replaceAll('"', '""')}"`;
/** @param {unknown} text */
const quoted = (text) => `'${String(text).replaceAll("'", "''")}'`;

/** Periods of which a column of times has not too many. @param {Column} column */
function periods({ min, max }) {
  const hours = (Date.parse(String(max)) - Date.parse(String(min))) / 3_600_000;
  return [
    "year",
    ...(hours < 500_000 ? ["month"] : []),
    ...(hours < 20_000 ? ["day"] : []),
    ...(hours < 900 ? ["hour"] : []),
  ];
}

/**
 * What makes queries.
 *
 * @param {Random} random
 * @param {readonly Column[]} columns those that may be named
 */
export function queries({ next, below, pick }, columns) {
  /** A value of a column as a filter has it. @param {Column} column @returns {string} */
  function value({ type, min, max, categories = [] }) {
    const known = categories.length > 0 && next() < 0.7 ? pick(categories).value : pick([min, max]);
    switch (type) {
      case "text":
        return next() < 0.1 || known === undefined ? pick(["'nowhere'", "''", "'zz'"]) : quoted(known);
      case "boolean":
        return pick(["TRUE", "FALSE"]);
      case "time": {
        const [from, to] = [Date.parse(String(min ?? "2024-01-01")), Date.parse(String(max ?? "2024-02-01"))];
        const at = new Date(from + Math.floor(next() * (to - from))).toISOString();
        return next() < 0.3 ? `DATE('${at.slice(0, 10)}')` : `TIMESTAMP('${at}')`;
      }
      default: {
        if (known !== undefined && next() < 0.6) return String(known);
        const [from, to] = [Number(min ?? 0), Number(max ?? 1)];
        const between = from + next() * (to - from);
        return String(type === "integer" ? Math.round(between) : between);
      }
    }
  }

  /** @param {Column} column */
  function condition(column) {
    const name = named(column.name);
    const not = pick(["", "", "NOT "]);
    const one = () => value(column);
    const alike = column.type === "boolean" ? ["=", "<>"] : ["=", "<>", "<", "<=", ">", ">="];
    const kinds = [
      () => `${name} IS ${not}NULL`,
      () => `${name} ${pick(alike)} ${one()}`,
      () => `${name} ${not}IN (${Array.from({ length: 1 + below(4) }, one).join(", ")})`,
    ];
    if (column.type !== "boolean") kinds.push(() => `${name} ${not}BETWEEN ${one()} AND ${one()}`);
    if (column.type === "text") kinds.push(() => `${name} ${not}LIKE ${pick(["'%a%'", "'_'", "'%'", "'b%'", "'k_'"])}`);
    kinds.push(() => made(column, alike, one));
    return pick(kinds)();
  }

  /** A condition on something made of a column. @param {Column} column @param {string[]} alike @param {() => string} one */
  function made(column, alike, one) {
    const name = named(column.name);
    const other = () => named(pick(columns.filter(({ type }) => type === column.type)).name);
    switch (column.type) {
      case "text":
        return pick([
          () => `CASEI(${name}) = CASEI(${one()})`,
          () => `ACCENTI(CASEI(${name})) LIKE ACCENTI(CASEI('%E%'))`,
          () => `${name} ${pick(alike)} ${other()}`,
        ])();
      case "time":
        return pick([
          () => `month(${name}) IN (${1 + below(12)}, ${1 + below(12)})`,
          () => `hour(${name},'+05:30') ${pick(alike)} ${below(24)}`,
          () => `epoch(${name}) % 7 = ${below(7)}`,
          () => `T_DURING(INTERVAL(${name}, ${name}), INTERVAL('..', ${one().replace(/^.*\((.*)\)$/, "$1")}))`,
        ])();
      case "boolean":
        return pick([name, `NOT ${name}`]);
      default:
        return pick([
          () => `${name} ${pick(["+", "-", "*", "/", "%"])} ${pick(["2", "3", "0.5"])} ${pick(alike)} ${one()}`,
          () => `coalesce(abs(${name}), ${below(9)}) ${pick(alike)} ${one()}`,
          () => `greatest(${name}, ${other()}) ${pick(alike)} ${one()}`,
        ])();
    }
  }

  /** A condition on where a row is. */
  function place() {
    const [lon, lat] = [next() * 300 - 150, next() * 140 - 70];
    const corner = () => `${(lon + next() * 60 - 30).toFixed(3)} ${(lat + next() * 30 - 15).toFixed(3)}`;
    const first = corner();
    const ring = [first, corner(), corner(), corner(), first].join(",");
    return `${pick(["S_INTERSECTS", "S_WITHIN", "S_DISJOINT"])}(geometry, POLYGON((${ring})))`;
  }

  /** @param {number} depth @returns {string} */
  function filter(depth) {
    if (columns.length === 0 || next() < 0.05) return place();
    if (depth === 0 || next() < 0.4) return condition(pick(columns));
    if (next() < 0.2) return `NOT (${filter(depth - 1)})`;
    const parts = Array.from({ length: 2 + below(2) }, () => `(${filter(depth - 1)})`);
    return parts.join(pick([" AND ", " OR "]));
  }

  /** How rows are shown: measures, counts by category, sizes, shapes; all that makes bytes of other kinds. */
  function showing() {
    /** @type {Record<string, string>} */
    const query = {};
    const measures = columns.filter(() => next() < 0.3).flatMap((column) => measure(column));
    if (measures.length > 0) query["agg"] = [...new Set(measures)].slice(0, 6).join(",");
    const by = columns.filter(({ type, distinct }) => type === "time" || distinct !== undefined);
    if (by.length > 0 && next() < 0.4) {
      const column = pick(by);
      query["by"] = column.type === "time" ? `${column.name}:${pick(periods(column))}` : column.name;
    }
    if (next() < 0.7) query["mode"] = pick(["cells", "points", "places"]);
    if (next() < 0.4) query["cell"] = pick(["2", "4", "16", "64"]);
    if (next() < 0.3) query["shape"] = pick(["point", "polygon", "centroid"]);
    if (next() < 0.5) query["properties"] = "*";
    if (next() < 0.2) query["limit"] = String(1 + below(200));
    return query;
  }

  /** @param {Column} column @returns {string[]} */
  function measure({ name, type }) {
    // What would end a name in a list of measures is left to other tests.
    if (/[:,]/.test(name)) return [];
    if (type === "text" || type === "boolean") return [pick([`mode:${name}`, `nunique:${name}`])];
    if (type === "time") return [pick([`min:${name}`, `max:${name}`])];
    return [`${pick(["sum", "mean", "min", "max", "median", "p95", "nunique"])}:${name}`];
  }

  return { filter, showing };
}
