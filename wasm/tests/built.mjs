// The module as it is built for browsers, loaded from JavaScript, gives the same bytes as every other target.
//
// Makes the points of same_bytes.rs again, from the steps written there, and reads the same digests.
// Run by scripts/test.sh: node --test wasm/tests/built.mjs, with the built package in wasm/pkg.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { initSync, Tiler } from "../pkg/duotile_wasm.js";

const read = (path) => readFileSync(new URL(path, import.meta.url));

function points() {
  const rows = 20_000;
  const [lon, lat, value, level] = Array.from({ length: 4 }, () => new Float64Array(rows));
  const codes = new Uint32Array(rows);
  let state = 1;
  const fraction = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const edges = [
    [180, 90],
    [-180, -90],
    [0, 91],
    [Number.NaN, 0],
    [0, 0],
  ];
  for (let row = 0; row < rows; row++) {
    const [east, south, place] = [fraction(), fraction(), row % 16];
    if (row < edges.length) [lon[row], lat[row]] = edges[row];
    else if (row % 50 === 0) [lon[row], lat[row]] = [10, 55];
    else if (row % 4 === 0) [lon[row], lat[row]] = [east * 360 - 180, south * 170 - 85];
    else [lon[row], lat[row]] = [place * 22 - 170 + east * 0.5, place * 7 - 50 + south * 0.25];
    value[row] = row % 11 === 0 ? Number.NaN : fraction() * 1000;
    level[row] = Math.floor(fraction() * 50);
    codes[row] = (row * row) % 7;
  }
  const tiler = new Tiler("points", lon, lat);
  tiler.addF64("value", value);
  tiler.addF64("level", level);
  const offsets = new Uint32Array([0, 3, 6, 11, 15, 20, 20]);
  tiler.addText("word", codes, new TextEncoder().encode("onetwothreevierfünf"), offsets);
  return tiler;
}

function digest(bytes) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

initSync({ module: read("../pkg/duotile_wasm_bg.wasm") });

test("every tile has the digest that Rust wrote down", () => {
  const tiler = points();
  assert.equal(tiler.schema().rows, 19_998);
  const lines = read("../../tests/golden/tiles.txt").toString().trimEnd().split("\n").slice(1);
  assert.ok(lines.length > 50);
  for (const line of lines) {
    const [, address, length, hash, query] = /^(\S+) (\d+) (\S+) ?(.*)$/.exec(line);
    const [z, x, y] = address.split("/").map(Number);
    const tile = tiler.tile(z, x, y, query);
    assert.equal(`${tile.length} ${digest(tile)}`, `${length} ${hash}`, line);
  }
});

test("a wrong query throws an error that says what is wrong", () => {
  assert.throws(() => points().tile(0, 0, 0, "filter=valu > 1"), /valu.*value/);
});
