/**
 * Filters against an engine with a parser of its own: a table of every type with nulls and odd values is written to
 * Parquet by DuckDB, served, and asked hundreds of generated questions in CQL2; DuckDB answers them in SQL.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Problem, Server } from "duotile";
import { predicates } from "../cql2/predicates.js";
import { open } from "./lib/duckdb.js";
import { serve } from "./lib/duotile.js";
import { random } from "./lib/random.js";

const ROWS = 600;
const FILTERS = 400;

const folder = mkdtempSync(join(tmpdir(), "duotile-filters-"));
/** @type {Awaited<ReturnType<typeof open>>} */
let db;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Server} */
let client;

/** Texts on which collations, patterns and quotes are gone wrong with. */
const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "aB",
  "b%c",
  "b_c",
  "bxc",
  "back\\slash",
  "it's",
  'say "x"',
  "é",
  "e\u0301",
  "Zürich",
  "zz",
  "日本",
  "🙂",
];

before(async () => {
  db = await open();
  const list = TEXTS.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ");
  // Every column has nulls at places of its own; the primes keep the patterns apart.
  await db.run(`CREATE TABLE points AS SELECT
      n::INTEGER AS id,
      (n * 37 % 360) - 179.5 AS lon,
      (n * 17 % 160) - 79.5 AS lat,
      CASE WHEN n % 7 = 0 THEN NULL ELSE (n * 31 % 41) - 20 END::INTEGER AS whole,
      CASE WHEN n % 11 = 0 THEN NULL WHEN n % 13 = 0 THEN 9007199254740993 + n ELSE n * 1000003 END::BIGINT AS wide,
      CASE WHEN n % 5 = 0 THEN NULL WHEN n % 29 = 0 THEN 'nan'::DOUBLE WHEN n % 31 = 0 THEN 'inf'::DOUBLE
           WHEN n % 17 = 0 THEN -0.0 ELSE ((n * 7919 % 997) - 498) / 8 END::DOUBLE AS real,
      CASE WHEN n % 9 = 0 THEN NULL ELSE (n % 23) / 10 END::FLOAT AS single,
      CASE WHEN n % 6 = 0 THEN NULL ELSE n % 4 = 1 END AS flag,
      CASE WHEN n % 8 = 0 THEN NULL ELSE [${list}][1 + n * 5 % ${TEXTS.length}] END AS word,
      CASE WHEN n % 10 = 0 THEN NULL
           ELSE TIMESTAMP '2024-01-30 00:00:00' + to_milliseconds(n * 7200500) END AS moment,
      CASE WHEN n % 12 = 0 THEN NULL ELSE 'k' || (n % 3) END AS "odd name"
    FROM range(${ROWS}) t(n)`);
  await db.run("CREATE MACRO fin(x) AS CASE WHEN isfinite(x::DOUBLE) THEN x END");
  await db.run(`COPY points TO '${join(folder, "points.parquet")}'`);
  // What is not finite is null to a tile server; the engine is told so.
  await db.run(`CREATE VIEW finite AS SELECT * REPLACE (CASE WHEN isfinite(real) THEN real END AS real) FROM points`);
  server = await serve(join(folder, "points.parquet"));
  client = new Server(server.base);
});
after(async () => {
  db?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const { below, pick } = random(20241121);

/** A filter in both languages: `[cql2, sql]`, the same text where they agree. */
/** @typedef {[string, string]} Both */

/** @param {string} text @returns {Both} */
const same = (text) => [text, text];
const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", "''")}'`;
const compare = () => pick(["=", "<>", "<", "<=", ">", ">="]);
const not = () => pick(["", "", "NOT "]);

const whole = () => String(pick([-21, -20, -3, -1, 0, 1, 7, 19, 20, 21, below(40) - 20]));
const decimal = () =>
  pick(["-62.25", "-0.5", "0.0", "-0.0", "0.125", "3.5", "1e2", "-1.5e1", "62.25", `${below(100) - 50}.625`]);
const wide = () => pick(["9007199254740992", "9007199254740993", "9007199254741006", "1000003", "300000900", "0"]);
const day = () => `2024-0${1 + below(3)}-${String(1 + below(28)).padStart(2, "0")}`;

/** @returns {Both} */
function moment() {
  const at = `${day()}T${String(below(24)).padStart(2, "0")}:${pick(["00:00", "30:00", "00:36.005", "59:59"])}`;
  return [`TIMESTAMP('${at}Z')`, `TIMESTAMP '${at.replace("T", " ")}'`];
}

/**
 * A formula of numbers. Its left end is a column, so that no part of it is known without a row; what is no finite number is null
 * step by step.
 * @param {number} depth
 * @returns {Both}
 */
function formula(depth) {
  if (depth === 0) {
    const column = pick(["whole", "real", "single", "id"]);
    return [column, `${column}::DOUBLE`];
  }
  const [a, sqlA] = formula(depth - 1 - below(depth));
  if (below(4) === 0) {
    const of = pick(["abs", "floor", "ceil", "round"]);
    return [`${of}(${a})`, `${of}(${sqlA})`];
  }
  const number = decimal();
  const [b, sqlB] = below(3) === 0 ? [number, `(${number})::DOUBLE`] : formula(depth - 1);
  if (below(4) === 0) {
    const of = pick(["least", "greatest", "coalesce"]);
    return [`${of}(${a}, ${b})`, `${of}(${sqlA}, ${sqlB})`];
  }
  const op = pick(["+", "-", "*", "/"]);
  return [`(${a} ${op} ${b})`, `fin(${sqlA} ${op} ${sqlB})`];
}

/** @type {(() => Both)[]} */
const CONDITIONS = [
  () => same(`whole ${compare()} ${whole()}`),
  () => same(`whole ${compare()} ${decimal()}`),
  () => same(`${whole()} ${compare()} whole`),
  () => same(`wide ${compare()} ${wide()}`),
  () => same(`real ${compare()} ${pick([whole, decimal])()}`),
  () => same(`single ${compare()} ${pick(["0", "1", "2", "0.1", "0.5", "1.5", "2.2", "2.25"])}`),
  () => same(`whole ${not()}BETWEEN ${whole()} AND ${whole()}`),
  () => same(`real ${not()}BETWEEN ${decimal()} AND ${whole()}`),
  () => same(`whole ${not()}IN (${whole()}, ${whole()}, ${whole()})`),
  () => same(`real ${not()}IN (${decimal()}, ${decimal()}, 0)`),
  () => same(`wide IN (${wide()}, ${wide()})`),
  () => same(`word ${compare()} ${quote(pick(TEXTS))}`),
  () => same(`word ${not()}BETWEEN ${quote(pick(TEXTS))} AND ${quote(pick(TEXTS))}`),
  () => same(`word ${not()}IN (${quote(pick(TEXTS))}, ${quote(pick(TEXTS))}, 'nowhere')`),
  () => {
    const pattern = pick(["a%", "%c", "b_c", "b\\_c", "b\\%c", "%", "", "_", "%'%", "%\\\\%", "%ü%", "__", "🙂", "%B"]);
    const negated = not();
    return [`word ${negated}LIKE ${quote(pattern)}`, `word ${negated}LIKE ${quote(pattern)} ESCAPE '\\'`];
  },
  () => {
    const text = pick(["A", "ab", "AB", "ZZ", "nowhere"]);
    return [`CASEI(word) = CASEI(${quote(text)})`, `lower(word) = lower(${quote(text)})`];
  },
  () => same(`${pick(["whole", "real", "word", "flag", "moment", '"odd name"'])} IS ${not()}NULL`),
  () => same(`flag ${pick(["=", "<>"])} ${pick(["TRUE", "FALSE"])}`),
  () => same(pick(["flag", "NOT flag"])),
  () => same(`"odd name" ${compare()} ${quote(pick(["k0", "k1", "k2", "k"]))}`),
  () => {
    const [op, [cql2, sql]] = [compare(), moment()];
    return [`moment ${op} ${cql2}`, `moment ${op} ${sql}`];
  },
  () => {
    const [[a, b], [c, d]] = [moment(), moment()];
    return [`moment BETWEEN ${a} AND ${c}`, `moment BETWEEN ${b} AND ${d}`];
  },
  () => {
    // A date is the whole of its day.
    const [op, on] = [compare(), day()];
    return [`moment ${op} DATE('${on}')`, `moment::DATE ${op} DATE '${on}'`];
  },
  // Formulas. What is no finite number is null to a tile server, step by step.
  () => {
    const [a, b, c] = [pick(["whole", "real"]), pick(["whole", "real"]), pick(["whole", "real"])];
    const [factor, op] = [pick([whole, decimal])(), compare()];
    return [`${a} * ${factor} + ${b} ${op} ${c}`, `fin(fin(${a}::DOUBLE * ${factor}::DOUBLE) + ${b}) ${op} ${c}`];
  },
  () => {
    const [a, b, op, value] = [pick(["whole", "real"]), pick(["whole", "real"]), compare(), decimal()];
    return [`${a} / ${b} ${op} ${value}`, `fin(${a} / ${b}) ${op} ${value}::DOUBLE`];
  },
  () => {
    const [divisor, op, value] = [pick(["3", "-4", "whole"]), compare(), whole()];
    const [cql2, sql] = pick([
      ["div", "//"],
      ["%", "%"],
    ]);
    return [`wide ${cql2} ${divisor} ${op} ${value}`, `wide ${sql} nullif(${divisor}, 0) ${op} ${value}`];
  },
  () => same(`wide - whole ${compare()} ${wide()}`),
  () => same(`whole ${compare()} abs(real)`),
  () => {
    const [of, op] = [pick(["sqrt", "ln", "floor", "ceil", "round"]), compare()];
    // A root or a logarithm that is none is an error to DuckDB.
    const real = { sqrt: "CASE WHEN real >= 0 THEN real END", ln: "CASE WHEN real > 0 THEN real END" }[of] ?? "real";
    return [`${of}(real) ${op} whole`, `${of}(${real}) ${op} whole`];
  },
  () => {
    const [of, op] = [pick(["least", "greatest", "coalesce"]), compare()];
    return same(`${of}(whole, ${pick(["real", "5", "id"])}) ${op} ${pick(["whole", "3", "real + 1"])}`);
  },
  ...[1, 2, 3, 4].map((depth) => () => {
    const [[a, sqlA], op, [b, sqlB]] = [formula(depth), compare(), formula(below(depth))];
    /** @type {Both} */
    const both = [`${a} ${op} ${b}`, `${sqlA} ${op} ${sqlB}`];
    return both;
  }),
  () => {
    const [[a, sqlA], negated] = [formula(2), not()];
    return [`(${a}) IS ${negated}NULL`, `(${sqlA}) IS ${negated}NULL`];
  },
  () => same(`whole ${not()}BETWEEN real AND id`),
  () => same(`whole ${not()}IN (real, id - 300, ${whole()})`),
  () => same(`(whole + real) IS ${not()}NULL`),
  () => {
    const part = pick(["year", "month", "day", "hour", "minute", "weekday"]);
    const [op, value] = [compare(), below(30)];
    return same(`${part}(moment) ${op} ${value}`);
  },
  () => {
    const [op, value] = [compare(), below(24)];
    return [`hour(moment,'+05:30') ${op} ${value}`, `hour(moment + INTERVAL '5 hours 30 minutes') ${op} ${value}`];
  },
  () => same(`word ${compare()} "odd name"`),
  () => {
    const op = compare();
    return [`ACCENTI(word) ${op} CASEI(word)`, `strip_accents(word) ${op} lower(word)`];
  },
  () => {
    const text = pick(["zurich", "e", "É", "Ab", "日本"]);
    return [
      `ACCENTI(CASEI(word)) = ${quote(text)}`,
      `lower(strip_accents(word)) = lower(strip_accents(${quote(text)}))`,
    ];
  },
  () => {
    const [[a, b], [c, d]] = [moment(), moment()].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = (/** @type {string} */ at) => at.replace(/^TIMESTAMP\((.*)\)$/, "$1");
    const interval = `INTERVAL(${text(a)},${text(c)})`;
    /** @type {Both[]} */
    const said = [
      [`T_INTERSECTS(moment, ${interval})`, `moment >= ${b} AND moment <= ${d}`],
      [`T_DISJOINT(${interval}, moment)`, `NOT (moment >= ${b} AND moment <= ${d})`],
      [`T_AFTER(moment, ${interval})`, `moment > ${d}`],
      [`T_DURING(INTERVAL(moment,moment), ${interval})`, `moment > ${b} AND moment < ${d}`],
      [`T_OVERLAPS(INTERVAL(moment,'..'), ${interval})`, "FALSE"],
    ];
    return pick(said);
  },
  () => {
    const [from, to] = [day(), day()];
    return [`moment BETWEEN DATE('${from}') AND DATE('${to}')`, `moment::DATE BETWEEN DATE '${from}' AND DATE '${to}'`];
  },
];

/**
 * @param {number} depth
 * @returns {Both}
 */
function filter(depth) {
  if (depth === 0 || below(3) === 0) return pick(CONDITIONS)();
  if (below(4) === 0) {
    const [a, b] = filter(depth - 1);
    return [`NOT (${a})`, `NOT (${b})`];
  }
  const [word, parts] = [pick([" AND ", " OR "]), Array.from({ length: 2 + below(2) }, () => filter(depth - 1))];
  return [parts.map(([a]) => `(${a})`).join(word), parts.map(([, b]) => `(${b})`).join(word)];
}

/** @param {string} cql2 */
async function ours(cql2) {
  const { features } = await client.rows("points", { filter: cql2, properties: ["id"] }, { limit: ROWS });
  return features.map(({ properties }) => Number(properties["id"])).sort((a, b) => a - b);
}

test("hundreds of filters select the rows that DuckDB selects", async () => {
  let some = 0;
  for (let i = 0; i < FILTERS; i += 1) {
    // Each kind of condition alone first, then whatever they are joined to.
    const [cql2, sql] =
      i < 3 * CONDITIONS.length ? (CONDITIONS[i % CONDITIONS.length] ?? pick(CONDITIONS))() : filter(3);
    const theirs = await db.numbers(`SELECT id FROM finite WHERE ${sql} ORDER BY id`);
    assert.deepEqual(await ours(cql2), theirs, `${cql2}\n${sql}`);
    some += Number(theirs.length > 0 && theirs.length < ROWS);
  }
  // Filters that select nothing or everything would prove little.
  assert.ok(some > FILTERS / 2, `only ${some} of ${FILTERS} filters selected some rows but not all`);
});

test("the metadata counts the rows of a filter as DuckDB does", async () => {
  for (const [cql2, sql] of Array.from({ length: 20 }, () => filter(2))) {
    const { rows, rows_total } = await client.metadata("points", { filter: cql2 });
    const [count] = await db.numbers(`SELECT count(*) FROM finite WHERE ${sql}`);
    assert.deepEqual([rows, rows_total], [count, ROWS], cql2);
  }
});

test("a filter by GET may be anything a URL can carry", async () => {
  const cql2 = "word IN ('it''s', 'say \"x\"', 'b%c', '🙂') AND real <> 1.5e+1";
  const theirs = await db.numbers(`SELECT id FROM finite WHERE ${cql2} ORDER BY id`);
  assert.ok(theirs.length > 0);
  assert.deepEqual(await ours(cql2), theirs);
});

/** Filters that are wrong, and the character from which on. */
const WRONG = /** @type {const} */ ([
  ["whole >", 7],
  ["whole > > 3", 8],
  ["whole == 3", 6],
  ["whole = 3 AND", 13],
  ["whole = 3 whole = 4", 10],
  ["(whole = 3", 10],
  ["nowhere = 3", 0],
  ["flag AND whole = 'x'", 17],
  ['word = "Zürich"', 7],
  ["word = 'open", 7],
  ["'🙂' = nowhere", 6],
  ["whole IN ()", 10],
  ["whole BETWEEN 1", 15],
  ["moment > TIMESTAMP('2024-13-01T00:00:00Z')", 25],
  ["word LIKE 3", 10],
  ["whole = NULL", 8],
  ["whole = 3; DROP TABLE points", 9],
]);

test("a filter that is wrong gives 400 and says where", async () => {
  for (const [cql2, position] of WRONG) {
    for (const ask of [() => client.tileJson("points", { filter: cql2 }), () => ours(cql2)]) {
      const error = await ask().then(
        () => undefined,
        (reason) => reason,
      );
      assert.ok(error instanceof Problem, `${cql2} was accepted`);
      const { status, parameter, position: at, message } = error;
      assert.deepEqual([status, parameter, at], [400, "filter", position], `${cql2}: ${message}`);
      // More than the status alone.
      assert.doesNotMatch(message, /^the server answered/);
    }
  }
});

test("every predicate of CQL2's annex A on points selects as many places as it says, over HTTP", async () => {
  const places = await serve(new URL("../cql2/places.csv", import.meta.url).pathname);
  const asked = new Server(places.base);
  const wrong = [];
  for (const { text, count } of predicates()) {
    const { rows } = await asked.metadata("places", { filter: text });
    if (rows !== count) wrong.push([text, rows, count]);
  }
  await places.stop();
  assert.deepEqual(wrong, []);
});
