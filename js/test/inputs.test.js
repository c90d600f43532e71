import assert from "node:assert/strict";
import { test } from "node:test";
import { Tiler, toColumns } from "../dist/index.js";

/**
 * A column in plain words: its values, nulls where its bitmap has no bit.
 *
 * @param {import("../dist/index.js").Column} column
 */
function plain(column) {
  const { name, type, valid } = column;
  const has = (/** @type {number} */ row) => !valid || ((valid[row >> 3] ?? 0) >> (row & 7)) & 1;
  const values = column.type === "text" ? column.codes : column.values;
  const decoder = new TextDecoder();
  const told = [...values].map((value, row) => {
    if (!has(row)) return null;
    if (column.type !== "text") return String(value);
    return decoder.decode(column.bytes.slice(column.offsets[Number(value)], column.offsets[Number(value) + 1]));
  });
  return [name, type, told];
}

test("plain arrays become the narrowest column that holds their values", async () => {
  const { columns } = await toColumns({
    lon: [1, 2, null],
    lat: new Float32Array([3, 4, 5]),
    columns: {
      small: [1, 2, 3],
      wide: [1, 2 ** 40, 3],
      big: [1n, 2n, 3n],
      float: [1, 2.5, 3],
      typed: new Float32Array([1, 2, 3]),
      bytes: new Uint8Array([1, 2, 3]),
      unsigned: new Uint32Array([1, 2 ** 32 - 1, 3]),
      truth: [true, false, true],
      time: [new Date(5), new Date(6), new Date(7)],
      text: ["b", "a", "b"],
      mixed: ["1", 2, true],
    },
  });
  assert.deepEqual(columns.map(plain), [
    ["small", "integer", ["1", "2", "3"]],
    ["wide", "integer", ["1", "1099511627776", "3"]],
    ["big", "integer", ["1", "2", "3"]],
    ["float", "number", ["1", "2.5", "3"]],
    ["typed", "number", ["1", "2", "3"]],
    ["bytes", "integer", ["1", "2", "3"]],
    ["unsigned", "integer", ["1", "4294967295", "3"]],
    ["truth", "boolean", ["5"]],
    ["time", "time", ["5000", "6000", "7000"]],
    ["text", "text", ["b", "a", "b"]],
    ["mixed", "text", ["1", "2", "true"]],
  ]);
});

test("nulls of every kind are nulls", async () => {
  const columns = { n: [null, undefined, Number.NaN, 4], t: [null, "", "x", undefined] };
  const tiler = await Tiler.from({ lon: [1, 2, 3, 4], lat: [1, 2, 3, 4], columns });
  assert.deepEqual(
    tiler.schema().columns.map(({ name, nulls }) => [name, nulls]),
    [
      ["n", 3],
      ["t", 2],
    ],
  );
});

test("arrays that do not fit are refused with the numbers", async () => {
  const [lon, lat] = [
    [1, 2],
    [3, 4],
  ];
  await assert.rejects(toColumns({ lon, lat: [3] }), /2 longitudes and 1 latitudes, expected as many of each/);
  await assert.rejects(toColumns({ lon, lat, columns: { a: [1, 2, 3] } }), /"a" has 3 values, expected 2/);
  await assert.rejects(toColumns({ lon, lat }, { time: "when" }), /no column "when"/);
  await assert.rejects(toColumns({ lon, lat, columns: { id: [1, 1] } }, { id: "id" }), /"id" does not hold unique/);
  const bits = { name: "b", type: /** @type {const} */ ("boolean"), values: new Uint8Array(2) };
  const positions = { lon: new Float64Array(3), lat: new Float64Array(3) };
  await assert.rejects(toColumns({ name: "p", positions, columns: [bits], notes: [] }), /2 bytes of bits, expected 1/);
});

