/** A film of two layers that are compared: each frame has one on the left of the line and the other on its right. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertQuiet, launch, open, PATIENCE, says, site } from "./lib.js";
import { saved, unfold } from "./share.js";

/** A block of rows on each side of the line; one kind on the first day, the other on the second. */
const [WEST, EAST] = /** @type {const} */ ([
  [-20, 20],
  [60, 20],
]);
const DAY = 86_400_000;
const FIRST = Date.UTC(2024, 0, 1);

const folder = mkdtempSync(join(tmpdir(), "duotile-film-"));
/** @type {Awaited<ReturnType<typeof site>>} */
let server;
/** @type {import("playwright-core").Browser} */
let browser;

before(async () => {
  const lines = ["lon,lat,time,kind"];
  for (const [lng, lat] of [WEST, EAST]) {
    for (let row = 0; row < 1600; row += 1) {
      const day = row % 2;
      const time = new Date(FIRST + day * DAY + (row * DAY) / 1600).toISOString();
      lines.push(`${lng + (row % 40) * 0.25},${lat + Math.floor(row / 40) * 0.25},${time},${["a", "b"][day]}`);
    }
  }
  writeFileSync(join(folder, "kinds.csv"), lines.join("\n"));
  [server, browser] = await Promise.all([site(join(folder, "kinds.csv")), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

test("both sides of a comparison are in every frame of its film", async () => {
  const time = [FIRST, FIRST + DAY].map((ms) => new Date(ms).toISOString()).join("/");
  const layers = "dataset=kinds&filter=kind='a'&cell=16&dataset=kinds&filter=kind='b'&cell=16&compare=swipe";
  const { page, close, ...seen } = await open(browser, `${server.base}#view=1.6/30/15&time=${time}&${layers}`);
  await page.waitForFunction(() => window.duotile?.above() && window.duotile.settled(), undefined, {
    timeout: PATIENCE,
  });
  // Each side has rows in one frame only; both have one scale, of what is there.
  for (const frame of [0, 1]) {
    await page.evaluate((frame) => window.duotile?.showFrame?.(frame), frame);
    const ends = await page
      .locator("#legend section")
      .evaluateAll((parts) =>
        parts.map((part) => [...part.querySelectorAll("[data-value]")].map((tick) => tick.getAttribute("data-value"))),
      );
    assert.equal(ends.length, 1);
    assert.ok(Number(ends[0]?.at(-1)) < 1600 / 8, `no cell has so many rows: ${ends}`);
  }
  await page.evaluate(() => window.duotile?.restore?.());
  await unfold(page);
  await says(page, "#film-size", /^2 frames/);
  await page.selectOption("#film-width", "480");
  await page.selectOption("#film-kind", "gif");
  // Within the cells, and beside the names that lie over them.
  const places = await page.evaluate(
    (places) => places.map(([lng = 0, lat = 0]) => window.duotile?.map.project([lng + 4, lat + 2]) ?? { x: 0, y: 0 }),
    [[...WEST], [...EAST]],
  );
  const film = await saved(page, "#film");
  await says(page, "#film-said", /2 frames of 480 × 304 pixels/);
  assert.ok((places[0]?.x ?? 0) < 740 && (places[1]?.x ?? 0) > 780, "one on each side of the line");
  const looker = await page.context().newPage();
  await looker.route("**/blank", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await looker.goto(`${server.base}blank`);
  const frames = await looker.evaluate(
    async ({ file, places }) => {
      const data = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
      const context = new OffscreenCanvas(480, 304).getContext("2d", { willReadFrequently: true });
      const decoder = new ImageDecoder({ data, type: "image/gif" });
      await decoder.tracks.ready;
      await decoder.completed;
      const frames = [];
      for (let frameIndex = 0; frameIndex < (decoder.tracks.selectedTrack?.frameCount ?? 0); frameIndex += 1) {
        const { image } = await decoder.decode({ frameIndex });
        context?.drawImage(image, 0, 0);
        frames.push(
          places.map(({ x, y }) => [
            ...(context?.getImageData(Math.round((x * 480) / 1200), Math.round((y * 480) / 1200), 1, 1).data ?? []),
          ]),
        );
      }
      return frames;
    },
    { file: film.bytes.toString("base64"), places },
  );
  assert.equal(frames.length, 2);
  frames.forEach((colours, day) => {
    colours.forEach((colour, side) => {
      // The ground is grey, cells have a colour.
      const [red = 0, green = 0, blue = 0] = colour;
      const empty = Math.max(red, green, blue) - Math.min(red, green, blue) < 24;
      assert.equal(empty, side !== day, `frame ${day}, side ${side}: ${colour}`);
    });
  });
  assertQuiet(seen);
  await close();
});
