/** Windows of time that lie side by side: together they have every row once, down to the microsecond, and are said as they were chosen. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "duotile";
import { serve } from "./lib/duotile.js";
import { ofPage } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/query")} */
const { interval } = await ofPage("query");
/** @type {typeof import("../../web/src/time/calendar")} */
const { framesOf, PRESETS, around, saidLength } = await ofPage("time/calendar");
/** @type {typeof import("../../web/src/time/exact")} */
const { boxed, unboxed } = await ofPage("time/exact");

const MINUTE = 60_000;
const START = Date.UTC(2024, 1, 29, 23, 50);
const MINUTES = 20;
const folder = mkdtempSync(join(tmpdir(), "duotile-windows-"));
/** Microseconds of each row after the start. @type {number[]} */
const rows = [];
/** @type {Awaited<ReturnType<typeof serve>>} */
let program;

before(async () => {
  const { below } = random(11);
  for (let minute = 0; minute < MINUTES; minute += 1) {
    // About the ends of a minute, where windows meet.
    for (const micros of [0, 1, 999, 59_999_000, 59_999_001, 59_999_500, 59_999_999, below(6e7), below(6e7)]) {
      rows.push(minute * 6e7 + micros);
    }
  }
  const time = (/** @type {number} */ micros) => {
    const whole = new Date(START + Math.floor(micros / 1000)).toISOString().slice(0, -1);
    return `${whole}${String(micros % 1000).padStart(3, "0")}Z`;
  };
  const lines = rows.map((micros, at) => `${(at % 100) / 10},48,${time(micros)}`);
  writeFileSync(join(folder, "micros.csv"), `lon,lat,seen\n${lines.join("\n")}\n`);
  program = await serve(join(folder, "micros.csv"));
});
after(async () => {
  await program?.stop();
  rmSync(folder, { recursive: true });
});

test("frames side by side have every row once, however close to their ends it is", async () => {
  const server = new Server(program.base);
  const frames = framesOf([START, START + MINUTES * MINUTE - 1], [START, START + MINUTE], 1);
  assert.equal(frames.length, MINUTES);
  for (const [from, to] of frames) {
    const { numberMatched } = await server.rows("micros", { datetime: interval([from, to]) }, { limit: 0 });
    const expected = rows.filter((micros) => micros >= (from - START) * 1000 && micros < (to - START) * 1000);
    assert.equal(numberMatched, expected.length, interval([from, to]));
  }
});

test("a window that was asked for is said to be as long as it was chosen", () => {
  for (const preset of PRESETS) {
    const said = saidLength(interval(around(START, preset)));
    assert.equal(said.replace(/^an? /, ""), preset.name);
  }
  assert.equal(saidLength(interval([START, START + 90_000])), "90 seconds");
});

test("a box of whole seconds that was not changed stands for the exact time", () => {
  const window = /** @type {const} */ ([START + 123, START + 90_456]);
  const texts = window.map(boxed);
  assert.deepEqual(texts, ["2024-02-29T23:50:00", "2024-02-29T23:51:30"]);
  assert.deepEqual(unboxed(texts, window), window);
  assert.deepEqual(unboxed(["2024-02-29T23:51:00", texts[1] ?? ""], window), [START + MINUTE, START + 90_456]);
  assert.deepEqual(unboxed([texts[0] ?? "", "2024-02-29T23:51:00"], window), [START + 123, START + MINUTE]);
  assert.deepEqual(unboxed(texts, undefined), [START, START + 90_000]);
  assert.equal(unboxed(["", texts[1] ?? ""], window), undefined);
});