test("a table that WebAssembly cannot hold is refused before it is copied", async () => {
  // Many columns of the same memory: this test takes none.
  const values = new Float64Array(4_000_000);
  const columns = Array.from({ length: 120 }, (_, at) => ({
    name: `c${at}`,
    type: /** @type {const} */ ("number"),
    values,
  }));
  const table = { name: "large", positions: { lon: values, lat: values }, columns, notes: [] };
  await assert.rejects(Tiler.from(table), /3\.6 GiB of 4000000 rows, more than WebAssembly holds: give fewer/);
  // Nodes of outlines take several times their positions, here of arrays that are all the same.
  const [lon, parts] = [new Float64Array(60_000_000), Uint32Array.of(60_000_000)];
  const outlines = { rows: Uint32Array.of(1), parts, kinds: Uint8Array.of(1), lon, lat: lon };
  await assert.rejects(Tiler.from({ outlines }), /3\.6 GiB of 1 rows, more than WebAssembly holds/);
});

test("positions out of range are left out, counted and reported", async () => {
  const tiler = await Tiler.from({ lon: [1, 400, 3, Number.NaN], lat: [1, 2, 91, 4] });
  const { rows, unusable } = tiler.schema();
  assert.deepEqual([rows, unusable], [1, 3]);
});

test("of thousands of columns that are named like positions the first are found without comparing all with all", async () => {
  const names = Array.from({ length: 4096 }, (_, at) => `lon_deg_${at},lat_deg_${at}`).join();
  const start = performance.now();
  const { positions } = await toColumns(`${names}\n${names.replace(/[^,]+/g, "1")}\n`);
  assert.equal("lon" in positions && positions.lon[0], 1);
  assert.ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
});

test("GeoJSON: points, their ids and properties", async () => {
  /** @param {unknown} id @param {object | null} geometry @param {object | null} properties */
  const feature = (id, geometry, properties) => ({ type: "Feature", id, geometry, properties });
  /** @param {...number} coordinates */
  const point = (...coordinates) => ({ type: "Point", coordinates });
  const features = [
    feature(7, point(1, 2), { a: 1, nested: { b: [1] } }),
    feature(8, point(3, 4, 100), { a: 2.5, late: "x" }),
    feature(9, null, null),
    feature(10, { type: "LineString", coordinates: [] }, {}),
  ];
  const collection = /** @type {const} */ ({ type: "FeatureCollection", features });
  for (const input of [collection, JSON.stringify(collection), features, new Blob([JSON.stringify(collection)])]) {
    const tiler = await Tiler.from(input, { name: "g" });
    assert.deepEqual(tiler.notes, []);
    assert.equal(tiler.schema().unusable, 2);
    const found = tiler.rows().features.sort((a, b) => Number(a.id) - Number(b.id));
    assert.deepEqual(
      found.map(({ id, properties }) => [id, properties]),
      [
        [7, { a: 1, nested: '{"b":[1]}', late: null, id: 7 }],
        [8, { a: 2.5, nested: null, late: "x", id: 8 }],
      ],
    );
  }
});

test("GeoJSON with a feature on each line, or one alone, is read; of a line that is none it is told which", async () => {
  const line = (/** @type {number} */ n) =>
    JSON.stringify({ type: "Feature", geometry: { type: "Point", coordinates: [n, n] }, properties: { n } });
  const values = async (/** @type {string} */ text) => (await toColumns(text)).columns.map(plain);
  assert.deepEqual(await values(`${line(1)}\n${line(2)}\r\n\n${line(3)}\n`), [["n", "integer", ["1", "2", "3"]]]);
  assert.deepEqual(await values(`${line(1)}\n`), [["n", "integer", ["1"]]]);
  await assert.rejects(toColumns(`${line(1)}\n\n${line(2).slice(1)}`), /cannot be read: line 3: /);
});

test("what is no GeoJSON is refused", async () => {
  await assert.rejects(toColumns('{"type":"Topology"}'), /expected a FeatureCollection/);
  await assert.rejects(toColumns("[1,"), /GeoJSON that cannot be read/);
});

