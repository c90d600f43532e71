import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { inMemory, Offline, Store } from "../dist/index.js";
import { inside } from "./inside.js";

/** @type {typeof import("../dist/ipc.js")} */
const { StreamScan } = await inside("ipc");

/** What `duotile serve` sent for `population > 1e6` of four cities; see fixtures/README.md. */
const arrow = readFileSync(new URL("fixtures/subset.arrow", import.meta.url));
const SELECTS = "filter=population%20%3E%201000000";

/** @type {{ url: string, headers: import("node:http").IncomingHttpHeaders }[]} */
const asked = [];
/** @type {(response: import("node:http").ServerResponse, url: string) => void} */
let answer;
const about = { id: "cities", rows: 4, columns: [{ name: "population", type: "integer" }] };
const http = createServer((request, response) => {
  if (/^\/maps\/datasets\/[^/]+$/.test(request.url ?? "")) {
    response.end(JSON.stringify(about));
    return;
  }
  asked.push({ url: request.url ?? "", headers: request.headers });
  answer(response, request.url ?? "");
});
let base = "";
const TYPE = { "content-type": "application/vnd.apache.arrow.stream", "duotile-rows": "3", etag: 'W/"1"' };

/** @type {typeof answer} */
const whole = (response) => response.writeHead(200, { ...TYPE, "content-length": arrow.length }).end(arrow);
/** @type {(status: number, document?: unknown) => typeof answer} */
const refusal = (status, document) => (response) =>
  response
    .writeHead(status, { "content-type": "application/problem+json", "retry-after": "60" })
    .end(JSON.stringify(document));

before(async () => {
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = http.address();
  assert.ok(address && typeof address === "object");
  base = `http://127.0.0.1:${address.port}/maps/`;
});
after(() => http.close());
/** @type {Offline} */
let offline;
beforeEach(() => {
  asked.length = 0;
  answer = whole;
  offline = new Offline(new Store(inMemory()));
});

test("a subset is asked for by what selects rows, and kept with what the server says of it", async () => {
  /** @type {import("../dist/take.js").TakeProgress[]} */
  const steps = [];
  const subset = await offline.take({
    server: `${base}index.html#view`,
    dataset: "big cities",
    query: { filter: "population > 1e6", agg: ["sum:population"], shape: "polygon" },
    bbox: [-10, 40, 20, 60],
    onProgress: (step) => steps.push(step),
  });
  assert.deepEqual(
    asked.map(({ url }) => url),
    ["/maps/datasets/big%20cities/subset.arrow?filter=population%20%3E%201e6&bbox=-10%2C40%2C20%2C60"],
  );
  const { id, taken, ...rest } = subset;
  assert.ok(Math.abs(Date.parse(taken) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    server: base,
    dataset: "big cities",
    query: "filter=population%20%3E%201e6&bbox=-10%2C40%2C20%2C60",
    title: "cities",
    version: "7266e6ec73a55efb",
    selects: SELECTS,
    bbox: [-10, 40, 20, 60],
    rows: 3,
    rowsTotal: 4,
    bytes: arrow.length,
    columns: ["name", "population", "open"],
    about,
    etag: 'W/"1"',
  });
  const { data } = await offline.get(id);
  assert.deepEqual(Buffer.from(await data.arrayBuffer()), arrow);
  assert.deepEqual(steps.at(0), { rows: 3, bytes: 0, total: arrow.length });
  assert.deepEqual(steps.at(-1), { rows: 3, bytes: arrow.length, total: arrow.length });
});

test("without a content length the total is read from the stream, however it is cut into pieces", () => {
  for (const step of [1, 7, 64, 1000, arrow.length]) {
    const scan = new StreamScan();
    let known = Infinity;
    for (let at = 0; at < arrow.length; at += step) {
      scan.push(arrow.subarray(at, at + step));
      if (scan.total !== undefined) known = Math.min(known, scan.received);
    }
    assert.deepEqual([scan.total, scan.received, scan.rows, scan.ended], [arrow.length, arrow.length, 3, true]);
    assert.ok(step > 64 || known < arrow.length - 60, `the total is known at byte ${known}`);
    assert.equal(scan.facts?.query, SELECTS);
  }
});

