/** Who answers: the server, or which subset of this device, and when one is opened. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Protocol, Server, Source } from "../dist/index.js";
import { inside } from "./inside.js";
import { BASE, down, FR, faked, make, subset } from "./source.js";

/** @type {typeof import("../dist/coverage.js")} */
const { coverage } = await inside("coverage");

const server = faked();

test("without subsets everything is the server's, and tiles carry the version that it told", async () => {
  const { source, tile, told } = make([]);
  await source.tileJson("places", { filter: "country = 'FR'" });
  assert.deepEqual(await tile(FR, [3, 4, 2]), { text: "server", from: "server", partial: false, id: undefined });
  assert.equal(server.asked.at(-1), `tiles/places/3/4/2.mvt?${FR}&v=1`);
  const origin = { from: "server", partial: false, dataset: "places" };
  assert.deepEqual(told, [
    { ...origin, tile: undefined },
    { ...origin, tile: [3, 4, 2] },
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
  server.version = "2";
  const { tile, source } = make([subset()]);
  await source.tileJson("places");
  assert.equal((await tile("")).from, "server");
  server.answer = down;
  assert.equal((await tile("")).from, "device");
});

test("a list of subsets that cannot be had hides nothing that the server says", async () => {
  for (const subsets of [
    async () => {
      throw new Error("The request was denied.");
    },
    () => {
      throw new Error("The request was denied.");
    },
  ]) {
    const source = new Source({ server: new Server(BASE), subsets, open: async () => assert.fail() });
    assert.equal((await source.datasets()).value.datasets.length, 2);
    assert.equal((await source.tileJson("places")).from, "server");
    assert.equal((await source.tile("places", [0, 0, 0])).from, "server");
    server.answer = down;
    await assert.rejects(source.datasets(), { message: "Failed to fetch" });
    server.answer = server.up;
  }
});

/** Lets what waits for nothing happen, also where time stands still. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test("another version that the server has is told once: by a document, by a tile of it, by a query that fits it no longer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const newer = (/** @type {string} */ version) => {
    server.version = version;
    server.answer = (path) => {
      if (path === "datasets/places") return Response.json({ id: "places", version: server.version });
      if (!path.includes(".mvt")) return server.up(path);
      if (path.includes("gone")) return Response.json({ status: 400, title: "no column gone" }, { status: 400 });
      const control = path.endsWith(`v=${server.version}`) ? "public, max-age=31536000, immutable" : "no-cache";
      return new Response("server", { headers: { "cache-control": control } });
    };
  };
  /** @type {string[]} */
  const told = [];
  const make = () =>
    new Source({
      server: new Server(BASE),
      subsets: async () => [],
      open: async () => assert.fail(),
      onVersion: (dataset, version) => told.push(`${dataset} ${version}`),
    });
  const source = make();
  newer("1");
  await source.tileJson("places");
  await source.tile("places", [0, 0, 0]);
  newer("2");
  await source.metadata("places", "filter=a%20%3E%201");
  await source.tileJson("places");
  assert.deepEqual(told.splice(0), ["places 2"]);
  newer("3");
  await Promise.all([0, 1, 2].map((x) => source.tile("places", [2, x, 0])));
  await settled();
  assert.deepEqual(told.splice(0), ["places 3"]);
  assert.equal(server.asked.filter((path) => path === "datasets/places").length, 1);
  await source.tile("places", [0, 0, 0]);
  assert.ok(server.asked.at(-1)?.endsWith("v=3"));
  // Where something between leaves that out, the server is asked, and then left alone.
  const other = make();
  await other.tileJson("places");
  server.answer = (path) =>
    path.includes(".mvt")
      ? new Response("server", { headers: { "cache-control": "max-age=60" } })
      : Response.json({ id: "places", version: "3" });
  const before = server.asked.length;
  for (const x of [0, 1, 2]) await other.tile("places", [2, x, 0]);
  await settled();
  assert.equal(server.asked.length - before, 4);
  assert.deepEqual(told, []);
  // What is closed asks no more.
  source.free();
  other.free();
  const last = make();
  newer("3");
  await last.tileJson("places");
  newer("4");
  await assert.rejects(last.tile("places", [0, 0, 0], "filter=gone%20%3D%201"), { status: 400 });
  await settled();
  assert.deepEqual(told.splice(0), ["places 4"]);
  // What changes again is told when it is time to ask again, whether or not more is asked for.
  newer("5");
  await last.tile("places", [0, 0, 0]);
  assert.deepEqual(told, []);
  t.mock.timers.tick(3000);
  await settled();
  assert.deepEqual(told.splice(0), ["places 5"]);
  last.free();
  // A server with tiles as files answers that those of another version are gone.
  const gone = make();
  newer("5");
  await gone.tileJson("places");
  newer("6");
  const { answer } = server;
  server.answer = (path, ...more) =>
    path.includes(".mvt") ? Response.json({ status: 410, title: "Gone" }, { status: 410 }) : answer(path, ...more);
  await assert.rejects(gone.tile("places", [0, 0, 0]), { status: 410 });
  await settled();
  assert.deepEqual(told.splice(0), ["places 6"]);
  gone.free();
  // Rows and statistics tell which version they are of, and nothing is asked while it is the one that is known.
  const rows = make();
  newer("6");
  await rows.tileJson("places");
  const versioned = server.answer;
  server.answer = (path) => {
    const answer = versioned(path);
    if (/\/(rows|stats)/.test(path)) answer.headers.set("duotile-version", server.version);
    return answer;
  };
  await rows.rows("places", "", { limit: 5 });
  assert.equal(server.asked.at(-1)?.includes("/rows"), true);
  server.version = "7";
  await rows.rows("places", "", { limit: 5 });
  await settled();
  assert.deepEqual(told.splice(0), ["places 7"]);
  server.version = "8";
  t.mock.timers.tick(3000);
  await rows.stats("places", "value");
  await settled();
  assert.deepEqual(told, ["places 8"]);
  rows.free();
});