test("CSV: separators, quotes, ends of lines and types", async () => {
  const text =
    '\ufeffname;pickup_lon;pickup_lat;n;price;ok;at;empty\r\n"a ""b""; c";1,5;2;1;1.5;true;2024-01-01 10:00:00;\r\n' +
    "d;3;4;;-2e3;FALSE;2024-01-02;\r\n\r\n";
  const table = await toColumns(text);
  assert.deepEqual(table.columns.map(plain), [
    ["name", "text", ['a "b"; c', "d"]],
    ["n", "integer", ["1", null]],
    ["price", "number", ["1.5", "-2000"]],
    ["ok", "boolean", ["1"]],
    ["at", "time", ["1704103200000000", "1704153600000000"]],
    ["empty", "text", [null, null]],
  ]);
  assert.equal(table.time, "at");
  assert.ok("lon" in table.positions);
  assert.deepEqual([...table.positions.lon], [1.5, 3]);
});

test("CSV: fields may be empty, quoted over lines, and end without a newline", async () => {
  const { columns, positions } = await toColumns('x,y,"odd ""name"""\n1,2,"over\ntwo lines"\n3,4,');
  assert.deepEqual(columns.map(plain), [['odd "name"', "text", ["over\ntwo lines", null]]]);
  assert.ok("lon" in positions);
  assert.deepEqual([...positions.lon], [1, 3]);
});

test("CSV: an integer that a double would change stays a text", async () => {
  const { columns } = await toColumns("lon,lat,id,n\n1,2,12345678901234567891,12345678901234567890.5\n3,4,5,\n");
  assert.deepEqual(columns.map(plain), [
    ["id", "text", ["12345678901234567891", "5"]],
    ["n", "number", ["12345678901234567000", null]],
  ]);
});

test("CSV: whole numbers with zeros before them stay texts, and that is told", async () => {
  const table = await toColumns("lon,lat,zip,n,share\n1,2,02102,0,0.5\n3,4,,10,-0.25\n");
  assert.deepEqual(table.columns.map(plain), [
    ["zip", "text", ["02102", null]],
    ["n", "integer", ["0", "10"]],
    ["share", "number", ["0.5", "-0.25"]],
  ]);
  assert.deepEqual(table.notes, ['column "zip" stays text, to keep "02102"']);
});

test("CSV: words for no value leave a column what its other values are, and are counted", async () => {
  const table = await toColumns(
    "lon,lat,t,on,seen,word\n1,2,1.5,true,2024-01-02,NA\n3,4,NA,-,n/a,x\n5,6,nan,?,,\n7,8,-inf,,,\n",
  );
  assert.deepEqual(table.columns.map(plain), [
    ["t", "number", ["1.5", null, null, null]],
    ["on", "boolean", ["1"]],
    ["seen", "time", [String(Date.UTC(2024, 0, 2) * 1000), null, null, null]],
    ["word", "text", ["NA", "x", null, null]],
  ]);
  assert.deepEqual(table.notes, [
    '3 fields of column "t" such as NA are taken as no value',
    '2 fields of column "on" such as - are taken as no value',
    '1 fields of column "seen" such as n/a are taken as no value',
  ]);
});

test("CSV: numbers that no double holds become nulls, which is told", async () => {
  const table = await toColumns("lon,lat,far\n1,2,1e400\n3,4,\n5,6,-2e999\n7,8,1.5e308\n");
  assert.deepEqual(table.columns.map(plain), [["far", "number", [null, null, null, "1.5e+308"]]]);
  assert.deepEqual(table.notes, ['column "far" has 2 numbers beyond what a double holds, which became nulls']);
});

test("CSV: commas of decimals are points where they separate nothing and cannot be thousands'", async () => {
  const table = await toColumns(
    "sep=;\r\nlon;lat;n;word;late\r\n;;;;\r\n9,25;-50,5;1,125;a,5b;1,5\r\n8,5;49;-,5e3;c;2\r\n",
  );
  assert.ok("lon" in table.positions);
  assert.deepEqual([...table.positions.lon.slice(1), ...table.positions.lat.slice(1)], [9.25, 8.5, -50.5, 49]);
  assert.deepEqual(table.columns.map(plain), [
    ["n", "number", [null, "1.125", "-500"]],
    ["word", "text", [null, "a,5b", "c"]],
    ["late", "number", [null, "1.5", "2"]],
  ]);
  assert.equal(table.notes[2], 'column "n" has decimals with commas, such as "1,125"');
  const either = await toColumns("lon\tlat\tn\n9\t50\t1,125\n8\t49\t12,500\n");
  assert.deepEqual(either.columns.map(plain), [["n", "text", ["1,125", "12,500"]]]);
  assert.deepEqual(either.notes, ['column "n" stays text: it cannot be told what the comma means in "1,125"']);
});

