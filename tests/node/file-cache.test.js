/**
 * Tiles as files, and nginx in front that sends them: what is there never reaches the program, nothing else comes from files, and no
 * map gets tiles of two versions. `REQUESTS` says how many random tiles are asked for, 2,000 unless said.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { program, run, serve } from "./lib/duotile.js";
import { ask, nginx } from "./lib/nginx.js";
import { random } from "./lib/random.js";

const REQUESTS = Number(process.env["REQUESTS"] ?? 2000);
const folder = mkdtempSync(join(tmpdir(), "duotile-files-"));
const tiles = join(folder, "tiles");
const [points, later, shops] = ["points.parquet", "later.parquet", "shops.csv"].map((name) => join(folder, name));
const SHOPS = "lon,lat,n\n13.4,52.5,1\n2.35,48.85,2\n-74,40.7,3\n";
/** How long files stay whose data was replaced, in seconds. */
const KEEP = 3;
const READS = ["--file-cache", tiles];

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof nginx>>} */
let front;

before(async () => {
  assert.equal(run("generate", "20k", points).status, 0);
  assert.equal(run("generate", "30k", later).status, 0);
  writeFileSync(shops, SHOPS);
  const args = [`trips=${points}`, `Zürich.2=${shops}`, "--trust-proxy", "--watch", "--file-cache-keep", `${KEEP}s`];
  server = await serve(...args, ...READS);
  front = await nginx(join(folder, "nginx"), server.base, tiles);
});
after(async () => {
  await front?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Through nginx, as a browser asks.
 *
 * @param {string} path after the prefix
 * @param {Record<string, string>} [headers]
 */
const get = (path, headers = { "accept-encoding": "gzip, deflate, br, zstd" }) =>
  ask(front.base, `/maps/${path}`, headers);

/** @param {import("./lib/nginx.js").Answer} answer */
const came = ({ headers }) => headers["x-cache-status"];

/** What the program itself answers, plain. @param {string} path */
async function live(path) {
  const { status, body } = await ask(server.base, `/${path}`);
  assert.equal(status, 200, `${path}: ${body}`);
  return body;
}

/** How many tiles the program was asked for. */
async function reached() {
  const metrics = (await live("metrics")).toString();
  const lines = metrics.matchAll(/^duotile_requests_total\{route="\/tiles\/\{dataset\}\/\{z\}[^}]*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** @param {string} path @param {string} [upstream] */
async function template(path, upstream = "") {
  const { body } = upstream ? await ask(upstream, `/${path}`) : await get(path, {});
  const told = JSON.parse(body.toString());
  const address = decodeURI(told.tiles[0]);
  const rest = address.slice(address.indexOf("/tiles/") + 1);
  return {
    version: told.dataset_version,
    at: (/** @type {string} */ tile) => encodeURI(rest.replace("{z}/{x}/{y}", tile)),
  };
}

/** All tiles that are files. @param {string} within */
function files(within) {
  const all = readdirSync(within, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".mvt.gz"));
  return all.map((name) => name.slice(0, -".mvt.gz".length)).sort();
}

/** @param {string} what @param {() => boolean | Promise<boolean>} holds */
async function until(what, holds) {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 1200, `never: ${what}\n${server.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("after seeding no request for a tile reaches the program, and each has what it would send", async () => {
  const seeded = run("cache", "seed", `trips=${points}`, ...READS, "--zooms", "0-7");
  assert.equal(seeded.status, 0, seeded.stderr);
  const { version, at } = await template("tiles/trips/tilejson.json");
  const all = files(join(tiles, "trips", version, "_"));
  assert.ok(seeded.stderr.includes(`${all.length} tiles written`) && all.length > 1000, seeded.stderr);
  const { pick } = random(1);
  const before = await reached();
  let done = 0;
  const client = async () => {
    while (done < REQUESTS) {
      done += 1;
      const tile = pick(all);
      const answer = await get(at(tile));
      assert.deepEqual([answer.status, came(answer)], [200, "FILE"], tile);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  assert.equal((await reached()) - before, 0);
  for (let i = 0; i < all.length; i += 37) {
    const { headers, body } = await get(at(all[i] ?? ""));
    assert.deepEqual(gunzipSync(body), await live(`tiles/trips/${all[i]}.mvt`), all[i]);
    assert.equal(headers["content-type"], "application/vnd.mapbox-vector-tile");
    assert.deepEqual([headers["content-encoding"], headers["vary"]], ["gzip", "Accept-Encoding, Origin"]);
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  }
  // Who asks beforehand whether it may ask is answered by the program, whether there is a file or not.
  const preflight = { origin: "https://maps.example.org", "access-control-request-method": "GET" };
  for (const tile of ["3/4/2", "22/0/0"]) {
    const told = await ask(front.base, `/maps/${at(tile)}`, preflight, "OPTIONS");
    assert.ok(told.status < 300, `${tile}: ${told.status}`);
  }
  // Who does not take gzip has it from the program, and it is the same.
  for (const encoding of ["identity", "br", "gzip;q=0", "gzip;q=0.0, identity"]) {
    const plain = await get(at("3/4/2"), { "accept-encoding": encoding });
    assert.notEqual(came(plain), "FILE", encoding);
    assert.deepEqual(plain.body, await live("tiles/trips/3/4/2.mvt"), encoding);
  }
});

test("a tile that was asked for becomes a file, under its query and a name of any letters", async () => {
  const filter = `n IN (${Array.from({ length: 120 }, (_, i) => i).join(",")})`;
  const posted = await fetch(`${server.base}tiles/Zürich.2/q`, { method: "POST", body: JSON.stringify({ filter }) });
  const { token } = /** @type {{ token: string }} */ (await posted.json());
  assert.ok(token.length > 300, token);
  for (const query of ["", "q/Y2VsbD04/", `q/${token}/`]) {
    const { at } = await template(encodeURI(`tiles/Zürich.2/${query}tilejson.json`));
    const address = at("0/0/0");
    const first = await get(address);
    assert.deepEqual([first.status, came(first)], [200, "MISS"], address);
    await until(`${address} is a file`, async () => came(await get(address)) === "FILE");
    const { body } = await get(address);
    assert.deepEqual(gunzipSync(body), await live(encodeURI(`tiles/Zürich.2/${query}0/0/0.mvt`)), address);
  }
});

test("what is for somebody alone, or may change, or is empty, becomes none", async () => {
  const { version, at } = await template(encodeURI("tiles/Zürich.2/tilejson.json"));
  const plain = at("1/1/0").split("?")[0] ?? "";
  const [name, tile] = [at("1/1/0"), "1/1/0"];
  const folder = join(tiles, "Zürich.2", version);
  await ask(server.base, `/${name}`, { authorization: "Bearer x" });
  for (const query of [
    "",
    "?v=1",
    `?v=${version}&key=secret`,
    `?access_token=x&v=${version}`,
    `?cell=8&v=${version}`,
  ]) {
    assert.equal((await get(plain + query)).status, 200, query);
  }
  // Of the same query another spelling, and the default dataset without its name.
  const spelled = Buffer.from("cell=8&limit=10000").toString("base64url");
  assert.equal((await get(`${plain.replace(tile, `q/${spelled}/${tile}`)}?v=${version}`)).status, 200);
  assert.equal((await get(at("6/0/0"))).status, 204);
  await get(at("2/1/1"));
  await until("a tile after them is a file", () => existsSync(join(folder, "_/2/1/1.mvt.gz")));
  const all = files(folder).filter((file) => file.includes(tile) || file.includes("6/0/0") || file.includes(spelled));
  assert.deepEqual(all, []);
});

test("no address leads out of the folder, or to what is no tile of it", async () => {
  const { version } = await template("tiles/trips/tilejson.json");
  const secret = gzipSync("secret");
  const planted = ["out/_/0/0", "tiles/trips/v/_/0/0", "tiles/trips/_/0/0", "_/0/0", "out/0123456789abcdef/_/0/0"];
  for (const place of planted.map((place) => join(folder, place))) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "0.mvt.gz"), secret);
  }
  const linked = "abcdef0123456789";
  symlinkSync(join(folder, "out"), join(tiles, "trips", linked));
  const [tile, fine] = ["tiles/trips/0/0/0.mvt", `v=${version}`];
  const queries = [
    "v=../../out",
    "v=..%2f..%2fout",
    "v=%2e%2e/%2e%2e/out",
    "v=..\\..\\out",
    `v=${linked}`,
    "v=v",
    "v=.",
    "v=",
    "v",
    "v=-",
    `v=${version}/../../../out`,
    `v=${version}%00`,
    `v=${version}%20`,
    `v=${version.toUpperCase()}`,
    `V=${version}`,
    `${fine}&${fine}`,
    `${fine}&v=../../out`,
    `v=../../out&${fine}`,
    `${fine}&x=1`,
    `_=1&${fine}`,
    `&${fine}`,
    `${fine}&`,
    `${fine};v=../../out`,
    `v=${version}${"0".repeat(60)}`,
  ].map((query) => `${tile}?${query}`);
  const paths = [
    "tiles/../tiles/trips/0/0/0.mvt.gz",
    "tiles/trips/..%2f..%2fout/0/0/0.mvt",
    "tiles/..%2f..%2fout/0/0/0.mvt",
    "tiles/%2e%2e/0/0/0.mvt",
    "tiles/.%2e/%2e./out/0/0/0.mvt",
    "tiles/trips%2f..%2f..%2fout/0/0/0.mvt",
    "tiles/trips%00/0/0/0.mvt",
    "tiles/trips/q/../0/0/0.mvt/",
    "tiles/trips/q/_/0/0/0.mvt",
    "tiles/trips/q/-/0/0/0.mvt",
    "tiles/trips/q/..%2f..%2f..%2fout/0/0/0.mvt",
    "tiles/trips/q/a.b/0/0/0.mvt",
    `tiles/trips/q/${"a".repeat(961)}/0/0/0.mvt`,
    "tiles/trips/00/0/0.mvt",
    "tiles/trips/0/0/0.mvt.gz",
    "tiles/trips/0/0/0%2emvt.gz",
    "tiles/trips/0/0/-0.mvt",
    "tiles/trips/0/0/0.mvt%0a",
    "tiles/.duotile-tiles",
    "tiles/trips/.current",
  ].map((path) => `${path}?${fine}`);
  assert.equal(came(await get(`${tile}?${fine}`)), "FILE");
  for (const path of [...queries, ...paths]) {
    const answer = await get(path, { "accept-encoding": "gzip" });
    assert.notEqual(came(answer), "FILE", path);
    assert.ok([200, 204, 400, 404, 410].includes(answer.status), `${path}: ${answer.status}`);
    assert.ok(!answer.body.includes(secret) && !answer.body.includes("secret"), path);
  }
  rmSync(join(tiles, "trips", linked));
  for (const place of planted) rmSync(join(folder, place, "0.mvt.gz"));
});

test("a map keeps to the version that it was opened with, or is told, and a new one has the new data soon", async () => {
  const old = await template("tiles/trips/tilejson.json");
  // Of deeper tiles there are no files.
  const some = [
    ...files(join(tiles, "trips", old.version, "_")).filter((_, i) => i % 50 === 0),
    "8/136/83",
    "9/272/167",
  ];
  const expected = new Map();
  for (const tile of some) {
    const { status, body } = await ask(server.base, `/tiles/trips/${tile}.mvt`);
    if (status === 200) expected.set(tile, body);
  }
  assert.ok(expected.size > 20);
  /** @type {Set<string>} */
  const seen = new Set();
  let open = true;
  const map = async () => {
    while (open) {
      for (const [tile, body] of expected) {
        const answer = await get(old.at(tile), { "accept-encoding": "gzip" });
        seen.add(answer.status === 410 ? "told" : String(came(answer)));
        if (answer.status === 410) continue;
        assert.equal(answer.status, 200, `${tile}: ${answer.body}`);
        const found = answer.headers["content-encoding"] === "gzip" ? gunzipSync(answer.body) : answer.body;
        assert.ok(found.equals(body), `${tile}: another version's tile (${came(answer)})`);
      }
    }
  };
  const mapped = map();
  try {
    copyFileSync(later, `${points}.next`);
    renameSync(`${points}.next`, points);
    await until("the new version is told", async () => {
      return (await template("tiles/trips/tilejson.json")).version !== old.version;
    });
    const fresh = await template("tiles/trips/tilejson.json");
    assert.ok(existsSync(join(tiles, "trips", old.version)), "files of the old version are there for a while");
    const answer = await get(fresh.at("0/0/0"), { "accept-encoding": "gzip" });
    const [body, now] = [gunzipSync(answer.body), await live("tiles/trips/0/0/0.mvt")];
    assert.ok(body.equals(now) && !body.equals(expected.get("0/0/0")));
    await until("files of the old version are gone", () => !existsSync(join(tiles, "trips", old.version)));
    await until("the old map is told", () => seen.has("told"));
  } finally {
    open = false;
    await mapped;
  }
  assert.ok(seen.has("FILE"), [...seen].join());
  const { status, body } = await ask(server.base, `/${old.at("0/0/0")}`);
  assert.equal(status, 410);
  const problem = JSON.parse(body.toString());
  assert.ok(problem.detail.includes(old.version) && problem.parameter === "v", problem.detail);
  // What has no version, or none that there could be, follows the data as before.
  for (const query of ["", "?v=1"]) assert.equal((await get(`tiles/trips/0/0/0.mvt${query}`)).status, 200);
});

