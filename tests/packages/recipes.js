/**
 * A page of docs/recipes as somebody follows it: its commands are run in an empty folder, its files written there, and what
 * it serves opened. The packed package stands for the one of the registry, and Chromium finds the server of the test where the
 * pages say that it is.
 */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fresh, PATIENCE, tarball } from "./lib.js";

const recipes = fileURLToPath(new URL("../../docs/recipes/", import.meta.url));
/** What the pages install. */
const PACKAGE = /\bduotile@[\d.]+/;

/** @typedef {{ commands: string[][], files: Map<string, string> }} Recipe */

/** The commands and files of a page. @param {string} name @returns {Recipe} */
export function read(name) {
  const text = readFileSync(join(recipes, `${name}.md`), "utf8");
  const commands = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block.trim().split("\n"));
  const files = [...text.matchAll(/^`([\w./-]+)`\n\n```\w+\n([\s\S]*?)^```$/gm)];
  return { commands, files: new Map(files.map(([, file = "", code = ""]) => [file, code])) };
}

/** A text block of a page that is no command and no file. @param {string} name */
export function texts(name) {
  const text = readFileSync(join(recipes, `${name}.md`), "utf8");
  return [...text.matchAll(/```text\n([\s\S]*?)```/g)].map(([, block = ""]) => block.trim());
}

/** Folders in which commands were run: pages that install the same are put there one after the other. @type {Map<string, string>} */
const prepared = new Map();
/** What npm makes. */
const NPM = ["node_modules", "package.json", "package-lock.json"];

/** A folder that holds what some commands of npm made in an empty one, and nothing else. @param {string[]} lines */
function installed(lines) {
  const same = prepared.get(lines.join("\n"));
  if (same) {
    const others = readdirSync(same).filter((file) => !NPM.includes(file));
    for (const file of [...others, "node_modules/.vite"]) rmSync(join(same, file), { recursive: true, force: true });
    return same;
  }
  const folder = fresh("recipe");
  const npm = (/** @type {string} */ line, /** @type {string[]} */ ...more) => {
    const [command = "", ...args] = line.replace(PACKAGE, tarball()).split(" ");
    const quiet = ["--loglevel=error", "--no-audit", "--no-fund", "--no-workspaces", ...more];
    execFileSync(command, [...args, ...quiet], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  for (const line of lines) {
    // What was installed before is in npm's cache, and asking whether it is new takes its time.
    try {
      npm(line, "--offline");
    } catch {
      npm(line);
    }
  }
  prepared.set(lines.join("\n"), folder);
  return folder;
}

/** Makes the folder of a page, ready for its last command. @param {string} name @param {Recipe} recipe */
export function followed(name, { commands, files }) {
  const folder = installed(commands.flat().filter((line) => line.startsWith("npm ")));
  assert.ok(files.has("index.html"), `${name}.md has an index.html`);
  for (const [file, code] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  return folder;
}

/** Runs a command of a page that serves, and finds where. @param {string} folder @param {string} command */
export async function running(folder, command) {
  const [, program = "", ...args] = command.split(" ");
  const more = ["--port", "0", "--host", "127.0.0.1"];
  const child = spawn(join(folder, "node_modules/.bin", program), [...args, ...more], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  let said = "";
  /** @type {string} */
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${command} did not begin:\n${said}`)), PATIENCE);
    const hear = (/** @type {Buffer} */ piece) => {
      said += piece;
      const found = said.match(/Local:\s+(http:\S+)/);
      if (!found?.[1]) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${said}`)));
  });
  return { url, stop: () => child.kill("SIGTERM") };
}

/** Runs a command of a page to its end. @param {string} folder @param {string} command */
export function run(folder, command) {
  const [, program = "", ...args] = command.split(" ");
  execFileSync(join(folder, "node_modules/.bin", program), args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/**
 * Opens a page and collects what goes wrong in it, and what it asks for.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 */
export async function opened(browser, url) {
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const asked = [];
  page.on("console", (message) => {
    // Drawing without a graphics card and reading pixels back is slow, and Chromium says so; no recipe has an icon.
    const known = /GPU stall|GL Driver Message/.test(message.text()) || /favicon\.ico$/.test(message.location().url);
    if (["error", "warning"].includes(message.type()) && !known) {
      complaints.push(`${message.text()} ${message.location().url}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(url);
  return { page, complaints, asked };
}

/**
 * How many pixels of the page have each of these colours, as soon as that does not change any more and is enough.
 *
 * @param {import("playwright-core").Page} page
 * @param {readonly string[]} colours as `#31688e`
 * @param {(counts: number[]) => boolean} [enough]
 */
export async function coloured(page, colours, enough = (counts) => counts.filter((count) => count > 250).length >= 3) {
  const until = Date.now() + PATIENCE;
  let before = "";
  for (;;) {
    const counts = await counted(page, colours);
    if (enough(counts) && String(counts) === before) return counts;
    before = String(counts);
    assert.ok(Date.now() < until, `of ${colours} the page has ${counts} pixels`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Where a colour is on the page: the middle of the first square of it. @param {import("playwright-core").Page} page @param {string} colour */
export async function placeOf(page, colour) {
  const { width, pixels } = await shot(page);
  const wanted = value(colour);
  const within = [-2, -1, 0, 1, 2].flatMap((y) => [-2, -1, 0, 1, 2].map((x) => y * width + x));
  const at = pixels.findIndex((_, at) => within.every((step) => pixels[at + step] === wanted));
  assert.ok(at >= 0, `${colour} is nowhere`);
  return { x: at % width, y: Math.floor(at / width) };
}

/** @param {import("playwright-core").Page} page @param {readonly string[]} colours */
async function counted(page, colours) {
  const { pixels } = await shot(page);
  /** @type {Map<number, number>} */
  const counts = new Map(colours.map((colour) => [value(colour), 0]));
  for (const pixel of pixels) {
    const count = counts.get(pixel);
    if (count !== undefined) counts.set(pixel, count + 1);
  }
  return [...counts.values()];
}

/** `#31688e` as a pixel has it. @param {string} colour */
const value = (colour) => Number.parseInt(colour.slice(1).match(/../g)?.reverse().join("") ?? "", 16);

/** The pixels of the page, row by row. @param {import("playwright-core").Page} page */
async function shot(page) {
  const image = (await page.screenshot()).toString("base64");
  const { width, text } = await page.evaluate(async (image) => {
    const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    const data = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray();
    let text = "";
    for (let at = 0; at < data.length; at += 4096) text += String.fromCharCode(...data.subarray(at, at + 4096));
    return { width: bitmap.width, text: btoa(text) };
  }, image);
  const data = Buffer.from(text, "base64");
  return {
    width,
    pixels: Uint32Array.from({ length: data.length / 4 }, (_, at) => data.readUInt32LE(4 * at) & 0xffffff),
  };
}
