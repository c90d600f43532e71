import assert from "node:assert/strict";
import { test } from "node:test";
import { VectorTile } from "@mapbox/vector-tile";
import * as arrow from "apache-arrow";
import { PbfReader } from "pbf";
import { Tiler } from "../dist/index.js";

/** @param {number} lon @param {number} lat @param {number} side */
const square = (lon, lat, side) => [
  [lon, lat],
  [lon + side, lat],
  [lon + side, lat + side],
  [lon, lat + side],
  [lon, lat],
];
/** @param {string} type @param {unknown} coordinates @param {object} properties */
const feature = (type, coordinates, properties) => ({ type: "Feature", geometry: { type, coordinates }, properties });

const FEATURES = [
  feature("Polygon", [square(0, 0, 40), square(10, 10, 10).reverse()], { n: 1 }),
  feature(
    "LineString",
    [
      [-90, 0, 7],
      [-45, 10, 8],
    ],
    { n: 2 },
  ),
  feature("MultiPolygon", [[square(60, -40, 10)], [square(80, -40, 10)]], { n: 3 }),
  feature(
    "MultiLineString",
    [
      [
        [-90, -20],
        [-45, -20],
      ],
      [
        [-90, -30],
        [-45, -30],
      ],
    ],
    { n: 4 },
  ),
];

/** @param {Uint8Array} bytes @param {string} name */
function shown(bytes, name) {
  const layer = new VectorTile(new PbfReader(bytes)).layers[name];
  return Array.from({ length: layer?.length ?? 0 }, (_, at) => {
    const found = /** @type {import("@mapbox/vector-tile").VectorTileFeature} */ (layer?.feature(at));
    return { type: found.type, properties: found.properties, paths: found.loadGeometry() };
  }).sort((a, b) => Number(a.properties["n"]) - Number(b.properties["n"]));
}

/** A geometry as well-known binary, by a writer of our own. @param {{ type: string, coordinates: any }} geometry */
function wkb({ type, coordinates }) {
  const code = ["", "Point", "LineString", "Polygon", "", "MultiLineString", "MultiPolygon"].indexOf(type);
  const z = type === "LineString" ? 1000 : 0;
  /** @param {number} value */
  const u32 = (value) => [...new Uint8Array(new Uint32Array([value]).buffer)];
  /** @param {number[]} position @returns {number[]} */
  const position = (position) => [...new Uint8Array(new Float64Array(position).buffer)];
  /** @param {number[][]} line @returns {number[]} */
  const run = (line) => [...u32(line.length), ...line.flatMap(position)];
  /** @type {Record<string, () => number[]>} */
  const bodies = {
    LineString: () => run(coordinates),
    Polygon: () => [...u32(coordinates.length), ...coordinates.flatMap(run)],
    MultiLineString: () => [
      ...u32(coordinates.length),
      ...coordinates.flatMap((/** @type {any} */ line) => [...wkb({ type: "LineString", coordinates: line })]),
    ],
    MultiPolygon: () => [
      ...u32(coordinates.length),
      ...coordinates.flatMap((/** @type {any} */ rings) => [...wkb({ type: "Polygon", coordinates: rings })]),
    ],
  };
  const flat = type === "LineString" && coordinates[0].length === 2 ? 0 : z;
  return Uint8Array.from([1, ...u32(code + flat), .../** @type {() => number[]} */ (bodies[type])()]);
}

test("lines and polygons of GeoJSON are drawn, with their holes and parts, and wound as tiles want it", async () => {
  const tiler = await Tiler.from(FEATURES, { name: "s" });
  const found = shown(tiler.tile(0, 0, 0, "mode=points"), "s");
  assert.deepEqual(
    found.map(({ type, paths }) => [type, paths.length]),
    [
      [3, 2],
      [2, 1],
      [3, 2],
      [2, 2],
    ],
  );
  assert.deepEqual(tiler.notes, []);
  // 45 degrees are 512 units of the 4096.
  assert.deepEqual(
    found[1]?.paths[0]?.map(({ x }) => x),
    [1024, 1536],
  );
  /** @param {{ x: number, y: number }[]} ring */
  const area = (ring) =>
    ring.reduce((sum, a, at) => {
      const b = /** @type {{ x: number, y: number }} */ (ring[(at + 1) % ring.length]);
      return sum + a.x * b.y - b.x * a.y;
    }, 0);
  const [shell, hole] = found[0]?.paths ?? [];
  assert.ok(shell && hole && area(shell) > 0 && area(hole) < 0);
});

