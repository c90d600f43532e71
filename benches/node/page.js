/** The page of chromium.js: times one contender, and hands each line to the driver. */

import { TilerWorker } from "duotile";
import init, { Tiler } from "../../wasm/pkg/duotile_wasm.js";
import { columns, contenders, ways } from "./contenders.js";
import { measure } from "./measure.js";
import { parse } from "./points.js";

/** @typedef {import("./contenders.js").Contender} Contender */

/** What Chromium has, and the driver gives. */
const here = /** @type {Window & { gc(): void, emit(line: object): Promise<void> }} */ (
  /** @type {unknown} */ (window)
);
const memory = /** @type {{ measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }} */ (
  /** @type {unknown} */ (performance)
);

/** The package's worker: what is timed includes the way there and back. @type {Contender} */
const byWorker = {
  input: columns,
  index: async ({ lon, lat, id, value, ts, codes, bytes, offsets }) => {
    const worker = new TilerWorker({ worker: "/worker.js", wasm: "/duotile.wasm" });
    const before = performance.now();
    const tiler = await worker.open({
      name: "points",
      positions: { lon, lat },
      columns: [
        { name: "id", type: "integer", values: id },
        { name: "category", type: "text", codes, bytes, offsets },
        { name: "value", type: "number", values: value },
        { name: "ts", type: "time", values: ts },
      ],
      notes: [],
    });
    return { tiler, positions: performance.now() - before, drop: () => worker.close() };
  },
  // The memory of a worker's module is told to nobody; it is that of the same module in the page.
  extra: () => null,
  ways: ({ tiler }) => ways("Duotile by its worker", (z, x, y, query) => tiler.tile(z, x, y, query)),
};

async function held() {
  here.gc();
  return (await memory.measureUserAgentSpecificMemory()).bytes;
}

const module = await init({ module_or_path: fetch("/duotile.wasm") });
/** @type {Record<string, Contender>} */
const all = { ...contenders(Tiler, module.memory), "duotile-worker": byWorker };
const contender = all[new URLSearchParams(location.search).get("who") ?? ""];
if (!contender) throw new Error(`${location.search} is none of ${Object.keys(all)}`);
const text = await (await fetch("/points.csv")).text();
for await (const line of measure(contender, parse(text.trimEnd().split("\n")), held)) await here.emit(line);
document.title = "done";
