// A map whose tiles come by the protocol, and what the tests ask of it. `MAPLIBRE` stands for one of its versions.

import * as maplibre from "MAPLIBRE";
import { Protocol, TilerWorker } from "duotile";

// Version 6 has named exports, those before it one object.
const maplibregl = maplibre.default ?? maplibre;
const options = new URLSearchParams(location.search);
const inWorkers = options.get("side") === "workers";

/** Points all over the world, the same every time; `shift` moves half of them. */
function points(shift = 0) {
  const rows = 3000;
  const [lon, lat, value] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    lon[row] = ((row * 137.5) % 300) - 150;
    lat[row] = ((row * 61.8) % 120) - 60 + (lon[row] > 0 ? shift : 0);
    value[row] = row;
  }
  return { lon, lat, columns: { value } };
}

const asked = new Map();
const count = (url) => asked.set(url, (asked.get(url) ?? 0) + 1);

const files = options.has("files");
const worker = new TilerWorker(files ? { worker: "/worker.js", wasm: "/duotile.wasm" } : {});
const open = (shift) => worker.open(points(shift), { name: "points" });
const protocol = new Protocol(await open(0));
// The habit from PMTiles, and a count of what comes by the page.
maplibregl.addProtocol("duotile", (request, controller) => {
  count(request.url);
  return protocol.tile(request, controller);
});

/** Tiles that never come, until nobody wants them. */
const slow = { begun: 0, aborted: 0 };
protocol.add({
  name: "slow",
  tileJson: () => ({ tilejson: "3.0.0", tiles: [], minzoom: 0, maxzoom: 22 }),
  tile: (_z, _x, _y, _query, signal) => {
    slow.begun++;
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        slow.aborted++;
        reject(signal.reason);
      });
    });
  },
});

if (inWorkers) await protocol.importInWorkers(maplibregl, "duotile", files ? "/maplibre-worker.mjs" : undefined);

const map = new maplibregl.Map({
  container: "map",
  fadeDuration: 0,
  center: [20, 10],
  zoom: 2,
  style: {
    version: 8,
    sources: { points: { type: "vector", url: "duotile://points?mode=points&filter=value%20%3E%3D%20100" } },
    layers: [
      { id: "points", type: "circle", source: "points", "source-layer": "points", paint: { "circle-radius": 4 } },
    ],
  },
});
const errors = [];
map.on("error", ({ error }) => errors.push(error.message));
const idle = () => new Promise((resolve) => map.once("idle", resolve));
await idle();

const manager = () => (map.style.tileManagers ?? map.style.sourceCaches).points;
/** The index of features of each tile: parsing a tile makes another. */
const tiles = () =>
  new Map(
    manager()
      .getIds()
      .map((id) => [id, manager().getTileByID(id).latestFeatureIndex]),
  );
const until = async (met) => {
  for (let i = 0; i < 400 && !met(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  return met();
};

async function find() {
  const shown = map.queryRenderedFeatures({ layers: ["points"] });
  const found = {
    version: maplibregl.getVersion(),
    shown: shown.length,
    filtered: shown.every(({ properties }) => properties.value >= 100),
  };

  // Is a tile that did not change parsed again?
  const before = tiles();
  if (map.refreshTiles) {
    const settled = () =>
      manager()
        .getIds()
        .every((id) => manager().getTileByID(id).state === "loaded");
    map.refreshTiles("points");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await until(settled);
    const after = tiles();
    found.refreshed = before.size;
    found.parsedAgain = [...before].filter(([id, index]) => after.get(id) !== index).length;
    protocol.add(await open(3));
    await new Promise((resolve) => setTimeout(resolve, 300));
    map.refreshTiles("points");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await until(settled);
    const moved = tiles();
    found.parsedAfterChange = [...before].filter(([id, index]) => moved.get(id) !== index).length;
  } else {
    map.jumpTo({ center: [-60, 10] });
    await idle();
    map.jumpTo({ center: [20, 10] });
    await idle();
    found.askedTwice = [...asked].filter(([url, times]) => /\/\d+\/\d+\/\d+/.test(url) && times > 1).length;
  }
  found.tilesByThePage = [...asked].filter(([url]) => /points\/\d+\/\d+\/\d+/.test(url)).length;

  // Does a tile that is no longer wanted stop?
  map.addSource("slow", { type: "vector", url: "duotile://slow" });
  map.addLayer({ id: "slow", type: "circle", source: "slow", "source-layer": "slow" });
  await until(() => slow.begun > 0);
  map.removeLayer("slow");
  map.removeSource("slow");
  await until(() => slow.aborted === slow.begun);
  found.slow = { ...slow, byThePage: [...asked].filter(([url]) => /slow\/\d/.test(url)).length };

  // A wrong query is told where it is wrong.
  map.addSource("wrong", { type: "vector", url: "duotile://points?filter=valu%20%3E%201" });
  await until(() => errors.length > 0);
  found.errors = errors;
  return found;
}

window.found = await find().catch((error) => ({ error: String(error?.stack ?? error) }));
