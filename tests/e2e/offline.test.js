/** The page without a network: rows are taken along, and drawn, filtered and refreshed where there is no server. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { assertQuiet, counts, drawn, eventually, features, launch, open, picture, says } from "./lib.js";

/** @typedef {import("playwright-core").Page} Page */

const EUROPE = "#view=4.3/49/8";
const folder = mkdtempSync(join(tmpdir(), "duotile-offline-"));
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {import("./front.js").Front} */
let proxy;

before(async () => {
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  proxy = await front(server.base);
});
afterEach(() => proxy.stop());

/** Only what the browser itself reports of requests that found no server. @param {string[]} complaints */
const unexpected = (complaints) => complaints.filter((line) => !/^Failed to load resource: net::ERR/.test(line));

/** @param {Page} page @param {string} filter @param {RegExp} facts */
async function filter(page, filter, facts) {
  await page.fill("#filter-text", filter);
  await page.keyboard.press("Enter");
  await says(page, "#facts", facts);
  await drawn(page);
}

/** @param {Page} page */
async function unfold(page) {
  if (!(await page.locator("#device").evaluate((details) => /** @type {HTMLDetailsElement} */ (details).open))) {
    await page.click("#device > summary");
  }
}

/** Takes offline what the filter and the chosen extent say. @param {Page} page */
async function take(page) {
  await unfold(page);
  await page.click("#take-start");
  await says(page, "#device-said", /on this device/);
  await drawn(page);
}

/** The network is gone, and the server too. @param {Page} page */
async function cut(page) {
  proxy.down = true;
  await page.context().setOffline(true);
}

/** @param {Page} page */
async function restore(page) {
  proxy.down = false;
  await page.context().setOffline(false);
}

/** Names and sizes of what lies in the private file system. @param {Page} page */
const stored = (page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle("duotile", { create: true });
    /** @type {Record<string, number>} */
    const sizes = {};
    for await (const [name, handle] of directory.entries()) {
      sizes[name] = (await /** @type {FileSystemFileHandle} */ (handle).getFile()).size;
    }
    return sizes;
  });

/** How many rows there are that pass a filter. @param {string} [text] */
async function count(text) {
  const { default: name } = await (await fetch(new URL("datasets", server.base))).json();
  const query = text === undefined ? "" : `?filter=${encodeURIComponent(text)}`;
  const { rows } = await (await fetch(new URL(`tiles/${name}/metadata.json${query}`, server.base))).json();
  return Number(rows);
}

/** Cells that are in view, by their ids. @param {Page} page */
async function cells(page) {
  const shown = await features(page, "cells");
  return Object.fromEntries(shown.map(({ id, properties }) => [id, Number(properties["point_count"])]));
}

