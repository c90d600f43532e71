/**
 * Archives that the package and the page make, read by PMTiles' own reader: tile for tile and run for run what the program writes.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Tiler, TilerWorker } from "duotile";
import { zxyToTileId } from "pmtiles";
import { archiveOf, entries, largest, tilesOf } from "./lib/archive.js";
import { byMapbox } from "./lib/decode.js";
import { program, run, serve } from "./lib/duotile.js";
import { ofPage } from "./lib/page.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-export-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Lines and polygons, some of them so large that they fill tiles. */
function shapes() {
  const box = (/** @type {number} */ west, /** @type {number} */ south, /** @type {number} */ size) => [
    [west, south],
    [west + size, south],
    [west + size, south + size * 0.8],
    [west, south + size * 0.7],
    [west, south],
  ];
  const features = Array.from({ length: 300 }, (_, id) => {
    const [west, south, size] = [
      ((id * 37) % 300) - 150,
      ((id * 17) % 120) - 60,
      id % 10 === 0 ? 25 : 0.3 + (id % 7) / 9,
    ];
    const ring = box(west, south, size);
    const geometry =
      id % 3 === 1
        ? { type: "LineString", coordinates: ring.slice(1) }
        : { type: "Polygon", coordinates: id % 10 === 0 ? [ring, box(west + 5, south + 5, 3)] : [ring] };
    const properties = { size, name: `k${id % 5}`, seen: `2024-0${1 + (id % 9)}-01T00:00:00Z` };
    return { type: "Feature", id, geometry, properties };
  });
  return JSON.stringify({ type: "FeatureCollection", features });
}

/** Numbers of tiles, how many are the same, and the first of those that have the same bytes. @param {import("pmtiles").PMTiles} archive */
async function runs(archive) {
  const all = await entries(archive);
  const first = new Map();
  for (const { tileId, offset } of all) if (!first.has(offset)) first.set(offset, tileId);
  return all.map(({ tileId, runLength, offset }) => [tileId, runLength, first.get(offset)]);
}

