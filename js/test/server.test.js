import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Problem, Server } from "../dist/index.js";

/** @type {string[]} */
const asked = [];
const http = createServer((request, response) => {
  const url = request.url ?? "";
  asked.push(url);
  if (request.method === "POST") request.on("data", (data) => asked.push(`${request.headers["content-type"]} ${data}`));
  if (url.includes("wrong")) {
    response.writeHead(400, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ detail: "unknown column", parameter: "filter", position: 3, hint: "try b" }));
  } else if (url.includes("gone")) {
    response.writeHead(502, { "retry-after": "60" }).end("<h1>Bad gateway</h1>");
  } else {
    response.end("{}");
  }
});
let base = "";

before(async () => {
  await new Promise((resolve) => http.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = http.address();
  assert.ok(address && typeof address === "object");
  base = `http://127.0.0.1:${address.port}/maps/`;
});
after(() => http.close());

test("addresses are made under the prefix where the server was reached", async () => {
  const server = new Server(`${base}index.html#view=1/2/3`);
  await server.tileJson("a b", { filter: "x > 1" });
  await server.rows("a b", { filter: "x > 1", cell: 8 }, { cell: 21, limit: 5 });
  // Pairs of names and values are a query, too.
  await server.rows("a b", /** @type {any} */ (new URLSearchParams({ filter: "x > 1", cell: "8" })), { limit: 5 });
  assert.deepEqual(asked.splice(0), [
    "/maps/tiles/a%20b/tilejson.json?filter=x%20%3E%201",
    "/maps/datasets/a%20b/rows?filter=x%20%3E%201&cell=21&limit=5",
    "/maps/datasets/a%20b/rows?filter=x%20%3E%201&limit=5",
  ]);
});

test("statistics, shares and downloads have addresses of their own", async () => {
  const server = new Server(base);
  const query = /** @type {const} */ ({ filter: "x > 1", agg: ["mean:a"] });
  await server.stats("a b", "c d", query);
  await server.stats("p", "c", {}, 7);
  await server.cells("p", "a_mean", 5, query);
  await server.share("a b", query);
  assert.deepEqual(asked.splice(0), [
    "/maps/datasets/a%20b/stats?filter=x%20%3E%201&agg=mean%3Aa&column=c%20d&bins=20",
    "/maps/datasets/p/stats?column=c&bins=7",
    "/maps/datasets/p/stats?filter=x%20%3E%201&agg=mean%3Aa&measure=a_mean&z=5",
    "/maps/tiles/a%20b/q",
    "text/plain;charset=UTF-8 filter=x%20%3E%201&agg=mean%3Aa",
  ]);
  const files = /** @type {const} */ (["csv", "geojson", "fgb", "arrow"]);
  assert.deepEqual(
    files.map((format) => server.download("a b", { filter: "x > 1" }, format)),
    ["rows.csv", "rows.geojson", "rows.fgb", "subset.arrow"].map(
      (file) => `${base}datasets/a%20b/${file}?filter=x%20%3E%201`,
    ),
  );
  assert.equal(server.download("p", {}, "csv"), `${base}datasets/p/rows.csv`);
});

test("tile templates keep their braces and carry query and version", () => {
  const server = new Server(base);
  assert.equal(server.tiles("p"), `${base}tiles/p/{z}/{x}/{y}.mvt`);
  assert.equal(server.tiles("p", { cell: 2 }, "ab1"), `${base}tiles/p/{z}/{x}/{y}.mvt?cell=2&v=ab1`);
});

test("a refusal says what, where and how it may have been meant", async () => {
  const refused = new Server(base).metadata("wrong");
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof Problem && error instanceof Error);
    const { status, message, parameter, position, hint } = error;
    assert.deepEqual([status, message, parameter, position, hint], [400, "unknown column", "filter", 3, "try b"]);
    return true;
  });
});

test("an answer that is no problem document is a problem too", async () => {
  await assert.rejects(new Server(base).dataset("gone"), {
    name: "Problem",
    status: 502,
    message: /502/,
    retryAfter: 60_000,
  });
});
