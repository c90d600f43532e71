/** Whether everybody can use the page: rules of axe, the keyboard alone, motion. */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, open, PATIENCE, picture, site } from "./lib.js";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  [server, browser] = await Promise.all([site(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const PARIS = "#view=12/48.8566/2.3522";

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
      if (size === "phone") await page.click("#fold");
      await unfold(page);
      await page.waitForSelector("#sharing", { timeout: PATIENCE });
      await page.waitForSelector("#link-kepler-tileset", { timeout: PATIENCE, state: "attached" });
      await unfold(page);
      found.push(...(await faults(page, "unfolded")));
      await picture(page, `access-${size}-${colorScheme}`);
      await page.fill("#filter-text", "population > 'many'");
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
