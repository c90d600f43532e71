import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Server } from "../dist/index.js";
import { inside } from "./inside.js";

/** @type {typeof import("../dist/ask.js")} */
const { ask, retryAfter } = await inside("ask");

const real = globalThis.fetch;
/** When each request came, in milliseconds from the first. @type {number[]} */
let asked = [];
/** @type {(number: number) => Response} */
let answer;
const busy = (/** @type {Record<string, string>} */ headers = {}, status = 503) =>
  new Response("busy", { status, headers });

beforeEach(() => {
  asked = [];
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 0, 1) });
  const began = Date.now();
  globalThis.fetch = async () => answer(asked.push(Date.now() - began));
});
afterEach(() => {
  globalThis.fetch = real;
  mock.timers.reset();
});

/** Lets the clock run, ten milliseconds at a time, until a promise is settled. @template T @param {Promise<T>} promise */
async function settled(promise, most = 60_000) {
  let over = false;
  promise.then(
    () => (over = true),
    () => (over = true),
  );
  for (let ms = 0; !over && ms < most; ms += 10) {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    if (!over) mock.timers.tick(10);
  }
  assert.ok(over, `not settled after ${most} ms`);
  return promise;
}

test("a busy server is asked again later and later, at most four times, and never at the same moment twice", async () => {
  const firsts = new Set();
  for (const status of [429, 502, 503, 504]) {
    asked = [];
    const began = Date.now();
    globalThis.fetch = async () => answer(asked.push(Date.now() - began));
    answer = () => busy({}, status);
    const response = await settled(ask("http://x/"));
    assert.deepEqual([response.status, await response.text()], [status, "busy"]);
    const waits = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    assert.equal(waits.length, 3);
    waits.forEach((wait, index) => {
      const about = 500 * 2 ** index;
      assert.ok(wait >= about * 0.5 && wait <= about * 1.5 + 10, `${waits}`);
    });
    firsts.add(waits.join());
  }
  assert.ok(firsts.size > 1, "there is no chance in it");
});

test("a server that says when is not asked before, by seconds and by its own clock", async () => {
  // Its clock is an hour behind.
  const date = new Date(Date.now() - 3_600_000);
  const later = new Date(date.getTime() + 4000);
  for (const [headers, least] of /** @type {const} */ ([
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after": later.toUTCString(), date: date.toUTCString() }, 4000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": date.toUTCString(), date: later.toUTCString() }, 0],
  ])) {
    asked = [];
    const began = Date.now();
    globalThis.fetch = async () => answer(asked.push(Date.now() - began));
    answer = (number) => (number === 1 ? busy(headers) : new Response("here"));
    assert.equal(await (await settled(ask("http://x/"))).text(), "here");
    const [, second = Number.NaN, ...more] = asked;
    assert.ok(second >= least && second <= least + 510, `${JSON.stringify(headers)}: after ${second}`);
    assert.deepEqual(more, []);
  }
});

test("what a server says of when is read in both forms, and nothing else is", () => {
  const of = (/** @type {Record<string, string>} */ headers) => retryAfter(new Headers(headers));
  assert.equal(of({}), undefined);
  assert.equal(of({ "retry-after": "soon" }), undefined);
  assert.equal(of({ "retry-after": "-1" }), undefined);
  assert.equal(of({ "retry-after": " 120 " }), 120_000);
  assert.equal(of({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" }), 30_000);
  assert.equal(of({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:20 GMT" }), 10_000);
});

test("a server that wants to be left alone for long is not waited for", async () => {
  answer = () => busy({ "retry-after": "21" });
  assert.equal((await ask("http://x/")).status, 503);
  assert.equal(asked.length, 1);
  answer = () => busy({ "retry-after": "9" });
  asked = [];
  assert.equal((await settled(ask("http://x/"))).status, 503);
  assert.equal(asked.length, 3, "20 seconds in all");
});

test("other answers, and no answer, are not asked for again", async () => {
  for (const status of [200, 304, 400, 404, 413, 500, 501]) {
    asked = [];
    answer = () => new Response(null, { status: status === 200 ? 204 : status, headers: { "retry-after": "1" } });
    await ask("http://x/");
    assert.equal(asked.length, 1, String(status));
  }
  asked = [];
  answer = () => {
    throw new TypeError("Failed to fetch");
  };
  await assert.rejects(ask("http://x/"), TypeError);
  assert.equal(asked.length, 1);
});

test("waiting ends when nobody wants the answer any more", async () => {
  const stop = new AbortController();
  answer = () => busy({ "retry-after": "5" });
  const asking = ask("http://x/", { signal: stop.signal });
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  mock.timers.tick(1000);
  stop.abort();
  await assert.rejects(asking, { name: "AbortError" });
  mock.timers.tick(60_000);
  assert.equal(asked.length, 1);
});

test("a real server that is busy twice answers the third time", async () => {
  mock.timers.reset();
  globalThis.fetch = real;
  let count = 0;
  const http = createServer((_, response) => {
    count += 1;
    if (count < 3) response.writeHead(503, { "retry-after": "0" }).end("later");
    else response.end('{"datasets":[]}');
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = http.address();
  assert.ok(address && typeof address === "object");
  try {
    assert.deepEqual(await new Server(`http://127.0.0.1:${address.port}/`).datasets(), { datasets: [] });
    assert.equal(count, 3);
  } finally {
    http.close();
  }
});
