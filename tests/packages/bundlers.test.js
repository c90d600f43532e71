/** The packed package runs everywhere people run it, with what each tool does when it is told nothing. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build as esbuild } from "esbuild";
import { createServer, build as vite } from "vite";
import webpack from "webpack";
import { clean, found, installed, launch, modules, serve } from "./lib.js";

/** @type {import("playwright-core").Browser} */
let browser;
let folder = "";

before(async () => {
  folder = installed("bundlers");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  clean();
});

/** @param {Record<string, any>} result */
function cut(result) {
  assert.equal(result["error"], undefined);
  assert.ok(result["bytes"].length > 60, "the tile has its three cities");
  const text = Buffer.from(result["bytes"]).toString("latin1");
  for (const name of ["cities", "Berlin", "Paris", "London"]) assert.ok(text.includes(name), `${name} is in the tile`);
  assert.equal(result["same"], true, "the worker cuts the page's tile");
  assert.equal(result["arrowRows"], 2);
}

/** @param {string} served */
async function opened(served) {
  const server = await serve(served);
  try {
    const result = await found(browser, server.url);
    assert.equal(result["inWorker"], true);
    cut(result);
  } finally {
    server.close();
  }
}

/** @param {string} name */
function page(name) {
  const out = join(folder, name);
  return { out, finish: () => copyFileSync(join(folder, "index.html"), join(out, "index.html")) };
}

test("only what is meant to be is packed, and every export is there", () => {
  const packed = join(folder, "node_modules/duotile");
  assert.deepEqual(readdirSync(packed).sort(), ["README.md", "dist", "package.json"]);
  const { exports } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  for (const target of Object.values(exports)) {
    for (const file of typeof target === "string" ? [target] : Object.values(target)) readFileSync(join(packed, file));
  }
});

/**
 * Code of somebody who uses the package, checked strictly.
 *
 * @param {string} name
 * @param {string} code
 * @param {string} resolution
 * @param {...string} more
 */
function checked(name, code, resolution, ...more) {
  writeFileSync(join(folder, name), code);
  const options = ["--strict", "--noEmit", "--target", "es2023", "--lib", "es2023,dom,dom.iterable", "--types", ""];
  const how = ["--module", resolution === "bundler" ? "esnext" : resolution, "--moduleResolution", resolution];
  execFileSync(join(modules, ".bin/tsc"), [name, ...options, ...how, ...more], { cwd: folder, stdio: "inherit" });
}

test("its types are whole, also for those who check those of packages", () => {
  const code = `import { Tiler, TilerWorker, type TileSource, addProtocol } from "duotile";
    const source: TileSource = await Tiler.from({ lon: [1], lat: [2] });
    const tile: Uint8Array = await (await new TilerWorker().open("lon,lat")).tile(0, 0, 0, { cell: 8 });
    // @ts-expect-error: there are no such cells.
    source.tile(0, 0, 0, { cell: 5 });
    export { addProtocol, tile };`;
  for (const resolution of ["bundler", "nodenext"]) checked("types.ts", code, resolution);
});

const PRINT = `await import("./main.js"); console.log(JSON.stringify(globalThis.found));`;

test("MapLibre 4, 5 and 6 take its protocol and expressions by their types", () => {
  const versions = [4, 5, 6].map((version) => `maplibre-gl-${version}`);
  for (const name of versions) symlinkSync(join(modules, name), join(folder, "node_modules", name));
  const lines = versions.map((name, at) => {
    const bound = name.endsWith("6") ? `* as m${at}` : `m${at}`;
    return `import ${bound} from "${name}";
      import type { ExpressionSpecification as E${at} } from "${name}";
      m${at}.addProtocol("duotile", protocol.tile);
      addProtocol(m${at}, source);
      await protocol.importInWorkers(m${at});
      export const e${at}: E${at} = legend.expression;`;
  });
  const code = `import { addProtocol, type Legend, Protocol, type TileSource } from "duotile";
    declare const legend: Legend;
    declare const source: TileSource;
    const protocol = new Protocol();`;
  checked("maplibre.ts", `${code}\n${lines.join("\n")}`, "bundler", "--skipLibCheck");
});

test("Node, as an ES module", () => {
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", PRINT], { cwd: folder, encoding: "utf8" });
  cut(JSON.parse(said));
});

test("Deno, in a worker of its own", async () => {
  const args = ["eval", "--no-lock", `${PRINT} Deno.exit();`];
  const child = spawn(join(modules, ".bin/deno"), args, {
    cwd: folder,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
  });
  let [said, complained] = ["", ""];
  child.stdout.on("data", (piece) => {
    said += piece;
  });
  child.stderr.on("data", (piece) => {
    complained += piece;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, complained);
  const result = JSON.parse(said);
  assert.equal(result.inWorker, true);
  cut(result);
});

test("esbuild", async () => {
  const { out, finish } = page("out-esbuild");
  const options = /** @type {const} */ ({ bundle: true, format: "esm", splitting: true, minify: true });
  await esbuild({ ...options, absWorkingDir: folder, entryPoints: ["main.js"], outdir: out });
  finish();
  await opened(out);
});

test("webpack", async () => {
  const { out, finish } = page("out-webpack");
  /** @type {import("webpack").Stats | undefined} */
  const stats = await new Promise((resolve, reject) => {
    const config = /** @type {const} */ ({ mode: "production", context: folder, entry: "./main.js" });
    webpack({ ...config, output: { path: out } }, (error, stats) => (error ? reject(error) : resolve(stats)));
  });
  assert.deepEqual(stats?.toJson({ all: false, errors: true }).errors, []);
  finish();
  await opened(out);
});

test("a build of Vite", async () => {
  const out = join(folder, "out-vite");
  await vite({ root: folder, configFile: false, logLevel: "error", build: { outDir: out } });
  await opened(out);
});

test("an unconfigured vite dev", async () => {
  const server = await createServer({
    root: folder,
    configFile: false,
    logLevel: "warn",
    server: { port: 0, host: "127.0.0.1" },
  });
  await server.listen();
  try {
    const result = await found(browser, server.resolvedUrls?.local[0] ?? "");
    assert.equal(result["inWorker"], true);
    cut(result);
    // What makes this hard: the package was bundled anew, away from its files.
    const deps = readdirSync(join(folder, "node_modules/.vite/deps"));
    assert.ok(deps.includes("duotile.js"), deps.join());
  } finally {
    await server.close();
  }
});
