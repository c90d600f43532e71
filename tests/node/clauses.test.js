/**
 * The page's controls and the filter's text: what a control writes is read back as it was, leaves the rest alone, and
 * selects on the server the rows that are found by looking at every row.
 */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "duotile";
import { serve } from "./lib/duotile.js";
import { ofPage } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/filter/clauses")} */
const { clauseOf, othersOf, partsOf, print, withClause, without } = await ofPage("filter/clauses");
/** @type {typeof import("../../web/src/filter/draft")} */
const { rebased } = await ofPage("filter/draft");

/** @typedef {import("../../web/src/filter/clauses").Clause} Clause */
/** @typedef {import("../../web/src/filter/clauses").Value} Value */
/** @typedef {Record<string, string | number | boolean | null>} Row */

const ROWS = 500;
const TEXTS = [
  "a",
  "A",
  "ab",
  "b%c",
  "b_c",
  "bxc",
  "back\\slash",
  "it's",
  'say "x"',
  "é",
  "Zürich",
  "a AND b",
  "(",
  "' OR '",
];
/** Columns whose names need quotes, one that is a keyword, one with a point. */
const TEXT = "odd name";
const WHOLE = "and";
const REAL = 'r"eal';
const FLAG = "flag";
const TIME = "at.time";
const HOUR = 3_600_000;
const START = Date.UTC(2024, 0, 1);

const folder = mkdtempSync(join(tmpdir(), "duotile-clauses-"));
const { next, below, pick } = random(7);
/** @type {Row[]} */
const rows = Array.from({ length: ROWS }, (_, id) => {
  const maybe = (/** @type {string | number | boolean} */ value) => (next() < 0.1 ? null : value);
  return {
    id,
    [TEXT]: maybe(pick(TEXTS)),
    [WHOLE]: maybe(below(40) - 20),
    [REAL]: maybe((below(1000) - 500) / 8),
    [FLAG]: maybe(next() < 0.5),
    [TIME]: maybe(new Date(START + below(100) * HOUR).toISOString()),
  };
});

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  const names = Object.keys(rows[0] ?? {});
  const cell = (/** @type {string | number | boolean | null | undefined} */ value) =>
    typeof value === "string" ? `"${value.replaceAll('"', '""')}"` : String(value ?? "");
  const lines = rows.map((row, i) => [...names.map((name) => cell(row[name])), (i % 300) - 150, (i % 120) - 60]);
  const head = [...names.map(cell), "lon", "lat"];
  writeFileSync(join(folder, "rows.csv"), [head, ...lines].map((line) => `${line.join(",")}\n`).join(""));
  server = await serve(join(folder, "rows.csv"));
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A clause that a control of a column may write. */
function clause(/** @type {string} */ column) {
  /** @type {Record<string, () => Value>} */
  const values = {
    [TEXT]: () => pick(TEXTS),
    [WHOLE]: () => below(50) - 25,
    [REAL]: () => (below(1000) - 500) / pick([8, 3, 1e-7, 1e9]),
    [FLAG]: () => next() < 0.5,
    [TIME]: () => ({
      time: next() < 0.3 ? `2024-01-0${1 + below(5)}` : new Date(START + below(100) * HOUR).toISOString(),
    }),
  };
  const value = values[column] ?? assert.fail(column);
  const end = () => /** @type {any} */ ({ value: value(), ...(next() < 0.3 ? { open: true } : {}) });
  const kinds = column === TEXT ? 3 : column === FLAG ? 2 : 4;
  /** @type {Clause} */
  const made =
    next() < 0.15
      ? { kind: "missing", ...(next() < 0.5 ? { not: true } : {}) }
      : below(kinds) < 2
        ? {
            kind: "values",
            values: [...new Set(Array.from({ length: 1 + below(3) }, value))],
            ...(next() < 0.4 ? { not: true } : {}),
            ...(next() < 0.4 ? { missing: true } : {}),
          }
        : column === TEXT
          ? { kind: "contains", text: pick(["a", "B", "%", "_", "\\", "'", '"', "É", " and ", "("]) }
          : { kind: "range", ...pick([{ from: end() }, { to: end() }, { from: end(), to: end() }]) };
  return made;
}

