/**
 * What the module is made of, by room: `scripts/build.sh module && node wasm/rooms.mjs` prints a table.
 *
 * Each function counts for the room of core, or the crate, that its name begins with. They are looked at before the last
 * pass (`wasm-opt`), which takes the names away and puts functions that are called once into their callers. What the
 * compiler did of that before counts for the caller; generic code of the standard library counts for that, whoever called
 * for it.
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = process.env["CARGO_TARGET_DIR"] ?? join(root, "target");
const folder = mkdtempSync(join(tmpdir(), "duotile-rooms-"));
const built = join(target, "wasm32-unknown-unknown", "wasm", "duotile_wasm.wasm");
const tools = `${process.env["HOME"]}/.cache/duotile/tools`;
const env = {
  ...process.env,
  PATH: `${process.env["DUOTILE_TOOLS"] ?? tools}/bin:${process.env["PATH"]}`,
};

try {
  execFileSync("wasm-bindgen", [built, "--out-dir", folder, "--target", "web"], { env });
  print(readFileSync(join(folder, "duotile_wasm_bg.wasm")));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {Buffer} module */
function print(module) {
  const { functions, data, names } = parse(module);
  /** @type {Map<string, Buffer[]>} */
  const rooms = new Map();
  for (const { index, body } of functions) {
    const room = roomOf(names.get(index) ?? "");
    rooms.set(room, [...(rooms.get(room) ?? []), body]);
  }
  const sizes = [...rooms].map(([room, bodies]) => ({ room, count: String(bodies.length), bytes: Buffer.concat(bodies) }));
  sizes.push({ room: "texts and tables of all rooms", count: "", bytes: data });
  const all = sizes.reduce((sum, { bytes }) => sum + bytes.length, 0);
  sizes.sort((a, b) => b.bytes.length - a.bytes.length);
  const lines = sizes.map(({ room, count, bytes }) => {
    const zipped = gzipSync(bytes, { level: 9 }).length.toLocaleString("en");
    const share = ((100 * bytes.length) / all).toFixed(1);
    return `| ${room} | ${count} | ${bytes.length.toLocaleString("en")} | ${share} | ${zipped} |`;
  });
  const head = ["| room | functions | bytes | % | gzipped alone |", "| --- | --- | --- | --- | --- |"];
  process.stdout.write(`${[...head, ...lines, `| all | ${functions.length} | ${all.toLocaleString("en")} | 100 | |`].join("\n")}\n`);
}

/** The room of core, or the crate, to which a function belongs, by its name. @param {string} name */
function roomOf(name) {
  // `<a::B as c::D>::e` is of `a`; `<i64 as c::D>::e` of `c`.
  const [, ours, room] = /\bduotile_(core|wasm)(?:\[[^\]]*\])?(?:::([a-z_]+))?/.exec(name) ?? [];
  if (ours === "core") return `core: ${room}`;
  if (ours === "wasm" || /^tiler_/.test(name)) return "wasm: the dataset and its class";
  if (/wasm_bindgen|js_sys|__wbindgen|__externref|Externref/.test(name)) return "wasm-bindgen and js-sys";
  if (/\bdlmalloc\b/.test(name)) return "the allocator";
  if (/\blibm\b/.test(name)) return "libm";
  // What 128 bits take has names like `__divti3`.
  const numbers = /::num::|flt2dec|dec2flt|::fmt::|::_fmt|^__\w*ti|^<[uif]\d+>|^f(max|min)/.test(name);
  return `Rust's library: ${numbers ? "numbers and their texts" : "the rest"}`;
}

/**
 * Functions with their bodies, and how they are called.
 *
 * @param {Buffer} module
 * @returns {{ functions: { index: number, body: Buffer }[], data: Buffer, names: Map<number, string> }}
 */
function parse(module) {
  let at = 8;
  const number = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = module[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) return value;
    }
  };
  const text = () => {
    const length = number();
    at += length;
    return module.toString("utf8", at - length, at);
  };
  let imported = 0;
  let data = Buffer.alloc(0);
  /** @type {{ index: number, body: Buffer }[]} */
  const functions = [];
  /** @type {Map<number, string>} */
  const names = new Map();
  while (at < module.length) {
    const section = module[at++];
    const end = number() + at;
    if (section === 2) {
      for (let left = number(); left > 0; left -= 1) {
        text();
        text();
        const kind = module[at++];
        if (kind === 0) {
          imported += 1;
          number();
        } else if (kind === 3) at += 2;
        else {
          // A table has a type before its limits, a memory only those.
          if (kind === 1) at += 1;
          const limits = number();
          number();
          if (limits & 1) number();
        }
      }
    } else if (section === 10) {
      for (let left = number(), index = imported; left > 0; left -= 1, index += 1) {
        const start = at;
        const length = number();
        at += length;
        functions.push({ index, body: module.subarray(start, at) });
      }
    } else if (section === 11) data = module.subarray(at, end);
    else if (section === 0 && text() === "name") {
      while (at < end) {
        const kind = module[at++];
        const stop = number() + at;
        if (kind === 1) for (let left = number(); left > 0; left -= 1) names.set(number(), text());
        at = stop;
      }
    }
    at = end;
  }
  return { functions, data, names };
}
