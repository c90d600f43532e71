/**
 * Each page of docs/recipes in an empty folder, as a new user would: what it draws is seen, what it offers is used, and the
 * console is silent.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { program, serve } from "../node/lib/duotile.js";
import { clean, fresh, launch, PATIENCE } from "./lib.js";
import { coloured, followed, opened, placeOf, read, run, running, texts } from "./recipes.js";

/** @typedef {import("playwright-core").Page} Page */

/** Colours of the package's legend, of which any picture of it has some; of a style made for supercluster. */
const LEGEND = ["#3e4989", "#31688e", "#26828e", "#35b779", "#b5de2b", "#fde725"];
const SUPERCLUSTER = ["#51bbd6", "#f1f075", "#f28cb1"];

/** @type {Awaited<ReturnType<typeof serve>>[]} */
const servers = [];
/** @type {import("playwright-core").Browser[]} */
const browsers = [];

/** A server of some files, and a Chromium that finds it where the pages say. @param {string[]} args */
async function site(...args) {
  const server = await serve(...args);
  servers.push(server);
  const browser = await launch(`--host-resolver-rules=MAP localhost:8080 ${new URL(server.base).host}`);
  browsers.push(browser);
  return { server, browser };
}

/** @type {Awaited<ReturnType<typeof site>>} */
let places;

before(async () => {
  places = await site();
});
after(async () => {
  for (const browser of browsers) await browser.close();
  for (const server of servers) await server.stop();
  clean();
});

/** Waits until an element's text is like this. @param {Page} page @param {string} selector @param {RegExp} pattern */
const says = (page, selector, pattern) =>
  page.locator(selector, { hasText: pattern }).first().waitFor({ timeout: PATIENCE });