test("what was taken is drawn, panned, zoomed and filtered after a reload with neither network nor server", async () => {
  const { page, complaints, strangers, close } = await open(browser, proxy.base + EUROPE);
  assert.equal(await page.textContent("#origin"), "From the server");
  const heavy = () => proxy.asked.filter((path) => /\.wasm|^assets\/(worker|engine|take)-/.test(path));
  assert.deepEqual(heavy(), [], "nothing of this is needed yet");

  const some = "population > 5000";
  const rows = await count(some);
  await filter(page, some, / of /);
  const fromServer = await cells(page);
  await unfold(page);
  await says(page, "#take-size", new RegExp(`^${rows.toLocaleString("en")} rows, about .*MB$`));
  await take(page);
  await says(page, "#device-said", new RegExp(`${rows.toLocaleString("en")} rows are on this device. This page opens`));
  await says(page, "#origin", /^From this device/);
  assert.deepEqual(await cells(page), fromServer, "the same cells as from the server");
  assert.ok(heavy().length >= 3, String(proxy.asked));
  await picture(page, "offline-taken");

  await cut(page);
  proxy.asked.length = 0;
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, from this device, taken/);
  assert.equal(await page.inputValue("#filter-text"), some);
  assert.match((await page.textContent("#facts")) ?? "", new RegExp(`^${rows.toLocaleString("en")} of `));
  assert.deepEqual(await cells(page), fromServer, "the same cells after the reload");
  await picture(page, "offline-reloaded");

  // Elsewhere, and closer: rows that no tile of the first view had.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [139.7, 35.7], zoom: 9 }));
  await drawn(page);
  await page.waitForFunction(() => window.duotile?.map.getZoom() === 9);
  const near = [...(await features(page, "rows")), ...(await features(page, "cells"))];
  assert.ok(near.length > 20, `${near.length} features around Tokyo`);
  await picture(page, "offline-tokyo");

  // A filter that nobody asked the server for.
  await page.evaluate(() => window.duotile?.map.jumpTo({ center: [8, 49], zoom: 4.3 }));
  const fewer = "population > 250000 AND continent = 'EU'";
  await filter(page, fewer, new RegExp(`^${(await count(fewer)).toLocaleString("en")} of `));
  const shown = await features(page, "rows");
  assert.ok(shown.length > 50, `${shown.length} rows`);
  const asked = new URL(`datasets/places/rows?limit=1000&filter=${encodeURIComponent(fewer)}`, server.base);
  const passing = (await (await fetch(asked)).json()).features.map((/** @type {{ id: number }} */ { id }) => id);
  assert.ok(shown.every(({ id }) => passing.includes(id)));
  assert.match((await page.textContent("#origin")) ?? "", /^Offline, from this device/);
  await picture(page, "offline-filter");

  // What is behind a click, and where a filter is wrong, are told here too.
  const row = shown.find(({ x, y }) => x > 500 && y > 200 && y < 600) ?? assert.fail("no row in the middle");
  await page.mouse.click(row.x, row.y);
  await says(page, ".popup", /population/);
  await filter(page, "", /rows on this device/);
  await page.fill("#filter-text", "popultion > 5");
  await page.keyboard.press("Enter");
  await says(page, "#filter-error", /popultion.*population/);

  assert.deepEqual(proxy.asked, []);
  assert.deepEqual(unexpected(complaints), []);
  assert.deepEqual(strangers, []);
  await close();
});

test("beyond what was taken there is a part, and it says so; with the server back everything is whole", async () => {
  const { page, complaints, close } = await open(browser, proxy.base + EUROPE);
  const everything = Object.keys(await cells(page)).length;
  await filter(page, "country = 'FR'", / of /);
  const french = await count("country = 'FR'");
  await take(page);
  await cut(page);
  await filter(page, "", /rows on this device/);
  await says(page, "#origin", /^Offline, part of the data: only country = 'FR', taken/);
  assert.match(
    (await page.textContent("#facts")) ?? "",
    new RegExp(`^${french.toLocaleString("en")} rows on this device`),
  );
  const part = Object.keys(await cells(page)).length;
  assert.ok(part > 500 && part < everything / 2, `${part} of ${everything} cells`);
  await says(page, "#kept", /country = 'FR'/);
  assert.equal(await page.locator("#take").isVisible(), false, "nothing can be taken without the server");
  await picture(page, "offline-part");
  await restore(page);
  await says(page, "#origin", /^From the server/);
  await drawn(page);
  assert.equal(Object.keys(await cells(page)).length, everything);
  assert.deepEqual(unexpected(complaints), []);
  await close();
});

