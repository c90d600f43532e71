/** Days and hours by the clock of a zone, which the module asks `Intl` for: held against what `Intl` formats of each row. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem, Tiler } from "../dist/index.js";

const HOUR = 3_600_000;
/** Every nine hours and a bit from 2022 on: over four changes of most clocks. */
const times = Array.from({ length: 2000 }, (_, row) => Date.UTC(2022, 0, 1) + Math.floor(row * 9.37 * HOUR));
const table = {
  lon: times.map((_, row) => (row % 360) - 179.5),
  lat: times.map((_, row) => (row % 160) - 79.5),
  columns: { t: times.map((time) => new Date(time)) },
};

/** What the clock of a zone shows. @param {string} zone */
function clock(zone) {
  const parts = /** @type {const} */ ({
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  });
  const format = new Intl.DateTimeFormat("en-US", { ...parts, timeZone: zone });
  return (/** @type {number} */ time) => {
    const told = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    return { day: `${told["year"]}-${told["month"]}-${told["day"]}`, hour: Number(told["hour"]) };
  };
}

/** @param {Tiler} tiler @param {string} filter */
const rows = (tiler, filter) => tiler.describe({ filter }).rows;

test("hours and days are those that the clock of a named zone shows", async () => {
  const tiler = await Tiler.from(table, { name: "seen" });
  for (const zone of ["Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca"]) {
    const shown = times.map(clock(zone));
    for (const hour of [0, 1, 2, 3, 12, 23]) {
      const expected = shown.filter((row) => row.hour === hour).length;
      assert.equal(rows(tiler, `hour(t,'${zone}') = ${hour}`), expected, `${zone} ${hour}`);
    }
    const { properties } = tiler.tileJson({ mode: "cells", by: `t:month:${zone}` });
    const months = [...new Set(shown.map(({ day }) => `point_count|${day.slice(0, 7)}-01`))];
    assert.deepEqual(
      properties.map(({ property }) => property).filter((name) => name.includes("|")),
      months,
      zone,
    );
  }
  tiler.free();
});

test("a clock that was changed for a few days shows it, wherever the data begins", async () => {
  // Fortaleza and Recife had summer time for a week of 2000, Tucumán other hours for twelve days of 2004, Freetown for four of 1939.
  for (const [zone, from] of /** @type {const} */ ([
    ["America/Recife", Date.UTC(2000, 9, 5)],
    ["America/Argentina/Tucuman", Date.UTC(2004, 4, 28)],
    ["Africa/Freetown", Date.UTC(1939, 8, 1)],
  ])) {
    for (const shift of [0, 1, 2, 5, 9]) {
      const days = Array.from({ length: 24 }, (_, day) => from + day * 24 * HOUR);
      const times = [from - (400 + shift) * 24 * HOUR, ...days];
      const place = times.map((_, row) => row);
      const tiler = await Tiler.from({ lon: place, lat: place, columns: { t: times.map((time) => new Date(time)) } });
      const shown = times.map(clock(zone));
      for (const hour of new Set(shown.map(({ hour }) => hour))) {
        const expected = shown.filter((row) => row.hour === hour).length;
        assert.equal(rows(tiler, `hour(t,'${zone}') = ${hour}`), expected, `${zone} ${shift} ${hour}`);
      }
      tiler.free();
    }
  }
});

test("without a name they are those of the table's zone, or of UTC", async () => {
  const [plain, paris] = [await Tiler.from(table), await Tiler.from(table, { zone: "Europe/Paris" })];
  const late = (/** @type {string} */ zone) => times.map(clock(zone)).filter(({ hour }) => hour >= 22).length;
  assert.equal(rows(plain, "hour(t) >= 22"), late("UTC"));
  assert.equal(rows(paris, "hour(t) >= 22"), late("Europe/Paris"));
  assert.equal(rows(paris, "hour(t,'UTC') >= 22"), late("UTC"));
  assert.equal(paris.describe({ by: "t:day" }).canonical, "by=t:day:Europe/Paris");
  plain.free();
  // Once more is no harm.
  plain.free();
  paris.free();
});

test("a zone that is none is told", async () => {
  const tiler = await Tiler.from(table);
  for (const query of [{ filter: "hour(t,'Mars/Olympus') = 1" }, { by: "t:day:Mars/Olympus" }]) {
    assert.throws(
      () => tiler.describe(query),
      (error) => error instanceof Problem && /Mars\/Olympus.*not known here/.test(error.message),
    );
  }
  tiler.free();
});

test("columns that are made when a table is opened go by its zone, and speak of those before them", async () => {
  const column = ["h = hour(t)", "late = h * 2 - 44"];
  const tiler = await Tiler.from(table, { zone: "Europe/Paris", column });
  const hours = times.map(clock("Europe/Paris")).map(({ hour }) => hour);
  assert.equal(rows(tiler, "late >= 0"), hours.filter((hour) => hour >= 22).length);
  assert.equal(tiler.stats("h").max, 23);
  const told = tiler.schema().columns.map(({ name, type }) => `${name} ${type}`);
  assert.deepEqual(told, ["t time", "h integer", "late integer"]);
  tiler.free();
  await assert.rejects(Tiler.from(table, { column: ["x = tt + 1"] }), (error) => {
    assert(error instanceof Problem);
    assert.equal(error.parameter, "column");
    assert.match(error.message, /no column "tt"/);
    return true;
  });
});
