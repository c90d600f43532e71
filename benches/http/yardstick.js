/**
 * The same bytes from a bare Node server: yardstick.js BASE PATHS.txt…
 *
 * Fetches each address once and answers it from memory with nothing else done: what wrk and one Node process reach on
 * this machine, to hold a server's cached figures against. Prints its address.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [base, ...files] = process.argv.slice(2);
if (!base || files.length === 0) throw new Error("yardstick.js BASE PATHS.txt…");

/** @type {Map<string, Buffer>} */
const answers = new Map();
for (const path of files.flatMap((file) => readFileSync(file, "utf8").trim().split("\n"))) {
  const response = await fetch(new URL(path, base));
  answers.set(path, Buffer.from(await response.arrayBuffer()));
}
const server = createServer((request, response) => {
  const bytes = answers.get(request.url ?? "");
  response.writeHead(bytes ? 200 : 404, { "content-length": bytes?.length ?? 0 });
  response.end(bytes);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object") process.stdout.write(`Open http://127.0.0.1:${address.port}/\n`);
});
process.on("SIGTERM", () => process.exit(0));