test("the rows in view are taken as a box, and fit what comes from the server", async () => {
  const { page, complaints, strangers, close } = await open(browser, `${proxy.base}#view=4/46.8/8.2`, {
    // Small, because drawing all of it takes its time without a graphics card.
    viewport: { width: 720, height: 540 },
  });
  const ids = async (/** @type {number} */ zoom) => {
    await page.evaluate((zoom) => window.duotile?.map.jumpTo({ zoom }), zoom);
    await page.waitForFunction((zoom) => window.duotile?.map.getZoom() === zoom, zoom);
    await drawn(page);
    const shown = [...(await features(page, "cells")), ...(await features(page, "rows"))];
    return shown.map(({ id, properties }) => `${id} ${properties["point_count"] ?? properties["name"]}`).sort();
  };
  // Tiles of the box, where the server still has cells and where it has rows, beside those that are not in it.
  const zooms = [5.2, 7.2];
  const whole = [];
  for (const zoom of zooms) whole.push(await ids(zoom));
  await ids(4);
  await unfold(page);
  await page.check("input[value=view]");
  await take(page);
  await says(page, "#kept", /rows in a box/);
  const said = [];
  for (const [at, zoom] of zooms.entries()) {
    assert.deepEqual(await ids(zoom), whole[at], `zoom ${zoom}`);
    said.push(await page.textContent("#origin"));
  }
  assert.ok(said[0]?.startsWith("From this device") && said[1]?.startsWith("From this device"), String(said));
  await cut(page);
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, part of the data: only a box/);
  assert.ok((await features(page, "cells")).length + (await features(page, "rows")).length > 100);
  await picture(page, "offline-box");
  assertQuiet({ complaints: unexpected(complaints), strangers });
  await close();
});

test("a download that is cancelled, breaks off or is refused leaves nothing, and says what to do", async () => {
  const { page, complaints, close } = await open(browser, proxy.base + EUROPE);
  await unfold(page);
  // It stands still after its first part, until it is cancelled.
  let closed = false;
  proxy.otherwise = (path, response) => {
    if (!path.includes("subset.arrow")) return false;
    response.writeHead(200, { "content-type": "application/vnd.apache.arrow.stream", "duotile-rows": "1000" });
    response.write(readFileSync(new URL("../../js/test/fixtures/subset.arrow", import.meta.url)).subarray(0, 2000));
    response.on("close", () => {
      closed = true;
    });
    return true;
  };
  await page.click("#take-start");
  await says(page, "#taking-size", /^2 kB of 2\.5 kB · 1,000 rows$/);
  await picture(page, "offline-taking");
  await page.click("#taking-cancel");
  await says(page, "#device-said", /Cancelled/);
  assert.deepEqual(await stored(page), {});
  for (let tries = 0; !closed && tries < 50; tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(closed, "the download goes on");

  proxy.otherwise = (path, response) => {
    if (!path.includes("subset.arrow")) return false;
    response.writeHead(200, { "content-type": "application/vnd.apache.arrow.stream" });
    response.write(readFileSync(new URL("../../js/test/fixtures/subset.arrow", import.meta.url)).subarray(0, 2000));
    setTimeout(() => response.destroy(), 200);
    return true;
  };
  await page.click("#take-start");
  await says(page, "#device-error", /broke off after 2 kB.*try again/);
  assert.deepEqual(await stored(page), {});

  proxy.otherwise = (path, response) => {
    if (!path.includes("subset.arrow")) return false;
    const detail = "234908 rows pass the filter, expected at most 1000; a narrower filter helps";
    response.writeHead(413, { "content-type": "application/problem+json" }).end(JSON.stringify({ detail }));
    return true;
  };
  await page.click("#take-start");
  await says(page, "#device-error", /234908 rows pass.*at most 1000.*narrower filter/);
  await picture(page, "offline-refused");
  assert.deepEqual(await stored(page), {});
  proxy.otherwise = undefined;
  await take(page);
  assert.equal(await page.locator("#device-error").isVisible(), false);
  assert.ok(
    unexpected(complaints).every((line) => line.includes("413")),
    String(complaints),
  );
  await close();
});

test("more than the browser lets the site keep is refused beforehand, with numbers, and when it runs out", async () => {
  const { page, close } = await open(browser, proxy.base + EUROPE);
  const session = await page.context().newCDPSession(page);
  const origin = new URL(proxy.base).origin;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 3_000_000 });
  await unfold(page);
  await filter(page, "population > 1000", / of /);
  await page.click("#take-start");
  await says(page, "#device-error", /no room for the subset: it ran out after .* delete what you no longer need/);
  assert.deepEqual(await stored(page), {}, "the half is left behind");
  // Windows without a history do not tell what was overridden: this one is made to.
  await page.evaluate(() => {
    navigator.storage.estimate = async () => ({ usage: 100_000, quota: 3_000_000 });
  });
  proxy.asked.length = 0;
  await page.check("input[value=view]");
  await page.check("input[value=all]");
  await says(page, "#take-size", /more than the 2\.9 MB that there is room for/);
  await page.click("#take-start");
  await says(page, "#device-error", /no room for the subset: .* are needed, .* keep 3\.0 MB, of which 100 kB are used/);
  await picture(page, "offline-quota");
  assert.deepEqual(await stored(page), {});
  await filter(page, "population > 1000000", / of /);
  await take(page);
  await close();
});

