// A tile from the worker, and one from the page itself: the same bytes.
import { Tiler, TilerWorker } from "duotile";

const input = { lon: [13.4, 2.35, -0.12], lat: [52.5, 48.86, 51.5], columns: { name: ["Berlin", "Paris", "London"] } };

async function find() {
  const worker = new TilerWorker();
  const remote = await worker.open(input, { name: "cities" });
  const tile = await remote.tile(0, 0, 0, { mode: "points" });
  const here = (await Tiler.from(input, { name: "cities" })).tile(0, 0, 0, { mode: "points" });
  const arrow = await worker.open(await arrowFile(), { name: "arrow" });
  return {
    bytes: [...tile],
    same: here.length === tile.length && here.every((byte, at) => byte === tile[at]),
    inWorker: typeof Worker !== "undefined",
    arrowRows: (await arrow.schema()).rows,
  };
}

/** The reader of Arrow can write, too. */
async function arrowFile() {
  const { tableFromArrays, tableToIPC } = await import("@uwdata/flechette");
  return tableToIPC(tableFromArrays({ lon: [1, 2], lat: [3, 4], name: ["a", "b"] }), { format: "stream" });
}

globalThis.found = await find().catch((error) => ({ error: String(error?.stack ?? error) }));
