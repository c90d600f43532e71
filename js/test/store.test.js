import assert from "node:assert/strict";
import { test } from "node:test";
import { inDirectory, inMemory, Store } from "../dist/index.js";
import { fakeDirectory } from "./directory.js";
import { inside } from "./inside.js";

/** @type {typeof import("../dist/store.js")} */
const { size } = await inside("store");

const request = { server: "https://example.org/", dataset: "places", query: "filter=a%20%3D%201" };
const facts = {
  title: "Places",
  version: "1",
  selects: "filter=a%20%3D%201",
  rows: 2,
  rowsTotal: 5,
  taken: "2026-01-02T03:04:05.000Z",
  columns: ["a"],
  about: /** @type {import("../dist/types.js").Dataset} */ ({ id: "places", columns: /** @type {object[]} */ ([]) }),
};
const bytes = (/** @type {number[]} */ ...values) => new Uint8Array(values);

/** @param {Store} store @param {string} [id] @param {Uint8Array<ArrayBuffer>} [content] */
async function taken(store, id, content = bytes(1, 2, 3)) {
  const taking = await store.take(request, id);
  await taking.write(content);
  return taking.commit(facts);
}

const places = /** @type {const} */ ([
  ["memory", () => inMemory()],
  ["the private file system", () => inDirectory(fakeDirectory().directory)],
]);
for (const [place, make] of places) {
  test(`what was taken is there when the store is opened again (${place})`, async () => {
    const files = make();
    const subset = await taken(new Store(files));
    assert.match(subset.id, /^places-[0-9a-f]{10}$/);
    assert.deepEqual(subset, { ...request, ...facts, id: subset.id, bytes: 3 });

    const again = new Store(files);
    const [stored, ...more] = await again.list();
    assert.deepEqual(more, []);
    assert.deepEqual(stored?.subset, subset);
    assert.equal(stored.broken, undefined);
    const { subset: record, data } = await again.get(subset.id);
    assert.deepEqual(record, subset);
    assert.deepEqual(new Uint8Array(await data.arrayBuffer()), bytes(1, 2, 3));
    assert.equal(await again.size(), stored.bytes);

    await again.delete(subset.id);
    assert.deepEqual(await again.list(), []);
    assert.equal(await again.size(), 0);
    await assert.rejects(again.get(subset.id), { name: "StoreError", code: "missing" });
  });

  test(`nothing is seen of a subset before it is whole, and nothing is left of one that was given up (${place})`, async () => {
    const files = make();
    const store = new Store(files);
    const taking = await store.take(request, "x");
    await taking.write(bytes(1));
    const [stored] = await store.list();
    assert.deepEqual([stored?.taking, stored?.subset, stored?.broken], [true, undefined, undefined]);
    await assert.rejects(store.get("x"), { code: "busy", message: /being taken/ });
    await taking.abort();
    assert.equal((await files.list()).size, 0);
  });

  test(`another state takes the place of the old one when it is whole, not before (${place})`, async () => {
    const files = make();
    const store = new Store(files);
    await taken(store, "x", bytes(1));
    const failed = await store.take(request, "x");
    await failed.write(bytes(7, 7));
    assert.equal((await store.get("x")).subset.bytes, 1);
    await failed.abort();
    assert.equal((await store.get("x")).data.size, 1);
    await taken(store, "x", bytes(1, 2, 3, 4));
    assert.equal((await store.get("x")).data.size, 4);
    assert.equal((await files.list()).size, 2, "the old file is left behind");
  });
}

test("what a window left half written when it was closed is found, said, and deleted or taken again", async () => {
  const { files, directory } = fakeDirectory();
  const cut = new Store(inDirectory(directory));
  await (await cut.take(request, "x")).write(bytes(1));

  const store = new Store(inDirectory(directory));
  const [stored] = await store.list();
  assert.deepEqual([stored?.taking, stored?.subset, stored?.request], [false, undefined, request]);
  assert.match(stored?.broken ?? "", /not taken to its end/);
  await assert.rejects(store.get("x"), { code: "broken", message: /delete it or take it again/ });
  await taken(store, "x");
  assert.equal((await store.get("x")).data.size, 3);
  assert.equal(files.size, 2, "what was left behind is gone");
});

