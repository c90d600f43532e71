import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Protocol, Server, Source } from "../dist/index.js";
import { inside } from "./inside.js";

/** @type {typeof import("../dist/coverage.js")} */
const { coverage } = await inside("coverage");

/** @typedef {import("../dist/store.js").Subset} Subset */

const BASE = "https://example.org/maps/";
const real = globalThis.fetch;
/** @type {string[]} */
let asked = [];
/** @type {(path: string) => Response} */
let answer;
let version = "1";
/** The server's zoom of rows. */
let pointsFrom = 8;

const up = (/** @type {string} */ path) => {
  if (path.endsWith(".mvt") || path.includes(".mvt?")) return new Response("server");
  if (path === "datasets") return Response.json({ datasets: [{ id: "places" }, { id: "more" }], default: "places" });
  if (path.includes("/stats")) return Response.json({ rows: 99, cells: 99 });
  if (path.includes("/rows")) return Response.json({ numberMatched: 99, features: [] });
  return Response.json({ id: "places", dataset_version: version, points_minzoom: pointsFrom, rows: 99 });
};
const down = () => {
  throw new TypeError("Failed to fetch");
};
beforeEach(() => {
  asked = [];
  answer = up;
  version = "1";
  pointsFrom = 8;
  globalThis.fetch = async (url) => {
    const path = String(url).slice(BASE.length);
    asked.push(path);
    return answer(path);
  };
});
afterEach(() => {
  globalThis.fetch = real;
});

/** @param {Partial<Subset>} [some] */
const subset = (some = {}) =>
  /** @type {Subset} */ ({
    id: "s",
    server: BASE,
    dataset: "places",
    version: "1",
    selects: "",
    rows: 10,
    taken: "1",
    about: { id: "places", title: "Places", columns: [] },
    ...some,
  });

/**
 * A source over subsets, whose tilers cut tiles that name subset and query, cover what `covers` says, and show rows
 * from zoom 5.
 *
 * @param {Subset[]} subsets
 * @param {{ covers?: (subset: string, query: string, tile?: readonly number[]) => boolean, broken?: string }} [options]
 */
function make(subsets, { covers = () => false, broken } = {}) {
  /** @type {string[]} */
  const opened = [];
  /** @type {string[]} */
  const freed = [];
  /** @type {object[]} */
  const told = [];
  /** @type {import("../dist/index.js").TileTrace[]} */
  const traces = [];
  const had = Object.fromEntries(subsets.map(({ id, selects }) => [id, selects]));
  const source = new Source({
    server: new Server(BASE),
    subsets: async () => subsets,
    open: async ({ id }) => {
      opened.push(id);
      if (id === broken) throw new Error(`${id} is broken`);
      return {
        tile: (z, x, y, query) => new TextEncoder().encode(`${id} ${z}/${x}/${y} ${query}`),
        tileJson: () => /** @type {any} */ ({ name: id, points_minzoom: 5 }),
        metadata: () => /** @type {any} */ ({ name: id, rows: 10 }),
        rows: () => ({ numberMatched: 10, features: [] }),
        stats: (column, query, bins) => /** @type {any} */ ({ column, query, bins, rows: 10 }),
        cells: (measure, z, query) => /** @type {any} */ ({ measure, z, query, cells: 10 }),
        covers: (query, tile) => covers(had[id] ?? "", query, tile),
        free: () => freed.push(id),
      };
    },
    onAnswer: (origin, dataset, tile) => told.push({ ...origin, dataset, tile }),
    onTile: (trace) => traces.push(trace),
  });
  const tile = async (/** @type {string} */ query, /** @type {[number, number, number]} */ at = [0, 0, 0]) => {
    const { value, from, partial, subset } = await source.tile("places", at, query);
    return { text: new TextDecoder().decode(value), from, partial, id: subset?.id };
  };
  return { source, opened, freed, told, tile, traces };
}

const FR = "filter=country%20%3D%20%27FR%27";

test("without subsets everything is the server's, and tiles carry the version that it told", async () => {
  const { source, tile, told } = make([]);
  await source.tileJson("places", { filter: "country = 'FR'" });
  assert.deepEqual(await tile(FR, [3, 4, 2]), { text: "server", from: "server", partial: false, id: undefined });
  assert.equal(asked.at(-1), `tiles/places/3/4/2.mvt?${FR}&v=1`);
  const server = { from: "server", partial: false, dataset: "places" };
  assert.deepEqual(told, [
    { ...server, tile: undefined },
    { ...server, tile: [3, 4, 2] },
  ]);
});

