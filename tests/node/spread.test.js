/** How far cells are spread: what is drawn of them grows with the map, and does not jump where their size on it does. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ofPage } from "./lib/page.js";
import { random } from "./lib/random.js";

/** @type {typeof import("../../web/src/map/apart")} */
const { areTogether, widthOf } = await ofPage("map/apart");

const MOST = 8;

/** The cells of places at a zoom, in pixels: a corner of each, on a grid that is halved where its cells grow over 2.8 pixels. @param {[number, number][]} places @param {number} zoom */
function cells(places, zoom) {
  const side = 2 ** ((zoom % 1 < 0.485 ? zoom % 1 : (zoom % 1) - 1) + 1);
  const scale = 2 ** zoom;
  const corners = new Set(places.map((place) => place.map((at) => Math.floor((at * scale) / side)).join()));
  return {
    side,
    corners: [...corners].map((corner) => /** @type {[number, number]} */ (corner.split(",").map((at) => +at * side))),
  };
}

test("cells are wide enough for three of four to touch, however they lie", () => {
  const line = (/** @type {number} */ apart) =>
    Array.from({ length: 50 }, (_, at) => /** @type {[number, number]} */ ([at * apart, 0]));
  assert.equal(widthOf(line(2), 2, MOST), 1.5);
  assert.equal(widthOf(line(6), 2, MOST), 5.5);
  assert.equal(widthOf(line(40), 2, MOST), MOST);
  assert.equal(widthOf([[3, 3]], 2, MOST), MOST);
});

test("what is drawn of cells grows with the map in small steps", () => {
  const { next } = random(3);
  const normal = () => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
  /** @type {[number, number][]} */
  const places = Array.from({ length: 4000 }, () => {
    const far = next() < 0.5 ? 12 : 60;
    return [normal() * far, normal() * far];
  });
  let before = 0;
  for (let zoom = 0; zoom <= 6; zoom += 0.05) {
    const { side, corners } = cells(places, zoom);
    const drawn = Math.max(widthOf(corners, side, MOST), side);
    if (before > 0) {
      assert.ok(drawn < before * 1.35, `at ${zoom.toFixed(2)} from ${before} to ${drawn} pixels`);
      // Where all touch, cells are as wide as they are.
      assert.ok(drawn > before * 0.8 || drawn === side, `at ${zoom.toFixed(2)} from ${before} to ${drawn} pixels`);
    }
    before = drawn;
  }
  assert.equal(before, MOST, "where few are left, they are as wide as may be");
});

test("what is together in a small part of the view is told from what is long in one way, in two places, or not there", () => {
  const view = /** @type {const} */ ([1000, 600]);
  assert.equal(areTogether([[500, 300]], ...view), true);
  assert.equal(
    areTogether(
      [
        [900, 20],
        [930, 60],
        [915, 30],
      ],
      ...view,
    ),
    true,
  );
  assert.equal(
    areTogether(
      [
        [10, 10],
        [900, 500],
      ],
      ...view,
    ),
    false,
  );
  assert.equal(
    areTogether(
      [
        [10, 10],
        [150, 12],
      ],
      ...view,
    ),
    false,
  );
  assert.equal(
    areTogether(
      [
        [10, 10],
        [12, 80],
      ],
      ...view,
    ),
    false,
  );
  assert.equal(areTogether([], ...view), false);
});
