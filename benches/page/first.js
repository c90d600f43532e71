/**
 * How soon there is a map: first.js PAGE [TIMES]. Opens the page in new contexts of Chromium, which keep nothing, and prints
 * a JSON line: the medians, in milliseconds after the last byte of the HTML, until MapLibre's map is there, until it draws
 * features of the data, and until everything is drawn.
 */

import { loadavg } from "node:os";
import { launch, PATIENCE } from "../../tests/e2e/lib.js";

const [address, times = "9"] = process.argv.slice(2);
if (!address) throw new Error("expected: first.js PAGE [TIMES]");

/** Looks at the page every few milliseconds, as it is from its first line on. */
function observe() {
  /** @type {number[]} */
  const marks = [];
  Object.assign(window, { marks });
  const page = () => /** @type {any} */ (window).duotile;
  const drawsData = () => {
    const layers = page()
      .map.getLayersOrder()
      .filter((/** @type {string} */ id) => /^cells-/.test(id));
    return layers.length > 0 && page().map.queryRenderedFeatures({ layers }).length > 0;
  };
  const stages = [() => page() !== undefined, drawsData, () => page().settled()];
  const timer = setInterval(() => {
    if (stages[marks.length]?.()) marks.push(performance.now());
    if (marks.length === stages.length) clearInterval(timer);
  }, 20);
}

const browser = await launch();
/** @type {number[][]} */
const all = [];
try {
  for (let time = 0; time < Number(times); time += 1) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 } });
    const page = await context.newPage();
    await page.addInitScript(observe);
    await page.goto(address);
    await page.waitForFunction(() => /** @type {any} */ (window).marks.length === 3, undefined, { timeout: PATIENCE });
    all.push(
      await page.evaluate(() => {
        const [html] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
        return /** @type {any} */ (window).marks.map((/** @type {number} */ at) => at - (html?.responseEnd ?? 0));
      }),
    );
    await context.close();
  }
} finally {
  await browser.close();
}
const [map, data, settled] = [0, 1, 2].map((stage) => {
  const sorted = all.map((marks) => marks[stage] ?? Number.NaN).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN);
});
const line = { what: "first", map, data, settled, times: all.length, load: Math.round((loadavg()[0] ?? 0) * 10) / 10 };
process.stdout.write(`${JSON.stringify(line)}\n`);