test("a subset that has all rows of a query gives its tiles, and is opened once", async () => {
  const { tile, opened, source } = make([subset({ selects: FR })]);
  await source.tileJson("places", FR);
  const [first] = await Promise.all([tile(`${FR}&shape=polygon`, [3, 4, 2]), tile(FR)]);
  assert.deepEqual(first, { text: `s 3/4/2 ${FR}&shape=polygon`, from: "device", partial: false, id: "s" });
  assert.deepEqual(opened, ["s"]);
});

test("a query that a subset may not cover is the server's, and opens nothing", async () => {
  const { tile, opened } = make([subset({ selects: FR })]);
  for (const query of ["", "filter=population%20%3E%201"]) assert.equal((await tile(query)).from, "server");
  assert.deepEqual(opened, []);
});

test("a narrower query of a subset that is open is cut here, because the module says that it covers it", async () => {
  const narrower = `${FR.replace("filter=", "filter=a%20%3E%201%20AND%20")}`;
  const { tile } = make([subset({ selects: FR })], { covers: (had, query) => had === FR && query === narrower });
  await tile(FR);
  assert.deepEqual(await tile(narrower), { text: `s 0/0/0 ${narrower}`, from: "device", partial: false, id: "s" });
  assert.equal((await tile("filter=b%20%3E%201")).from, "server");
});

test("a subset of another version stands in only when the server is gone", async () => {
  version = "2";
  const { tile, source } = make([subset()]);
  await source.tileJson("places");
  assert.equal((await tile("")).from, "server");
  answer = down;
  assert.equal((await tile("")).from, "device");
});

test("subsets of other servers and datasets are left aside", async () => {
  const { tile } = make([subset({ server: "https://other.org/" }), subset({ dataset: "more" })]);
  assert.equal((await tile("")).from, "server");
  answer = down;
  await assert.rejects(tile(""), { name: "TypeError" });
});

test("in its box a subset shows cells as long as the server does around it", async () => {
  const box = /** @type {[number, number, number, number]} */ ([-10, 30, 50, 70]);
  const boxed = subset({ selects: "bbox=-10,30,50,70", bbox: box });
  const { tile, source } = make([boxed], { covers: (_, query, tile) => tile !== undefined || query.includes("bbox") });
  assert.equal((await tile("", [6, 33, 22])).from, "server", "from which zoom on the server has rows is not known yet");
  await source.tileJson("places");
  assert.deepEqual(await tile("", [6, 33, 22]), {
    text: "s 6/33/22 mode=cells",
    from: "device",
    partial: false,
    id: "s",
  });
  assert.equal((await tile("", [9, 264, 176])).text, "s 9/264/176 ", "rows from zoom 8 on, as everywhere");
  assert.equal((await tile("", [6, 10, 22])).from, "server", "outside of the box");
  assert.equal((await tile("bbox=0,40,1,41", [6, 33, 22])).text, "s 6/33/22 bbox=0,40,1,41", "a query within the box");
  // The subset has rows from zoom 5; a server that has them from zoom 3 on is asked for what lies between.
  pointsFrom = 3;
  await source.tileJson("places");
  assert.equal((await tile("", [4, 8, 5])).from, "server");
});

test("without the server the subset that covers a request answers, whole", async () => {
  const subsets = [subset({ id: "many", rows: 99, selects: "filter=a" }), subset({ id: "few", rows: 5, selects: FR })];
  const { tile } = make(subsets, { covers: (had, query) => had !== "filter=a" && query.startsWith("filter=b") });
  answer = down;
  const query = "filter=b%20AND%20country%20%3D%20%27FR%27";
  assert.deepEqual(await tile(query), { text: `few 0/0/0 ${query}`, from: "device", partial: false, id: "few" });
});

test("without the server and without cover, the subset with the most rows there answers, and says that it is a part", async () => {
  const here = /** @type {[number, number, number, number]} */ ([0, 40, 20, 60]);
  const there = /** @type {[number, number, number, number]} */ ([100, -40, 120, -20]);
  const { tile, source } = make([
    subset({ id: "here", rows: 5, selects: "bbox=0,40,20,60", bbox: here }),
    subset({ id: "there", rows: 50, selects: "bbox=100,-40,120,-20", bbox: there }),
  ]);
  answer = down;
  assert.deepEqual(await tile("", [4, 8, 5]), { text: "here 4/8/5 ", from: "device", partial: true, id: "here" });
  assert.deepEqual(await tile("", [4, 13, 9]), { text: "there 4/13/9 ", from: "device", partial: true, id: "there" });
  const { value, ...origin } = await source.metadata("places");
  assert.deepEqual([value.name, origin.from, origin.partial, origin.subset?.id], ["there", "device", true, "there"]);
  // A cell of the tile 4/8/5: a one in front of its Morton code.
  const rows = await source.rows("places", "", { cell: 4 ** 4 + 0b01100010 });
  assert.equal(rows.subset?.id, "here");
});