test("what the package exports of a subset is what the program exports of the file, and what the server sends", async () => {
  const path = join(folder, "shapes.geojson");
  writeFileSync(path, shapes());
  const places = join(folder, "places.parquet");
  assert.equal(run("convert", "places", "-o", places, "--query", "filter=population > 20000").status, 0);
  const server = await serve(places, path);
  const bounds = /** @type {[number, number, number, number]} */ ([-20, 30, 45, 60]);
  /** @type {Map<string, Tiler>} */
  const tilers = new Map();
  const taken = async (/** @type {string} */ id) => {
    const subset = await fetch(`${server.base}datasets/${id}/subset.arrow`);
    return Tiler.from(new Uint8Array(await subset.arrayBuffer()));
  };
  try {
    for (const [id, file, query, zooms, box] of /** @type {const} */ ([
      ["places", places, "filter=population > 100000&limit=300", [0, 5], undefined],
      [
        "places",
        places,
        "mode=cells&agg=max:population&by=continent&shape=polygon&filter=population > 0",
        [1, 4],
        bounds,
      ],
      ["places", places, "mode=cells&cell=h3&agg=mean:population&filter=population > 300000", [2, 4], bounds],
      ["shapes", path, "filter=size > 0.5", [0, 7], undefined],
      ["shapes", path, "filter=name IN ('k1','k2')&bbox=-20,30,45,60", [3, 6], bounds],
    ])) {
      const where = `${id} ${query}`;
      const out = join(folder, "program.pmtiles");
      const args = ["export", file, "-o", out, "--zooms", zooms.join("-"), "--query", query];
      const done = run(...args, ...(box ? ["--bounds", box.join()] : []));
      assert.equal(done.status, 0, done.stderr);
      const tiler = tilers.get(id) ?? (await taken(id));
      tilers.set(id, tiler);
      /** @type {import("duotile").ExportProgress[]} */
      const told = [];
      const options = { query, zooms, ...(box ? { bounds: box } : {}) };
      const made = await tiler.export({ ...options, onProgress: (progress) => void told.push(progress) });
      const estimate = await tiler.estimateExport(options);
      const [here, there] = [archiveOf(new Uint8Array(await made.file.arrayBuffer())), archiveOf(readFileSync(out))];
      const [header, expected] = [await here.getHeader(), await there.getHeader()];
      for (const name of /** @type {const} */ ([
        ...["numAddressedTiles", "numTileEntries", "numTileContents", "clustered", "tileType", "minZoom", "maxZoom"],
        ...["minLon", "minLat", "maxLon", "maxLat", "centerLon", "centerLat", "centerZoom"],
      ]))
        assert.equal(Reflect.get(header, name), Reflect.get(expected, name), `${where}: ${name}`);
      const all = await runs(here);
      assert.deepEqual(all, await runs(there), where);
      if (path === file && !box) assert.ok(all.filter(([, count = 0]) => count > 3).length > 5, "runs of full tiles");
      const named = new Set(
        all.flatMap(([tile = 0, count = 0]) => Array.from({ length: count }, (_, at) => tile + at)),
      );
      let filled = 0;
      for (let z = zooms[0]; z <= zooms[1]; z += 1) {
        for (let at = 0; at < 4 ** z; at += z > 5 ? 37 : 1) {
          const [x, y] = [at % 2 ** z, Math.floor(at / 2 ** z)];
          const tile = `${z}/${x}/${y}`;
          const [mine, theirs] = [await here.getZxy(z, x, y), await there.getZxy(z, x, y)];
          assert.equal(mine !== undefined, named.has(zxyToTileId(z, x, y)), `${where}: ${tile}`);
          assert.deepEqual(mine?.data, theirs?.data, `${where}: ${tile}`);
          if (!mine) continue;
          filled += 1;
          if (filled % 5 > 0) continue;
          const live = await fetch(`${server.base}tiles/${id}/${tile}.mvt?${query}`);
          assert.deepEqual(mine.data, await live.arrayBuffer(), `${where}: ${tile}`);
        }
      }
      assert.ok(filled > 10, `${where}: ${filled} tiles`);
      const [mine, theirs] = /** @type {[Record<string, any>, Record<string, any>]} */ (
        await Promise.all([here.getMetadata(), there.getMetadata()])
      );
      for (const name of ["generator", "tilestats", "name", "format", "attribution"])
        assert.deepEqual(mine[name], theirs[name], `${where}: ${name}`);
      const { fields, minzoom, maxzoom } = mine["vector_layers"][0];
      assert.deepEqual([fields, minzoom, maxzoom], [theirs["vector_layers"][0].fields, ...zooms]);
      const { layers, ...rest } = theirs["duotile"];
      assert.deepEqual({ ...mine["duotile"], layers }, { ...rest, layers }, where);
      const { query: asked, dataset_version, rows, rows_total } = layers[0];
      const said = mine["duotile"].layers[0];
      assert.deepEqual(said.measures, layers[0].measures, where);
      assert.ok(
        estimate.tiles >= header.numAddressedTiles / 2 && estimate.tiles <= header.numAddressedTiles * 2,
        where,
      );
      assert.deepEqual(
        [said.query, said.dataset_version, said.rows, said.rows_total],
        [asked, dataset_version, rows, rows_total],
      );
      assert.equal(
        made.zooms.reduce((sum, { tiles }) => sum + tiles, 0),
        header.numAddressedTiles,
      );
      assert.deepEqual([...new Set(told.map(({ z }) => z))].length, zooms[1] - zooms[0] + 1);
      // Tiles that are the same beside each other are one there.
      const likely = estimate.bytes / made.file.size;
      assert.ok(likely > 0.5 && likely < 2, `${where}: estimated ${likely} times as large as it is`);
      writeFileSync(out, new Uint8Array(await made.file.arrayBuffer()));
      const verified = run("verify", out);
      assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    }
  } finally {
    await server.stop();
  }
});