test("of several batches the total is expected from the first, and known with the last", () => {
  // The message of rows, thrice. It is the last one before the mark of the end: headers begin with ff ff ff ff, on whole words.
  const words = new DataView(arrow.buffer, arrow.byteOffset, arrow.length);
  const end = arrow.subarray(-8);
  let begin = arrow.length - 16;
  while (words.getUint32(begin, true) !== 0xffffffff) begin -= 8;
  const rows = arrow.subarray(begin, arrow.length - 8);
  const many = Buffer.concat([arrow.subarray(0, begin), rows, rows, rows, end]);
  const scan = new StreamScan(9);
  scan.push(many.subarray(0, begin + rows.length));
  assert.deepEqual([scan.total, scan.rows], [many.length, 3]);
  scan.push(many.subarray(begin + rows.length));
  assert.deepEqual([scan.total, scan.rows, scan.ended], [many.length, 9, true]);
});

test("what is no Arrow stream is refused at its first bytes", () => {
  assert.throws(() => new StreamScan().push(Buffer.from("<!doctype html>")), /no Arrow stream/);
  assert.throws(() => new StreamScan().push(Buffer.from("ARROW1\0\0")), /no Arrow stream/);
  assert.throws(() => new StreamScan().push(Buffer.concat([arrow, Buffer.of(0)])), /after the end/);
});

test("the same rows again take the place of those that are there; other rows stand beside them", async () => {
  const first = await offline.take({ server: base, dataset: "cities", query: "filter=population>1000000" });
  const second = await offline.take({ server: base, dataset: "cities", query: { filter: "population > 1e6" } });
  assert.deepEqual(
    (await offline.list()).map(({ id }) => id),
    [second.id],
  );
  assert.notEqual(first.id, second.id);
  await offline.take({ server: base, dataset: "others", query: { filter: "population > 1e6" } });
  assert.equal((await offline.list()).length, 2);
});

test("a refresh asks with the tag: what is unchanged stays, what changed takes its place", async () => {
  const { id } = await offline.take({ server: base, dataset: "cities", name: "Large ones" });
  answer = (response) => response.writeHead(304).end();
  const same = await offline.refresh(id);
  assert.equal(same.changed, false);
  assert.equal(asked.at(-1)?.headers["if-none-match"], 'W/"1"');
  answer = (response) => response.writeHead(200, { ...TYPE, etag: 'W/"2"' }).end(arrow);
  const other = await offline.refresh(id);
  assert.deepEqual(
    [other.changed, other.subset.id, other.subset.etag, other.subset.name],
    [true, id, 'W/"2"', "Large ones"],
  );
  assert.equal((await offline.list()).length, 1);
  await offline.refresh(id, { force: true });
  assert.equal(asked.at(-1)?.headers["if-none-match"], undefined);
});

const refusals = /** @type {const} */ ([
  [
    413,
    { detail: "900 rows pass the filter, expected at most 5; a narrower filter helps" },
    /900 rows.*at most 5.*narrower/,
  ],
  [403, { detail: "subsets of cities are not given out here" }, /not given out/],
  [404, { detail: "no dataset" }, /no dataset/],
  [502, undefined, /502/],
]);
for (const [status, document, message] of refusals) {
  test(`${status} is told, leaves no trace, and leaves what was there`, async () => {
    const { id } = await offline.take({ server: base, dataset: "cities" });
    answer = refusal(status, document);
    await assert.rejects(offline.refresh(id), { name: "Problem", status, message });
    await assert.rejects(offline.take({ server: base, dataset: "others" }), { name: "Problem", status, message });
    assert.deepEqual(
      (await offline.list()).map(({ subset }) => subset?.id),
      [id],
    );
    assert.equal((await offline.get(id)).data.size, arrow.length);
  });
}

