import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { source, turn } from "./lib.js";

const { serve } = await source("serve");
const { Work } = await source("work");
const { decodeLz4 } = await source("lz4");

/** A worker's side on a fake port: what it is told runs when the test says `next`. */
function served() {
  /** @type {any[]} */
  const said = [];
  /** @type {(() => void)[]} */
  const later = [];
  /** @type {(message: unknown) => void} */
  let tell = () => {};
  const port = {
    post: (/** @type {unknown} */ message) => said.push(message),
    listen: (/** @type {typeof tell} */ receive) => {
      tell = receive;
    },
  };
  serve(port, (/** @type {() => void} */ run) => later.push(run));
  const drain = async () => {
    for (let run = later.shift(); run; run = later.shift()) run();
    await turn();
  };
  const message = (/** @type {unknown} */ data) => tell(data);
  return { said, message, drain };
}

const wasm = readFileSync(new URL("../dist/duotile.wasm", import.meta.url));

async function opened() {
  const worker = served();
  worker.message({ wasm });
  worker.message({ id: 0, call: "open", args: [7, { lon: [1], lat: [2] }, { name: "p" }] });
  for (let i = 0; i < 200 && !worker.said.some(({ value }) => value); i++) await worker.drain();
  const [ready] = worker.said;
  assert.deepEqual(ready, { ready: true });
  assert.equal(worker.said.at(-1).value.name, "p");
  worker.said.length = 0;
  return worker;
}

test("a cancelled tile that has not begun is not cut; the others are, in order", async () => {
  const { said, message, drain } = await opened();
  for (const id of [1, 2, 3]) message({ id, call: "tile", args: [7, 0, 0, 0, ""] });
  message({ cancel: 2 });
  await drain();
  assert.deepEqual(
    said.map(({ id }) => id),
    [1, 3],
  );
  message({ cancel: 3 });
  await drain();
  assert.equal(said.length, 2, "cancelling what is done does nothing");
});

test("a dataset that is not open is told, not died of", async () => {
  const { said, message, drain } = await opened();
  message({ id: 1, call: "tile", args: [8, 0, 0, 0, ""] });
  message({ id: 2, call: "tile", args: [7, 0, 0, 0, ""] });
  await drain();
  assert.match(said[0].error.message, /not open/);
  assert.ok(said[1].value.length > 0);
});

test("a dataset that is closed while it is opened is not kept", async () => {
  const { said, message, drain } = await opened();
  message({ id: 1, call: "open", args: [8, { lon: [1], lat: [2] }, { name: "q" }] });
  message({ id: 2, call: "close", args: [8] });
  await drain();
  await turn();
  message({ id: 3, call: "schema", args: [8] });
  await drain();
  const answers = Object.fromEntries(
    said.filter(({ id, progress }) => id > 0 && !progress).map((said) => [said.id, said]),
  );
  assert.match(answers[1].error.message, /closed while it was opened/);
  assert.match(answers[3].error.message, /not open/);
});

test("columns that do not fit in themselves are refused, and the worker goes on", async () => {
  const { said, message, drain } = await opened();
  const positions = { lon: new Float64Array(1), lat: new Float64Array(1) };
  const offsets = new Uint32Array([0, 9]);
  const text = { name: "t", type: "text", codes: new Uint32Array(1), bytes: new Uint8Array([255]), offsets };
  message({ id: 1, call: "open", args: [9, { name: "p", positions, columns: [text], notes: [] }, {}] });
  await drain();
  const { error } = said.at(-1);
  assert.notEqual(error.name, "Crash");
  assert.match(error.message, /offset|word|UTF-8/i);
  message({ id: 2, call: "tile", args: [7, 0, 0, 0, ""] });
  await drain();
  assert.ok(said.at(-1).value.length > 0);
});

test("a module that breaks is a crash, which says what may be done", async () => {
  const broken = `export const load = async () => class {
    setRoles() {}
    tile() { throw new WebAssembly.RuntimeError("unreachable"); }
  };`;
  const { Tiler } = await source("tiler", broken);
  const tiler = await Tiler.from({ lon: [1], lat: [2] });
  assert.throws(() => tiler.tile(0, 0, 0), { name: "Crash", message: /unreachable.*out of memory.*fewer rows/ });
});

test("work that throws does not stop what comes behind it", () => {
  /** @type {(() => void)[]} */
  const later = [];
  const work = new Work((/** @type {() => void} */ run) => later.push(run));
  /** @type {string[]} */
  const done = [];
  work.add("a", () => {
    throw new Error("a");
  });
  work.add("b", () => done.push("b"));
  assert.throws(() => later.shift()?.(), /a/);
  later.shift()?.();
  assert.deepEqual(done, ["b"]);
});

test("LZ4: copies that overlap what they write, long runs, blocks as they are, and damage", () => {
  /** @param {...number} block */
  const frame = (...block) =>
    new Uint8Array([4, 34, 77, 24, 0x40, 0x40, 0, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
  // One literal, then 15 + 255 + 4 + 4 copies of it.
  const run = frame(0x1f, 65, 1, 0, 255, 4, 0x10, 66);
  assert.equal(Buffer.from(decodeLz4(run, 280)).toString(), `${"A".repeat(279)}B`);
  const plain = frame(1, 2, 3);
  plain[10] = 0x80;
  assert.deepEqual([...decodeLz4(plain, 3)], [1, 2, 3]);
  assert.throws(() => decodeLz4(run, 281), /280 bytes, expected 281/);
  assert.throws(() => decodeLz4(frame(0x10, 65, 9, 0), 9), /damaged/);
  assert.throws(() => decodeLz4(new Uint8Array(9), 9), /no LZ4 frame/);
});