test("what the package exports keeps to a size, can be stopped, and says what is odd", async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => ({
    lon: ((at * 7) % 3600) / 10 - 180,
    lat: ((at * 13) % 1600) / 10 - 80,
    v: at,
  }));
  const csv = ["lon,lat,v", ...rows.map(({ lon, lat, v }) => `${lon},${lat},${v}`)].join("\n");
  const tiler = await new TilerWorker({ worker: "inline" }).open(csv, { name: "points" });
  const { file, zooms } = await tiler.export({ query: { mode: "points" }, zooms: [0, 3], tileSize: 20_000 });
  assert.ok(zooms.every(({ largest, omitted, reduced }) => largest <= 20_000 && omitted > 0 === reduced));
  assert.equal(zooms[0]?.reduced, true);
  const archive = archiveOf(new Uint8Array(await file.arrayBuffer()));
  for (const { z, features, tiles, largest: told } of zooms) {
    assert.equal(await largest(archive, z), told, `zoom ${z}`);
    let [found, filled] = [0, 0];
    for (const at of tilesOf(z)) {
      const tile = await archive.getZxy(...at);
      found += tile ? (byMapbox(new Uint8Array(tile.data))[0]?.features.length ?? 0) : 0;
      filled += tile ? 1 : 0;
    }
    assert.deepEqual([found, filled], [features, tiles], `zoom ${z}`);
  }
  const stop = new AbortController();
  let heard = 0;
  const stopped = tiler.export({
    zooms: [0, 12],
    signal: stop.signal,
    onProgress: () => {
      heard += 1;
      if (heard === 5) stop.abort();
    },
  });
  await assert.rejects(stopped, { name: "AbortError" });
  const before = heard;
  // Others are answered, and nothing goes on.
  assert.ok((await tiler.tile(0, 0, 0)).length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(heard <= before + 1, `${heard} after ${before}`);
  for (const [options, expected] of /** @type {const} */ ([
    [{ zooms: [3, 2] }, /zooms: got \[3,2\], expected the first and the last/],
    [{ zooms: [0, 23] }, /0 to 22/],
    [{ bounds: [0, 10, 5, -10] }, /bounds: got \[0,10,5,-10\], expected west, south, east and north/],
    [{ tileSize: 0 }, /tileSize: got 0/],
    [{ query: "agg=mean:nothing" }, /nothing/],
    [{ maxBytes: 5000, zooms: [0, 6] }, /an archive of more than 5000 bytes, at zoom \d: .*`duotile export`/],
  ]))
    await assert.rejects(tiler.export(/** @type {any} */ (options)), expected);
});

test("an export of nothing is refused, and hexagons are estimated by the tiles in which they are", async () => {
  const tiler = await Tiler.from({ lon: [5], lat: [50], columns: { n: [1] } });
  await assert.rejects(tiler.export({ query: "filter=n > 2", zooms: [0, 2] }), /no row passes the query/);
  // At a coarse zoom there are more tiles in which a hexagon may be than in which it is.
  const options = { query: "mode=cells&cell=h3", zooms: /** @type {const} */ ([2, 6]) };
  const [{ file }, { tiles }] = [await tiler.export(options), await tiler.estimateExport(options)];
  const header = await archiveOf(new Uint8Array(await file.arrayBuffer())).getHeader();
  assert.equal(tiles, header.numAddressedTiles);
});

test("the command that the page gives is what a shell takes, and asks for what is on the map", async () => {
  /** @type {typeof import("../../web/src/share/tiles")} */
  const { boxOf, commandOf, lastZoom } = await ofPage("share/tiles");
  const path = join(folder, "it's here.geojson");
  writeFileSync(path, shapes());
  const query = { filter: "name = 'k1' AND size > 0.5", mode: /** @type {const} */ ("auto") };
  const map = (/** @type {number} */ west, /** @type {number} */ east) => {
    const bounds = { getWest: () => west, getEast: () => east, getSouth: () => -20.5, getNorth: () => 60 };
    return boxOf(/** @type {any} */ ({ getBounds: () => bounds }));
  };
  const bounds = map(-150.1234567, 10);
  assert.deepEqual(bounds, [-150.12346, -20.5, 10, 60]);
  assert.deepEqual([map(170, 200), map(-200, 200)], [[170, -20.5, -160, 60], undefined]);
  assert.deepEqual([lastZoom(undefined, 3.2), lastZoom(9, 3.2), lastZoom(3, 16), lastZoom(22, 0)], [5, 9, 14, 14]);
  const wanted = { query, zooms: /** @type {[number, number]} */ ([1, 4]), ...(bounds ? { bounds } : {}) };
  const args = ["--zooms", "1-4", "--query", `filter=${query.filter}&mode=auto`, "--bounds", bounds?.join() ?? ""];
  for (const [id, isFile] of /** @type {const} */ ([
    ["it's here", true],
    ["here", true],
    ["here", false],
  ])) {
    const direct = join(folder, "direct.pmtiles");
    const made = run("export", id === "here" ? `here=${path}` : path, "-o", direct, ...args);
    assert.equal(made.status, 0, made.stderr);
    const dataset = /** @type {any} */ ({ id, title: "it's here.geojson" });
    const command = commandOf(dataset, wanted, isFile).replace("=FILE", `=it\\'s\\ here.geojson`);
    execFileSync("sh", ["-c", command.replace(/^duotile/, '"$DUOTILE_HERE"')], {
      cwd: folder,
      env: { ...process.env, DUOTILE_HERE: program },
      stdio: "pipe",
    });
    assert.ok(readFileSync(join(folder, `${id}.pmtiles`)).equals(readFileSync(direct)), command);
  }
});
