/**
 * Archives that the program writes, read by PMTiles' own reader: tile for tile what a server of the same query sends; and a run that
 * is killed goes on to the same bytes.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { archiveOf, largest, tilesOf } from "./lib/archive.js";
import { byMapbox } from "./lib/decode.js";
import { program, run, serve } from "./lib/duotile.js";
import { random } from "./lib/random.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-export-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} path */
const opened = (path) => archiveOf(readFileSync(path));

/** Features of a layer of a tile. @param {ArrayBufferLike | undefined} tile @param {string} layer */
const features = (tile, layer) =>
  byMapbox(new Uint8Array(tile ?? new ArrayBuffer(0))).find(({ name }) => name === layer)?.features ?? [];

test("an archive of two layers has every tile that a server of the query sends, and no other", async () => {
  const path = join(folder, "two.pmtiles");
  const done = run("export", "places", "countries", "-o", path, "--zooms", "0-4", "--query", "limit=2000");
  assert.equal(done.status, 0, done.stderr);
  const archive = opened(path);
  const header = await archive.getHeader();
  assert.deepEqual([header.minZoom, header.maxZoom, header.clustered, header.tileType], [0, 4, true, 1]);
  const metadata = /** @type {Record<string, any>} */ (await archive.getMetadata());
  assert.deepEqual(
    metadata["vector_layers"].map((/** @type {{ id: string, maxzoom: number }} */ { id, maxzoom }) => [id, maxzoom]),
    [
      ["places", 4],
      ["countries", 4],
    ],
  );
  const server = await serve();
  try {
    let filled = 0;
    for (let z = 0; z <= 4; z += 1) {
      for (const [, x, y] of tilesOf(z)) {
        const live = ["places", "countries"].map(async (layer) => {
          const response = await fetch(`${server.base}tiles/${layer}/${z}/${x}/${y}.mvt?limit=2000`);
          return Buffer.from(await response.arrayBuffer());
        });
        const expected = Buffer.concat(await Promise.all(live));
        const found = await archive.getZxy(z, x, y);
        const bytes = found ? Buffer.from(found.data) : Buffer.alloc(0);
        assert.deepEqual(bytes, expected, `${z}/${x}/${y}`);
        filled += found ? 1 : 0;
      }
    }
    assert.ok(filled > 200 && filled < 341, `${filled} tiles`);
  } finally {
    await server.stop();
  }
});

