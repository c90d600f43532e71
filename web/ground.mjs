/**
 * The ground under the data of pages that are built apart: the countries of the page's own topology as GeoJSON, which any
 * map reads.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { feature } from "topojson-client";

/**
 * Writes it beneath a folder, under a name with a hash, so that several pages share it; returns its path from there.
 *
 * @param {string} folder
 */
export function ground(folder) {
  const world = JSON.parse(readFileSync(join(import.meta.dirname, "src/data/countries.topo.json"), "utf8"));
  const { features } = feature(world, world.objects.countries);
  // As fine as the topology: its grid is 0.0036 degrees wide.
  const text = JSON.stringify(
    {
      type: "FeatureCollection",
      features: features.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry })),
    },
    (_, value) => (typeof value === "number" ? Math.round(value * 1000) / 1000 : value),
  );
  const path = `ground/countries-${createHash("sha256").update(text).digest("hex").slice(0, 10)}.json`;
  mkdirSync(join(folder, "ground"), { recursive: true });
  writeFileSync(join(folder, path), text);
  return path;
}