test("the same as WKB and GeoArrow in Arrow, and as flat arrays, gives the same tiles", async () => {
  const expected = await Tiler.from(FEATURES, { name: "s" });
  const n = arrow.vectorFromArray([1, 2, 3, 4], new arrow.Int32());
  const geometry = arrow.vectorFromArray(
    FEATURES.map((feature) => wkb(feature.geometry)),
    new arrow.Binary(),
  );
  const ipc = new Uint8Array(arrow.tableToIPC(new arrow.Table({ geometry, n })));
  const columns = { n: [1, 2, 3, 4] };
  const [lon, lat] = [0, 1].map((axis) =>
    Float64Array.from(
      FEATURES.flatMap(({ geometry: { type, coordinates } }) =>
        /** @type {any[]} */ (coordinates).flat(type === "LineString" ? 0 : type === "MultiPolygon" ? 2 : 1),
      ).map((position) => position[axis]),
    ),
  );
  const outlines = {
    rows: Uint32Array.of(2, 3, 5, 7),
    parts: Uint32Array.of(5, 10, 12, 17, 22, 24, 26),
    kinds: Uint8Array.of(2, 3, 1, 2, 2, 1, 1),
    lon: /** @type {Float64Array} */ (lon),
    lat: /** @type {Float64Array} */ (lat),
  };
  for (const given of [ipc, { outlines, columns }]) {
    const tiler = await Tiler.from(given, { name: "s" });
    for (const [z, x, y] of /** @type {const} */ ([
      [0, 0, 0],
      [1, 1, 0],
      [3, 4, 3],
      [5, 17, 14],
    ]))
      for (const query of ["mode=points", "mode=cells&agg=sum:area", "filter=area > 1e12"])
        assert.deepEqual(tiler.tile(z, x, y, query), expected.tile(z, x, y, query), `${z}/${x}/${y} ${query}`);
  }
  // Nested lists of structs, of one kind.
  const place = new arrow.Struct([
    new arrow.Field("x", new arrow.Float64()),
    new arrow.Field("y", new arrow.Float64()),
  ]);
  const list = (/** @type {arrow.DataType} */ of) => new arrow.List(new arrow.Field("item", of));
  const rings = [square(0, 0, 40), square(10, 10, 10).reverse()].map((ring) => ring.map(([x, y]) => ({ x, y })));
  const nested = arrow.vectorFromArray([rings], list(list(place)));
  const polygon = await Tiler.from(new Uint8Array(arrow.tableToIPC(new arrow.Table({ geometry: nested }))), {
    name: "s",
  });
  const [alone] = shown(polygon.tile(0, 0, 0, "mode=points&properties=area"), "s");
  const [first] = shown(expected.tile(0, 0, 0, "mode=points&properties=area&filter=n = 1"), "s");
  assert.deepEqual(alone?.paths, first?.paths);
  assert.deepEqual(alone?.properties, first?.properties);
});

test("areas and lengths are columns, unless the data has such columns", async () => {
  const tiler = await Tiler.from(FEATURES, { name: "s" });
  const columns = tiler.schema().columns.map(({ name }) => name);
  assert.deepEqual(columns, ["n", "area", "length"]);
  const rows = tiler.rows({ properties: "*", filter: "n <= 2" }).features.map(({ properties }) => properties);
  const [polygon, line] = rows.sort((a, b) => Number(a["n"]) - Number(b["n"]));
  // A strip of 40 degrees from the equator to 40 north, without 10 degrees from 10 to 20, of the whole sphere.
  const radius = 6_371_008.8;
  const sin = (/** @type {number} */ degrees) => Math.sin((degrees * Math.PI) / 180);
  const area = 2 * Math.PI * radius ** 2 * ((40 / 360) * sin(40) - (10 / 360) * (sin(20) - sin(10)));
  assert.ok(Math.abs(Number(polygon?.["area"]) / area - 1) < 1e-6, `${polygon?.["area"]} ${area}`);
  assert.equal(line?.["area"], 0);
  const own = await Tiler.from([feature("Polygon", [square(0, 0, 1)], { area: "mine" })]);
  assert.deepEqual(
    own.schema().columns.map(({ name, type, unit }) => [name, type, unit]),
    [
      ["area", "text", undefined],
      ["length", "number", "m"],
    ],
  );
  assert.equal(tiler.schema().columns.find(({ name }) => name === "area")?.unit, "m²");
});