test("a seed that is killed leaves no half file, and goes on; a purge takes what it is told", async () => {
  const [here, args] = [join(folder, "killed"), ["--file-cache", join(folder, "killed"), "--zooms", "0-7"]];
  const { next } = random(7);
  for (let i = 0; i < 4; i += 1) {
    const child = spawn(program, ["cache", "seed", later, ...args], { stdio: "ignore" });
    await new Promise((resolve) => setTimeout(resolve, 50 + next() * 250));
    child.kill("SIGKILL");
    await new Promise((resolve) =>
      child.exitCode === null && !child.signalCode ? child.once("exit", resolve) : resolve(0),
    );
    for (const file of existsSync(here) ? files(here) : []) {
      assert.ok(gunzipSync(readFileSync(join(here, `${file}.mvt.gz`))).length > 0, file);
    }
  }
  const whole = run("cache", "seed", later, "--file-cache", join(folder, "whole"), "--zooms", "0-7", "--jobs", "1");
  const done = run("cache", "seed", later, ...args);
  assert.deepEqual([whole.status, done.status], [0, 0], whole.stderr + done.stderr);
  const all = files(here);
  assert.deepEqual(all, files(join(folder, "whole")));
  assert.match(done.stderr, /tiles written, .* [1-9]\d* were there/);

  const at = ["--file-cache", here];
  const listed = run("cache", "list", ...at).stdout;
  assert.match(
    listed,
    new RegExp(
      `^later {2}[0-9a-f]{16} {2}not served yet, or for less than a minute {2}${all.length} tiles {2}[0-9.]+ MB\n$`,
    ),
  );
  assert.equal(run("cache", "purge", ...at).status, 1);
  assert.equal(run("cache", "purge", ...at, "--older-than-current").status, 0);
  assert.equal(files(here).length, all.length);
  const north = all.filter((file) => Number(file.split("/").at(-1)) >= 2 ** Number(file.split("/").at(-3)) / 2);
  assert.equal(run("cache", "purge", ...at, "--zooms", "1-7", "--bounds", "-180,0.001,180,85.06").status, 0);
  const rest = files(here).map((file) => file.split("/").slice(-3).join("/"));
  assert.deepEqual(rest, [...north.map((file) => file.split("/").slice(-3).join("/")), "0/0/0"].sort());
  assert.equal(run("cache", "purge", ...at, "later", "--all").status, 0);
  assert.deepEqual([files(here), run("cache", "list", ...at).stdout], [[], ""]);
});

test("tiles of a list and a query are written, and they lie where a server of the query has them", async () => {
  const list = join(folder, "list.txt");
  writeFileSync(list, "# two, of which one is empty\n0/0/0\n\n6/0/0\n");
  const here = join(folder, "listed");
  const seeded = run("cache", "seed", shops, "--file-cache", here, "--query", "cell=8", "--tile-list", list);
  assert.equal(seeded.status, 0, seeded.stderr);
  assert.match(seeded.stderr, /1 tiles written, .* 1 are empty/);
  const [file] = files(here);
  assert.match(String(file), /^shops\/[0-9a-f]{16}\/Y2VsbD04\/0\/0\/0$/);
  assert.equal(statSync(join(here, `${file}.mvt.gz`)).mode & 0o777, 0o644);
  const strange = run("cache", "seed", shops, "--file-cache", folder);
  assert.match(strange.stderr, /it is no folder of tiles, .* is in it; expected a new or an empty one/);
});
