/** The shipped ground as its build cuts it, read by another decoder, against what is known of the earth. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import { pyramid } from "../../web/pyramid.js";

const { far, near, split, deepest } = pyramid();

/** Tiles of a pack, read as its description says. @param {Buffer} pack */
function tilesOf(pack) {
  const start = 4 + pack.readUInt32LE(0);
  /** @type {Record<string, [number, number]>} */
  const index = JSON.parse(pack.subarray(4, start).toString());
  return Object.entries(index).map(([address, [from, to]]) => {
    const tile = new VectorTile(new PbfReader(pack.subarray(start + from, start + to)));
    return /** @type {const} */ ([address, tile]);
  });
}

const tiles = new Map([...tilesOf(far), ...tilesOf(near)]);

/** @param {number} lon @param {number} lat @returns {[number, number]} in the world's square, from 0 to 1 */
function project(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

/** Shapes of a layer of a tile. @param {string} address @param {string} name */
function shapes(address, name) {
  const layer = tiles.get(address)?.layers[name];
  return Array.from({ length: layer?.length ?? 0 }, (_, at) => {
    const feature = layer?.feature(at);
    return { properties: feature?.properties ?? {}, lines: feature?.loadGeometry() ?? [] };
  });
}

/** Whether there is land at a place, by how often a ray to the east crosses its outlines. @param {number} z @param {number} lon @param {number} lat */
function isLand(z, lon, lat) {
  const [x, y] = project(lon, lat).map((part) => part * 2 ** z);
  if (x === undefined || y === undefined) throw new Error("no place");
  const address = `${z}/${Math.floor(x)}/${Math.floor(y)}`;
  const extent = tiles.get(address)?.layers["land"]?.extent ?? 1;
  const [px, py] = [(x % 1) * extent, (y % 1) * extent];
  let inside = false;
  for (const { lines } of shapes(address, "land")) {
    for (const ring of lines) {
      ring.forEach((a, at) => {
        const b = ring[(at + 1) % ring.length] ?? a;
        if (a.y > py !== b.y > py && px < a.x + ((py - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
      });
    }
  }
  return inside;
}

test("land is where land is, at every zoom, at the antimeridian and at the pole too", () => {
  const land = {
    Paris: [2.35, 48.85],
    Kansas: [-98, 39],
    Mongolia: [106.9, 47.9],
    Lesotho: [28.2, -29.5],
    Siberia: [179.5, 68.5],
    Chukotka: [-179, 67.5],
    Antarctica: [0, -82],
  };
  const sea = { Gulf: [0, 0], Atlantic: [-35, 30], "Bering Sea": [179.9, 57], Pacific: [-179.9, 10], Biscay: [-6, 46] };
  for (let z = 0; z <= deepest; z += 1) {
    for (const [name, [lon = 0, lat = 0]] of Object.entries(land))
      assert.ok(isLand(z, lon, lat), `${name} at zoom ${z}`);
    for (const [name, [lon = 0, lat = 0]] of Object.entries(sea))
      assert.ok(!isLand(z, lon, lat), `${name} at zoom ${z}`);
    // An island of 30 kilometres by 150, smaller than what is left out of the whole world.
    if (z >= split) assert.ok(isLand(z, 179.2, -16.6), `Vanua Levu at zoom ${z}`);
  }
});

test("29.2 % of the earth is land", () => {
  // Places as even as the seeds of a sunflower; those that a map has not are land in the south, sea in the north.
  const count = 20_000;
  for (const z of [0, split, deepest]) {
    let found = 0;
    for (let at = 0; at < count; at += 1) {
      const lat = (Math.asin(1 - (2 * (at + 0.5)) / count) * 180) / Math.PI;
      const lon = ((at * 137.50776405) % 360) - 180;
      if (lat < -85 || (lat < 85 && isLand(z, lon, lat))) found += 1;
    }
    // Lakes count as land here, but for the Caspian Sea; the smallest islands are left out.
    assert.ok(Math.abs((found * 100) / count - 29.2) < 0.7, `${(found * 100) / count} % at zoom ${z}`);
  }
});

test("every country has one name, at every zoom", () => {
  for (let z = 0; z <= deepest; z += 1) {
    const names = [...tiles.keys()]
      .filter((address) => address.startsWith(`${z}/`))
      .flatMap((address) => {
        const extent = tiles.get(address)?.layers["countries"]?.extent ?? 0;
        // Beyond the edge of a tile they are the neighbour's.
        const within = (/** @type {number} */ at) => at >= 0 && at < extent;
        return shapes(address, "countries")
          .filter(({ lines }) => lines.flat().some(({ x, y }) => within(x) && within(y)))
          .map(({ properties }) => properties["name"]);
      });
    assert.equal(names.length, new Set(names).size);
    assert.equal(names.length, 241);
  }
});

test("no coast runs along the antimeridian, and no border through the sea", () => {
  for (const y of [3, 4]) {
    for (const x of [0, 15]) {
      const edge = x === 0 ? 0 : 8192;
      for (const { lines } of shapes(`4/${x}/${y}`, "coast")) {
        for (const line of lines) {
          line.forEach((a, at) => {
            const b = line[at + 1];
            const along = b && Math.abs(a.x - edge) < 2 && Math.abs(b.x - edge) < 2 && Math.abs(a.y - b.y) > 20;
            assert.ok(!along, `4/${x}/${y}: ${JSON.stringify([a, b])}`);
          });
        }
      }
    }
  }
  assert.ok(shapes("4/8/5", "borders").length > 0, "central Europe has borders");
  assert.equal(shapes("4/6/7", "borders").length, 0, "the Atlantic has none");
});
