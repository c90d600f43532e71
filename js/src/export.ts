/**
 * An archive of a dataset's tiles, made here: the module says which tiles there are and what is in them, here they are packed and
 * stored, and all of it is a PMTiles file. Loaded when it is asked for.
 */

import type { Archive, ArchiveEstimate, ExportOptions } from "./archive.js";
import { type Described, described, type Told } from "./export-metadata.js";
import { gzip, Parts } from "./export-parts.js";
import { guarded } from "./problem.js";
import { textOf } from "./query.js";
import { MAX_ZOOM } from "./tilejson.js";
import type { Bounds } from "./types.js";
import type { Core } from "./wasm.js";

type Pyramid = ReturnType<Core["pyramid"]>;
type Batch = NonNullable<ReturnType<Pyramid["next"]>>;

const TILES = 500_000;
/** Bytes that header and root take. */
const FRONT = 16_384;
const DEFAULTS = { zooms: [0, 14], tileSize: 500_000, maxBytes: 256e6 } as const;

/** Makes an archive. @internal */
export async function archived(tiler: Described, core: Core, options: ExportOptions): Promise<Archive> {
  const { maxBytes = DEFAULTS.maxBytes } = options;
  const parts = new Parts(maxBytes);
  return withPyramid(core, options, false, async (pyramid, batches) => {
    for await (const batch of batches(() => parts.bytes)) {
      if (batch.done === 0) parts.mark(batch.z);
      const packed = await Promise.all(tilesOf(batch).map(gzip));
      const lengths = Uint32Array.from(packed, ({ length }) => length);
      const keep = pyramid.take(lengths);
      if (keep)
        pyramid.place(
          Float64Array.from(packed, (tile) => parts.place(tile)),
          lengths,
        );
      else if (keep === undefined) parts.back();
    }
    const told = pyramid.told() as Told;
    if (told.zooms.every(({ tiles }) => tiles === 0)) {
      throw new Error(`no row passes the query${options.bounds ? " within bounds" : ""}, so there is no tile`);
    }
    const text = JSON.stringify(described(tiler, options, told));
    const metadata = await gzip(new TextEncoder().encode(text));
    for (let plain = pyramid.directory(); plain; plain = pyramid.directory()) {
      options.signal?.throwIfAborted();
      pyramid.packed(await gzip(plain));
    }
    const front = pyramid.front(core, parts.bytes, metadata.length) as Uint8Array<ArrayBuffer>;
    const all = [front, ...parts.all, metadata, pyramid.leaves() as Uint8Array<ArrayBuffer>];
    return { file: new Blob(all, { type: "application/vnd.pmtiles" }), zooms: told.zooms };
  });
}

/** Estimates an archive. @internal */
export async function estimated(core: Core, options: ExportOptions): Promise<ArchiveEstimate> {
  const parts = new Parts(Number.POSITIVE_INFINITY);
  return withPyramid(core, options, true, async (pyramid, batches) => {
    for await (const batch of batches(() => 0)) {
      const packed = await Promise.all(tilesOf(batch).map(gzip));
      // What is there already takes no room.
      const more = (tile: Uint8Array<ArrayBuffer>) => {
        const before = parts.bytes;
        parts.place(tile);
        return parts.bytes - before;
      };
      pyramid.take(Uint32Array.from(packed, more));
    }
    const zooms = (pyramid.told() as Told).zooms.map(({ z, tiles, bytes }) => ({ z, tiles, bytes }));
    const sum = (of: "tiles" | "bytes") => zooms.reduce((sum, zoom) => sum + zoom[of], 0);
    return { tiles: sum("tiles"), bytes: FRONT + sum("bytes"), zooms };
  });
}

type Batches = (bytes: () => number) => AsyncGenerator<Batch>;

/** Runs over the batches of a pyramid, between which others may ask for tiles, and gives its memory back. */
async function withPyramid<T>(
  core: Core,
  options: ExportOptions,
  sample: boolean,
  run: (pyramid: Pyramid, batches: Batches) => Promise<T>,
): Promise<T> {
  const { query = "", bounds, signal, onProgress } = options;
  const [first, last] = zoomsOf(options.zooms);
  const size = sizeOf("tileSize", options.tileSize ?? DEFAULTS.tileSize);
  sizeOf("maxBytes", options.maxBytes ?? DEFAULTS.maxBytes);
  const within = bounds === undefined ? undefined : Float64Array.from(boxOf(bounds));
  if (typeof CompressionStream === "undefined") {
    throw new Error(
      "there is no CompressionStream here, by which tiles are packed: a newer browser has it, and Node from 18 on",
    );
  }
  const pyramid = guarded(() => core.pyramid(textOf(query), first, last, within, size, sample));
  async function* batches(bytes: () => number): AsyncGenerator<Batch> {
    /** Tiles of the zooms before, and of this one as far as they are counted. */
    const tiles = new Map<number, number>();
    for (;;) {
      signal?.throwIfAborted();
      const batch = guarded(() => pyramid.next(core));
      if (!batch) return;
      tiles.set(batch.z, batch.count);
      const all = [...tiles.values()].reduce((sum, count) => sum + count, 0);
      if (!sample && all > TILES) {
        throw new Error(
          `an archive of more than ${TILES} tiles, at zoom ${batch.z}, is not made here: name fewer zooms or a smaller box, or let \`duotile export\` make it`,
        );
      }
      onProgress?.({ z: batch.z, done: batch.done, of: batch.count, bytes: bytes() });
      yield batch;
      // What was asked meanwhile is answered.
      await new Promise<void>((resume) => setTimeout(resume));
    }
  }
  try {
    return await run(pyramid, batches);
  } finally {
    try {
      pyramid.free();
    } catch {
      // A module that broke holds it still.
    }
  }
}

function* tiles({ bytes, ends }: Batch): Generator<Uint8Array<ArrayBuffer>> {
  let start = 0;
  for (const end of ends) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

const tilesOf = (batch: Batch): Uint8Array<ArrayBuffer>[] => [...tiles(batch)];

function zoomsOf(zooms: readonly number[] = DEFAULTS.zooms): [number, number] {
  const [first = Number.NaN, last = Number.NaN] = zooms;
  const fits = [first, last].every((zoom) => Number.isInteger(zoom) && zoom >= 0 && zoom <= MAX_ZOOM);
  if (fits && first <= last && zooms.length === 2) return [first, last];
  throw new TypeError(`zooms: got [${zooms}], expected the first and the last, whole numbers from 0 to ${MAX_ZOOM}`);
}

function boxOf(bounds: Bounds): Bounds {
  const [west, south, east, north] = bounds;
  const within = (side: number, most: number) => side >= -most && side <= most;
  const fits = within(west, 180) && within(east, 180) && within(south, 90) && within(north, 90);
  if (bounds.length === 4 && fits && south <= north) return bounds;
  throw new TypeError(`bounds: got [${bounds}], expected west, south, east and north in degrees`);
}

function sizeOf(name: string, size: number): number {
  if (size >= 1 && size < 2 ** 32) return Math.floor(size);
  throw new TypeError(`${name}: got ${size}, expected a number of bytes from 1 to 4,294,967,295`);
}
