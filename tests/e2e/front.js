/**
 * A server in front of the program, as a proxy is: it can fall silent while its address stays, serve the page of another
 * build (that in the folder `DUOTILE_PAGE`, unless told), and answer some requests otherwise.
 */

import { existsSync, readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join } from "node:path";

const TYPES = /** @type {Record<string, string>} */ ({
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".bin": "application/octet-stream",
});

/** Files of bundlers, with a hash in their names. */
const HASHED = /^(assets|kepler|examples|ground)\/[^/]*-\w{8,}\.[^/]+$/;

/**
 * @typedef {object} Front
 * @property {string} base its address, with a slash at its end
 * @property {string} upstream where the program is
 * @property {boolean} down whether it breaks off every connection
 * @property {string | undefined} page the folder of a built page that stands in for the program's
 * @property {((path: string, response: import("node:http").ServerResponse, forward: () => void) => boolean) | undefined} otherwise
 *   answers a request itself, and says so
 * @property {string[]} asked paths of requests, as they came
 * @property {() => Promise<void>} stop
 */

/**
 * Starts one on a free port of this machine, under a prefix if one is given.
 *
 * @param {string} upstream
 * @param {string} [prefix]
 * @returns {Promise<Front>}
 */
export async function front(upstream, prefix = "/") {
  /** @type {Front} */
  const front = {
    base: "",
    upstream,
    down: false,
    page: process.env["DUOTILE_PAGE"],
    otherwise: undefined,
    asked: [],
    stop: async () => {},
  };
  const server = createServer((asked, response) => {
    const path = asked.url ?? "";
    if (front.down || !path.startsWith(prefix)) {
      asked.socket.destroy();
      return;
    }
    const rest = path.slice(prefix.length);
    front.asked.push(rest);
    const forward = () => {
      const { host, ...headers } = asked.headers;
      // What stands before this one has said it already, if it did.
      const told = { "x-forwarded-host": host, "x-forwarded-prefix": prefix, ...headers };
      const passed = request(
        new URL(rest, front.upstream),
        { method: asked.method ?? "GET", headers: told },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      passed.on("error", () => response.destroy());
      asked.pipe(passed);
    };
    if (front.otherwise?.(rest, response, forward)) return;
    // As the program finds its own files: `kepler` is the page `kepler.html`.
    const wanted = rest.split(/[?#]/)[0] || "index.html";
    const name = extname(wanted) ? wanted : `${wanted}.html`;
    const file = front.page === undefined ? "" : join(front.page, name);
    if (!file || !existsSync(file) || !(extname(name) in TYPES)) {
      forward();
      return;
    }
    // As the program says it of its own files.
    const caching = HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache";
    response.writeHead(200, { "content-type": TYPES[extname(name)], "cache-control": caching });
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("no port");
  front.base = `http://127.0.0.1:${address.port}${prefix}`;
  front.stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return front;
}
