/** Whether everybody can use the page: rules of axe, the keyboard alone, motion. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drawn, launch, open, PATIENCE, picture, site } from "./lib.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

const folder = mkdtempSync(join(tmpdir(), "duotile-access-"));

before(async () => {
  const file = join(folder, "visits.csv");
  const lines = Array.from({ length: 2000 }, (_, i) => {
    const at = new Date(Date.UTC(2024, 0, 1, i)).toISOString();
    return `${2 + (i % 40) * 0.02},${48.5 + Math.floor(i / 40) * 0.015},${at},${i % 7},${"abc"[i % 3]}`;
  });
  writeFileSync(file, `lon,lat,time,weight,kind\n${lines.join("\n")}\n`);
  [server, browser] = await Promise.all([site(file), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const WORLD = "#view=2/20/0";
const PARIS = "#view=13/48.86/2.36&category=kind";

/**
 * What on the page breaks a rule of WCAG 2.2 AA, or a good practice that axe knows of.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} when
 * @returns {Promise<string[]>}
 */
async function faults(page, when) {
  // Through the debugger: the page's policy lets no script in.
  await page.addScriptTag({ path: axe });
  const found = await page.evaluate(async () => {
    const { axe } = /** @type {any} */ (window);
    const { violations, passes } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return {
      checked: passes.length,
      violations: violations.map((/** @type {any} */ { id, impact, nodes }) => ({
        id,
        impact,
        where: nodes.map((/** @type {any} */ { target, failureSummary }) => `${target} ${failureSummary}`),
      })),
    };
  });
  assert.ok(found.checked > 15, `axe checked ${found.checked} rules`);
  return found.violations.map((/** @type {any} */ fault) => `${when}: ${JSON.stringify(fault, null, 1)}`);
}

/** @param {import("playwright-core").Page} page */
const unfold = (page) =>
  page.evaluate(() => {
    for (const part of document.querySelectorAll("details")) part.open = true;
  });

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const [size, viewport] of /** @type {const} */ ([
    ["desktop", { width: 1200, height: 760 }],
    ["phone", { width: 390, height: 800 }],
  ])) {
    test(`axe finds nothing: ${size}, ${colorScheme}`, async () => {
      const { page, close } = await open(browser, server.base + PARIS, { viewport, colorScheme, bypassCSP: true });
      const found = await faults(page, "at rest");
      await page.evaluate((to) => location.replace(to), WORLD);
      await drawn(page);
      found.push(...(await faults(page, "the world")));
      await page.evaluate((to) => location.replace(to), PARIS);
      await drawn(page);
      if (size === "phone") await page.click("#fold");
      await unfold(page);
      await page.waitForSelector("#sharing", { timeout: PATIENCE });
      await page.waitForSelector("#link-kepler-tileset", { timeout: PATIENCE, state: "attached" });
      await unfold(page);
      found.push(...(await faults(page, "unfolded")));
      await picture(page, `access-${size}-${colorScheme}`);
      await page.fill("#filter-text", "weight > 'many'");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#filter-error:not([hidden])", { timeout: PATIENCE });
      found.push(...(await faults(page, "a wrong filter")));
      if (size === "phone") await page.click("#fold");
      await page.focus(".maplibregl-canvas");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".popup table", { timeout: PATIENCE });
      found.push(...(await faults(page, "with a popup")));
      assert.deepEqual(found, []);
      await close();
    });
  }
}

/** What has the focus, in words. @param {import("playwright-core").Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    const { id, tagName, className } = activeElement ?? {};
    return id || `${tagName?.toLowerCase()}.${String(className).split(" ")[0]}`;
  });

test("the keyboard alone reaches everything, sees where it is, and gets out again", async () => {
  const { page, close } = await open(browser, server.base + PARIS);
  /** @type {string[]} */
  const order = [];
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now === "body.") break;
    order.push(now);
    const visible = await page.evaluate(() => {
      const { activeElement } = document;
      if (!activeElement) return false;
      const styles = [activeElement, activeElement.nextElementSibling].map((part) => part && getComputedStyle(part));
      const box = activeElement.getBoundingClientRect();
      const lined = styles.some((style) => style && (style.outlineStyle !== "none" || style.boxShadow !== "none"));
      return lined && box.bottom > 0 && box.top < innerHeight;
    });
    assert.ok(visible, `one sees that ${now} has the focus`);
  }
  assert.equal(order[0], "to-map");
  const canvas = order.indexOf("canvas.maplibregl-canvas");
  for (const id of ["fold", "filter-text", "colour-by", "cell"]) {
    assert.ok(order.indexOf(id) > 0 && order.indexOf(id) < canvas, `${id} comes before the map: ${order}`);
  }
  assert.ok(order.indexOf("button.maplibregl-ctrl-zoom-in") > canvas, `the map's buttons come after it: ${order}`);
  // Out of the page after the last, and in again at the first: nothing holds the focus.
  assert.ok(order.length < 80, `there is an end: ${order}`);
  await close();
});

test("the map is moved and asked with keys", async () => {
  const { page, close } = await open(browser, server.base + PARIS);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "to-map");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "canvas.maplibregl-canvas");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".popup tr", { timeout: PATIENCE });
  assert.equal(await focused(page), "button.maplibregl-popup-close-button");
  await picture(page, "access-keys");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator(".popup").count(), 0);
  assert.equal(await focused(page), "canvas.maplibregl-canvas");
  const before = await page.evaluate(() => window.duotile?.map.getCenter().lng ?? 0);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((before) => (window.duotile?.map.getCenter().lng ?? 0) > before, before);
  const zoom = await page.evaluate(() => window.duotile?.map.getZoom() ?? 0);
  await page.keyboard.press("+");
  await page.waitForFunction((zoom) => (window.duotile?.map.getZoom() ?? 0) > zoom, zoom);
  await page.keyboard.press("?");
  await page.waitForSelector("#keys[open]");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#keys[open]").count(), 0);
  assert.equal(await focused(page), "canvas.maplibregl-canvas");
  await close();
});

test("who wants less motion gets none", async () => {
  const { page, close } = await open(browser, server.base + PARIS, { reducedMotion: "reduce" });
  await page.evaluate(() => {
    const bar = document.getElementById("progress");
    if (bar) bar.hidden = false;
  });
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  // The map jumps instead of gliding.
  await page.focus(".maplibregl-canvas");
  const steps = await page.evaluate(async () => {
    const map = window.duotile?.map;
    let moves = 0;
    map?.on("move", () => {
      moves += 1;
    });
    map?.zoomIn();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return moves;
  });
  assert.equal(steps, 1);
  await close();
});
