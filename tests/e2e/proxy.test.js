/**
 * Behind a proxy as operators put it: nginx ends https, serves the program under /maps/ and keeps tiles. The page, its
 * documents and tiles work there, and a tile that was asked for twice comes from nginx alone.
 */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { byMapbox } from "../node/lib/decode.js";
import { freePort } from "../node/lib/nginx.js";
import { assertQuiet, features, launch, open, picture, site } from "./lib.js";

const folder = mkdtempSync(join(tmpdir(), "duotile-proxy-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("node:child_process").ChildProcess} */
let nginx;
/** @type {string} */
let base;

before(async () => {
  server = await site("--trust-proxy");
  const port = await freePort();
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      join(folder, "key.pem"),
      "-out",
      join(folder, "cert.pem"),
    ],
    { stdio: "ignore" },
  );
  writeFileSync(join(folder, "nginx.conf"), configuration(port, server.base));
  const program = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((path) => existsSync(path)) ?? "nginx";
  nginx = spawn(program, ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: "inherit",
  });
  base = `https://localhost:${port}/maps/`;
  for (let tries = 0; ; tries += 1) {
    const answer = await get("health").catch(() => undefined);
    if (answer?.status === 200) break;
    const log = join(folder, "error.log");
    assert.ok(tries < 100, `nginx does not answer:\n${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
after(async () => {
  if (nginx?.exitCode === null) {
    const ended = new Promise((resolve) => nginx.once("exit", resolve));
    nginx.kill("SIGTERM");
    await ended;
  }
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * @param {number} port
 * @param {string} upstream
 */
function configuration(port, upstream) {
  // Root's nginx would give its work to a user who cannot read this test's folder.
  return `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/temp;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_cache_path ${folder}/cache keys_zone=tiles:1m max_size=50m;
  server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location /maps/ {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Host $host:$server_port;
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-Host $host:$server_port;
      proxy_set_header X-Forwarded-Prefix /maps;
      proxy_cache tiles;
      add_header X-Cache-Status $upstream_cache_status always;
    }
  }
}
`;
}

/**
 * Asks through the proxy; only the certificate made here is believed.
 *
 * @param {string} address
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{ status: number | undefined, headers: import("node:http").IncomingHttpHeaders, body: Buffer }>}
 */
function get(address, headers = {}) {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(join(folder, "cert.pem"));
    const asked = request(new URL(address, base), { ca, headers, family: 4 }, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** @param {string} address */
async function json(address) {
  const { status, body } = await get(address);
  assert.equal(status, 200, `${address}: ${body}`);
  return JSON.parse(body.toString());
}

test("addresses in documents are those of the proxy, and lead where they say", async () => {
  const { datasets, default: name } = await json("datasets");
  assert.ok(datasets[0].links.tilejson.startsWith(base), datasets[0].links.tilejson);
  const tileJson = await json(datasets[0].links.tilejson);
  assert.ok(tileJson.tiles[0].startsWith(`${base}tiles/${name}/{z}/{x}/{y}.mvt?`), tileJson.tiles[0]);
  const style = await json(datasets[0].links.style);
  const [source] = Object.values(style.sources);
  assert.deepEqual(source.tiles, tileJson.tiles);
  const { status, body } = await get(at(tileJson.tiles[0], 3, 4, 2));
  assert.equal(status, 200);
  const [layer] = byMapbox(body);
  assert.equal(layer?.name, name);
  assert.ok((layer?.features.length ?? 0) > 1000);
});

test("a tile that is asked for again comes from nginx", async () => {
  const { tiles } = await json((await json("datasets")).datasets[0].links.tilejson);
  const tile = at(tiles[0], 4, 8, 5);
  for (const encoding of ["identity", "gzip"]) {
    /** @type {Awaited<ReturnType<typeof get>>[]} */
    const answers = [];
    for (let i = 0; i < 3; i += 1) answers.push(await get(tile, { "accept-encoding": encoding }));
    const states = answers.map(({ headers }) => headers["x-cache-status"]);
    assert.deepEqual(states, ["MISS", "HIT", "HIT"], `${encoding}: ${states}`);
    assert.ok(answers.every(({ body, status }) => status === 200 && body.equals(answers[0]?.body ?? Buffer.of())));
    assert.equal(answers[1]?.headers["content-encoding"], encoding === "identity" ? undefined : encoding);
  }
});

test("errors and what may change are not kept by nginx", async () => {
  const name = (await json("datasets")).default;
  for (const address of [
    `tiles/${name}/0/0/0.mvt?filter=nowhere=1`,
    `tiles/${name}/tilejson.json`,
    `tiles/${name}/2/2/1.mvt`,
  ]) {
    await get(address);
    const { headers } = await get(address);
    assert.notEqual(headers["x-cache-status"], "HIT", address);
  }
});

test("a client's tag is answered without the tile", async () => {
  const { tiles } = await json((await json("datasets")).datasets[0].links.tilejson);
  const tile = at(tiles[0], 5, 16, 10);
  const { etag = "" } = (await get(tile)).headers;
  assert.match(etag, /^W\/"/);
  const { status, body } = await get(tile, { "if-none-match": etag });
  assert.deepEqual([status, body.length], [304, 0]);
});

test("the page works under the prefix, and asks for nothing outside of it", async () => {
  const browser = await launch();
  try {
    const { page, close, ...seen } = await open(browser, `${base}#view=4.3/49/8`, { ignoreHTTPSErrors: true });
    assert.ok((await features(page, "cells")).length > 1000);
    const asked = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    assert.ok(asked.length > 4 && asked.every((address) => address.startsWith(base)), String(asked));
    await page.fill("#filter-text", "country = 'FR'");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.getElementById("facts")?.textContent?.includes(" of "));
    await picture(page, "proxy");
    assertQuiet(seen);
    await close();
  } finally {
    await browser.close();
  }
});

/**
 * @param {string} template
 * @param {number} z
 * @param {number} x
 * @param {number} y
 */
function at(template, z, x, y) {
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