/** @type {[string, typeof answer, object][]} */
const faults = [
  [
    "a server that vanishes midway",
    (response) => {
      response.writeHead(200, { ...TYPE, "content-length": arrow.length });
      response.write(arrow.subarray(0, 2000));
      setTimeout(() => response.destroy(), 500);
    },
    { name: "Unreachable", message: /broke off after 2 kB of 2 kB; try again/ },
  ],
  [
    "a proxy that cuts the stream and calls it whole",
    (response) => response.writeHead(200, TYPE).end(arrow.subarray(0, arrow.length - 8)),
    { name: "Unreachable", message: /broke off/ },
  ],
  [
    "a page for signing in",
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>"),
    { message: /sent text\/html, expected an Arrow stream/ },
  ],
  [
    "another kind of Arrow",
    (response) => response.writeHead(200, TYPE).end("ARROW1\0\0 and so on"),
    { message: /no Arrow stream/ },
  ],
];
for (const [name, fault, expected] of faults) {
  test(`${name} leaves no trace, and leaves what was there`, async () => {
    const { id } = await offline.take({ server: base, dataset: "cities" });
    answer = fault;
    await assert.rejects(offline.refresh(id), expected);
    await assert.rejects(offline.take({ server: base, dataset: "others" }), expected);
    assert.deepEqual(
      (await offline.list()).map(({ subset, bytes }) => [subset?.id, bytes > arrow.length]),
      [[id, true]],
    );
    assert.deepEqual(Buffer.from(await (await offline.get(id)).data.arrayBuffer()), arrow);
  });
}

test("a download that is cancelled stops, and leaves no trace", async () => {
  const stop = new AbortController();
  let closed = false;
  answer = (response) => {
    response.writeHead(200, TYPE);
    response.write(arrow.subarray(0, 1500));
    response.on("close", () => {
      closed = true;
    });
  };
  const taking = offline.take({
    server: base,
    dataset: "cities",
    signal: stop.signal,
    onProgress: ({ bytes }) => {
      if (bytes > 0) stop.abort();
    },
  });
  await assert.rejects(taking, { name: "AbortError" });
  assert.deepEqual(await offline.list(), []);
  for (let tries = 0; !closed && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(closed, "the server still sends");
});

test("a server that is not there is told apart from one that refuses", async () => {
  const nowhere = offline.take({ server: "http://127.0.0.1:9/", dataset: "cities" });
  await assert.rejects(nowhere, { name: "Unreachable", message: "http://127.0.0.1:9/ does not answer" });
});

test("what does not fit is refused before it is written", async () => {
  const store = new Store(inMemory());
  let written = false;
  store.room = async () => ({ usage: 9000, quota: 10_000, free: 1000, persisted: false });
  store.take = () => {
    written = true;
    throw new Error("it was written");
  };
  await assert.rejects(new Offline(store).take({ server: base, dataset: "cities" }), {
    code: "quota",
    message: /2 kB are needed.*delete what you no longer need/,
  });
  assert.equal(written, false);
});

test("an estimate counts the rows and guesses their bytes from the types of columns", async () => {
  const columns = [
    { type: "integer", name: "a", min: 0, max: 9 },
    { type: "text", name: "b", distinct: 100 },
  ];
  Object.assign(about, { columns });
  answer = (response) => response.end(JSON.stringify({ numberMatched: 1000, features: [] }));
  const estimate = await offline.estimate({ server: base, dataset: "cities", query: { filter: "a > 1" } });
  // Four bytes of a number, one of a code, and 100 texts of 16 bytes, beside the 28 of a position.
  assert.deepEqual(estimate, { rows: 1000, bytes: 1000 * (28 + 4 + 1) + 1600, room: undefined, fits: true });
  assert.ok(asked.some(({ url }) => url === "/maps/datasets/cities/rows?filter=a%20%3E%201&limit=0"));
});

test("columns that are not wanted stay behind", async () => {
  await offline.take({ server: base, dataset: "cities", columns: ["name"], query: "filter=open&bbox=1,2,3,4" });
  assert.equal(asked[0]?.url, "/maps/datasets/cities/subset.arrow?filter=open&bbox=1%2C2%2C3%2C4&properties=name");
});