test("CSV: what commas and points mean is what more numbers prove, as the server has it", async () => {
  const cells = async (/** @type {string} */ text) => {
    const { columns, notes } = await toColumns(text);
    return [columns.map(plain).map((column) => column.slice(1).flat()), notes.length];
  };
  // A list of two whole numbers proves nothing of the population, and degrees with points say what commas are.
  const tags = 'lat,lon,tags,pop\n50.123,8.25,"1,2","12,345"\n51.5,9.5,"3,4","999,100"\n';
  assert.deepEqual(await cells(tags), [
    [
      ["text", "1,2", "3,4"],
      ["integer", "12345", "999100"],
    ],
    1,
  ]);
  assert.deepEqual(await cells(tags.replace("50.123", "50").replace("8.25", "8").replace("51.5,9.5", "51,9")), [
    [
      ["text", "1,2", "3,4"],
      ["text", "12,345", "999,100"],
    ],
    2,
  ]);
  // Degrees are no thousands, so the points of votes are no decimals.
  const german = "lat;lon;votes;sum\n50,121;8,456;12.310;1.234,5\n51;9;7;0,125\n";
  assert.deepEqual(await cells(german), [
    [
      ["integer", "12310", "7"],
      ["number", "1234.5", "0.125"],
    ],
    4,
  ]);
  const { positions } = await toColumns(german);
  assert.ok("lon" in positions);
  assert.deepEqual([...positions.lon, ...positions.lat], [8.456, 9, 50.121, 51]);
});

test("CSV: days that there are not, and whole numbers of 16 digits that no double holds, stay texts", async () => {
  const text =
    "lon,lat,day,id,leap\n1,2,2024-02-30,9007199254740993,2024-02-29T23:30+01:00\n3,4,2024-02-28,1,2023-12-31\n";
  const { columns } = await toColumns(text);
  assert.deepEqual(columns.map(plain), [
    ["day", "text", ["2024-02-30", "2024-02-28"]],
    ["id", "text", ["9007199254740993", "1"]],
    ["leap", "time", [String(Date.UTC(2024, 1, 29, 22, 30) * 1000), String(Date.UTC(2023, 11, 31) * 1000)]],
  ]);
});

test("CSV: times go by the clock that the name of their column says", async () => {
  for (const [name, text, expected, told] of /** @type {const} */ ([
    ["Time (UTC+1)", "2024-03-05 10:00", "2024-03-05T09:00:00.000Z", /are of UTC\+01:00, as its name says/],
    ["Date Time. GMT-05:00", "2024-03-05 10:00", "2024-03-05T15:00:00.000Z", /are of UTC-05:00/],
    ["Time UTC+5.5", "2024-03-05T10:00", "2024-03-05T04:30:00.000Z", /are of UTC\+05:30/],
    ["Time (UTC+5.30)", "2024-03-05T10:00", "2024-03-05T04:30:00.000Z", /are of UTC\+05:30/],
    ["time_utc+0545", "2024-03-05T10:00", "2024-03-05T04:15:00.000Z", /are of UTC\+05:45/],
    ["Time (UTC+5.75)", "2024-03-05T10:00", "2024-03-05T04:15:00.000Z", /are of UTC\+05:45/],
    ["Zeit (+05:30)", "2024-03-05T10:00", "2024-03-05T04:30:00.000Z", /are of UTC\+05:30/],
    ["Time (UTC+1)", "2024-03-05T10:00Z", "2024-03-05T10:00:00.000Z", /as its name says/],
    ["Zeit (MEZ)", "2024-03-05 10:00", "2024-03-05T10:00:00.000Z", /its name says MEZ, by which its times do not go/],
    ["Tag (MEZ)", "2024-03-05", "2024-03-05T00:00:00.000Z", undefined],
    ["Time (UTC)", "2024-03-05 10:00", "2024-03-05T10:00:00.000Z", undefined],
  ])) {
    const { columns, notes } = await toColumns(`lat,lon,${name}\n50,8,${text}\n`);
    const [column] = columns;
    assert.equal(
      column?.type === "time" && new Date(Number((column.values[0] ?? 0n) / 1000n)).toJSON(),
      expected,
      name,
    );
    if (told) assert.match(notes.join(), told);
    else assert.deepEqual(notes, []);
  }
});

