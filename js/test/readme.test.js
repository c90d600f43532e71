/** Every example of the README runs as it stands, with a map, a server and a file that answer. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const readme = readFileSync(path("../README.md"), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code = ""]) => code);
const folder = mkdtempSync(join(tmpdir(), "duotile-readme-"));

/** What stands around an example: MapLibre, which loads what is added to it; addresses that answer with a file. */
const WORLD = `
  import { readFileSync } from "node:fs";
  const protocols = new Map();
  const maplibregl = {
    addProtocol: (name, load) => protocols.set(name, load),
    removeProtocol: (name) => protocols.delete(name),
    importScriptInWorkers: async (url) => globalThis.expect(url.startsWith("blob:"), "a script for workers"),
  };
  export default maplibregl;
  globalThis.expect = (met, what) => { if (!met) throw new Error("expected " + what); };
  const load = (url) => protocols.get("duotile")({ url }, new AbortController());
  globalThis.sources = [];
  globalThis.map = {
    addSource: (name, { url }) => globalThis.sources.push((async () => {
      const { data } = await load(url);
      const tile = await load(data.tiles[0].replace("{z}/{x}/{y}", "0/0/0"));
      expect(tile.data.byteLength > 20, "a tile of " + url);
      expect(data.properties.some(({ property }) => property === "fare_mean"), "the query in " + data.tiles);
    })()),
    addLayer: () => {},
  };
  globalThis.fetch = async (url) => {
    if (String(url).includes("metadata")) return Response.json({ rows: 2 });
    if (String(url).endsWith("datasets/places")) return Response.json({ id: "places", rows: 234908, columns: [] });
    expect(String(url).includes("arrow"), "an address that answers");
    const headers = { "content-type": "application/vnd.apache.arrow.stream", etag: '"1"', "duotile-rows": "20" };
    return new Response(readFileSync(String(url).includes("subset") ? "places.arrow" : "trips.arrow"), { headers });
  };
`;

before(() => {
  mkdirSync(join(folder, "node_modules/maplibre-gl"), { recursive: true });
  symlinkSync(path(".."), join(folder, "node_modules/duotile"));
  writeFileSync(join(folder, "node_modules/maplibre-gl/package.json"), '{"type":"module","main":"index.js"}');
  writeFileSync(join(folder, "node_modules/maplibre-gl/index.js"), WORLD);
  for (const name of ["trips.arrow", "places.arrow"]) cpSync(path(`fixtures/${name}`), join(folder, name));
});

after(() => rmSync(folder, { recursive: true, force: true }));

test("the README has examples", () => assert.ok(examples.length > 6));

for (const [at, code] of examples.entries()) {
  const title = readme.slice(0, readme.indexOf(code)).match(/## .*/g)?.at(-1) ?? "";
  test(`example ${at + 1}, ${title.replace("## ", "")}`, () => {
    const file = join(folder, `example-${at}.mjs`);
    // What an example tells in comments behind its calls is for readers; that it runs, and what it prints, is checked.
    writeFileSync(file, `import "maplibre-gl";\n${code}\nawait Promise.all(globalThis.sources);\nprocess.exit();\n`);
    const said = execFileSync(process.execPath, [file], { cwd: folder, encoding: "utf8" }).trim();
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, text]) => text);
    assert.deepEqual(said === "" ? [] : said.split("\n"), promised);
  });
}
