import assert from "node:assert/strict";
import { test } from "node:test";
import { addProtocol, Problem, Protocol, Tiler, TilerWorker } from "../dist/index.js";
import { source, turn } from "./lib.js";

const { parseAddress } = await source("protocol");
const { Asker } = await source("broadcast");

const input = { lon: [1, 2, 3], lat: [4, 5, 6], columns: { n: [1, 2, 3] } };
const tiler = await Tiler.from(input, { name: "my points" });

/** @param {Protocol} protocol @param {string} url @returns {Promise<any>} */
const load = (protocol, url) => protocol.tile({ url, type: "arrayBuffer" }, new AbortController());

test("addresses are taken apart", () => {
  const scheme = "duotile";
  assert.deepEqual(parseAddress("duotile://a"), { scheme, name: "a", query: "" });
  assert.deepEqual(parseAddress("duotile://a%20b/?x=1"), { scheme, name: "a b", query: "x=1" });
  assert.deepEqual(parseAddress("duotile://a/3/2/1?filter=b%3D%27/%27"), {
    scheme,
    name: "a",
    tile: [3, 2, 1],
    query: "filter=b%3D%27/%27",
  });
  assert.deepEqual(parseAddress("pts://a/3/2/1.mvt").tile, [3, 2, 1]);
  for (const odd of ["duotile://", "duotile://a/1/2", "a/1/2/3", "duotile://a/b/1/2/3"]) {
    assert.throws(() => parseAddress(odd), /expected duotile:\/\/\{dataset\}/, odd);
  }
});

