// What a Content-Security-Policy forbids is told; what it allows works. The test names scripts and module in the address.
import { Tiler, TilerWorker } from "duotile";

const options = new URLSearchParams(location.search);
const input = { lon: [1], lat: [2] };
const given = Object.fromEntries(
  ["worker", "wasm"].flatMap((key) => (options.get(key) ? [[key, options.get(key)]] : [])),
);

async function find() {
  const worker = new TilerWorker(given);
  const said = {};
  const opening = worker.open(input);
  said.worker = await opening.then(
    (remote) => remote.tile(0, 0, 0).then(({ length }) => `${length} bytes`),
    (error) => error.message,
  );
  said.again = await worker.open(input).then(
    () => "open",
    (error) => error.message,
  );
  said.page = await Tiler.from(input, given.wasm ? { wasm: given.wasm } : {}).then(
    (tiler) => `${tiler.tile(0, 0, 0).length} bytes`,
    (error) => error.message,
  );
  return said;
}

window.found = await find();
