/** Who answers when the server is gone, busy or refuses. */

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { down, FR, faked, make, subset } from "./source.js";

const server = faked();

test("without the server the subset that covers a request answers, whole", async () => {
  const subsets = [subset({ id: "many", rows: 99, selects: "filter=a" }), subset({ id: "few", rows: 5, selects: FR })];
  const { tile } = make(subsets, { covers: (had, query) => had !== "filter=a" && query.startsWith("filter=b") });
  server.answer = down;
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
  server.answer = down;
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
  server.answer = (path) =>
    refused++ < 2 ? new Response(null, { status: 503, headers: { "retry-after": "0" } }) : server.up(path);
  assert.deepEqual(await tile(""), { text: "server", from: "server", partial: false, id: undefined });
  assert.deepEqual([server.asked.length, source.reachable, source.busy], [3, true, false]);
});

test("for a server that stays busy the device stands in, and it is left alone as long as it wants", async () => {
  mock.timers.enable({ apis: ["Date"] });
  try {
    const { source, tile } = make([subset({ selects: FR })]);
    server.answer = () => new Response(null, { status: 503, headers: { "retry-after": "60" } });
    assert.deepEqual(await tile(""), { text: "s 0/0/0 ", from: "device", partial: true, id: "s" });
    assert.deepEqual([source.reachable, source.busy], [true, true]);
    server.answer = server.up;
    for (const [later, from] of /** @type {const} */ ([
      [0, "device"],
      [59_000, "device"],
      [2000, "server"],
    ])) {
      mock.timers.tick(later);
      assert.equal((await tile("")).from, from);
    }
    assert.deepEqual([server.asked.length, source.reachable, source.busy], [2, true, false]);
  } finally {
    mock.timers.reset();
  }
});

test("a server that stays busy is told as busy where the device has nothing", async () => {
  const { source, tile } = make([]);
  server.answer = () => new Response(null, { status: 504, headers: { "retry-after": "60" } });
  await assert.rejects(tile(""), { name: "Problem", status: 504 });
  await assert.rejects(tile(""), { name: "Problem", status: 504 });
  assert.deepEqual([server.asked.length, source.reachable, source.busy], [2, true, true]);
});

test("documents come from the device when a proxy has nothing behind it, and from the server when it refuses", async () => {
  const { source } = make([subset()]);
  server.answer = () => new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "60" } });
  const { value, from } = await source.datasets();
  assert.deepEqual([value.datasets.map(({ title }) => title), from], [["Places"], "device"]);
  assert.equal((await source.dataset("places")).value.title, "Places");
  source.retry();
  server.answer = () => Response.json({ detail: "unknown column" }, { status: 400 });
  await assert.rejects(source.metadata("places", "filter=b"), { name: "Problem", status: 400 });
});

test("a server that did not answer is left alone for a while, until the network is said to be back", async () => {
  const { tile, source } = make([subset({ selects: FR })]);
  server.answer = down;
  await tile("");
  const before = server.asked.length;
  await tile("");
  assert.equal(server.asked.length, before);
  assert.equal(source.reachable, false);
  server.answer = server.up;
  source.retry();
  assert.equal((await tile("")).from, "server");
  assert.equal(source.reachable, true);
});

test("with nothing on the device each request asks the server, and says what it said", async () => {
  const { tile, source } = make([]);
  server.answer = down;
  await assert.rejects(tile(""), { name: "TypeError" });
  await assert.rejects(source.datasets(), { name: "TypeError" });
  assert.equal(server.asked.length, 2);
  server.answer = server.up;
  assert.equal((await tile("")).from, "server");
});

test("an abort is no sign of a server that is gone", async () => {
  const { source } = make([subset({ selects: FR })]);
  server.answer = () => {
    throw new DOMException("aborted", "AbortError");
  };
  await assert.rejects(source.tile("places", [0, 0, 0], ""), { name: "AbortError" });
  assert.equal(source.reachable, true);
});