test("what is broken is said, stands in nobody's way, and is taken again or deleted", async () => {
  const { page, close } = await open(browser, proxy.base + EUROPE);
  await filter(page, "population > 100000", / of /);
  await take(page);
  // The file is cut short, and a record is no record.
  await page.evaluate(async () => {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle("duotile");
    for await (const [name, handle] of directory.entries()) {
      if (!name.endsWith(".arrow")) continue;
      const writing = await /** @type {FileSystemFileHandle} */ (handle).createWritable({ keepExistingData: true });
      await writing.truncate(1000);
      await writing.close();
    }
    const other = await directory.getFileHandle("odd-1.json", { create: true });
    const writing = await other.createWritable();
    await writing.write("{");
    await writing.close();
  });
  await page.reload();
  await drawn(page);
  await unfold(page);
  await says(page, "#kept", /This cannot be used: its file has 1000 bytes, expected \d+\./);
  await says(page, "#kept", /its record is no JSON/);
  assert.ok((await features(page, "rows")).length > 300, "the server answers");
  await picture(page, "offline-broken");
  await page.getByRole("button", { name: /^Take again/ }).click();
  await says(page, "#device-said", /Taken anew/);
  await page
    .locator("#kept li", { hasText: "odd-1" })
    .getByRole("button", { name: /^Delete/ })
    .click();
  await page.getByRole("button", { name: /^Really delete/ }).click();
  await says(page, "#device-said", /Deleted/);
  await counts(page, "#kept li", 1);
  await counts(page, "#kept .wrong", 0);
  // Whole, but not what it says: its bytes are others.
  await page.evaluate(async () => {
    const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle("duotile");
    for await (const [name, handle] of directory.entries()) {
      if (!name.endsWith(".arrow")) continue;
      const file = /** @type {FileSystemFileHandle} */ (handle);
      const { size } = await file.getFile();
      const writing = await file.createWritable();
      await writing.write(new Uint8Array(size).fill(7));
      await writing.close();
    }
  });
  await page.reload();
  await drawn(page);
  await unfold(page);
  await says(page, "#kept", /This cannot be used/);
  assert.ok((await features(page, "rows")).length > 300, "the server answers");
  await page.getByRole("button", { name: /^Take again/ }).click();
  await says(page, "#device-said", /Taken anew/);
  await says(page, "#origin", /^From this device/);
  await close();
});

