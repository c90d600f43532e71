/** What is kept on a device: taken, refused, broken, refreshed and deleted, wherever a browser keeps it; and the page itself. */

import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { serve } from "../node/lib/duotile.js";
import { front } from "./front.js";
import { counts, drawn, eventually, features, launch, open, picture, says } from "./lib.js";
import { browser, cut, EUROPE, filter, folder, proxy, server, stored, take, unexpected, unfold } from "./offline.js";

test("a download that is cancelled, breaks off or is refused leaves nothing, and says what to do", async () => {
  const { page, complaints, close } = await open(browser, proxy.base + EUROPE);
  await unfold(page);
  // It stands still after its first part, until it is cancelled.
  let closed = false;
  proxy.otherwise = (path, response) => {
    if (!path.includes("subset.arrow")) return false;
    response.writeHead(200, { "content-type": "application/vnd.apache.arrow.stream", "duotile-rows": "3" });
    response.write(readFileSync(new URL("../../js/test/fixtures/subset.arrow", import.meta.url)).subarray(0, 2000));
    response.on("close", () => {
      closed = true;
    });
    return true;
  };
  await page.click("#take-start");
  await says(page, "#taking-size", /^2 kB of 2\.5 kB · 3 rows$/);
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
  assert.ok((await features(page, "cells")).length > 300, "the server answers");
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
  assert.ok((await features(page, "cells")).length > 300, "the server answers");
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
    const shown = await features(page, "cells");
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
  assert.ok((await features(page, "cells")).length > 300);
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
    assert.ok((await features(page, "cells")).length > 300);
    assert.deepEqual(strangers, []);
    await close();
  } finally {
    await under.stop();
  }
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

test("rows are said to be on this device once they have opened, a column of texts without one among them too", async () => {
  const file = join(folder, "seldom.csv");
  const rows = Array.from({ length: 60 }, (_, at) => `${10 + at / 100},50,${at},${at === 0 ? "once" : ""}`);
  writeFileSync(file, `lon,lat,n,word\n${rows.join("\n")}\n`);
  const other = await serve(`seldom=${file}`);
  proxy.upstream = other.base;
  try {
    const { page, close } = await open(browser, proxy.base);
    await filter(page, "n > 20", /^39 of /);
    // Whole, and of a format that nobody knows: it arrives, and does not open.
    proxy.otherwise = (path, response) => {
      if (!path.includes("subset.arrow")) return false;
      void fetch(new URL(path, other.base)).then(async (answer) => {
        const arrow = Buffer.from(await answer.arrayBuffer()).toString("latin1");
        response.writeHead(200, { "content-type": "application/vnd.apache.arrow.stream" });
        response.end(Buffer.from(arrow.replace('"format":1', '"format":9'), "latin1"));
      });
      return true;
    };
    await unfold(page);
    await page.click("#take-start");
    await says(page, "#device-error", /The rows arrived, but cannot be opened: a subset of format 9/);
    assert.doesNotMatch((await page.textContent("#device-said")) ?? "", /on this device/);
    await says(page, "#kept", /This cannot be used: a subset of format 9/);

    proxy.otherwise = undefined;
    await take(page);
    await says(page, "#device-said", /^39 rows are on this device/);
    await says(page, "#origin", /^From this device/);
    await cut(page);
    await page.reload();
    await drawn(page);
    await says(page, "#facts", /^39 of /);
    await says(page, "#origin", /^Offline, from this device/);
    await close();
  } finally {
    await other.stop();
  }
});