test("how many rows are drawn at a zoom is told, under a filter and a limit too", async () => {
  const squares = Array.from({ length: 900 }, (_, n) =>
    feature("Polygon", [square((n % 30) / 3, Math.floor(n / 30) / 3, 0.3 / (1 + (n % 7) ** 2))], { n }),
  );
  const tiler = await Tiler.from(squares, { name: "s" });
  for (const query of ["mode=points", "mode=points&filter=n < 300", "mode=points&limit=50"]) {
    const { rows, rows_drawn = [] } = tiler.metadata(query);
    for (const z of [0, 2, 4, 6, 8]) {
      const found = new Set();
      const [west, east] = [0, 11].map((degrees) => Math.floor(((degrees + 180) / 360) * 2 ** z));
      // Tiles south of the equator have what comes into their buffers.
      for (let x = Number(west); x <= Number(east); x++) {
        for (let y = Math.max(Number(2 ** z / 2) - Math.ceil((11 / 360) * 2 ** z) - 1, 0); y < 2 ** z / 2 + 1; y++) {
          if (y >= 2 ** z) continue;
          const { layers } = new VectorTile(new PbfReader(tiler.tile(z, x, y, query)));
          for (let at = 0; at < (layers["s"]?.length ?? 0); at++) found.add(layers["s"]?.feature(at).id);
        }
      }
      assert.equal(rows_drawn[z], found.size, `${query} at zoom ${z} of ${rows}`);
    }
    const few = query.includes("limit");
    assert.ok(Number(rows_drawn[0]) < rows && (few || rows_drawn[12] === rows), String(rows_drawn));
  }
  const points = await Tiler.from({ lon: Float64Array.of(1), lat: Float64Array.of(2), columns: {} });
  assert.equal(points.metadata("mode=points").rows_drawn, undefined);
});

test("frames are those of whole outlines, and what rows are is told, that of most first", async () => {
  const tiler = await Tiler.from([...FEATURES, feature("Polygon", [square(100, 10, 20)], { n: 5 })], { name: "s" });
  const { bounds = [], focus, center, geometryTypes } = tiler.describe();
  const near = (/** @type {number[]} */ found, /** @type {number[]} */ expected) =>
    found.every((degrees, at) => Math.abs(degrees - Number(expected[at])) < 1e-6);
  // The corners of the line in the west and of squares in the south and east; what is in the middle of each is none of them.
  assert.ok(near(bounds, [-90, -40, 120, 40]), String(bounds));
  assert.ok(near(focus, [-90, -40, 120, 40]), String(focus));
  assert.ok(near(center.slice(0, 1), [15]) && center[2] === 1, String(center));
  const told = tiler.tileJson();
  assert.deepEqual([geometryTypes, told.bounds, told.center], [["Polygon", "LineString"], bounds, center]);
  assert.deepEqual(tiler.tileJson({ geometry: "point" }).geometry_types, ["Point"]);
  const points = await Tiler.from({ lon: Float64Array.of(1), lat: Float64Array.of(2), columns: {} });
  assert.deepEqual(points.describe().geometryTypes, ["Point"]);
});

test("what cannot be used is told, and arrays that do not fit are refused", async () => {
  const tie = [
    [0, 0],
    [10, 10],
    [10, 0],
    [0, 10],
    [0, 0],
  ];
  const features = [
    feature("Polygon", [tie], {}),
    feature(
      "Polygon",
      [
        [
          [0, 0],
          [1, Number.NaN],
          [1, 1],
        ],
      ],
      {},
    ),
    feature(
      "LineString",
      [
        [170, 0],
        [-170, 0],
      ],
      {},
    ),
    feature("Circle", [0, 0], {}),
  ];
  const tiler = await Tiler.from(features);
  assert.deepEqual(tiler.notes, [
    "left out, because they are no geometries of GeoJSON: 1 Circle",
    "left out: parts with a position that is none: 1",
    "mended: rings that cross themselves, of which all is inside that they go round more often one way than the other: 1",
    "cut: rows over the antimeridian, whose parts stay one row: 1",
  ]);
  assert.equal(tiler.schema().unusable, 2);
  const outlines = {
    rows: Uint32Array.of(1),
    parts: Uint32Array.of(3),
    kinds: Uint8Array.of(9),
    lon: new Float64Array(3),
  };
  await assert.rejects(Tiler.from({ outlines: { ...outlines, lat: new Float64Array(2) } }), /3 longitudes and 2 lat/);
  await assert.rejects(Tiler.from({ outlines: { ...outlines, lat: new Float64Array(3) } }), /kind 9, expected 0/);
});

