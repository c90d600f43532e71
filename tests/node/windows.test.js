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

/** @type {typeof import("../../web/src/time/fullest")} */
const { fullest } = await ofPage("time/fullest");
/** @type {typeof import("../../web/src/query")} */
const { interval } = await ofPage("query");
/** @type {typeof import("../../web/src/time/calendar")} */
const {
  fitting,
  framesOf,
  longerThan,
  PRESETS,
  around,
  saidLength,
  moved,
  presetOf,
  rounded,
  saidWindow,
  stepped,
  within,
  zone,
} = await ofPage("time/calendar");
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

test("windows of a zone are the days, weeks and months of its calendar", () => {
  zone.value = "Europe/Paris";
  const utc = (/** @type {string} */ text) => Date.parse(`${text}Z`);
  const preset = (/** @type {string} */ wanted) =>
    PRESETS.find(({ name }) => name === wanted) ?? PRESETS[0] ?? assert.fail();
  try {
    // The clock goes on at 1:00 UTC on 31 March 2024, and back on 27 October: days of 23 and of 25 hours.
    const last = around(utc("2024-03-31T12:00"), preset("day"));
    assert.deepEqual(last, [utc("2024-03-30T23:00"), utc("2024-03-31T22:00")]);
    assert.deepEqual(moved(last, 1), [utc("2024-03-31T22:00"), utc("2024-04-01T22:00")]);
    assert.deepEqual(moved(last, -1), [utc("2024-03-29T23:00"), utc("2024-03-30T23:00")]);
    assert.equal(presetOf(last)?.name, "day");
    assert.equal(saidWindow(last), "31 Mar 2024");
    const october = around(utc("2024-10-27T12:00"), preset("day"));
    assert.deepEqual(october, [utc("2024-10-26T22:00"), utc("2024-10-27T23:00")]);
    const week = around(utc("2024-03-31T12:00"), preset("week"));
    assert.deepEqual(week, [utc("2024-03-24T23:00"), utc("2024-03-31T22:00")]);
    assert.equal(presetOf(week)?.name, "week");
    const month = around(utc("2024-02-29T23:30"), preset("month"));
    assert.deepEqual(month, [utc("2024-02-29T23:00"), utc("2024-03-31T22:00")]);
    assert.equal(saidWindow(month), "March 2024");
    // Windows side by side tile the year, whatever the clock does.
    for (const name of ["day", "week", "month", "hour", "6 hours"]) {
      const range = /** @type {const} */ ([utc("2024-01-01T00:00"), utc("2024-12-31T00:00")]);
      const frames = framesOf(range, around(utc("2024-06-01T00:30"), preset(name)), 1);
      assert.ok((frames[0]?.[0] ?? 0) <= range[0] && (frames.at(-1)?.[1] ?? 0) > range[1], name);
      for (const [at, frame] of frames.slice(0, -1).entries())
        assert.equal(frame[1], frames[at + 1]?.[0], `${name} ${at}`);
      if (name === "day") assert.equal(frames.length, 366);
    }
    // Midnight is where the clock shows it; a moment that it skips is the moment after.
    assert.equal(rounded(utc("2024-07-01T21:59"), 86_400_000), utc("2024-07-01T22:00"));
    zone.value = "America/Sao_Paulo";
    assert.deepEqual(around(utc("2018-11-04T12:00"), preset("day")), [
      utc("2018-11-04T03:00"),
      utc("2018-11-05T02:00"),
    ]);
  } finally {
    zone.value = "UTC";
  }
});

test("a key moves an end by round steps to round times of the clock, and always moves it", () => {
  const [HOUR, DAY] = [60 * MINUTE, 1440 * MINUTE];
  const start = Date.UTC(2024, 2, 1, 5);
  const steps = (/** @type {number} */ from, /** @type {number} */ by, /** @type {number} */ about) => {
    const all = [from];
    for (let step = 0; step < 3; step += 1) all.push(stepped(all.at(-1) ?? 0, by, about));
    return all.slice(1).map((time) => new Date(time).toISOString().slice(5, 16));
  };
  assert.deepEqual(steps(start, 1, 1.5 * DAY), ["03-02T00:00", "03-03T00:00", "03-04T00:00"]);
  assert.deepEqual(steps(start, 10, 40 * MINUTE), ["03-01T10:00", "03-01T15:00", "03-01T20:00"]);
  assert.equal(stepped(start, 1, 0.2), start + 1);
  zone.value = "America/New_York";
  try {
    // Midnights, also over the day of 23 hours, the tenth.
    assert.deepEqual(steps(start, 1, 1.5 * DAY), ["03-02T05:00", "03-03T05:00", "03-04T05:00"]);
    assert.deepEqual(steps(Date.UTC(2024, 2, 9, 5), 1, DAY), ["03-10T05:00", "03-11T04:00", "03-12T04:00"]);
    assert.deepEqual(steps(Date.UTC(2024, 2, 12, 4), -1, DAY), ["03-11T04:00", "03-10T05:00", "03-09T05:00"]);
    // The hour from one is there twice on 3 November.
    assert.deepEqual(steps(Date.UTC(2024, 10, 3, 4), 1, HOUR), ["11-03T05:00", "11-03T06:00", "11-03T07:00"]);
    assert.deepEqual(steps(Date.UTC(2024, 10, 3, 8), -1, HOUR), ["11-03T07:00", "11-03T06:00", "11-03T05:00"]);
  } finally {
    zone.value = "UTC";
  }
});

