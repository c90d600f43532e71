import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { Crash, Problem, TilerWorker } from "../dist/index.js";
import { FakeWorker, ThreadWorker, turn } from "./lib.js";

const input = { lon: [1, 2, 3], lat: [4, 5, 6], columns: { n: [1, 2, 3] } };
const opened = { name: "p", version: "1", about: {}, notes: [] };

/** A client of a fake worker, with a dataset that is open. */
async function open() {
  const fake = new FakeWorker();
  const client = new TilerWorker({ worker: fake.worker, wasm: new Uint8Array() });
  const opening = client.open(input, { name: "p" });
  await turn();
  const [first] = fake.got.splice(0);
  fake.say({ ready: true });
  await turn();
  const [second] = fake.got.splice(0);
  assert.deepEqual(first, { wasm: new Uint8Array() }, "the module is told first");
  assert.equal(second.call, "open");
  fake.say({ id: second.id, value: opened });
  return { fake, client, remote: await opening };
}

test("answers find the request they belong to, in whatever order they come", async () => {
  const { fake, remote } = await open();
  const tiles = [remote.tile(1, 0, 0), remote.tile(1, 1, 0, { cell: 8 })];
  await turn();
  const [first, second] = fake.got;
  assert.deepEqual([first.call, first.args.slice(1)], ["tile", [1, 0, 0, ""]]);
  assert.deepEqual(second.args.slice(1), [1, 1, 0, "cell=8"]);
  fake.say({ id: second.id, value: new Uint8Array([2]) });
  fake.say({ id: first.id, value: new Uint8Array([1]) });
  assert.deepEqual(await Promise.all(tiles), [new Uint8Array([1]), new Uint8Array([2])]);
});

test("an aborted request rejects at once and is cancelled; a late answer is passed by", async () => {
  const { fake, remote } = await open();
  const controller = new AbortController();
  const tile = remote.tile(0, 0, 0, "", controller.signal);
  await turn();
  const [{ id }] = fake.got.splice(0);
  controller.abort();
  await assert.rejects(tile, { name: "AbortError" });
  assert.deepEqual(fake.got, [{ cancel: id }]);
  fake.say({ id, value: new Uint8Array() });
  fake.got.length = 0;
  await assert.rejects(remote.tile(0, 0, 0, "", controller.signal), { name: "AbortError" });
  assert.deepEqual(fake.got, [], "what is aborted already is not asked for");
});

test("problems cross as what they are", async () => {
  const { fake, remote } = await open();
  const tile = remote.tile(0, 0, 0, "filter=x");
  await turn();
  const said = { name: "Problem", message: "no x", status: 400, parameter: "filter", position: 3, hint: "y?" };
  fake.say({ id: fake.got[0].id, error: said });
  await assert.rejects(tile, (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.message, error.parameter, error.position, error.hint], ["no x", "filter", 3, "y?"]);
    return true;
  });
});

test("a worker that breaks rejects all that it owed, and what cannot be given again says so", async () => {
  const { fake, remote } = await open();
  const owed = [remote.tile(0, 0, 0), remote.schema()];
  await turn();
  fake.onerror?.({ message: "out of memory" });
  for (const promise of owed) await assert.rejects(promise, /the worker broke: out of memory/);
  assert.equal(fake.ended, true);
  await assert.rejects(remote.tile(0, 0, 0), /"p" is gone, open it again: .*out of memory/);
});

test("what can be given again is opened in the next worker, once", async () => {
  /** @type {FakeWorker[]} */
  const workers = [];
  const start = () => {
    const fake = new FakeWorker();
    workers.push(fake);
    fake.ready = true;
    return fake.worker;
  };
  let given = 0;
  const client = new TilerWorker({ worker: start, wasm: new Uint8Array() });
  const opening = client.open(() => ({ ...input, given: ++given }), { name: "p" });
  await turn();
  await turn();
  const [first] = workers;
  first?.say({ id: first.got[1].id, value: opened });
  const remote = await opening;
  first?.onerror?.({ message: "broke" });
  const tiles = [remote.tile(0, 0, 0), remote.tile(1, 0, 0)];
  await turn();
  await turn();
  const second = workers[1];
  assert.ok(second);
  const again = second.got[1];
  assert.deepEqual([again.call, again.args[1].given, workers.length], ["open", 2, 2]);
  second.say({ id: again.id, value: { ...opened, version: "2" } });
  await turn();
  for (const { id } of second.got.slice(2)) second.say({ id, value: new Uint8Array([9]) });
  assert.deepEqual(await Promise.all(tiles), [new Uint8Array([9]), new Uint8Array([9])]);
  assert.deepEqual([remote.version, given], ["2", 2]);
});

test("a dataset that breaks its worker each time is not opened for ever", async () => {
  let started = 0;
  const start = () => {
    started++;
    const fake = new FakeWorker();
    fake.ready = true;
    // Whatever is opened breaks it, but the first.
    const first = started === 1;
    fake.onpost = ({ id, call }) => {
      if (call === "open")
        setTimeout(() => (first ? fake.say({ id, value: opened }) : fake.onerror?.({ message: "again" })));
      else if (call) setTimeout(() => fake.onerror?.({ message: "once" }));
    };
    return fake.worker;
  };
  const remote = await new TilerWorker({ worker: start, wasm: new Uint8Array() }).open(() => input, { name: "p" });
  await assert.rejects(remote.schema(), /once/);
  for (let i = 0; i < 3; i++) await assert.rejects(remote.schema(), /broke: again/);
  await assert.rejects(remote.schema(), /"p" is gone, open it again/);
  assert.equal(started, 4);
});

