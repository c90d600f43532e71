/**
 * Two decoders of vector tiles that are not ours and not each other's: `@mapbox/vector-tile`, which most maps use, and
 * the specification's own schema read by protobufjs, with its commands followed here step by step. Both give the same
 * plain shape.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";
import protobuf from "protobufjs";

/**
 * @typedef {{ id: number | undefined, type: number, properties: Record<string, unknown>, parts: [number, number][][] }} Feature
 * @typedef {{ name: string, version: number, extent: number, features: Feature[] }} Layer
 */

const require = createRequire(import.meta.url);
const fixtures = dirname(require.resolve("@mapbox/mvt-fixtures/package.json"));
const schema = readFileSync(join(fixtures, "vector-tile-spec", "2.1", "vector_tile.proto"), "utf8");
const Tile = protobuf.parse(schema, { keepCase: true }).root.lookupType("vector_tile.Tile");

/**
 * @param {Uint8Array} bytes
 * @returns {Layer[]}
 */
export function byMapbox(bytes) {
  return Object.values(new VectorTile(new PbfReader(bytes)).layers).map((layer) => ({
    name: layer.name,
    version: layer.version,
    extent: layer.extent,
    features: Array.from({ length: layer.length }, (_, at) => {
      const feature = layer.feature(at);
      const parts = feature
        .loadGeometry()
        .map((part) => part.map(({ x, y }) => /** @type {[number, number]} */ ([x, y])));
      return { id: feature.id, type: feature.type, properties: { ...feature.properties }, parts };
    }),
  }));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Layer[]}
 */
export function bySchema(bytes) {
  const tile = Tile.toObject(Tile.decode(bytes), { longs: Number, arrays: true });
  return tile["layers"].map((/** @type {any} */ layer) => ({
    name: layer.name,
    version: layer.version,
    extent: layer.extent ?? 4096,
    features: layer.features.map((/** @type {any} */ feature) => {
      /** @type {Record<string, unknown>} */
      const properties = {};
      for (let at = 0; at < feature.tags.length; at += 2) {
        const [value, ...more] = Object.values(layer.values[feature.tags[at + 1]]);
        if (more.length > 0) throw new Error(`a value with ${more.length + 1} fields`);
        properties[layer.keys[feature.tags[at]]] = value;
      }
      return { id: feature.id, type: feature.type, properties, parts: partsOf(feature.geometry) };
    }),
  }));
}

/**
 * Follows commands. A ring ends at its first point again, as the other decoder has it.
 *
 * @param {number[]} commands
 */
function partsOf(commands) {
  /** @type {[number, number][][]} */
  const parts = [];
  let [x, y, at] = [0, 0, 0];
  while (at < commands.length) {
    const [command, count] = [commands[at] & 7, commands[at] >>> 3];
    at += 1;
    if (command === 7) {
      const ring = parts[parts.length - 1];
      ring.push([...ring[0]]);
      continue;
    }
    if (command !== 1 && command !== 2) throw new Error(`command ${command}`);
    for (let i = 0; i < count; i += 1, at += 2) {
      x += unzigzag(commands[at]);
      y += unzigzag(commands[at + 1]);
      if (command === 1) parts.push([]);
      parts[parts.length - 1].push([x, y]);
    }
  }
  return parts;
}

/** @param {number} n */
function unzigzag(n) {
  return (n >>> 1) ^ -(n & 1);
}