test("two hours can be chosen of five years, and what the bar shows then can be played", () => {
  /** @type {[number, number]} */
  const years = [Date.UTC(2014, 0, 1), Date.UTC(2019, 0, 1)];
  const two = PRESETS.find(({ name }) => name === "2 hours") ?? assert.fail();
  assert.ok(within(years).includes(two));
  for (const preset of within(years)) {
    if (fitting(years).includes(preset)) continue;
    const longer = longerThan(preset) ?? assert.fail(preset.name);
    const at = Date.UTC(2016, 5, 3, 4, 5, 6);
    const [window, part] = [around(at, preset), around(at, longer)];
    assert.ok(part[0] <= window[0] && part[1] >= window[1], `${preset.name} in a ${longer.name}`);
    const [last, frames] = [part[1] - 1, framesOf([part[0], part[1] - 1], window, 1)];
    assert.ok(frames.length >= 24 && frames.length < 1000, `${frames.length} of ${preset.name}`);
    assert.ok((frames.at(-1)?.[1] ?? 0) > last);
  }
  assert.ok(!within(years).some(({ name }) => name === "second"));
});

test("the fullest window has about as many rows as the fullest of all, also where a wide crowd hides a burst", async () => {
  const preset = PRESETS.find(({ name }) => name === "2 hours") ?? assert.fail();
  const [DAY, YEAR] = [86_400_000, 3e10];
  for (let seed = 1; seed <= 12; seed += 1) {
    const { next, below } = random(seed);
    const start = Date.UTC(2019, 0, 1);
    const times = Array.from({ length: 2000 }, () => Math.floor(next() * YEAR));
    // Some weeks with more rows than there are in any burst, but none of their hours has many.
    for (let crowd = 0; crowd < 3; crowd += 1) {
      const from = next() * YEAR;
      for (let row = 0; row < 3000; row += 1) times.push(Math.floor(from + next() * 10 * DAY));
    }
    for (let burst = 0; burst < 3; burst += 1) {
      const from = next() * YEAR;
      const rows = 500 + below(1000);
      for (let row = 0; row < rows; row += 1) times.push(Math.floor(from + next() * preset.about));
    }
    const all = times.map((time) => start + time).sort((a, b) => a - b);
    const within = (/** @type {readonly number[]} */ [from = 0, to = 0]) =>
      all.filter((time) => time >= from && time < to).length;
    let asked = 0;
    const found = await fullest(
      async ([from, to], bins) => {
        asked += 1;
        // As the program does: from the first to the last of the rows.
        const those = all.filter((time) => time >= from && time < to);
        const [least = 0, most = least] = [those[0], those.at(-1)];
        const edges = Array.from({ length: bins + 1 }, (_, at) => least + ((most - least) * at) / bins);
        const counts = Array.from({ length: bins }, () => 0);
        for (const time of those) {
          const at = Math.min(Math.floor(((time - least) / (most - least || 1)) * bins), bins - 1);
          counts[at] = (counts[at] ?? 0) + 1;
        }
        return { edges, counts };
      },
      [all[0] ?? 0, (all.at(-1) ?? 0) + 1],
      preset.about,
      (time) => around(time, preset),
    );
    const starts = new Set(all.map((time) => around(time, preset)[0]));
    const most = Math.max(...[...starts].map((from) => within([from, from + preset.about])));
    assert.ok(found && within(found) >= 0.9 * most, `${seed}: ${found && within(found)}, the fullest has ${most}`);
    assert.ok(asked <= 60, `${asked} questions`);
  }
  assert.equal(
    await fullest(
      async () => undefined,
      [0, 1000],
      10,
      (time) => [time, time + 10],
    ),
    undefined,
  );
});