test("left-overs of a refresh that was cut off are cleared away, and the subset stays", async () => {
  const { files, directory } = fakeDirectory();
  await taken(new Store(inDirectory(directory)), "x");
  await (await new Store(inDirectory(directory)).take(request, "x")).write(bytes(1));
  assert.equal(files.size, 3);
  const [stored] = await new Store(inDirectory(directory)).list();
  assert.equal(stored?.subset?.bytes, 3);
  assert.equal(files.size, 2);
});

test("a broken entry says what is wrong with it, hides no other, and can be deleted", async () => {
  const { files, directory } = fakeDirectory();
  const store = new Store(inDirectory(directory));
  for (const id of ["short", "gone", "nojson", "unknown", "whole"]) await taken(store, id);
  const fileOf = (/** @type {string} */ id) =>
    [...files.keys()].find((name) => name.startsWith(`${id}.`) && !name.endsWith("json")) ?? "";
  files.set(fileOf("short"), bytes(1));
  files.delete(fileOf("gone"));
  files.set("nojson.json", new TextEncoder().encode('{"format":1,'));
  files.set("unknown.json", new TextEncoder().encode('{"format":2}'));
  files.set("stray.aa.arrow", bytes(1));
  const said = Object.fromEntries((await store.list()).map(({ id, broken }) => [id, broken]));
  assert.deepEqual(said, {
    short: "its file has 1 bytes, expected 3",
    gone: "its file is gone, expected 3",
    nojson: "its record is no JSON",
    unknown: "its record is of a kind that this version does not know",
    stray: "it has no record",
    whole: undefined,
  });
  for (const id of ["short", "gone", "nojson", "unknown", "stray"]) {
    await assert.rejects(store.get(id), { code: "broken" }, id);
    await store.delete(id);
  }
  assert.deepEqual(
    (await store.list()).map(({ id }) => id),
    ["whole"],
  );
  assert.equal(files.size, 2);
});

test("a quota that is exceeded becomes an error that says what to do, and what was there stays", async () => {
  const { files, directory } = fakeDirectory({ quota: 2000 });
  const store = new Store(inDirectory(directory));
  await taken(store, "x", new Uint8Array(500));
  const taking = await store.take(request, "y");
  await taking.write(new Uint8Array(200));
  await assert.rejects(taking.write(new Uint8Array(1000)), {
    name: "StoreError",
    code: "quota",
    message: /ran out after 200 bytes.*delete what you no longer need/,
  });
  await taking.abort();
  assert.equal((await store.get("x")).data.size, 500);
  assert.equal(files.size, 2);
});

test("an id that is being taken is not taken or deleted a second time", async () => {
  const store = new Store(inMemory());
  const taking = await store.take(request, "x");
  await assert.rejects(store.take(request, "x"), { code: "busy" });
  await assert.rejects(store.delete("x"), { code: "busy" });
  await taking.abort();
  await taken(store, "x");
  await store.delete("x");
});

test("a browser that refuses locks, as with all cookies blocked, is as one that has none", async () => {
  const real = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const refused = async () => {
    throw new DOMException("The request was denied.", "SecurityError");
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { locks: { query: refused, request: refused } },
    configurable: true,
  });
  try {
    const store = new Store(inDirectory(fakeDirectory().directory));
    assert.deepEqual(await store.list(), []);
    const taking = await store.take(request, "x");
    await assert.rejects(store.take(request, "x"), { code: "busy" });
    await taking.write(bytes(1));
    await taking.commit(facts);
    assert.deepEqual(
      (await store.list()).map(({ id, taking }) => [id, taking]),
      [["x", false]],
    );
    await store.delete("x");
    assert.deepEqual(await store.list(), []);
  } finally {
    if (real) Object.defineProperty(globalThis, "navigator", real);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
});

test("without a browser subsets are in memory, and a word says so", async () => {
  const store = await Store.open();
  assert.equal(store.kind, "memory");
  assert.match(store.note ?? "", /in memory/);
  assert.equal(await store.room(), undefined);
  assert.equal(await store.persist(), false);
});

test("sizes are read as people write them", () => {
  assert.deepEqual([0, 999, 1000, 999_499, 999_500, 12_345_678, 3_200_000_000].map(size), [
    "0 bytes",
    "999 bytes",
    "1 kB",
    "999 kB",
    "1.0 MB",
    "12 MB",
    "3.2 GB",
  ]);
});
