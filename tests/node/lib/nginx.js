/**
 * nginx with deploy/nginx.conf as it is, but for what a test has in the place of an operator: its own ports and folders.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";

const shipped = readFileSync(new URL("../../../deploy/nginx.conf", import.meta.url), "utf8");

/** Connections that are kept for the requests of a test. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {Buffer} body
 */

/**
 * Asks for a path as it stands, which no library has made tidy.
 *
 * @param {string} base
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @param {string} [method]
 * @returns {Promise<Answer>}
 */
export function ask(base, path, headers = {}, method = "GET") {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, headers, method, agent }, (response) => {
      /** @type {Buffer[]} */
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });
}

/**
 * Starts it before a server, without TLS. `base` is the address of its prefix.
 *
 * @param {string} folder for what it writes
 * @param {string} upstream the server
 * @param {string} tiles the folder of --file-cache
 */
export async function nginx(folder, upstream, tiles) {
  const port = await freePort();
  const configuration = Object.entries({
    "listen 443 ssl http2;": `listen 127.0.0.1:${port};`,
    "listen [::]:443 ssl http2;": "",
    "server 127.0.0.1:8080;": `server ${new URL(upstream).host};`,
    "ssl_certificate     /etc/ssl/certs/example.org.pem;": "",
    "ssl_certificate_key /etc/ssl/private/example.org.key;": "",
    "proxy_cache_path /var/cache/nginx-duotile": `proxy_cache_path ${folder}/kept`,
    "root /var/cache/duotile;": `root ${tiles};`,
    // What was taken away would be sent for another minute.
    "open_file_cache max=10000 inactive=60s;": "",
    "X-Forwarded-Host $host;": "X-Forwarded-Host $host:$server_port;",
  }).reduce((text, [there, instead]) => {
    assert.ok(text.includes(there), `deploy/nginx.conf has "${there}"`);
    return text.replace(there, () => instead);
  }, shipped);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  writeFileSync(
    file,
    // Root's nginx would give its work to a user who cannot read this test's folder.
    `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events {}
http {
access_log off;
keepalive_requests 1000000;
${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n")}
${configuration}
}
`,
  );
  const program = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((path) => existsSync(path)) ?? "nginx";
  const log = join(folder, "error.log");
  const child = spawn(program, ["-p", folder, "-c", file, "-e", log], { stdio: "inherit" });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const base = `http://127.0.0.1:${port}/maps/`;
  for (let tries = 0; ; tries += 1) {
    const answer = await ask(base, "/maps/health").catch(() => undefined);
    if (answer?.status === 200) break;
    assert.ok(tries < 100, `nginx does not answer:\n${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = async () => {
    agent.destroy();
    child.kill("SIGTERM");
    await ended;
  };
  return { base, stop };
}

/** A port that nobody listens at. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
