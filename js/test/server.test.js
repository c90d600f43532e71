import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Problem, Server } from "../dist/index.js";

/** @type {string[]} */
const asked = [];
const http = createServer((request, response) => {
  const url = request.url ?? "";
  asked.push(url);
  if (url.includes("wrong")) {
    response.writeHead(400, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ detail: "unknown column", parameter: "filter", position: 3, hint: "try b" }));
  } else if (url.includes("gone")) {
    response.writeHead(502).end("<h1>Bad gateway</h1>");
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
  await server.rows("a b", { filter: "x > 1" }, { cell: 21, limit: 5 });
  assert.deepEqual(asked.splice(0), [
    "/maps/tiles/a%20b/tilejson.json?filter=x%20%3E%201",
    "/maps/datasets/a%20b/rows?filter=x%20%3E%201&cell=21&limit=5",
  ]);
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
  await assert.rejects(new Server(base).dataset("gone"), { name: "Problem", status: 502, message: /502/ });
});