test("CSV: positions of which none is a number are an error", async () => {
  await assert.rejects(toColumns("lon;lat\n;\n9°;50°\n8°;49\n"), /no row has a position, got "9°"/);
  assert.equal((await toColumns("lon,lat\n,\n")).notes.length, 0);
});

test("CSV: lines and polygons as text are told, beside positions and where there are none", async () => {
  const told = /column "shape" holds lines or polygons as text, which the server reads/;
  for (const text of [
    "POLYGON((0 0,1 0,1 1,0 0))",
    "SRID=4326;MULTILINESTRING Z ((0 0 1, 1 1 1))",
    "linestring(0 0,1 1)",
  ]) {
    const { notes } = await toColumns(`lon,lat,shape\n1,2,\n3,4,"${text}"\n`);
    assert.match(notes.join(), told);
    await assert.rejects(toColumns(`shape,n\n"${text}",1\n`), told);
  }
  const { notes } = await toColumns('lon,lat,shape\n1,2,"POINT(1 2)"\n3,4,"Polygon (a street)"\n');
  assert.deepEqual(notes, []);
});

test("bytes: UTF-16 by its mark, gzip, and a note of what is no text", async () => {
  const text = "lon,lat,name\n1,2,Köln\n";
  const utf16 = new Uint8Array(Uint16Array.from(`\ufeff${text}`, (letter) => letter.charCodeAt(0)).buffer);
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const swapped = utf16.map((_, at) => utf16[at ^ 1] ?? 0);
  for (const bytes of [utf16, swapped, new Blob([text]), await new Response(packed).arrayBuffer()]) {
    const table = await toColumns(bytes);
    assert.deepEqual(table.columns.map(plain), [["name", "text", ["Köln"]]]);
    assert.deepEqual(table.notes, []);
  }
  const latin = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const table = await toColumns(latin);
  assert.deepEqual(table.columns.map(plain), [["name", "text", ["K\ufffdln"]]]);
  assert.match(table.notes.join(), /^1 letters are no utf-8 and become U\+FFFD: decode the bytes by their encoding/);
});

test("CSV that does not fit is refused with the record", async () => {
  await assert.rejects(toColumns("lon,lat\n1,2\n3\n"), /record 3 of the CSV has 1 fields, expected 2/);
  await assert.rejects(toColumns('lon,lat\n"1,2\n'), /record 2 .* does not end/);
  await assert.rejects(toColumns('lon,lat\n"1"2,3\n'), /record 2 .* behind a closing quote/);
  await assert.rejects(toColumns("lon,lat,lon\n1,2,3\n"), /two columns "lon"/);
  await assert.rejects(toColumns("a,b\n1,2\n"), /no longitude.*"a", "b"/);
});

test("positions are found by the names that people use", async () => {
  for (const [lon, lat] of [
    ["longitude", "latitude"],
    ["Lng", "Lat"],
    ["x", "y"],
    ["pickupLongitude", "pickupLatitude"],
    ["start_lon", "start_lat"],
    ["долгота", "широта"],
    ["经度", "纬度"],
  ]) {
    const { columns } = await toColumns(`${lat},other,${lon}\n1,2,3\n`);
    assert.deepEqual(
      columns.map(({ name }) => name),
      ["other"],
      `${lon}, ${lat}`,
    );
  }
});

test("a column may have a name without a word, or none, as pandas writes the numbers of rows", async () => {
  const { positions, columns } = await toColumns(",lon,lat,#\n0,8,50,1\n1,9,51,2\n");
  assert.deepEqual("lon" in positions && [...positions.lon], [8, 9]);
  assert.deepEqual(columns.map(plain), [
    ["", "integer", ["0", "1"]],
    ["#", "integer", ["1", "2"]],
  ]);
});