test("a worker that was given and broke is not asked again", async () => {
  const { fake, client } = await open();
  fake.onerror?.({ message: "broke" });
  await assert.rejects(client.open(input), /broke/);
});

test("a module that breaks takes its worker along", async () => {
  const { fake, remote } = await open();
  const owed = [remote.tile(0, 0, 0), remote.schema()];
  await turn();
  fake.say({ id: fake.got[0].id, error: { name: "Crash", message: "unreachable" } });
  for (const promise of owed) await assert.rejects(promise, (error) => error instanceof Crash);
  assert.equal(fake.ended, true);
});

test("a worker that does not start says what may forbid it", async () => {
  const fake = new FakeWorker();
  const opening = new TilerWorker({ worker: fake.worker, wasm: new Uint8Array() }).open(input);
  await turn();
  fake.onerror?.({ message: "" });
  await assert.rejects(opening, /did not start.*worker-src/);
});

test("closing rejects what is owed, and later calls", async () => {
  const { client, remote } = await open();
  const tile = remote.tile(0, 0, 0);
  await turn();
  client.close();
  await assert.rejects(tile, /closed/);
  await assert.rejects(remote.tile(0, 0, 0), /closed/);
});

test("the script of the package cuts tiles in a thread, tells how far it is, and takes memory when told to", async () => {
  const thread = new ThreadWorker();
  const client = new TilerWorker({ worker: thread.worker });
  try {
    /** @type {string[]} */
    const stages = [];
    const lon = new Float64Array([1, 2, 3]);
    const given = { ...input, lon };
    const remote = await client.open(given, {
      name: "p",
      transfer: true,
      onProgress: ({ stage }) => stages.push(stage),
    });
    assert.deepEqual([...new Set(stages)], ["read", "sort", "columns"]);
    assert.equal(lon.length, 0, "the memory is the worker's now");
    assert.deepEqual([remote.name, remote.notes], ["p", []]);
    const tile = await remote.tile(0, 0, 0, { mode: "points" });
    assert.ok(tile.length > 20);
    assert.equal((await remote.lastReport()).rows, 3);
    assert.equal((await remote.schema()).rows, 3);
    assert.equal((await remote.tileJson("cell=8")).dataset, "p");
    assert.equal((await remote.metadata()).rows, 3);
    assert.equal((await remote.stats("n")).max, 3);
    assert.equal((await remote.cells("point_count", 0)).measure, "point_count");
    assert.equal((await remote.rows("", { limit: 1 })).numberMatched, 3);
    assert.equal(await remote.covers("filter=n > 1", [0, 0, 0]), true);
    await assert.rejects(remote.tile(0, 0, 0, "filter=m > 1"), { name: "Problem", parameter: "filter", position: 0 });
    // A wrong input leaves the worker as it was.
    await assert.rejects(client.open({ lon: [1], lat: [] }), { name: "RangeError" });
    assert.ok((await remote.tile(0, 0, 0)).length > 0);
    await remote.free();
    await assert.rejects(remote.tile(0, 0, 0), /"p" was freed/);
  } finally {
    client.close();
  }
});

test("an aborted opening closes what it had begun to open", async () => {
  const fake = new FakeWorker();
  const client = new TilerWorker({ worker: fake.worker, wasm: new Uint8Array() });
  const controller = new AbortController();
  const opening = client.open(input, { signal: controller.signal });
  await turn();
  fake.say({ ready: true });
  await turn();
  const [, { id, args }] = fake.got.splice(0);
  controller.abort();
  await turn();
  assert.deepEqual(fake.got[0], { cancel: id });
  assert.deepEqual([fake.got[1].call, fake.got[1].args], ["close", [args[0]]]);
  fake.say({ id: fake.got[1].id, value: undefined });
  await assert.rejects(opening, { name: "AbortError" });
});

test("a module that runs out of memory says so, and the process goes on", () => {
  const code = `
    import { Tiler } from "duotile";
    const rows = 2_000_000;
    const positions = { lon: new Float64Array(rows), lat: new Float64Array(rows) };
    await Tiler.from(positions).catch(({ name, message }) => console.log(name, message));
    const tiler = await Tiler.from({ lon: [1], lat: [2] });
    console.log(tiler.schema().rows);`;
  const args = ["--wasm-max-mem-pages=200", "--input-type=module", "-e", code];
  const said = execFileSync(process.execPath, args, { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.match(said, /^Crash opening 2000000 rows broke .*out of memory: give fewer rows or columns\n1\n$/);
});

test("several datasets, of one name too, live in one worker", async () => {
  const client = new TilerWorker({ worker: "inline" });
  const [a, b] = await Promise.all([client.open(input, { name: "p" }), client.open("lon,lat\n1,2\n", { name: "p" })]);
  assert.deepEqual([(await a.schema()).rows, (await b.schema()).rows], [3, 1]);
  await a.free();
  assert.equal((await b.schema()).rows, 1);
});
