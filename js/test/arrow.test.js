import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as arrow from "apache-arrow";
import { tableFromArrays, tableToIPC, vectorFromArray } from "apache-arrow";
import { Tiler, toColumns } from "../dist/index.js";

/** @param {string} name */
const fixture = (name) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));

/**
 * What each row carries, by its number.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function rows(bytes) {
  const tiler = await Tiler.from(bytes);
  const { features } = tiler.rows({ properties: "*" }, { limit: 1000 });
  return features.sort((a, b) => Number(a.id) - Number(b.id)).map(({ properties }) => properties);
}

for (const name of ["pyarrow.arrow", "pyarrow.arrows"]) {
  test(`${name}: every type that pyarrow writes, in batches that do not end at bytes`, async () => {
    const [first, second, third] = await rows(fixture(name));
    assert.deepEqual(first, {
      i8: -1,
      u16: 1,
      u32: 1,
      i64: 1,
      u64: 1,
      f16: 0.5,
      f32: 0.5,
      decimal: 1.25,
      bool: true,
      utf8: "Berlin",
      large_utf8: "Berlin",
      utf8_view: "Berlin",
      dictionary: "Berlin",
      s: "2024-01-01T12:30:15Z",
      ms: "2024-01-01T12:30:15.25Z",
      us: "2024-01-01T12:30:15.25Z",
      // A nanosecond before 1970 is in the microsecond before it.
      ns: "1969-12-31T23:59:59.999999Z",
      date32: "2024-01-01T00:00:00Z",
      date64: "2024-01-01T00:00:00Z",
      duration: 1,
    });
    assert.deepEqual([second?.["u32"], second?.["i64"], second?.["u64"]], [4294967295, String(2n ** 62n), null]);
    assert.deepEqual([second?.["ns"], second?.["bool"]], ["1970-01-01T00:00:00.000001Z", false]);
    const nulls = Object.entries(third ?? {}).filter(([, value]) => value === null);
    assert.equal(nulls.length, 15, "what is null in the file is null in the row");
    const { notes } = await toColumns(fixture(name));
    assert.deepEqual(
      notes.map((note) => /"(\w+)"/.exec(note)?.[1]),
      ["u64", "decimal", "list", "null"],
      "what was lost is told",
    );
  });
}

test("a row without a position is counted", async () => {
  const tiler = await Tiler.from(fixture("pyarrow.arrow"));
  const { rows, unusable } = tiler.schema();
  assert.deepEqual([rows, unusable], [3, 1]);
});

test("what Polars and DuckDB write is read", async () => {
  const polars = await rows(fixture("polars.arrow"));
  assert.deepEqual(
    polars.map((row) => [row["word"], row["category"], row["time"]]),
    [
      ["Berlin", "Berlin", "2024-01-01T12:30:15.25Z"],
      ["Paris", "Paris", "2024-01-02T12:30:15.25Z"],
      [null, null, "2024-01-03T12:30:15.25Z"],
    ],
  );
  assert.deepEqual(await rows(fixture("duckdb.arrow")), [
    { word: "Berlin", time: "2024-01-01T12:30:15.25Z", n: 1, price: 1.25 },
    { word: "Paris", time: null, n: 2, price: null },
  ]);
});

test("each batch's dictionary is its own", async () => {
  const words = (await rows(fixture("dictionaries.arrows"))).map((row) => row["word"]);
  assert.deepEqual(words, ["a", "b", "b", "c", "c", null, "a"]);
});

test("LZ4 buffers are read, ZSTD is refused by name", async () => {
  const all = await rows(fixture("lz4.feather"));
  assert.equal(all.length, 500);
  assert.deepEqual(all.slice(0, 3), [
    { n: 0, word: "Berlin" },
    { n: 1, word: "Paris" },
    { n: 2, word: null },
  ]);
  await assert.rejects(toColumns(fixture("zstd.feather")), /ZSTD.*compression/);
});

test("points as WKB and as GeoArrow", async () => {
  assert.deepEqual(await rows(fixture("wkb.arrow")), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  const { rows: all, unusable } = (await Tiler.from(fixture("wkb.arrow"))).schema();
  assert.deepEqual([all, unusable], [3, 1]);
  const tiler = await Tiler.from(fixture("geoarrow.arrow"));
  const geometry = /** @type {any} */ (tiler.rows().features[0]).geometry;
  assert.deepEqual(geometry, { type: "Point", coordinates: [-0.12, 51.5] });
});

