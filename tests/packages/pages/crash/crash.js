// A worker that runs out of memory, with three datasets in it: a text, a function and arrays.
import { Crash, TilerWorker } from "duotile";

const small = { lon: [1, 2], lat: [3, 4] };
const large = 2_000_000;

async function find() {
  const worker = new TilerWorker();
  const text = await worker.open("lon,lat\n1,2\n", { name: "text" });
  const given = await worker.open(() => small, { name: "given" });
  const arrays = await worker.open(small, { name: "arrays" });
  const lon = Float64Array.from({ length: large }, (_, row) => (row % 360) - 180);
  const lat = Float64Array.from({ length: large }, (_, row) => (row % 170) - 85);
  const [crash, owed] = await Promise.allSettled([worker.open({ lon, lat }), arrays.tile(0, 0, 0)]);
  const told = (promise) =>
    promise.then(
      ({ length }) => length > 0,
      ({ message }) => message,
    );
  return {
    crash: crash.reason instanceof Crash && crash.reason.message,
    owed: owed.reason?.message ?? owed.value.length > 0,
    text: await told(text.tile(0, 0, 0)),
    given: await told(given.tile(0, 0, 0)),
    arrays: await told(arrays.tile(0, 0, 0)),
    another: await told((await worker.open(small)).tile(0, 0, 0)),
  };
}

window.found = await find().catch((error) => ({ error: String(error?.stack ?? error) }));