test("as points each row is one point with its properties, in one tile, ranked by a column", async () => {
  const tiler = await Tiler.from(FEATURES, { name: "s" });
  const query = { mode: /** @type {const} */ ("points"), geometry: /** @type {const} */ ("point") };
  const tiles = [0, 1].flatMap((x) => [0, 1].flatMap((y) => shown(tiler.tile(1, x, y, query), "s")));
  assert.deepEqual(
    tiles.map(({ type, properties }) => [type, properties["n"]]).sort(),
    [1, 2, 3, 4].map((n) => [1, n]),
  );
  assert.deepEqual(
    shown(tiler.tile(0, 0, 0, { ...query, rank: "n", detail: 4 }), "s").map(({ properties }) => properties["n"]),
    [1, 2, 3, 4],
  );
  assert.throws(() => tiler.tile(0, 0, 0, { ...query, rank: "m" }), /has no column "m"/);
});

test("of a row that is damaged nothing is left, and it takes no other with it", async () => {
  /** @param {number[]} values */
  const u32 = (...values) => [...new Uint8Array(Uint32Array.from(values).buffer)];
  const polygon = wkb({ type: "Polygon", coordinates: [square(0, 0, 40), square(10, 10, 10)] }).slice();
  // Of two dimensions, and collections within collections.
  const line = wkb({
    type: "LineString",
    coordinates: [
      [-90, 0],
      [-45, 10],
    ],
  });
  /** @param {number} deep @returns {number[]} */
  const within = (deep) => [...Array(deep)].flatMap(() => [1, ...u32(7, 1)]).concat([...line]);
  const rows = [
    line,
    polygon.slice(0, -20),
    Uint8Array.of(2, ...line.slice(1)),
    Uint8Array.from(within(32)),
    Uint8Array.from(within(33)),
    Uint8Array.from(within(20_000)),
  ];
  const table = new arrow.Table({
    geometry: arrow.vectorFromArray(rows, new arrow.Binary()),
    n: arrow.vectorFromArray([1, 2, 3, 4, 5, 6], new arrow.Int32()),
  });
  const tiler = await Tiler.from(new Uint8Array(arrow.tableToIPC(table)), { name: "s" });
  assert.deepEqual(
    shown(tiler.tile(0, 0, 0, "mode=points"), "s").map(({ type, properties }) => [type, properties["n"]]),
    [
      [2, 1],
      [2, 4],
    ],
  );
  assert.deepEqual(tiler.notes, ['left out: 4 of "geometry", which cannot be read as geometries']);
});

test("parts without positions are none, of whatever they are parts", async () => {
  /** @type {any} */
  let deep = { type: "Point", coordinates: [0, 0] };
  for (let at = 0; at < 100_000; at++) deep = { type: "GeometryCollection", geometries: [deep] };
  const tiler = await Tiler.from(
    [
      feature("Polygon", [[], square(0, 0, 40)], { n: 1 }),
      feature("MultiPoint", [[-90, 0], null, [-45, 10]], { n: 2 }),
      feature("LineString", 7, { n: 3 }),
      { type: "Feature", geometry: deep, properties: { n: 4 } },
      // As in data of points alone, which has no place for it.
      feature("Point", [-200, 10], { n: 5 }),
    ],
    { name: "s" },
  );
  const found = shown(tiler.tile(0, 0, 0, "mode=points"), "s");
  assert.deepEqual(
    found.map(({ type, properties, paths }) => [type, properties["n"], paths.length]),
    [
      [3, 1, 1],
      [1, 2, 2],
    ],
  );
  assert.deepEqual(tiler.notes, [
    "left out, because they are no geometries of GeoJSON: 1 LineString, 1 GeometryCollection",
    "left out: parts with a position that is none: 1",
  ]);
});
