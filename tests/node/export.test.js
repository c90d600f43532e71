/**
 * Archives that the program writes, read by PMTiles' own reader: tile for tile what a server of the same query sends; and a run that
 * is killed goes on to the same bytes.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { PMTiles } from "pmtiles";
import { byMapbox } from "./lib/decode.js";
import { program, run, serve } from "./lib/duotile.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-export-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} path */
function opened(path) {
  const bytes = readFileSync(path);
  const range = (/** @type {number} */ offset, /** @type {number} */ length) =>
    new Uint8Array(bytes.subarray(offset, offset + length)).buffer;
  return new PMTiles({ getKey: () => path, getBytes: async (offset, length) => ({ data: range(offset, length) }) });
}

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
      for (let at = 0; at < 4 ** z; at += 1) {
        const [x, y] = [at % 2 ** z, Math.floor(at / 2 ** z)];
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

test("each layer has its zooms and query, and tiles lie within the bounds", async () => {
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
  const server = await serve(points);
  const ids = (/** @type {Uint8Array} */ bytes, /** @type {string} */ layer) =>
    byMapbox(bytes)
      .filter(({ name }) => name === layer)
      .flatMap(({ features }) => features.map(({ id }) => id));
  try {
    let some = 0;
    for (let z = 2; z <= 5; z += 1) {
      for (let at = 0; at < 4 ** z; at += 1) {
        const [x, y] = [at % 2 ** z, Math.floor(at / 2 ** z)];
        const found = await archive.getZxy(z, x, y);
        if (lon(x, z) > 4 || lon(x + 1, z) < -10) assert.equal(found, undefined, `${z}/${x}/${y}`);
        if (!found) continue;
        const bytes = new Uint8Array(found.data);
        const tile = `${server.base}tiles/some/${z}/${x}/${y}.mvt?mode=points`;
        const all = await (await fetch(tile)).arrayBuffer();
        assert.deepEqual(ids(bytes, "large"), ids(new Uint8Array(all), "some"));
        const few = z === 4 ? await (await fetch(`${tile}&filter=value%3C2`)).arrayBuffer() : new ArrayBuffer(0);
        assert.deepEqual(ids(bytes, "small"), ids(new Uint8Array(few), "some"));
        some += few.byteLength > 0 ? 1 : 0;
      }
    }
    assert.ok(some > 1, `${some} tiles of the second layer`);
  } finally {
    await server.stop();
  }
  const odd = run("export", points, "-o", path, "--zooms", "roads:3-4");
  assert.match(odd.stderr, /there is no layer "roads"; the layers are: some/);
});

test("hexagons keep to a budget by a coarser resolution, of the whole zoom, and none of their rows is lost", async () => {
  const [points, path] = [join(folder, "hexagons.parquet"), join(folder, "hexagons.pmtiles")];
  assert.equal(run("generate", "5k", points).status, 0);
  const query = "mode=cells&cell=h3";
  const done = run("export", points, "-o", path, "--zooms", "3-4", "--query", query, "--tile-size", "3kB");
  assert.equal(done.status, 0, done.stderr);
  const archive = opened(path);
  let coarser = 0;
  for (let z = 3; z <= 4; z += 1) {
    const counts = new Map();
    for (let at = 0; at < 4 ** z; at += 1) {
      const found = await archive.getZxy(z, at % 2 ** z, Math.floor(at / 2 ** z));
      if (!found) continue;
      const bytes = new Uint8Array(found.data);
      assert.ok(gzipSync(bytes).length <= 3100, `zoom ${z}: ${gzipSync(bytes).length} bytes`);
      for (const { properties } of byMapbox(bytes)[0]?.features ?? [])
        counts.set(properties["h3"], properties["point_count"]);
    }
    const resolutions = new Set([...counts.keys()].map((h3) => Number.parseInt(h3[1], 16)));
    assert.equal(resolutions.size, 1, `zoom ${z}`);
    assert.equal(
      [...counts.values()].reduce((sum, count) => sum + count, 0),
      5000,
    );
    const [resolution = 0] = resolutions;
    if (resolution < z) {
      coarser += 1;
      assert.match(done.stdout + done.stderr, new RegExp(`limit 10000, res ${resolution}\\b`));
    }
  }
  assert.ok(coarser > 0, done.stdout + done.stderr);
});

test("a run that is killed leaves no archive, and goes on to the bytes of one that was not", async () => {
  const points = join(folder, "points.parquet");
  assert.equal(run("generate", "200k", points).status, 0);
  const args = ["export", points, "--zooms", "0-11", "-o"];
  const whole = join(folder, "whole.pmtiles");
  assert.equal(run(...args, whole).status, 0);
  const path = join(folder, "killed.pmtiles");
  for (const [wait, resume] of /** @type {const} */ ([
    [400, []],
    [700, ["--resume"]],
  ])) {
    const child = spawn(program, [...args, path, ...resume], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, wait))]);
    child.kill("SIGKILL");
    await ended;
  }
  const other = run(...args, path, "--resume", "--query", "mode=cells");
  if (other.status !== 0) assert.match(other.stderr, /made in another way/);
  const done = run(...args, path, "--resume");
  assert.equal(done.status, 0, done.stderr);
  assert.ok(readFileSync(path).equals(readFileSync(whole)));
});

test("what cannot be is told in a sentence", () => {
  const odd = run("export", "places", "-o", join(folder, "x.zip"));
  assert.equal(odd.status, 1);
  assert.match(odd.stderr, /\.pmtiles or \.mbtiles/);
  const zooms = run("export", "places", "-o", join(folder, "x.pmtiles"), "--zooms", "9-3");
  assert.match(zooms.stderr, /expected the first and the last/);
});