test("TileJSON carries its query into the addresses of its tiles, which are cut by it", async () => {
  const protocol = new Protocol(tiler);
  const { data } = await load(protocol, "duotile://my%20points?filter=n > 1 AND n <> 7");
  const [template] = data.tiles;
  assert.equal(template, "duotile://my%20points/{z}/{x}/{y}?filter=n > 1 AND n <> 7");
  const tile = await load(protocol, template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0"));
  assert.ok(tile.data instanceof ArrayBuffer);
  assert.deepEqual(new Uint8Array(tile.data), tiler.tile(0, 0, 0, "filter=n > 1 AND n <> 7"));
});

test("braces of a query are not those of a template", async () => {
  const texts = await Tiler.from({ ...input, columns: { w: ["{z}", "a", "b"] } }, { name: "texts" });
  const { data } = await load(new Protocol(texts), "duotile://texts?filter=w = '{z}'");
  assert.equal(data.tiles[0], "duotile://texts/{z}/{x}/{y}?filter=w = '%7Bz%7D'");
  const tile = await load(new Protocol(texts), data.tiles[0].replace("{z}/{x}/{y}", "0/0/0"));
  assert.ok(tile.data.byteLength > 0);
});

test("the scheme is that of the request", async () => {
  /** @type {Map<string, any>} */
  const schemes = new Map();
  const maplibre = {
    addProtocol: (/** @type {string} */ name, /** @type {unknown} */ load) => schemes.set(name, load),
  };
  const protocol = addProtocol(maplibre, tiler, "pts");
  assert.equal(schemes.get("pts"), protocol.tile);
  const { data } = await load(protocol, "pts://my%20points");
  assert.equal(data.tiles[0], "pts://my%20points/{z}/{x}/{y}");
});

test("an unchanged tile has its tag, a changed one another, an empty one is an empty buffer", async () => {
  const protocol = new Protocol(tiler);
  const [first, again] = [await load(protocol, "d://my%20points/0/0/0"), await load(protocol, "d://my%20points/0/0/0")];
  assert.equal(first.etag, again.etag);
  assert.notEqual(first.etag, (await load(protocol, "d://my%20points/0/0/0?cell=8&mode=cells")).etag);
  const empty = await load(protocol, "d://my%20points/5/0/0");
  assert.equal(empty.data.byteLength, 0);
  assert.ok(empty.data instanceof ArrayBuffer);
  protocol.add(await Tiler.from({ ...input, lon: [1, 2, 40] }, { name: "my points" }));
  assert.notEqual(first.etag, (await load(protocol, "d://my%20points/0/0/0")).etag);
});

test("what is wrong is told in one line, with where", async () => {
  const protocol = new Protocol(tiler);
  await assert.rejects(load(protocol, "duotile://my%20points?filter=n > 1 AND m = 2"), (error) => {
    assert.ok(error instanceof Problem);
    assert.match(error.message, /^filter, character 11: .*"m"/);
    return true;
  });
  await assert.rejects(load(protocol, "duotile://others"), /no dataset "others" here; there is my points/);
  protocol.remove("my points");
  await assert.rejects(load(protocol, "duotile://my%20points"), /there is none/);
});

test("an aborted request rejects as MapLibre expects, even if the source takes no notice", async () => {
  const controller = new AbortController();
  const loading = new Protocol(tiler).tile({ url: "duotile://my%20points/0/0/0" }, controller);
  controller.abort();
  await assert.rejects(loading, { name: "AbortError" });
});

/** MapLibre with workers, as far as the protocol needs it: what the page would be asked, and the channel of a scheme. */
function workers() {
  /** @type {Map<string, any>} */
  const schemes = new Map();
  const maplibre = {
    addProtocol: (/** @type {string} */ name, /** @type {unknown} */ load) => void schemes.set(name, load),
    removeProtocol: () => {},
    importScriptInWorkers: async () => {},
  };
  const channel = async () => new Map((await schemes.get("duotile-protocols")()).data).get("duotile");
  return { maplibre, channel };
}

test("workers of MapLibre are answered by the page, and by the data's worker where there is one", async (t) => {
  const worker = new TilerWorker({ worker: "inline" });
  const remote = await worker.open(input, { name: "remote" });
  let asked = 0;
  const counted = {
    name: "remote",
    tileJson: () => remote.tileJson(),
    tile: (/** @type {any[]} */ ...args) => {
      asked++;
      return /** @type {any} */ (remote.tile)(...args);
    },
    listen: remote.listen.bind(remote),
  };
  const protocol = new Protocol(tiler, counted);
  const { maplibre, channel } = workers();
  await protocol.importInWorkers(maplibre, "duotile", "https://example.org/maplibre-worker.mjs");
  const asker = new Asker(await channel(), "test");
  t.after(() => {
    asker.close();
    protocol.close();
    worker.close();
  });
  const { signal } = new AbortController();
  const here = await asker.tile("my points", 0, 0, 0, "", signal);
  assert.deepEqual(new Uint8Array(here.data), tiler.tile(0, 0, 0));
  const there = await asker.tile("remote", 0, 0, 0, "", signal);
  assert.deepEqual(new Uint8Array(there.data), await remote.tile(0, 0, 0));
  assert.equal(asked, 0, "the page was not asked for what the worker answers");
  await assert.rejects(asker.tile("remote", 0, 0, 0, "filter=m = 1", signal), { name: "Problem", parameter: "filter" });
  await assert.rejects(asker.tile("nobody", 0, 0, 0, "", signal), /no dataset "nobody"/);
  const controller = new AbortController();
  const tile = asker.tile("remote", 0, 0, 0, "", controller.signal);
  controller.abort();
  await assert.rejects(tile, { name: "AbortError" });
});

test("when a worker is lost, its tiles are asked of the page, those that it owed too", async (t) => {
  /** @type {() => void} */
  let lose = () => {};
  const source = {
    name: "p",
    tileJson: () => tiler.tileJson(),
    tile: () => tiler.tile(0, 0, 0),
    listen: async (/** @type {string} */ _channel, /** @type {() => void} */ lost) => {
      lose = lost;
      return () => {};
    },
  };
  const protocol = new Protocol(source);
  const { maplibre, channel } = workers();
  await protocol.importInWorkers(maplibre, "duotile", "https://example.org/maplibre-worker.mjs");
  const asker = new Asker(await channel(), "test");
  t.after(() => {
    asker.close();
    protocol.close();
  });
  const { signal } = new AbortController();
  const owed = asker.tile("p", 0, 0, 0, "", signal);
  await turn();
  lose();
  assert.ok((await owed).data.byteLength > 0);
  assert.ok((await asker.tile("p", 0, 0, 0, "", signal)).data.byteLength > 0);
});

test("a dataset that is replaced while its worker is at work is asked again, of the one in its place", {
  timeout: 5000,
}, async (t) => {
  let ended = false;
  const before = {
    name: "p",
    tileJson: () => tiler.tileJson(),
    tile: () => assert.fail("the page was asked"),
    listen: async () => () => {
      ended = true;
    },
  };
  const protocol = new Protocol(before);
  const { maplibre, channel } = workers();
  await protocol.importInWorkers(maplibre, "duotile", "https://example.org/maplibre-worker.mjs");
  const asker = new Asker(await channel(), "test");
  t.after(() => {
    asker.close();
    protocol.close();
  });
  const { signal } = new AbortController();
  const [owed, gone] = [asker.tile("p", 0, 0, 0, "", signal), asker.tile("p", 0, 0, 0, "", signal)];
  await turn();
  protocol.add({ name: "p", tileJson: () => tiler.tileJson(), tile: () => tiler.tile(0, 0, 0) });
  assert.ok(ended);
  for (const tile of [owed, gone]) assert.deepEqual(new Uint8Array((await tile).data), tiler.tile(0, 0, 0));
});

test("a protocol that is closed while it answers gives up what it was at, and says nothing more", async () => {
  /** @type {AbortSignal | undefined} */
  let asked;
  /** @type {(tile: Uint8Array<ArrayBuffer>) => void} */
  let come = () => {};
  const slow = {
    name: "p",
    tileJson: () => tiler.tileJson(),
    tile: (/** @type {any[]} */ ...[, , , , signal]) => {
      asked = signal;
      return /** @type {Promise<Uint8Array<ArrayBuffer>>} */ (
        new Promise((resolve) => {
          come = resolve;
        })
      );
    },
  };
  const protocol = new Protocol(slow);
  const { maplibre, channel } = workers();
  await protocol.importInWorkers(maplibre, "duotile", "https://example.org/maplibre-worker.mjs");
  const asker = new Asker(await channel(), "test");
  const waiting = asker.tile("p", 0, 0, 0, "", new AbortController().signal);
  waiting.catch(() => undefined);
  while (!asked) await turn();
  /** @type {unknown[]} */
  const unseen = [];
  const hear = (/** @type {unknown} */ error) => unseen.push(error);
  process.on("unhandledRejection", hear);
  protocol.close();
  assert.equal(asked.aborted, true);
  come(tiler.tile(0, 0, 0));
  for (let turns = 0; turns < 5; turns += 1) await turn();
  process.off("unhandledRejection", hear);
  assert.deepEqual(unseen, []);
  asker.close();
});