test("each layer has its zooms and query, and of the bounds every tile and no other", async () => {
  const [points, path] = [join(folder, "some.parquet"), join(folder, "layers.pmtiles")];
  assert.equal(run("generate", "20k", points).status, 0);
  const queries = ["--query", "mode=points", "--query", "small:mode=points&filter=value < 2"];
  const args = ["--zooms", "2-5", "--zooms", "small:4", ...queries, "--bounds", "-10,36,4,44"];
  const done = run("export", `large=${points}`, `small=${points}`, "-o", path, ...args);
  assert.equal(done.status, 0, done.stderr);
  const archive = opened(path);
  const header = await archive.getHeader();
  assert.deepEqual([header.minZoom, header.maxZoom], [2, 5]);
  assert.deepEqual([header.minLon, header.minLat, header.maxLon, header.maxLat], [-10, 36, 4, 44]);
  const lon = (/** @type {number} */ x, /** @type {number} */ z) => (x / 2 ** z) * 360 - 180;
  const lat = (/** @type {number} */ y, /** @type {number} */ z) =>
    (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;
  const server = await serve(points);
  try {
    const seen = { within: 0, small: 0, beyond: 0 };
    for (const [z, x, y] of [2, 3, 4, 5].flatMap(tilesOf)) {
      const live = async (/** @type {string} */ filter) => {
        const answer = await fetch(`${server.base}tiles/some/${z}/${x}/${y}.mvt?mode=points${filter}`);
        return answer.arrayBuffer();
      };
      const [all, few] = [await live(""), z === 4 ? await live("&filter=value%3C2") : undefined];
      const found = (await archive.getZxy(z, x, y))?.data;
      const within = lon(x, z) <= 4 && lon(x + 1, z) >= -10 && lat(y, z) >= 36 && lat(y + 1, z) <= 44;
      assert.equal(found !== undefined, within && all.byteLength > 0, `${z}/${x}/${y}`);
      seen.beyond += !within && all.byteLength > 0 ? 1 : 0;
      if (!found) continue;
      assert.deepEqual(features(found, "large"), features(all, "some"), `${z}/${x}/${y}`);
      assert.deepEqual(features(found, "small"), features(few, "some"), `${z}/${x}/${y}`);
      seen.within += 1;
      seen.small += few?.byteLength ? 1 : 0;
    }
    assert.ok(seen.within > 10 && seen.small > 1 && seen.beyond > 10, JSON.stringify(seen));
  } finally {
    await server.stop();
  }
  const odd = run("export", points, "-o", path, "--zooms", "roads:3-4");
  assert.match(odd.stderr, /there is no layer "roads"; the layers are: some/);
});

test("hexagons keep to a budget by a coarser resolution, of the whole zoom, and none of their rows is lost", async () => {
  const points = join(folder, "hexagons.parquet");
  assert.equal(run("generate", "5k", points).status, 0);
  const exported = async (/** @type {string} */ size) => {
    const path = join(folder, `hexagons-${size}.pmtiles`);
    const args = ["--zooms", "3-4", "--query", "mode=cells&cell=h3", "--tile-size", size];
    const { status, stderr } = run("export", points, "-o", path, ...args);
    assert.equal(status, 0, stderr);
    const archive = opened(path);
    const zooms = [];
    for (const z of [3, 4]) {
      const counts = new Map();
      for (const tile of tilesOf(z))
        for (const { properties } of features((await archive.getZxy(...tile))?.data, "hexagons"))
          counts.set(properties["h3"], properties["point_count"]);
      const resolutions = new Set([...counts.keys()].map((h3) => Number.parseInt(h3[1], 16)));
      assert.equal(resolutions.size, 1, `zoom ${z}`);
      assert.equal(
        [...counts.values()].reduce((sum, count) => sum + count, 0),
        5000,
      );
      const [resolution = 0] = resolutions;
      const told = stderr.match(new RegExp(`^ +${z} .*$`, "m"))?.[0] ?? "";
      zooms.push({ resolution, told, bytes: await largest(archive, z) });
    }
    return zooms;
  };
  const [whole, small] = [await exported("1MB"), await exported("3kB")];
  assert.ok(whole.some(({ bytes }) => bytes > 3000));
  small.forEach(({ resolution, told, bytes }, at) => {
    const before = whole[at];
    assert.ok(before && bytes <= 3000 && !told.includes("beyond"), told);
    assert.equal(before.bytes > 3000, resolution < before.resolution, told);
    const expected = resolution < before.resolution ? `  hexagons: limit 10000, res ${resolution}` : "";
    assert.equal(told.slice(told.search(/ {2}hexagons|$/)), expected);
  });
});

/** Tiles of so many rows of 30 kB each, and of 3,000 short ones, that a program wrote. @param {number} huge */
async function withHuge(huge) {
  const { below } = random(huge);
  const letters = () => Array.from({ length: 30_000 }, () => String.fromCharCode(97 + below(26))).join("");
  const rows = Array.from({ length: huge }, (_, at) => `${-100 + at / 100},40,${at},${letters()}`);
  for (let at = 0; at < 3000; at += 1)
    rows.push(`${100 + (at % 100) / 10},${45 + Math.floor(at / 100) / 10},${at},short ${at}`);
  const [data, path] = [join(folder, `huge-${huge}.csv`), join(folder, `huge-${huge}.pmtiles`)];
  writeFileSync(data, ["lon,lat,n,t", ...rows].join("\n"));
  const query = "mode=points&properties=*";
  const done = run("export", data, "-o", path, "--zooms", "3", "--query", query, "--tile-size", "200kB");
  assert.equal(done.status, 0, done.stderr);
  const archive = opened(path);
  const limit = done.stderr.match(/limit (\d+), cell/)?.[1];
  const server = await serve(data);
  const counts = [];
  try {
    for (const at of tilesOf(3)) {
      const address = `${server.base}tiles/huge-${huge}/${at.join("/")}.mvt?${query}${limit ? `&limit=${limit}` : ""}`;
      const [tile, live] = [await archive.getZxy(...at), await (await fetch(address)).arrayBuffer()];
      assert.deepEqual(new Uint8Array(tile?.data ?? []), new Uint8Array(live), `${at}`);
      if (tile) counts.push(features(tile.data, `huge-${huge}`).length);
    }
  } finally {
    await server.stop();
  }
  const said = done.stderr
    .match(/^ +3 +(\d+) +(\d+) rows +(\d+) +(\d+) /m)
    ?.slice(1)
    .map(Number);
  const all = counts.reduce((sum, count) => sum + count, 0);
  assert.deepEqual(said, [counts.length, all, all, huge + 3000 - all], done.stderr);
  return { told: done.stderr, limit: Number(limit ?? 0), bytes: await largest(archive, 3), counts, all };
}

test("rows that are huge take from others only where there are many in a tile, and what is left out is told", async () => {
  // So few that their number is not what makes a tile large: it stays, and so do all others.
  const few = await withHuge(15);
  assert.deepEqual([few.limit, few.all], [0, 3015], few.told);
  assert.ok(few.bytes > 200_000 && few.told.includes("1 beyond the budget"), few.told);
  const many = await withHuge(20);
  assert.ok(many.bytes <= 200_000 && many.limit > 0 && many.limit < 20 && !many.told.includes("beyond"), many.told);
  assert.ok(many.all > 0 && many.all < 3020, many.told);
});

test("a run that is killed leaves no archive, and goes on to the bytes of one that was not", async () => {
  const points = join(folder, "points.parquet");
  assert.equal(run("generate", "200k", points).status, 0);
  const args = ["export", points, "--zooms", "0-11", "-o"];
  const whole = join(folder, "whole.pmtiles");
  assert.equal(run(...args, whole).status, 0);
  const path = join(folder, "killed.pmtiles");
  const [part, log] = [`${path}.part`, `${path}.part.log`];
  writeFileSync(path, "of before");
  const written = () => (existsSync(log) ? statSync(log).size : 0);
  let before = 0;
  for (const resume of [[], ["--resume"], ["--resume"]]) {
    const child = spawn(program, [...args, path, ...resume], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    let least = Number.POSITIVE_INFINITY;
    const goal = before + 200_000;
    for (let now = written(); now < goal && child.exitCode === null; now = written()) {
      least = Math.min(least, now);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    child.kill("SIGKILL");
    await ended;
    assert.equal(child.signalCode, "SIGKILL", "it was ended before its end");
    assert.deepEqual([readFileSync(path, "utf8"), existsSync(part)], ["of before", true]);
    // It went on, and did not begin anew: but for a batch, what was there stays.
    assert.ok(least > before - 50_000, `${least} bytes after ${before}`);
    before = written();
  }
  const other = run(...args, path, "--resume", "--query", "mode=cells");
  assert.equal(other.status, 1);
  assert.match(other.stderr, /the query of points was "", now "mode=cells"/);
  const done = run(...args, path, "--resume");
  assert.equal(done.status, 0, done.stderr);
  assert.ok(!done.stderr.includes("not all that was written"), done.stderr);
  assert.ok(readFileSync(path).equals(readFileSync(whole)));
  assert.deepEqual([existsSync(part), existsSync(log)], [false, false]);
});

test("what cannot be is told in a sentence, and nothing is left of it", () => {
  const there = readdirSync(folder).length;
  for (const [args, expected] of /** @type {const} */ ([
    [["x.zip"], /\.pmtiles or \.mbtiles/],
    [["x.pmtiles", "--zooms", "9-3"], /expected the first and the last/],
    [["nowhere/x.pmtiles"], /x\.pmtiles: there is no folder .*nowhere/],
    [["x.pmtiles", "--query", "filter=nothing > 1"], /nothing/],
  ])) {
    const [name, ...more] = args;
    const done = run("export", "places", "-o", join(folder, name), ...more);
    assert.equal(done.status, 1, `${args}`);
    assert.match(done.stderr, expected);
  }
  assert.equal(readdirSync(folder).length, there);
});

test("an export of nothing leaves what was there, and what lies beside it is left alone", () => {
  const [path, other] = [join(folder, "before.pmtiles"), join(folder, "other.txt")];
  writeFileSync(path, "of before");
  writeFileSync(other, "somebody's");
  const none = run("export", "places", "-o", path, "--zooms", "0-2", "--query", "filter=population > 1e12");
  assert.equal(none.status, 1);
  assert.match(none.stderr, /no row passes the query, so there is no tile/);
  const left = ["", ".part", ".part.log"].filter((ending) => existsSync(path + ending));
  assert.deepEqual([readFileSync(path, "utf8"), left], ["of before", [""]]);
  symlinkSync(other, `${path}.part.log`);
  const taken = run("export", "places", "-o", path, "--zooms", "0-2");
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /before\.pmtiles\.part\.log: it is there already, and no log of an export/);
  assert.deepEqual([readFileSync(path, "utf8"), readFileSync(other, "utf8")], ["of before", "somebody's"]);
});

test("of several layers it is told what of which is left out", async () => {
  const path = join(folder, "left.pmtiles");
  const args = ["--zooms", "1", "--query", "places:mode=points&limit=100"];
  const done = run("export", "places", "countries", "-o", path, ...args);
  const [, places, countries] = done.stderr.match(/ {2}places: (\d+) left out {2}countries: (\d+) left out/) ?? [];
  const archive = opened(path);
  const rows = /** @type {Record<string, any>} */ (await archive.getMetadata())["duotile"].layers.map(
    (/** @type {{ rows: number }} */ layer) => layer.rows,
  );
  let shown = 0;
  /** @type {Set<unknown>} */
  const drawn = new Set();
  for (const at of tilesOf(1)) {
    const data = (await archive.getZxy(...at))?.data;
    shown += features(data, "places").length;
    for (const { id } of features(data, "countries")) drawn.add(id);
  }
  assert.ok(shown <= 400 && drawn.size > 100, `${shown} places, ${drawn.size} countries`);
  assert.deepEqual([Number(places), Number(countries)], [rows[0] - shown, rows[1] - drawn.size], done.stderr);
  const sum = Number(places) + Number(countries);
  assert.match(done.stderr, new RegExp(`^ +1 .* ${sum} +[0-9.]+ +[0-9.]+  places`, "m"));
});