test("a subset is refreshed when the server has newer rows, and not otherwise; two datasets stand side by side", async () => {
  const csv = (/** @type {number} */ rows) =>
    `lon,lat,name\n${Array.from({ length: rows }, (_, at) => `${10 + at / 100},50,n${at}`).join("\n")}\n`;
  const [one, two] = [join(folder, "one.csv"), join(folder, "two.csv")];
  writeFileSync(one, csv(50));
  writeFileSync(two, "lon,lat,name\n-70,-30,south\n-71,-31,south too\n");
  const old = await serve(`first=${one}`, `second=${two}`);
  proxy.upstream = old.base;
  /** @type {typeof old | undefined} */
  let young;
  try {
    const { page, close } = await open(browser, proxy.base);
    await take(page);
    await page.selectOption("#datasets", "second");
    await drawn(page);
    await take(page);
    await counts(page, "#kept li", 2);
    await page.getByRole("button", { name: "Refresh second: All rows" }).click();
    await says(page, "#device-said", /Nothing has changed/);

    writeFileSync(one, csv(80));
    young = await serve(`first=${one}`, `second=${two}`);
    proxy.upstream = young.base;
    await page.reload();
    await drawn(page);
    await page.selectOption("#datasets", "first");
    await says(page, "#facts", /^80 rows/);
    await drawn(page);
    assert.equal(await page.textContent("#origin"), "From the server", "what is old stands back");
    await unfold(page);
    await says(page, "#kept", /The server has newer data/);
    await page.getByRole("button", { name: "Refresh first: All rows" }).click();
    await says(page, "#device-said", /Taken anew: 80 rows/);
    await says(page, "#origin", /^From this device/);

    await cut(page);
    await page.reload();
    await drawn(page);
    await says(page, "#facts", /^80 rows/);
    assert.deepEqual(await page.locator("#datasets option").allTextContents(), ["first", "second"]);
    await page.selectOption("#datasets", "second");
    await drawn(page);
    await says(page, "#facts", /^2 rows/);
    const shown = [...(await features(page, "rows")), ...(await features(page, "cells"))];
    assert.ok(shown.length >= 2, `${shown.length} features`);
    await close();
  } finally {
    await old.stop();
    await young?.stop();
  }
});

test("a new build takes the old one's place, online and offline, and nothing but files of the page is kept", async () => {
  const dist = process.env["DUOTILE_PAGE"] ?? fileURLToPath(new URL("../../web/dist", import.meta.url));
  assert.ok(existsSync(join(dist, "sw.js")), `${dist} has no page: scripts/build.sh page`);
  const next = join(folder, "next");
  cpSync(dist, next, { recursive: true });
  const { page, close } = await open(browser, proxy.base + EUROPE);
  await filter(page, "population > 100000", / of /);
  await take(page);
  const kept = () =>
    page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return { names, files: all.flat().map(({ url }) => url.slice(new URL("./", location.href).href.length)) };
    });
  const first = await kept();
  assert.equal(first.names.length, 1);
  const assets = readdirSync(join(dist, "assets")).map((name) => `assets/${name}`);
  assert.ok(assets.length > 6, dist);
  assert.deepEqual(first.files.toSorted(), ["", "snapshot.json", ...assets].toSorted());

  // The next build: another title, another script, another version.
  const sw = readFileSync(join(next, "sw.js"), "utf8");
  const entry = /"entry":"(assets\/[^"]+)"/.exec(sw)?.[1] ?? "";
  cpSync(join(next, entry), join(next, "assets/index-abcdefgh.js"));
  rmSync(join(next, entry));
  const renamed = (/** @type {string} */ text) => text.replaceAll(entry, "assets/index-abcdefgh.js");
  const html = readFileSync(join(next, "index.html"), "utf8");
  writeFileSync(join(next, "index.html"), renamed(html).replace("<body>", '<body><p id="build" hidden>next</p>'));
  writeFileSync(join(next, "sw.js"), renamed(sw).replace(/"version":"[0-9a-f]+"/, '"version":"next"'));
  proxy.page = next;
  await page.reload();
  await drawn(page);
  await says(page, "#build", /next/);
  await eventually(page, async () => {
    const { active, installing, waiting } = (await navigator.serviceWorker.getRegistration()) ?? {};
    const kept = (await caches.keys()).some((name) => name.endsWith(" next"));
    return kept && active?.state === "activated" && !installing && !waiting;
  });
  await cut(page);
  await page.reload();
  await drawn(page);
  await says(page, "#build", /next/);
  await says(page, "#origin", /^Offline, from this device/);
  assert.ok((await features(page, "rows")).length > 300);
  await close();
});

