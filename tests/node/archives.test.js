/**
 * An archive that another wrote, and one of many leaves of ours, served tile for tile as PMTiles' own reader has them; both verified and
 * told, as a program is used.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { archive } from "../e2e/archive.js";
import { archiveOf } from "./lib/archive.js";
import { run, serve } from "./lib/duotile.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-archives-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("an archive that another wrote is served as it lies, with what it says of itself", async () => {
  const live = await serve();
  const tiles = [];
  for (const at of /** @type {[number, number, number][]} */ ([
    [0, 0, 0],
    [1, 1, 0],
    [3, 4, 2],
    [6, 33, 22],
  ])) {
    const response = await fetch(`${live.base}tiles/places/${at.join("/")}.mvt?limit=500`);
    tiles.push({ at, data: new Uint8Array(await response.arrayBuffer()) });
  }
  await live.stop();
  const told = { name: "A few places", attribution: "Somebody", vector_layers: [{ id: "places", fields: {} }] };
  const path = join(folder, "other.pmtiles");
  writeFileSync(path, archive(tiles, { kind: "mvt", metadata: told }));
  const server = await serve(path);
  try {
    for (const { at, data } of tiles) {
      const response = await fetch(`${server.base}tiles/other/${at.join("/")}.pbf`);
      assert.deepEqual(new Uint8Array(await response.arrayBuffer()), data, `${at}`);
    }
    const status = async (/** @type {string} */ at) => (await fetch(`${server.base}tiles/other/${at}.mvt`)).status;
    assert.deepEqual([await status("1/0/0"), await status("6/1/1"), await status("7/0/0")], [204, 204, 404]);
    const json = await (await fetch(`${server.base}tiles/other/tilejson.json`)).json();
    assert.deepEqual([json.minzoom, json.maxzoom, json.attribution, json.name], [0, 6, "Somebody", "A few places"]);
    assert.deepEqual(json.vector_layers, told.vector_layers);
  } finally {
    await server.stop();
  }
  const verified = run("verify", path);
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(verified.stderr, /4 tiles, 4 distinct, all as they should be/);
});

test("an archive of many leaves is served as PMTiles' own reader has it, and is verified and told", async () => {
  const points = join(folder, "points.parquet");
  assert.equal(run("generate", "20k", points).status, 0);
  const path = join(folder, "many.pmtiles");
  const done = run("export", points, "-o", path, "--zooms", "0-13", "--query", "limit=100");
  assert.equal(done.status, 0, done.stderr);
  const bytes = readFileSync(path);
  const reader = archiveOf(bytes);
  const header = await reader.getHeader();
  assert.ok((header.leafDirectoryLength ?? 0) > 0, "leaves");
  const verified = run("verify", path);
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(verified.stderr, new RegExp(`${header.numAddressedTiles} tiles, ${header.numTileContents} distinct`));
  assert.match(run("inspect", path).stdout, /PMTiles, version 3, vector tiles of zooms 0 to 13(.|\n)*layer "points"/);
  const server = await serve(path);
  try {
    let filled = 0;
    for (const [z, from, to] of [
      [2, 0, 16],
      [9, 60_000, 60_300],
      [13, 20_000_000, 20_000_300],
    ]) {
      for (let at = from ?? 0; at < (to ?? 0); at += 1) {
        const [x, y] = [at % 2 ** (z ?? 0), Math.floor(at / 2 ** (z ?? 0))];
        const expected = await reader.getZxy(z ?? 0, x, y);
        const response = await fetch(`${server.base}tiles/many/${z}/${x}/${y}.mvt`);
        assert.equal(response.status, expected ? 200 : 204, `${z}/${x}/${y}`);
        const got = Buffer.from(await response.arrayBuffer());
        assert.deepEqual(got, expected ? Buffer.from(expected.data) : Buffer.alloc(0), `${z}/${x}/${y}`);
        filled += expected ? 1 : 0;
      }
    }
    assert.ok(filled > 10, `${filled}`);
  } finally {
    await server.stop();
  }
  // Some bytes in the middle of the tiles: a single one may be a part of gzip's head that says nothing.
  const middle = Math.floor(bytes.length / 2);
  for (let at = middle; at < middle + 64; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  const broken = join(folder, "broken.pmtiles");
  writeFileSync(broken, bytes);
  const told = run("verify", broken);
  assert.equal(told.status, 1);
  assert.match(
    told.stderr,
    /broken\.pmtiles: tile \d+\/\d+\/\d+: its gzip is damaged(.|\n)*error: .*(a fault|2 faults)/,
  );
});

test("a folder of tiles is served as its files are, packed or not, and nothing beside them is", async () => {
  const path = join(folder, "files");
  const exported = run("export", "places", "-o", `${path}/`, "--zooms", "0-2");
  assert.equal(exported.status, 0, exported.stderr);
  const plain = readFileSync(join(path, "2", "1", "1.mvt"));
  writeFileSync(join(path, "2", "1", "1.mvt"), gzipSync(plain));
  const verified = run("verify", path);
  assert.equal(verified.status, 0, verified.stderr);
  assert.match(
    run("inspect", path).stdout,
    /a folder, vector tiles of zooms 0 to 2\n(?:.*\n)*layer "places": zooms 0 to 2/,
  );
  const server = await serve(path);
  try {
    const tile = async (/** @type {string} */ at) => {
      const response = await fetch(`${server.base}tiles/files/${at}.mvt`);
      return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
    };
    assert.deepEqual(await tile("2/1/1"), { status: 200, bytes: plain });
    assert.deepEqual((await tile("0/0/0")).bytes, readFileSync(join(path, "0", "0", "0.mvt")));
    assert.deepEqual([(await tile("3/0/0")).status, (await tile("0/0/..%2f..%2fmetadata")).status], [404, 400]);
    const about = await (await fetch(`${server.base}datasets/files`)).json();
    assert.deepEqual([about.rows_open, about.subset_open, about.archive.zooms], [false, false, [0, 2]]);
    for (const asked of ["rows", "rows.parquet", "subset.arrow", "stats?column=name"]) {
      const response = await fetch(`${server.base}datasets/files/${asked}`);
      assert.deepEqual([response.status, /archive of finished tiles/.test(await response.text())], [404, true], asked);
    }
  } finally {
    await server.stop();
  }
  mkdirSync(join(path, "2", "x"));
  const odd = run("verify", path);
  assert.equal(odd.status, 1);
  assert.match(odd.stderr, /2\/x: expected zoom\/column\/row\.mvt/);
});
