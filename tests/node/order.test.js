/**
 * Rows of a table in the order of a column, where that is not plain: ties by the thousand, columns that hardly any row has,
 * integers that no number can hold, times that differ by microseconds. Each against a sort of all rows; and pages of them.
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

/** @type {typeof import("../../web/src/answers/gather")} */
const { allOf, inOrder } = await ofPage("answers/gather");
/** @type {typeof import("../../web/src/answers/order")} */
const { sorted } = await ofPage("answers/order");

const ROWS = 45_000;
const END = 1000;
const NOON = Date.UTC(2024, 0, 1, 12) * 1000;
const folder = mkdtempSync(join(tmpdir(), "duotile-order-"));
const COLUMNS = /** @type {const} */ (["stars", "steps", "rare", "far", "burst", "big"]);
/** Each row by its columns, as numbers or texts that are compared as they are. @type {Record<string, any>[]} */
const rows = [];
/** @type {Awaited<ReturnType<typeof serve>>} */
let program;
/** As much of a source as is asked here. @type {any} */
let source;
/** The pages that were asked for. @type {any[]} */
const pages = [];
const { signal } = new AbortController();
const asked = { dataset: "ties", title: "", query: {} };

/** Microseconds since 1970 as a text, and back. @param {number} micros */
const time = (micros) =>
  `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, "0")}Z`;
/** @param {string} text */
function micros(text) {
  const [, fraction = ""] = /\.(\d+)Z$/.exec(text) ?? [];
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(fraction.padEnd(6, "0"));
}

before(async () => {
  const { next, below } = random(23);
  for (let id = 0; id < ROWS; id += 1) {
    rows.push({
      id,
      // Most have the least of them, a few each of the others.
      stars: id % 4500 === 7 ? 2 + (id - 7) / 4500 : 1,
      // Three steps of many each.
      steps: below(3) / 8,
      rare: id % 9000 === 1 ? id : null,
      // One is very far from all others.
      far: id === 5 ? 1e300 : next(),
      // All of a third of a second, some of them of one microsecond.
      burst: NOON + (id % 3 === 0 ? 250_000 : 123_000 + below(300_000)),
      big: 9_007_199_254_740_993n + BigInt(below(2_000_000)) - 1_000_000n,
    });
  }
  const lines = rows.map(
    ({ id, stars, steps, rare, far, burst, big }) =>
      `${id},${(id % 3600) / 20},${(id % 1500) / 20},${stars},${steps},${rare ?? ""},${far},${time(burst)},${big}`,
  );
  writeFileSync(join(folder, "ties.csv"), `id,lon,lat,${COLUMNS.join()}\n${lines.join("\n")}\n`);
  program = await serve(join(folder, "ties.csv"));
  const server = new Server(program.base);
  source = {
    rows: async (/** @type {any[]} */ ...all) => {
      pages.push(all[2]);
      return { value: await /** @type {any} */ (server).rows(...all) };
    },
    stats: async (/** @type {any[]} */ ...all) => ({ value: await /** @type {any} */ (server).stats(...all) }),
    dataset: () => server.dataset("ties"),
  };
});
after(async () => {
  await program?.stop();
  rmSync(folder, { recursive: true });
});

/** Values in their order, those without one last. @param {any[]} values @param {boolean} down */
function inTurn(values, down) {
  const some = values.filter((value) => value !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [...(down ? some.reverse() : some), ...values.filter((value) => value === null)];
}

/** What a row of the server has, as it is compared here. @param {string} column @param {any} value */
function read(column, value) {
  if (value === null || value === undefined) return null;
  return column === "big" ? BigInt(value) : column === "burst" ? micros(value) : value;
}

for (const column of COLUMNS) {
  test(`the first of many by "${column}" are those of all rows in order`, async () => {
    const dataset = await source.dataset();
    for (const down of [true, false]) {
      const { rows: found } = await inOrder(source, dataset, asked, { column, down }, ROWS, signal);
      const got = found.map(({ properties }) => read(column, properties[column]));
      const all = rows.map((row) => row[column]);
      assert.deepEqual(got, inTurn(all, down).slice(0, END), down ? "greatest" : "least");
      assert.equal(new Set(found.map(({ properties }) => properties["id"])).size, END, "each row once");
    }
  });
}

test("rows of which none has a value are told all the same", async () => {
  const some = { ...asked, query: { filter: "rare IS NULL" } };
  const { matched } = await allOf(source, some, signal, 1);
  assert.ok(matched > 20_000);
  const { rows: found } = await inOrder(
    source,
    await source.dataset(),
    some,
    { column: "rare", down: true },
    matched,
    signal,
  );
  assert.equal(found.length, END);
});

test("what could not be told apart is said, and nothing else is shown for it", async () => {
  const dataset = await source.dataset();
  const alike = { min: 0, max: 1, histogram: { edges: [0, 1], counts: [ROWS] } };
  const odd = { ...source, stats: async () => ({ value: alike }) };
  const order = { column: "far", down: true };
  await assert.rejects(inOrder(odd, dataset, asked, order, ROWS, signal), /values of far lie too unevenly/);
});

test("some thousands are sorted whole: times by the microsecond, integers however long they are", () => {
  const row = (/** @type {any} */ v) => /** @type {any} */ ({ properties: { v } });
  const order = (/** @type {any[]} */ values, /** @type {string} */ type) =>
    sorted(values.map(row), { column: "v", down: false }, type).map(({ properties }) => properties["v"]);
  const day = "2024-01-01T";
  assert.deepEqual(
    order([`${day}00:00:01Z`, `${day}00:00:00.5Z`, null, `${day}00:00:00Z`, `${day}00:00:00.500001Z`], "time"),
    [`${day}00:00:00Z`, `${day}00:00:00.5Z`, `${day}00:00:00.500001Z`, `${day}00:00:01Z`, null],
  );
  assert.deepEqual(order([95, "9007199254740993", 100, "-9007199254740993", "9007199254740992"], "integer"), [
    "-9007199254740993",
    95,
    100,
    "9007199254740992",
    "9007199254740993",
  ]);
  assert.deepEqual(order(["b", "10", "9", null, "a"], "text"), ["10", "9", "a", "b", null]);
});

test("page after page is fetched, to the last that is shown, and none twice", async () => {
  pages.length = 0;
  /** @type {any[]} */
  let here = [];
  for (const end of [50, 100, 10_050, 20_000]) {
    ({ rows: here } = await allOf(source, asked, signal, end, here));
    assert.equal(here.length, end);
  }
  assert.deepEqual(
    pages.map(({ offset = 0, limit }) => [offset, limit]),
    [
      [0, 50],
      [50, 50],
      [100, 9950],
      [10_050, 9950],
    ],
  );
  const whole = await allOf(source, asked, signal);
  assert.deepEqual(
    here.map(({ id }) => id),
    whole.rows.map(({ id }) => id),
  );
});
