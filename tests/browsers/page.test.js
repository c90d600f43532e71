/**
 * The page in Firefox and in WebKit: it draws, its panel is laid out as in Chromium, and what was taken along is drawn
 * when it is opened again without a server. (All else of the page is tested in Chromium: tests/e2e.)
 */

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { front } from "../e2e/front.js";
import { serve } from "../node/lib/duotile.js";
import { BROWSERS, launch, PATIENCE } from "./webdriver.js";

/** @typedef {Awaited<ReturnType<typeof launch>>} Browser */

const FILTER = "population > 100000";

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => {
  server = await serve();
});
after(() => server?.stop());

/** Waits until a question, asked in the page, is answered with yes. @param {Browser} browser @param {() => boolean} question */
async function until(browser, question) {
  for (const end = Date.now() + PATIENCE; ; ) {
    // A page that is being loaded has no answer.
    if (await browser.evaluate(question).catch(() => false)) return;
    if (Date.now() > end) {
      const text = await browser.evaluate(() => document.body.innerText.slice(0, 2000)).catch(String);
      assert.fail(`never so: ${question}\n${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until the map has the data's layers, and nothing of it is still loading. @param {Browser} browser */
const drawn = (browser) =>
  until(browser, () => {
    const page = window.duotile;
    return Boolean(page?.settled() && page.map.getStyle().layers.some(({ id }) => /^cells-/.test(id)));
  });

/** The features on the map, each as its id, in order. @param {Browser} browser @returns {Promise<string[]>} */
const ids = (browser) =>
  browser.evaluate(() => {
    const map = window.duotile?.map;
    if (!map) throw new Error("no map");
    const layers = map.getStyle().layers.flatMap(({ id }) => (/^cells-/.test(id) ? [id] : []));
    return [...new Set(map.queryRenderedFeatures({ layers }).map(({ id }) => String(id)))].sort();
  });

/** Keeps a picture for people, in a folder that git does not. @param {Browser} browser @param {string} name */
async function picture(browser, name) {
  const folder = fileURLToPath(new URL("../e2e/screenshots/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.png`, await browser.screenshot());
}

for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  test(`${name} draws the page, takes rows along, and draws them again without a server`, async (context) => {
    const proxy = await front(server.base);
    const browser = await launch(name);
    context.diagnostic(browser.version);
    try {
      await browser.resize(1200, 800);
      await browser.open(`${proxy.base}#view=4.3/49/8`);
      await drawn(browser);

      // What belongs to one line of the panel stands on one line.
      const lines = await browser.evaluate(() =>
        [...document.querySelectorAll("#drawing .line, .ramps")].map((line) => {
          const boxes = [...line.children]
            .map((child) => child.getBoundingClientRect())
            .filter(({ width }) => width > 0);
          return {
            text: line.textContent,
            tops: boxes.map(({ top }) => top),
            bottoms: boxes.map(({ bottom }) => bottom),
          };
        }),
      );
      assert.ok(lines.length >= 1, "the panel has no lines");
      for (const { text, tops, bottoms } of lines) {
        assert.ok(Math.max(...tops) < Math.min(...bottoms), `${text}: ${tops} to ${bottoms}`);
      }

      await browser.evaluate((filter) => {
        const field = document.querySelector("#filter-text");
        if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) throw new Error("no field");
        field.value = filter;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.form?.requestSubmit();
        document.querySelector("#device")?.setAttribute("open", "");
      }, FILTER);
      await until(browser, () => / of /.test(document.querySelector("#facts")?.textContent ?? ""));
      await drawn(browser);
      const [facts, fromServer] = [await text(browser, "#facts"), await ids(browser)];
      assert.ok(fromServer.length > 300, `${fromServer.length} features`);
      await picture(browser, `${name}-server`);

      await until(browser, () => {
        const start = document.querySelector("#take-start");
        return start instanceof HTMLButtonElement && !start.disabled;
      });
      await browser.evaluate(() => /** @type {HTMLElement} */ (document.querySelector("#take-start")).click());
      await until(browser, () =>
        /\S/.test(document.querySelector("#device-said, #device-error:not([hidden])")?.textContent ?? ""),
      );
      assert.match(await text(browser, "#device-said"), /rows are on this device\. This page opens/);
      await drawn(browser);
      await until(browser, () => /^From this device/.test(document.querySelector("#origin")?.textContent ?? ""));
      assert.deepEqual(await ids(browser), fromServer, "the same as from the server");

      const address = await browser.evaluate(() => location.href);
      await browser.open("about:blank");
      proxy.down = true;
      await browser.open(address);
      await drawn(browser);
      await until(browser, () =>
        /^Offline, from this device/.test(document.querySelector("#origin")?.textContent ?? ""),
      );
      await drawn(browser);
      assert.equal(await text(browser, "#facts"), facts);
      assert.deepEqual(await ids(browser), fromServer, "the same after the page was opened again");
      await picture(browser, `${name}-offline`);
    } finally {
      await browser.close();
      await proxy.stop();
    }
  });
}

/** @param {Browser} browser @param {string} selector */
const text = (browser, selector) =>
  browser.evaluate((selector) => document.querySelector(selector)?.textContent ?? "", selector);