test("a busy server is waited for, and is no server that is gone", async () => {
  const { source, tile } = make([subset({ selects: FR })]);
  let refused = 0;
  answer = (path) => (refused++ < 2 ? new Response(null, { status: 503, headers: { "retry-after": "0" } }) : up(path));
  assert.deepEqual(await tile(""), { text: "server", from: "server", partial: false, id: undefined });
  assert.deepEqual([asked.length, source.reachable, source.busy], [3, true, false]);
});

test("for a server that stays busy the device stands in, and it is left alone as long as it wants", async () => {
  mock.timers.enable({ apis: ["Date"] });
  try {
    const { source, tile } = make([subset({ selects: FR })]);
    answer = () => new Response(null, { status: 503, headers: { "retry-after": "60" } });
    assert.deepEqual(await tile(""), { text: "s 0/0/0 ", from: "device", partial: true, id: "s" });
    assert.deepEqual([source.reachable, source.busy], [true, true]);
    answer = up;
    for (const [later, from] of /** @type {const} */ ([
      [0, "device"],
      [59_000, "device"],
      [2000, "server"],
    ])) {
      mock.timers.tick(later);
      assert.equal((await tile("")).from, from);
    }
    assert.deepEqual([asked.length, source.reachable, source.busy], [2, true, false]);
  } finally {
    mock.timers.reset();
  }
});

test("a server that stays busy is told as busy where the device has nothing", async () => {
  const { source, tile } = make([]);
  answer = () => new Response(null, { status: 504, headers: { "retry-after": "60" } });
  await assert.rejects(tile(""), { name: "Problem", status: 504 });
  await assert.rejects(tile(""), { name: "Problem", status: 504 });
  assert.deepEqual([asked.length, source.reachable, source.busy], [2, true, true]);
});

test("documents come from the device when a proxy has nothing behind it, and from the server when it refuses", async () => {
  const { source } = make([subset()]);
  answer = () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "60" } });
  const { value, from } = await source.datasets();
  assert.deepEqual([value.datasets.map(({ title }) => title), from], [["Places"], "device"]);
  assert.equal((await source.dataset("places")).value.title, "Places");
  source.retry();
  answer = () => Response.json({ detail: "unknown column" }, { status: 400 });
  await assert.rejects(source.metadata("places", "filter=b"), { name: "Problem", status: 400 });
});

test("a server that did not answer is left alone for a while, until the network is said to be back", async () => {
  const { tile, source } = make([subset({ selects: FR })]);
  answer = down;
  await tile("");
  const before = asked.length;
  await tile("");
  assert.equal(asked.length, before);
  assert.equal(source.reachable, false);
  answer = up;
  source.retry();
  assert.equal((await tile("")).from, "server");
  assert.equal(source.reachable, true);
});

test("with nothing on the device each request asks the server, and says what it said", async () => {
  const { tile, source } = make([]);
  answer = down;
  await assert.rejects(tile(""), { name: "TypeError" });
  await assert.rejects(source.datasets(), { name: "TypeError" });
  assert.equal(asked.length, 2);
  answer = up;
  assert.equal((await tile("")).from, "server");
});

test("a subset that cannot be opened leaves the server to answer, and is told when there is none", async () => {
  const { tile, opened, source } = make([subset()], { broken: "s" });
  for (let i = 0; i < 3; i += 1) assert.equal((await tile("")).from, "server");
  answer = down;
  await assert.rejects(tile(""), { message: "s is broken" });
  assert.deepEqual(opened, ["s"], "it is tried again with every tile");
  source.reload();
  await assert.rejects(tile(""));
  assert.deepEqual(opened, ["s", "s"]);
});

test("a subset can be opened before its first tile, which opens it no second time", async () => {
  const { source, tile, opened } = make([subset({ selects: FR })]);
  await source.open(subset({ selects: FR }));
  assert.equal((await tile(FR)).from, "device");
  assert.deepEqual(opened, ["s"]);
  await assert.rejects(make([], { broken: "s" }).source.open(subset()), { message: "s is broken" });
});

test("a subset that was taken anew is opened anew, and one that was deleted is closed", async () => {
  const subsets = [subset()];
  const { tile, source, opened, freed } = make(subsets);
  await tile("");
  subsets[0] = subset({ taken: "2" });
  source.reload();
  await tile("");
  assert.deepEqual([opened, freed], [["s", "s"], ["s"]]);
  subsets.length = 0;
  source.reload();
  assert.equal((await tile("")).from, "server");
  assert.deepEqual(freed, ["s", "s"]);
});

