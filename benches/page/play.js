/**
 * How fast time plays in Chromium: play.js PAGE [#PLACE…]. Counts the frames that are shown, each complete, over 20 s or
 * `SECONDS`; tells the processor time of every process for each frame, and how often the same map is drawn when nothing
 * in it changes, which no animation can be faster than. `PRESET` is the length of the window, `WATCH=1` adds a profile of
 * the page's main thread.
 *
 * Prints a JSON object a line. The page is that of a server that has the rows already.
 */

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { launch, open } from "../../tests/e2e/lib.js";

const [address, ...places] = process.argv.slice(2);
if (!address) throw new Error("play.js PAGE [#PLACE…]");
const seconds = Number(process.env["SECONDS"] ?? 20);
const preset = process.env["PRESET"] ?? "day";

/** Processor seconds of a process so far. @param {number} pid */
function spent(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Whole numbers by name, those of one name added up. @param {[string, number][]} pairs */
function sums(pairs) {
  /** @type {Record<string, number>} */
  const all = {};
  for (const [name, value] of pairs) all[name] = (all[name] ?? 0) + value;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Math.round(value)]));
}

for (const place of places.length > 0 ? places : [""]) {
  const browser = await launch(...(process.env["FLAGS"] ?? "").split(" ").filter(Boolean));
  try {
    const { page } = await open(browser, address + place);
    const cdp = await browser.newBrowserCDPSession();
    const times = async () => {
      const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
      return Object.fromEntries(processInfo.map(({ id, type }) => [`${type} ${id}`, spent(id)]));
    };
    // What drawing alone can do.
    const alone = await page.evaluate(
      (seconds) =>
        new Promise((resolve) => {
          const map = window.duotile?.map;
          let count = 0;
          const again = () => {
            count += 1;
            map?.triggerRepaint();
          };
          map?.on("render", again);
          map?.triggerRepaint();
          setTimeout(() => {
            map?.off("render", again);
            resolve(count / seconds);
          }, seconds * 1000);
        }),
      5,
    );
    await page.selectOption("#time-preset", preset);
    await page.selectOption("#time-speed", process.env["SPEED"] ?? "20");
    await page.waitForFunction(() => window.duotile?.settled(), undefined, { timeout: 90_000, polling: 200 });
    await page.click("#play");
    await page.waitForFunction(() => Number(document.querySelector("#time-pace")?.getAttribute("data-rate")) > 0);
    await page.waitForTimeout(2000);
    const session = process.env["WATCH"] ? await page.context().newCDPSession(page) : undefined;
    await session?.send("Profiler.enable");
    await session?.send("Profiler.start");
    const before = await times();
    const seen = await page.evaluate(
      (seconds) =>
        new Promise((resolve) => {
          const map = window.duotile?.map;
          /** @type {Set<string>} */
          const layers = new Set();
          let frames = 0;
          let renders = 0;
          let incomplete = 0;
          let last = "";
          const look = () => {
            renders += 1;
            const seen = map?.getLayersOrder().filter((id) => /^cells-.*~/.test(id)) ?? [];
            const shown = seen.filter((id) => {
              const type = map?.getLayer(id)?.type;
              return Number(map?.getPaintProperty(id, `${type}-opacity`)) > 0;
            });
            const now = `${shown} ${document.querySelector("#time-now")?.textContent}`;
            if (now === last) return;
            last = now;
            frames += 1;
            for (const id of shown) {
              layers.add(id);
              if (!map?.isSourceLoaded(String(map.getLayer(id)?.source))) incomplete += 1;
            }
          };
          map?.on("render", look);
          const before = performance.getEntriesByType("resource").length;
          performance.setResourceTimingBufferSize(100_000);
          setTimeout(() => {
            map?.off("render", look);
            const tiles = performance
              .getEntriesByType("resource")
              .slice(before)
              .flatMap((entry) =>
                entry instanceof PerformanceResourceTiming && /\/tiles\/.*mvt/.test(entry.name) ? [entry] : [],
              );
            const mean = (/** @type {number[]} */ values) =>
              values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
            resolve({
              rate: frames / seconds,
              renders: renders / seconds,
              incomplete,
              tilesPerFrame: tiles.length / Math.max(frames, 1),
              requestMs: mean(tiles.map(({ startTime, responseEnd }) => responseEnd - startTime)),
              kilobytes: mean(tiles.map(({ transferSize }) => transferSize)) / 1000,
            });
          }, seconds * 1000);
        }),
      seconds,
    );
    const after = await times();
    const profile = await session?.send("Profiler.stop");
    const said = await page.textContent("#time-pace");
    const used = Object.entries(after).map(([name, time]) => [name, time - (before[name] ?? 0)]);
    const frames = seen.rate * seconds;
    const perFrame = sums(
      used
        .filter(([, time]) => Number(time) > 0.05)
        .map(([name, time]) => [String(name).split(" ")[0] ?? "", (Number(time) / frames) * 1000]),
    );
    const line = {
      what: "play",
      place,
      preset,
      alone,
      said,
      ...seen,
      processorMsPerFrame: perFrame,
      load: loadavg()[0],
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    if (profile) {
      const { nodes, samples = [], timeDeltas = [] } = profile.profile;
      /** @type {Map<string, number>} */
      const own = new Map();
      const byId = new Map(nodes.map((node) => [node.id, node]));
      samples.forEach((id, at) => {
        const frame = byId.get(id)?.callFrame;
        const name = `${frame?.functionName} ${frame?.url.split("/").at(-1)}:${frame?.lineNumber}:${frame?.columnNumber}`;
        own.set(name, (own.get(name) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
      });
      const top = [...own].sort(([, a], [, b]) => b - a).slice(0, 25);
      for (const [name, ms] of top) process.stderr.write(`${(ms / frames).toFixed(2)} ms/frame ${name}\n`);
    }
  } finally {
    await browser.close();
  }
}