test("subsets of other servers and datasets are left aside", async () => {
  const { tile } = make([subset({ server: "https://other.org/" }), subset({ dataset: "more" })]);
  assert.equal((await tile("")).from, "server");
  server.answer = down;
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
  server.pointsFrom = 3;
  await source.tileJson("places");
  assert.equal((await tile("", [4, 8, 5])).from, "server");
});

test("a subset that cannot be opened leaves the server to answer, and is told when there is none", async () => {
  const { tile, opened, source } = make([subset()], { broken: "s" });
  for (let i = 0; i < 3; i += 1) assert.equal((await tile("")).from, "server");
  server.answer = down;
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

test("cover is told from texts where they are alike, and left open where they are not", () => {
  const box = /** @type {[number, number, number, number]} */ ([170, -10, -170, 10]);
  const across = subset({ selects: "bbox=170,-10,-170,10", bbox: box });
  assert.equal(coverage(subset(), "filter=a", [0, 0, 0]), "yes");
  assert.equal(coverage(subset({ selects: FR }), FR, [0, 0, 0]), "yes");
  assert.equal(coverage(subset({ selects: FR }), "filter=b", [0, 0, 0]), "maybe");
  assert.equal(coverage(subset({ selects: "datetime=a%2Fb" }), FR, [0, 0, 0]), "maybe");
  assert.equal(coverage(subset({ selects: FR }), `${FR}&rank=b`, [0, 0, 0]), "maybe");
  assert.equal(coverage(across, "", [7, 127, 64]), "yes");
  assert.equal(coverage(across, "", [7, 0, 63]), "yes");
  assert.equal(coverage(across, "", [7, 64, 64]), "no");
  assert.equal(coverage(across, "bbox=171,-1,172,1", [0, 0, 0]), "maybe");
  assert.equal(coverage(across, "bbox=170,-10,-170,10", [0, 0, 0]), "yes");
  // Hexagons of a tile have rows beside it, which may lie beyond the box.
  const inside = /** @type {const} */ ([8, 0, 127]);
  assert.equal(coverage(across, "mode=cells&cell=8", inside), "yes");
  assert.equal(coverage(across, "mode=cells&cell=h3", inside), "maybe");
});

test("a query that is a text is the server's to judge, whole; one that is refused is no server that is gone", async () => {
  const { source } = make([]);
  const text = "filter=a%20%3E%201&filter-lang=cql2-text&cell=4&v=1";
  for (const ask of [
    () => source.tileJson("places", text),
    () => source.metadata("places", `?${text}`),
    () => source.stats("places", "a", text, 5),
    () => source.cells("places", "a_mean", 3, text),
    () => source.rows("places", text, { limit: 2 }),
  ]) {
    await ask();
  }
  const asked = server.asked.map((path) => path.replace(/^.*\?/, ""));
  assert.deepEqual(asked, [
    text,
    text,
    `${text}&column=a&bins=5`,
    `${text}&measure=a_mean&z=3`,
    `${text.replace("&cell=4", "")}&limit=2`,
  ]);
  server.answer = () => Response.json({ detail: "unknown parameter", parameter: "filters" }, { status: 400 });
  await assert.rejects(source.tileJson("places", "filters=a"), { name: "Problem", parameter: "filters" });
  assert.equal(source.reachable, true);
});