test("a dataset of a source is one for the protocol", async () => {
  const { source } = make([subset()]);
  const protocol = new Protocol(source.tiles("places"));
  const asking = async (/** @type {string} */ url) => (await protocol.tile({ url }, new AbortController())).data;
  const tileJson = await asking("duotile://places?shape=polygon");
  assert.deepEqual(/** @type {any} */ (tileJson).tiles, ["duotile://places/{z}/{x}/{y}?shape=polygon"]);
  const tile = await asking("duotile://places/3/4/2?shape=polygon");
  assert.equal(new TextDecoder().decode(/** @type {ArrayBuffer} */ (tile)), "s 3/4/2 shape=polygon");
});

test("an abort is no sign of a server that is gone", async () => {
  const { source } = make([subset({ selects: FR })]);
  answer = () => {
    throw new DOMException("aborted", "AbortError");
  };
  await assert.rejects(source.tile("places", [0, 0, 0], ""), { name: "AbortError" });
  assert.equal(source.reachable, true);
});

test("cover is told from texts where they are alike, and left open where they are not", () => {
  const box = /** @type {[number, number, number, number]} */ ([170, -10, -170, 10]);
  const across = subset({ selects: "bbox=170,-10,-170,10", bbox: box });
  assert.equal(coverage(subset(), "filter=a", [0, 0, 0]), "yes");
  assert.equal(coverage(subset({ selects: FR }), FR, [0, 0, 0]), "yes");
  assert.equal(coverage(subset({ selects: FR }), "filter=b", [0, 0, 0]), "maybe");
  assert.equal(coverage(subset({ selects: "datetime=a%2Fb" }), FR, [0, 0, 0]), "maybe");
  assert.equal(coverage(across, "", [7, 127, 64]), "yes");
  assert.equal(coverage(across, "", [7, 0, 63]), "yes");
  assert.equal(coverage(across, "", [7, 64, 64]), "no");
  assert.equal(coverage(across, "bbox=171,-1,172,1", [0, 0, 0]), "maybe");
  assert.equal(coverage(across, "bbox=170,-10,-170,10", [0, 0, 0]), "yes");
});

test("statistics are the server's, and the best subset's without it", async () => {
  const { source } = make([subset()]);
  assert.deepEqual((await source.stats("places", "a b", { filter: "x > 1" }, 5)).from, "server");
  assert.deepEqual((await source.cells("places", "a_mean", 3, FR)).value.cells, 99);
  assert.deepEqual(asked, [
    "datasets/places/stats?filter=x%20%3E%201&column=a%20b&bins=5",
    "datasets/places/stats?filter=country%20%3D%20'FR'&measure=a_mean&z=3",
  ]);
  answer = down;
  const { value, ...origin } = await source.stats("places", "a b", FR, 5);
  assert.deepEqual(value, { column: "a b", query: FR, bins: 5, rows: 10 });
  assert.deepEqual([origin.from, origin.partial, origin.subset?.id], ["device", true, "s"]);
  assert.deepEqual((await source.cells("places", "a_mean", 3, FR)).value, {
    measure: "a_mean",
    z: 3,
    query: FR,
    cells: 10,
  });
});

test("who watches is told of every tile that arrived: its address, what the server says of it, how long it took", async () => {
  const { source, tile, traces } = make([subset({ selects: FR })]);
  const headers = {
    "duotile-features": "3",
    "duotile-rows": "40",
    "duotile-omitted": "0",
    "duotile-kind": "cells",
    "server-timing": 'wait;dur=0.02, tile;desc="cut";dur=1.5',
  };
  answer = () => new Response("12345", { headers });
  await source.tile("places", [3, 4, 2], "cell=8");
  await tile(FR, [1, 0, 0]);
  answer = () => new Response(null, { status: 204, headers: { "server-timing": "cache;desc=hit" } });
  await source.tile("places", [3, 4, 2], "");
  answer = () => Response.json({ detail: "no" }, { status: 400 });
  await assert.rejects(source.tile("places", [0, 0, 0], "filter=b"));
  for (const { started, ended } of traces) assert.ok(started > 0 && started <= ended && ended <= performance.now());
  assert.deepEqual(
    traces.map(({ started: _, ended: __, ...rest }) => rest),
    [
      {
        dataset: "places",
        tile: [3, 4, 2],
        query: "cell=8",
        from: "server",
        bytes: 5,
        url: `${BASE}tiles/places/3/4/2.mvt?cell=8`,
        features: 3,
        rows: 40,
        omitted: 0,
        kind: "cells",
        server: [
          { name: "wait", ms: 0.02 },
          { name: "tile", ms: 1.5 },
        ],
        cached: false,
      },
      { dataset: "places", tile: [1, 0, 0], query: FR, from: "device", bytes: `s 1/0/0 ${FR}`.length },
      {
        dataset: "places",
        tile: [3, 4, 2],
        query: "",
        from: "server",
        bytes: 0,
        url: `${BASE}tiles/places/3/4/2.mvt`,
        server: [],
        cached: true,
      },
    ],
  );
});
