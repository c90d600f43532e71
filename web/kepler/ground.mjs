/** The ground under the data, from the page's own topology: countries as GeoJSON, which Kepler.gl's maps can read. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { feature } from "topojson-client";

/**
 * Writes it into a folder, under a name with a hash, and returns that name.
 *
 * @param {string} topology
 * @param {string} folder
 */
export function ground(topology, folder) {
  const world = JSON.parse(readFileSync(topology, "utf8"));
  const { features } = feature(world, world.objects.countries);
  // As fine as the topology: its grid is 0.0036 degrees wide.
  const text = JSON.stringify(
    { type: "FeatureCollection", features: features.map(({ geometry }) => ({ type: "Feature", properties: {}, geometry })) },
    (_, value) => (typeof value === "number" ? Math.round(value * 1000) / 1000 : value),
  );
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  const name = `countries-${hash}.json`;
  writeFileSync(join(folder, name), text);
  return name;
}