/** Whether a row passes a clause, by its meaning. */
function passes(/** @type {Row} */ row, /** @type {string} */ column, /** @type {Clause} */ asked) {
  const value = row[column] ?? null;
  if (asked.kind === "missing") return (value === null) !== (asked.not ?? false);
  if (value === null) return asked.kind === "values" && (asked.missing ?? false);
  const here = column === TIME ? Date.parse(String(value)) : value;
  // A date means its whole day.
  const first = (/** @type {Value} */ of) => (typeof of === "object" ? Date.parse(of.time) : of);
  const last = (/** @type {Value} */ of) =>
    typeof of === "object" && of.time.length === 10 ? Date.parse(of.time) + 24 * HOUR - 1 : first(of);
  switch (asked.kind) {
    case "contains":
      return String(here).toLowerCase().includes(asked.text.toLowerCase());
    case "values":
      return asked.values.some((one) => first(one) <= here && here <= last(one)) !== (asked.not ?? false);
    case "range": {
      const { from, to } = asked;
      const above = !from || (from.open ? here > last(from.value) : here >= first(from.value));
      return above && (!to || (to.open ? here < first(to.value) : here <= last(to.value)));
    }
  }
}

const COLUMNS = [TEXT, WHOLE, REAL, FLAG, TIME];

test("what a control writes is read back as it was", () => {
  for (let i = 0; i < 3000; i += 1) {
    const column = pick(COLUMNS);
    const made = clause(column);
    const text = print(column, made);
    assert.deepEqual(clauseOf(partsOf(text), column), made, text);
  }
});

test("one column's clause is replaced, and every other part stays letter by letter", () => {
  const other = [
    "lon > 5",
    "NOT (x = 1 OR y = 2)",
    "S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))",
    "name LIKE 'it''s AND %'",
  ];
  for (let i = 0; i < 2000; i += 1) {
    const columns = COLUMNS.filter(() => next() < 0.6);
    const clauses = new Map(columns.map((column) => [column, clause(column)]));
    const parts = [...[...clauses].map(([column, made]) => print(column, made)), ...other.filter(() => next() < 0.5)];
    parts.sort(() => next() - 0.5);
    const text = parts.join(pick([" AND ", " and ", "\n  AND "]));
    const column = pick(COLUMNS);
    const made = next() < 0.3 ? undefined : clause(column);
    const after = withClause(text, column, made);
    assert.deepEqual(clauseOf(partsOf(after), column), made, `${text} → ${after}`);
    for (const [name, before] of clauses) {
      if (name !== column) assert.deepEqual(clauseOf(partsOf(after), name), before, `${text} → ${after}`);
    }
    const rest = othersOf(partsOf(after) ?? [], COLUMNS).map(({ text }) => text);
    assert.deepEqual(
      rest,
      parts.filter((part) => other.includes(part)),
      `${text} → ${after}`,
    );
  }
});

test("a filter whose parts are joined by OR stays whole beside a clause", () => {
  const made = withClause("a = 1 OR b = 2", "c", { kind: "values", values: ["x"] });
  assert.equal(made, "(a = 1 OR b = 2) AND c = 'x'");
  assert.equal(withClause(made, "c", undefined), "(a = 1 OR b = 2)");
  assert.equal(clauseOf(partsOf("a = 1 OR b = 2"), "a"), undefined);
});

test("the ends of a range may stand apart, and are replaced together", () => {
  const text = "a < 5 AND b = 1 AND a >= -2";
  assert.deepEqual(clauseOf(partsOf(text), "a"), { kind: "range", from: { value: -2 }, to: { value: 5, open: true } });
  assert.equal(withClause(text, "a", { kind: "range", from: { value: 0 } }), "a >= 0 AND b = 1");
  // A third condition on it is nobody's, and stays.
  assert.deepEqual(
    othersOf(partsOf(`${text} AND a <> 3`) ?? [], ["a", "b"]).map(({ text }) => text),
    ["a <> 3"],
  );
});

test("what is not understood is kept, and a clause goes before it", () => {
  assert.equal(partsOf("name = 'open"), undefined);
  assert.equal(partsOf("(a = 1"), undefined);
  assert.equal(withClause("name = 'open", "a", { kind: "missing" }), "a IS NULL AND name = 'open");
  // Whole numbers that a script cannot hold are not rounded.
  const wide = "id = 9007199254740993";
  assert.equal(clauseOf(partsOf(wide), "id"), undefined);
  assert.equal(withClause(wide, "a", { kind: "missing" }), `${wide} AND a IS NULL`);
  for (const odd of [
    "a = b",
    "a = 5x",
    "f(a) = 1",
    "CASEI(a) = CASEI('x')",
    "a LIKE '%x%'",
    "CASEI(a) LIKE CASEI('%x_%')",
  ])
    assert.equal(partsOf(odd)?.[0]?.about, undefined, odd);
});