/** Moves a slider as a hand does. @param {Page} page @param {string} value */
const slide = (page, value) =>
  page.locator("input[type=range]").evaluate((slider, value) => {
    /** @type {HTMLInputElement} */ (slider).value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);

/** @type {(counts: number[]) => number} */
const sum = (counts) => counts.reduce((sum, count) => sum + count, 0);

/**
 * What is done on the page of a recipe, after its picture was seen. `counts` are pixels of the colours.
 *
 * @type {Record<string, (on: { page: Page, counts: number[], asked: string[], complaints: string[], url: string }) => Promise<void>>}
 */
const ACTS = {
  vite: async ({ page }) => {
    await page.locator(".maplibregl-ctrl-zoom-in").click();
  },
  react: async ({ page, counts, complaints }) => {
    await says(page, "output", /^[\d,]+ of 234,908 rows$/);
    await page.fill("input", "population > 1000000");
    await page.press("input", "Enter");
    await says(page, "output", /^\d{3} of 234,908 rows$/);
    await coloured(page, LEGEND, (now) => sum(now) > 0 && sum(now) < sum(counts) / 3);
    await page.fill("input", "populatoin > 5");
    await page.press("input", "Enter");
    await says(page, "output", /filter, character 1: .*did you mean "population"/);
    // Of what is refused, Chromium says so itself.
    assert.match(complaints.splice(0).join("\n"), /^Failed to load resource: .*400 .*populatoin\S*$/);
  },
  legend: async ({ page, counts }) => {
    await says(page, "#legend", /population, mean/);
    assert.ok((await page.locator("#legend li").count()) >= 4);
    assert.ok((counts.at(-1) ?? 0) > 20, "the last class is on the map");
    const { x, y } = await placeOf(page, LEGEND.at(-1) ?? "");
    await page.mouse.click(x, y);
    await says(page, ".maplibregl-popup", /rows: \d/);
    await says(page, ".maplibregl-popup", /population, mean: \d/);
    assert.ok((await page.locator(".maplibregl-popup li").count()) > 0, "the rows of the cell");
  },
  slider: async ({ page, counts }) => {
    await slide(page, "6");
    await says(page, "output", /^1,000,000$/);
    await coloured(page, LEGEND, (now) => sum(now) > 0 && sum(now) < sum(counts) / 3);
  },
  time: async ({ page, counts, asked }) => {
    await says(page, "output", /^January 2025$/);
    const before = asked.length;
    await slide(page, "7");
    await says(page, "output", /^August 2025$/);
    await coloured(page, LEGEND, (now) => sum(now) > 0 && String(now) !== String(counts));
    assert.deepEqual(asked.slice(before), []);
  },
  supercluster: async ({ page, counts }) => {
    const { x, y } = await placeOf(page, SUPERCLUSTER.at(-1) ?? "");
    await page.mouse.click(x, y);
    await coloured(page, SUPERCLUSTER, (now) => sum(now) > 0 && String(now) !== String(counts));
  },
  browser: async ({ page, counts, asked, url }) => {
    assert.deepEqual(
      asked.filter((address) => !address.startsWith(url) && !/^(blob|data):/.test(address)),
      [],
    );
    const file = join(fresh("points"), "points.csv");
    const rows = Array.from({ length: 5000 }, (_, row) => `${(row % 71) / 10},${(row % 67) / 10}`);
    writeFileSync(file, `lon,lat\n${rows.join("\n")}\n`);
    await page.setInputFiles("input", file);
    await coloured(page, LEGEND, (now) => sum(now) > 0 && String(now) !== String(counts));
  },
  archive: async ({ asked, url }) => {
    assert.ok(asked.some((address) => address === `${url}places.pmtiles`));
    assert.deepEqual(
      asked.filter((address) => !address.startsWith(url) && !/^(blob|data):/.test(address)),
      [],
    );
  },
  deckgl: async ({ page }) => {
    const { x, y } = await placeOf(page, LEGEND.at(-1) ?? "");
    await page.mouse.move(x - 1, y);
    await page.mouse.move(x, y);
    await says(page, ".deck-tooltip", /^\d+ rows$/);
  },
  openlayers: async ({ page }) => {
    await says(page, ".ol-attribution", /GeoNames/);
  },
  leaflet: async ({ page }) => {
    await says(page, ".leaflet-control-attribution", /GeoNames/);
  },
};

test("every page is run here, or is QGIS's, and the list of them has each", () => {
  const folder = fileURLToPath(new URL("../../docs/recipes/", import.meta.url));
  const pages = readdirSync(folder).map((file) => file.replace(/\.md$/, ""));
  assert.deepEqual(pages.sort(), [...Object.keys(ACTS), "README", "qgis"].sort());
});

for (const [name, act] of Object.entries(ACTS)) {
  test(`${name}.md`, async (t) => {
    const recipe = read(name);
    const folder = followed(name, recipe);
    let site = places;
    if (name === "time") {
      // Its page says which data it is.
      const [made = "", served = ""] = recipe.commands[0] ?? [];
      const data = fresh("data");
      execFileSync(program, made.split(" ").slice(1), { cwd: data, stdio: "ignore" });
      site = await siteOf(served.replace("duotile serve ", ""), data);
    }
    if (name === "archive") {
      const [made = []] = recipe.commands;
      const env = { ...process.env, PATH: `${dirname(program)}:${process.env["PATH"]}` };
      execFileSync("sh", ["-e", "-c", made.join("\n")], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    }
    const colours = name === "supercluster" ? SUPERCLUSTER : LEGEND;
    // Commands that build come before the one that serves.
    for (const lines of recipe.commands.filter(([line]) => line?.startsWith("npx "))) {
      await t.test(lines.join(", "), async () => {
        for (const line of lines.slice(0, -1)) run(folder, line);
        const { url, stop } = await running(folder, lines.at(-1) ?? "");
        try {
          const { page, complaints, asked } = await opened(site.browser, url);
          const keep = process.env["RECIPE_PICTURES"];
          try {
            const counts = await coloured(page, colours);
            if (keep) await page.screenshot({ path: join(keep, `${name}.png`) });
            await act({ page, counts, asked, complaints, url });
          } finally {
            if (keep) await page.screenshot({ path: join(keep, `${name}-after.png`) });
            t.diagnostic(complaints.join("\n"));
          }
          assert.deepEqual(complaints, []);
          await page.close();
        } finally {
          stop();
        }
      });
    }
  });
}

/** @param {string} file @param {string} folder */
function siteOf(file, folder) {
  return site(join(folder, file));
}

test("QGIS's address is answered with a tile of cells", async () => {
  const [tiles = ""] = texts("qgis");
  const tile = await fetch(tiles.replace("http://localhost:8080/", places.server.base).replace(/\{[zxy]\}/g, "0"));
  assert.equal(tile.status, 200);
  const text = Buffer.from(await tile.arrayBuffer()).toString("latin1");
  assert.ok(text.length > 10_000 && text.includes("places") && text.includes("point_count"));
});
