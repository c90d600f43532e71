/** Files of this device that are opened on the page: several at once, some of them bad, some of one name. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofPage, standIn } from "./lib/page.js";

standIn();
/** @type {typeof import("../../web/src/device/several") & typeof import("../../web/src/page")} */
const { showAll, status } = await ofPage("device/several", "page");
/** @type {typeof import("../../web/src/titles")} */
const { distinct } = await ofPage("titles");
/** @type {typeof import("../../js/src/hexagons")} */
const { ofCells } = await ofPage("../../js/src/hexagons");

test("of files that are opened at once each that could not be is told, whichever is done last", async () => {
  const open = async (/** @type {File} */ { name }) => {
    await new Promise((resolve) => setTimeout(resolve, name.includes("slow") ? 5 : 0));
    if (name.startsWith("bad")) throw new Error(`no position in ${name}`);
    return [];
  };
  const file = (/** @type {string} */ name) => new File(["x"], name);
  await showAll([file("bad.csv"), file("slow.csv")], open);
  assert.match(status.value, /^bad\.csv could not be opened: No position in bad\.csv\. CSV, .* are read here/);
  await showAll([file("bad slow.csv"), file("good.csv"), file("bad.json")], open);
  assert.match(status.value, /bad slow\.csv could not .*bad\.json could not/);
  await showAll([file("good.csv")], open);
  assert.equal(status.value, "");
  // Which of one name it is, and what the package says in words that are no options of its.
  const alike = [new File(["x"], "a.csv"), new File(["x".repeat(2345)], "a.csv")];
  await showAll(alike, async (file) => {
    if (file.size > 1) ofCells("a", ["p", "q"], () => [], {});
    return [];
  });
  assert.match(
    status.value,
    /^a\.csv \(2 of 2 of this name, 2\.3\skB\) could not be opened: [^{}]* lon and lat, [^{}]* h3; [^{}]*p[^{}]*$/,
  );
  // What of one was not taken as it stands there is told of that one.
  await showAll([file("bad.csv"), file("good.csv")], async (file) => {
    await open(file);
    return ["a", "b", "c", "d", "e"];
  });
  assert.match(status.value, /^bad\.csv could not .* a server\. good\.csv: A\. .* good\.csv: C\. good\.csv: 2 more /);
  status.value = "before";
  await showAll([], open);
  assert.equal(status.value, "before");
});

test("datasets of one title are told apart by their ids", () => {
  const titled = (/** @type {[string, string][]} */ all) =>
    distinct(all.map(([id, title]) => ({ id, title }))).map(({ title }) => title);
  const all = /** @type {[string, string][]} */ ([
    ["trips", "Trips"],
    ["old", "Trips"],
    ["roads", "Roads"],
    ["a", "a"],
    ["b", "a"],
  ]);
  assert.deepEqual(titled(all), ["Trips (trips)", "Trips (old)", "Roads", "a", "a (b)"]);
});