test("names that say something about positions are none, and parts of degrees are told", async () => {
  for (const names of [
    "lat_count,lat_mean,lat_std,lon_count,lon_mean,lon_std",
    "lat_err,lat_dd,lat_min,lon_err,lon_dd,lon_min",
    "lat_idx,latdeg,lat_ref_id,lon_idx,londeg,lon_diff",
    "y (m),YGCSWGS84,y [px],x (m),XGCSWGS84,x [px]",
    "lat_min,lat_deg,lat_max,lon_min,lon_deg,lon_max",
  ]) {
    const { positions } = await toColumns(`${names}\n1,50,3,4,8,6\n`);
    assert.deepEqual("lon" in positions && [positions.lon[0], positions.lat[0]], [8, 50], names);
  }
  for (const [names, told] of /** @type {const} */ ([
    [
      "lat_deg,lat_min,lon_deg,lon_min",
      /"lon_deg" and "lat_deg" are parts of degrees by their names, which the server puts together/,
    ],
    ["LAT_D,LAT_M,LON_D,LON_M", /parts of degrees/],
    ["Lat (°),Lat ('),Lon (°),Lon (')", /parts of degrees/],
    ["緯度(度),緯度(分),経度(度),経度(分)", /parts of degrees/],
    ["lat_min,lat_max,lon_min,lon_max", /"lon_min" and "lat_min" are something about positions by their names/],
    ["lat_std,v,lon_std,w", /"lon_std" and "lat_std" are something about positions by their names/],
    ["latitude (rad),v,longitude (rad),w", /in a unit that is none of degrees by their names/],
    ["X (m),v,Y (m),w", /in a unit that is none of degrees by their names/],
  ])) {
    await assert.rejects(toColumns(`${names}\n1,2,3,4\n`), told);
  }
  const whole = "lat,lat_min,lon,lon_min\n50,30,8,15\n";
  await assert.rejects(toColumns(whole), /"lon" and "lat" are whole degrees beside minutes, which the server puts/);
  for (const [text, roles] of /** @type {const} */ ([
    [whole, { lon: "lon", lat: "lat" }],
    [whole.replace("50,", "50.5,"), {}],
    ["lat,lat_min,lat_max,lon,lon_min,lon_max\n50,49,51,8,7,9\n", {}],
    ["y,y_m,x,x_m\n50,5000000,8,800000\n", {}],
  ])) {
    const { positions } = await toColumns(text, roles);
    assert.equal("lon" in positions && positions.lon[0], 8);
  }
  const said = await toColumns("lat_std,lon_std\n1,2\n", { lon: "lon_std", lat: "lat_std" });
  assert.equal("lon" in said.positions && said.positions.lon[0], 2);
});

test("positions that are declared to be in a grid are refused with its name", async () => {
  const features = [{ type: "Feature", geometry: { type: "Point", coordinates: [674032, 6580822] }, properties: {} }];
  const named = (/** @type {string} */ name) => ({ type: "name", properties: { name } });
  const of = (/** @type {unknown} */ crs) =>
    toColumns(/** @type {any} */ ({ type: "FeatureCollection", crs, features }));
  for (const crs of [
    named("urn:ogc:def:crs:EPSG::3006"),
    named("EPSG:3006"),
    { type: "EPSG", properties: { code: 3006 } },
    { type: "ProjectedCRS", name: "SWEREF99 TM", id: { authority: "EPSG", code: 3006 } },
  ]) {
    await assert.rejects(of(crs), /declared to be in EPSG:3006.*the server transforms them/);
  }
  for (const crs of [null, undefined, named("urn:ogc:def:crs:OGC:1.3:CRS84"), named("urn:ogc:def:crs:EPSG::4258")]) {
    assert.equal((await of(crs)).columns.length, 0);
  }
});