test("under a prefix the page, its worker and its service worker stay beneath it", async () => {
  const under = await front(server.base, "/maps/");
  try {
    const { page, strangers, close } = await open(browser, under.base + EUROPE);
    await filter(page, "population > 100000", / of /);
    await take(page);
    const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
    assert.equal(scope, under.base);
    under.down = true;
    await page.context().setOffline(true);
    await page.reload();
    await drawn(page);
    await says(page, "#origin", /^Offline, from this device/);
    assert.ok((await features(page, "rows")).length > 300);
    assert.deepEqual(strangers, []);
    await close();
  } finally {
    await under.stop();
  }
});

test("a proxy with nothing behind it is waited for, then the device stands in, and the server is found again", async () => {
  const { page, close } = await open(browser, proxy.base + EUROPE);
  await filter(page, "population > 100000", / of /);
  await take(page);
  // As a proxy says that nothing is behind it.
  proxy.otherwise = (_, response) => {
    response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
    return true;
  };
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^The server is busy, from this device/);
  proxy.otherwise = undefined;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await says(page, "#origin", /^From this device/);
  await close();
});

test("without a private file system subsets lie in IndexedDB, and survive a reload", async () => {
  const { page, complaints, close } = await open(browser, proxy.base + EUROPE, {
    prepare: () => Object.defineProperty(StorageManager.prototype, "getDirectory", { value: undefined }),
  });
  await filter(page, "population > 5000", / of /);
  await take(page);
  assert.equal(await page.evaluate(async () => (await indexedDB.databases()).length), 1);
  await cut(page);
  await page.reload();
  await drawn(page);
  await says(page, "#origin", /^Offline, from this device/);
  assert.ok((await features(page, "cells")).length > 1000);
  await unfold(page);
  await page.getByRole("button", { name: /^Delete/ }).click();
  await page.getByRole("button", { name: /^Really delete/ }).click();
  await says(page, "#device-said", /Deleted/);
  await counts(page, "#kept li", 0);
  assert.deepEqual(unexpected(complaints), []);
  await close();
});

test("a page that is neither https nor localhost says what it cannot do", async () => {
  const port = new URL(proxy.base).port;
  const insecure = await launch("--host-resolver-rules=MAP maps.example 127.0.0.1");
  try {
    const { page, close } = await open(insecure, `http://maps.example:${port}/${EUROPE}`);
    await filter(page, "population > 100000", / of /);
    await take(page);
    await says(page, "#device-said", /neither https nor localhost: it is not opened without the network, .*IndexedDB/);
    await says(page, "#origin", /^From this device/);
    await picture(page, "offline-insecure");
    await close();
  } finally {
    await insecure.close();
  }
});

test("everything can be done with the keyboard, and is named; on a phone in the dark too", async () => {
  const { page, complaints, strangers, close } = await open(browser, proxy.base + EUROPE, {
    viewport: { width: 390, height: 780 },
    hasTouch: true,
    isMobile: true,
    colorScheme: "dark",
  });
  await page.tap("#fold");
  await filter(page, "population > 100000", / of /);
  await page.locator("#device > summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("value")), "all");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await says(page, "#take-size", /rows, about/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "take-start");
  await page.keyboard.press("Enter");
  await says(page, "#device-said", /on this device/);
  await drawn(page);
  await page.getByRole("list", { name: "Taken offline" }).scrollIntoViewIfNeeded();
  await picture(page, "offline-phone");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const name of [
    "Show Places of the world: population > 100000",
    "Refresh Places of the world: population > 100000",
  ]) {
    assert.equal(await page.getByRole("button", { name }).count(), 1, name);
  }
  const gone = page.getByRole("button", { name: "Delete Places of the world: population > 100000" });
  await gone.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await says(page, "#device-said", /Deleted/);
  await counts(page, "#kept li", 0);
  assertQuiet({ complaints, strangers });
  await close();
});