test("a part is taken out, and only that", () => {
  assert.equal(without("a = 1 AND lon > 5 AND b = 2", "lon > 5"), "a = 1 AND b = 2");
  assert.equal(without("a = 1 OR b = 2", "a = 1 OR b = 2"), "");
});

test("what is typed and not applied is changed as the filter beneath it is, and keeps the rest", () => {
  const area = (/** @type {number} */ west) => `S_INTERSECTS(geom, BBOX(${west}, 40, 10, 50))`;
  for (const [typed, before, after, expected] of /** @type {const} */ ([
    // A control asks for more, for something else, for nothing.
    ["speed > 5", "", "kind = 'a'", "speed > 5 AND kind = 'a'"],
    ["speed > 5 AND kind = 'a'", "kind = 'a'", "kind = 'b'", "speed > 5 AND kind = 'b'"],
    ["kind = 'a' AND speed > 5", "kind = 'a'", "", "speed > 5"],
    ["spede > 5", "hour(t) IN (1, 2)", "hour(t) IN (3)", "spede > 5 AND hour(t) IN (3)"],
    // What was taken out by hand is not brought back.
    ["speed > 5", "kind = 'a'", "kind = 'a' AND far = TRUE", "speed > 5 AND far = TRUE"],
    ["speed > 5", "kind = 'a' AND far = TRUE", "far = TRUE", "speed > 5"],
    // The control's own column is as the control has it; another's is as it was typed.
    ["speed > 5", "", "speed BETWEEN 1 AND 2", "speed BETWEEN 1 AND 2"],
    ["speed > 5 AND kind = 'b'", "speed > 3", "speed > 3 AND far = TRUE", "speed > 5 AND kind = 'b' AND far = TRUE"],
    [`${area(1)} AND speed > 5`, area(1), area(2), `${area(2)} AND speed > 5`],
    ["speed > 5 OR kind = 'b'", "", "far = TRUE", "(speed > 5 OR kind = 'b') AND far = TRUE"],
    ["speed > 5", "a = 1 OR b = 2", "c = 3 OR d = 4", "speed > 5 AND (c = 3 OR d = 4)"],
    // What cannot be read stands behind.
    ["kind = 'a", "", "speed > 5", "speed > 5 AND kind = 'a"],
    ["speed > 5 AND kind = 'a", "speed > 5", "speed > 7", "speed > 7 AND kind = 'a"],
    [`${area(1)} AND kind = 'a`, area(1), area(2), `${area(2)} AND kind = 'a`],
    [`${area(1)} AND kind = 'a`, area(1), "", "kind = 'a"],
    ["", "kind = 'a'", "kind = 'b'", "kind = 'b'"],
  ])) {
    assert.equal(rebased(typed, before, after), expected);
    assert.equal(rebased(typed, before, before), typed);
  }
});

test("the server accepts what controls write, and selects the rows that pass", async () => {
  const client = new Server(server.base);
  const { datasets } = await client.datasets();
  const id = datasets[0]?.id ?? "";
  const { columns } = await client.dataset(id);
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  assert.deepEqual(
    COLUMNS.map((column) => types[column]),
    ["text", "integer", "number", "boolean", "time"],
  );
  let selected = 0;
  for (let i = 0; i < 300; i += 1) {
    let filter = "";
    /** @type {[string, Clause][]} */
    const asked = [];
    for (const column of COLUMNS.filter((_, at) => next() < 0.25 || at === i % COLUMNS.length)) {
      const made = clause(column);
      asked.push([column, made]);
      filter = withClause(filter, column, made);
    }
    const expected = rows.filter((row) => asked.every(([column, made]) => passes(row, column, made)));
    const { features } = await client.rows(id, { filter }, { limit: 1000 });
    const got = features.map(({ properties, id }) => Number(properties["id"] ?? id)).sort((a, b) => a - b);
    assert.deepEqual(
      got,
      expected.map(({ id }) => id),
      filter,
    );
    selected += Number(got.length > 0 && got.length < ROWS);
  }
  assert.ok(selected > 150, `${selected} of 300 filters selected some`);
});