test("what is packed, or of another kind, is refused by its name, also where it is short or has no zeros", async () => {
  for (const [start, said] of /** @type {const} */ ([
    ["PK\x03\x04\x14abc", /^a file of ZIP, expected CSV/],
    ["SQLite format 3\0\x10", /^a file of GeoPackage,/],
    ["fgb\x03fgb", /^a file of FlatGeobuf,/],
    ["PAR1\x15\x04abc", /^a file of Parquet,/],
  ])) {
    const bytes = Uint8Array.from(start, (character) => character.charCodeAt(0));
    await assert.rejects(toColumns(bytes), ({ message }) => said.test(message));
    await assert.rejects(toColumns(new Blob([bytes])), ({ message }) => said.test(message));
  }
  // A text that only begins alike is one.
  const { columns } = await toColumns(new TextEncoder().encode("PK,lon,lat\nx,1,2\n"));
  assert.equal(columns[0]?.name, "PK");
});

test("cells of H3 are positions: in arrays, CSV, GeoJSON and as they are", async () => {
  // Their middles by Python's h3 4.5.0, to a step of the map.
  const middles = [
    [-122.418_459, 37.776_702],
    [10.536_199, 64.7],
  ];
  const texts = ["8928308280fffff", null, "8009fffffffffff", "8928308280fff0f"];
  const numbers = [617_700_169_958_293_503n, null, 0x8009_ffff_ffff_fffn, 7n];
  const filled = BigUint64Array.from(numbers, (number) => number ?? 0n);
  const signal = [1, 2, 3, 4];
  const csv = `cell,signal\n${texts.map((text, at) => `${text ?? ""},${signal[at]}`).join("\n")}\n`;
  const features = texts.map((h3, at) => ({ type: "Feature", geometry: null, properties: { h3, signal: signal[at] } }));
  for (const [input, options] of /** @type {[any, any][]} */ ([
    [{ h3: texts, columns: { signal } }, {}],
    [{ h3: numbers, columns: { signal } }, {}],
    [{ h3: filled, columns: { signal } }, {}],
    [{ h3: new BigInt64Array(filled.buffer), columns: { signal } }, {}],
    [csv, { h3: "cell" }],
    [csv.replace("cell", "H3_Index"), {}],
    [features, {}],
  ])) {
    const tiler = await Tiler.from(input, options);
    assert.deepEqual(
      tiler.schema().columns.map(({ name }) => name),
      ["signal"],
    );
    assert.deepEqual([tiler.schema().rows, tiler.schema().unusable, tiler.notes], [2, 2, []]);
    const found = tiler.rows().features.sort((a, b) => Number(a.id) - Number(b.id));
    const places = found.map((row) => /** @type {any} */ (row).geometry.coordinates);
    places.flat().forEach((/** @type {number} */ at, /** @type {number} */ i) => {
      assert.ok(Math.abs(at - (middles.flat()[i] ?? 0)) < 2e-6, `${at}`);
    });
    assert.deepEqual(
      found.map(({ properties }) => properties["signal"]),
      [1, 3],
    );
  }
});

test("a column that holds no cells of H3 is refused, with what it holds", async () => {
  const h3 = /** @type {any} */ ([617_700_169_958_293_500, 5]);
  await assert.rejects(toColumns({ h3 }), /"h3" holds neither texts nor whole numbers of 64 bits.*BigInt/);
  await assert.rejects(Tiler.from({ h3: ["x", "7"] }), /none of 2 rows has a cell of H3/);
  await assert.rejects(toColumns("cell,n\n1.5,1\n", { h3: "cell" }), /neither texts nor whole numbers/);
  await assert.rejects(toColumns("cell,n\n1.5,1\n", { h3: "cells" }), /no column "cells" of cells of H3.*"cell", "n"/);
  await assert.rejects(toColumns("lon,lat,h3\n1,2,3\n", { h3: "h3", lon: "lon" }), /leave lon and lat out, or h3/);
  // Where there are longitudes and latitudes, a column of cells is one like others.
  const { columns } = await toColumns("lon,lat,h3\n1,2,8928308280fffff\n");
  assert.deepEqual(columns.map(plain), [["h3", "text", ["8928308280fffff"]]]);
});