test("GeoArrow in a grid is refused with its name, and read in degrees", async () => {
  const of = (/** @type {string} */ about) => {
    const number = new arrow.Float64();
    const type = new arrow.Struct([new arrow.Field("x", number), new arrow.Field("y", number)]);
    const metadata = new Map([
      ["ARROW:extension:name", "geoarrow.point"],
      ["ARROW:extension:metadata", about],
    ]);
    const schema = new arrow.Schema([new arrow.Field("geometry", type, true, metadata)]);
    const children = [8, 50].map((value) => arrow.makeData({ type: number, data: new Float64Array([value]) }));
    const rows = arrow.makeData({
      type: new arrow.Struct(schema.fields),
      children: [arrow.makeData({ type, children })],
    });
    return toColumns(
      tableToIPC(new arrow.Table(schema, new arrow.RecordBatch(schema, /** @type {any} */ (rows)))).slice(),
    );
  };
  const grid = { type: "ProjectedCRS", name: "SWEREF99 TM", id: { authority: "EPSG", code: 3006 } };
  await assert.rejects(of(JSON.stringify({ crs: grid })), /declared to be in EPSG:3006 \(SWEREF99 TM\)/);
  await assert.rejects(of('{"crs":"EPSG:3006"}'), /the server transforms them/);
  const degrees = { type: "GeographicCRS", name: "WGS 84 (CRS84)", id: { authority: "OGC", code: "CRS84" } };
  for (const about of ["{}", "not JSON", JSON.stringify({ crs: degrees }), '{"crs":"EPSG:4258"}']) {
    const { positions } = await of(about);
    assert.deepEqual("lon" in positions && [positions.lon[0], positions.lat[0]], [8, 50]);
  }
});

test("what apache-arrow writes is read, as file and as stream", async () => {
  const table = tableFromArrays({ longitude: new Float64Array([1, 2]), latitude: new Float64Array([3, 4]) }).assign(
    new arrow.Table({ big: vectorFromArray(["x", null], new arrow.LargeUtf8()), n: vectorFromArray([1n, 2n ** 40n]) }),
  );
  for (const format of /** @type {const} */ (["file", "stream"])) {
    const bytes = tableToIPC(table, format);
    // Also where the bytes begin at an odd place.
    const odd = new Uint8Array(bytes.length + 3);
    odd.set(bytes, 3);
    for (const given of [new Uint8Array(bytes), odd.subarray(3)]) {
      assert.deepEqual(await rows(given), [
        { big: "x", n: 1 },
        { big: null, n: 2 ** 40 },
      ]);
    }
  }
});

test("cells of H3 in Arrow: texts, in dictionaries too, and integers of both signs", async () => {
  const cells = ["8928308280fffff", null, "8009fffffffffff", "8009fffffffffff"];
  const numbers = cells.map((cell) => (cell === null ? null : BigInt(`0x${cell}`)));
  for (const h3 of [
    vectorFromArray(cells, new arrow.Utf8()),
    vectorFromArray(cells, new arrow.LargeUtf8()),
    vectorFromArray(cells, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
    vectorFromArray(numbers, new arrow.Uint64()),
    vectorFromArray(numbers, new arrow.Int64()),
  ]) {
    const table = new arrow.Table({ h3, n: vectorFromArray([1, 2, 3, 4], new arrow.Int32()) });
    const columns = await toColumns(new Uint8Array(tableToIPC(table)));
    assert.deepEqual(
      "cells" in columns.positions && [...columns.positions.cells],
      numbers.map((each) => each ?? 0n),
    );
    const found = (await rows(new Uint8Array(tableToIPC(table)))).sort((a, b) => Number(a["n"]) - Number(b["n"]));
    assert.deepEqual(found, [{ n: 1 }, { n: 3 }, { n: 4 }]);
  }
  const floats = tableFromArrays({ h3: new Float64Array([1, 2]) });
  await assert.rejects(toColumns(new Uint8Array(tableToIPC(floats))), /"h3" holds neither texts nor whole numbers/);
});

test("a file without positions names its columns; they can be named", async () => {
  await assert.rejects(toColumns(fixture("no-position.arrow")), /no longitude.*"height", "width"/);
  const { positions } = await toColumns(fixture("no-position.arrow"), { lon: "height", lat: "width" });
  assert.deepEqual("lon" in positions && [...positions.lon], [1, 2]);
  await assert.rejects(
    toColumns(fixture("duckdb.arrow"), { lon: "word", lat: "lat" }),
    /"word" is utf8, expected degrees/,
  );
});

test("what is no Arrow file, and one that is cut off, is told as such", async () => {
  await assert.rejects(toColumns(new TextEncoder().encode("PAR1\0\0\0\0")), /Parquet.*README/);
  await assert.rejects(toColumns(fixture("pyarrow.arrow").slice(0, 3000)), /cannot be read/);
  await assert.rejects(toColumns(fixture("pyarrow.arrows").slice(0, 3000)), /cannot be read/);
});
