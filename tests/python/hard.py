"""Rows with all that is hard in them, as files and in databases."""

import datetime
import json
import math
import random

import duckdb

ROWS = 4000
EPOCH = datetime.datetime(2019, 1, 1)
NAMES = ["plain", "", "a,b", 'q"q', "it's", "tab\there", "line\nend", "\\", "\\N", "NULL", "Ä日🙂", "  ", "%_", "{}", "`", "a\rb", "'; --"]
HOSTILE = "w\"e`i\\r'd ☃ ) --"


def rows():
    """Rows of each kind of value, crowded in a city and all over the world."""
    dice = random.Random(15)
    gap = lambda value: None if dice.random() < 0.1 else value
    sizes = [math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 0.1]
    return [
        {
            "id": row,
            "lon": dice.gauss(13.4, 0.2) if row % 2 else dice.uniform(-179, 179),
            "lat": dice.gauss(52.5, 0.1) if row % 2 else dice.uniform(-80, 80),
            "size": gap(dice.choice(sizes) if dice.random() < 0.1 else dice.gauss(0, 1e3)),
            "share": gap(dice.random()),
            "small": gap(dice.randrange(-100, 100)),
            "large": gap(dice.choice([2**53 - 1, -(2**53) + 1, 2**53 + 1, dice.randrange(2**40)])),
            "flag": gap(dice.random() < 0.5),
            "name": gap(dice.choice(NAMES)),
            "price": gap(dice.randrange(10**6) / 100),
            "day": gap((EPOCH + datetime.timedelta(days=dice.randrange(-20000, 400))).date()),
            "at": gap(EPOCH + datetime.timedelta(microseconds=dice.randrange(31536000 * 10**6))),
            "seen": gap(EPOCH + datetime.timedelta(microseconds=dice.randrange(31536000 * 10**6))),
            HOSTILE: dice.randrange(5),
        }
        for row in range(ROWS)
    ]


COLUMNS = {
    "id": ("BIGINT", "bigint", "Int64"),
    "lon": ("DOUBLE", "float8", "Float64"),
    "lat": ("DOUBLE", "float8", "Float64"),
    "size": ("DOUBLE", "float8", "Nullable(Float64)"),
    "share": ("FLOAT", "float4", "Nullable(Float32)"),
    "small": ("SMALLINT", "smallint", "Nullable(Int16)"),
    "large": ("BIGINT", "bigint", "Nullable(Int64)"),
    "flag": ("BOOLEAN", "boolean", "Nullable(Bool)"),
    "name": ("VARCHAR", "text", "Nullable(String)"),
    "price": ("DECIMAL(12,2)", "numeric(12,2)", "Nullable(Decimal(12,2))"),
    "day": ("DATE", "date", "Nullable(Date32)"),
    "at": ("TIMESTAMP", "timestamp", "Nullable(DateTime64(6, 'UTC'))"),
    "seen": ("TIMESTAMPTZ", "timestamptz", "Nullable(DateTime64(6, 'UTC'))"),
    HOSTILE: ("INTEGER", "integer", "Int32"),
}


def named(name, sign='"'):
    """A name as both of the others quote it; with backticks as ClickHouse does."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"' if sign == '"' else "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def write_files(folder, data):
    """The rows as Parquet, and as lines that both databases copy in."""
    lines = folder / "rows.tsv"
    escape = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    plain = lambda value: "\\N" if value is None else str(value).translate(escape)
    lines.write_text("".join("\t".join(map(plain, row.values())) + "\n" for row in data))
    texts = folder / "rows.json"
    texts.write_text("".join(json.dumps({name: None if value is None else str(value) for name, value in row.items()}) + "\n" for row in data))
    base = duckdb.connect()
    base.execute("SET TimeZone = 'UTC'")
    wanted = ", ".join(f"CAST({named(name)} AS {kinds[0]}) AS {named(name)}" for name, kinds in COLUMNS.items())
    kinds = ", ".join(f"{named(name)}: 'VARCHAR'" for name in COLUMNS)
    read = f"read_json('{texts}', columns = {{{kinds}}}, format = 'newline_delimited')"
    base.execute(f"COPY (SELECT {wanted} FROM {read}) TO '{folder}/d.parquet' (FORMAT parquet)")
    return lines


def fill_postgres(base, lines):
    """A table with hostile names around it, and one that reader may not read."""
    columns = ", ".join(f"{named(name)} {kinds[1]}" for name, kinds in COLUMNS.items())
    base.sql(
        f"""SET TimeZone = 'UTC'; CREATE SCHEMA "we.ird"; CREATE TABLE "we.ird"."d ""q"" -- x" ({columns});
        COPY "we.ird"."d ""q"" -- x" FROM STDIN;\n{lines.read_text()}\\.
        CREATE TABLE places AS SELECT * FROM "we.ird"."d ""q"" -- x"; CREATE TABLE hidden (lon float8, lat float8);
        CREATE TABLE names (a text, b int);
        GRANT USAGE ON SCHEMA "we.ird" TO reader; GRANT SELECT ON "we.ird"."d ""q"" -- x", places, names TO reader;"""
    )


def fill_clickhouse(base, lines):
    """The same, in the order of ids, and texts that stand in their own dictionary."""
    columns = ", ".join(f"{named(name, '`')} {kinds[2]}" for name, kinds in COLUMNS.items())
    base.sql("CREATE DATABASE town")
    base.sql(f"CREATE TABLE town.`d \\`q -- x` ({columns}) ENGINE = MergeTree ORDER BY id")
    kinds = columns.replace("\\", "\\\\").replace("'", "\\'")
    base.sql(f"INSERT INTO town.`d \\`q -- x` SELECT * FROM file('{lines}', 'TSV', '{kinds}')")
    base.sql("CREATE TABLE town.names (a String) ENGINE = MergeTree ORDER BY a")


def shapes(folder):
    """Lines, polygons with holes, and several of them, as GeoJSON."""
    dice = random.Random(16)
    features = []
    for number in range(200):
        x, y = dice.uniform(-170, 170), dice.uniform(-70, 70)
        turn = [(math.cos(at), math.sin(at)) for at in sorted(dice.uniform(0, 2 * math.pi) for _ in range(9))]
        ring = lambda size, x=x, y=y, turn=turn: [[x + size * a, y + size * b] for a, b in [*turn, turn[0]]]
        kind, places = dice.choice(
            [
                ("Polygon", [ring(5), ring(1)[::-1]]),
                ("MultiPolygon", [[ring(2)], [[[a + 6, b] for a, b in ring(2)]]]),
                ("LineString", [[x + dice.uniform(-5, 5), y + dice.uniform(-5, 5)] for _ in range(20)]),
            ]
        )
        geometry = {"type": kind, "coordinates": places}
        features.append({"type": "Feature", "properties": {"n": number, "name": f"shape {number % 7}"}, "geometry": geometry})
    path = folder / "d.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path, features


def fill_shapes(base, features):
    """The same in PostGIS, with their coordinate system; and points in another one."""
    lines = "".join(
        f"{feature['properties']['n']}\t{feature['properties']['name']}\t{json.dumps(feature['geometry'])}\n" for feature in features
    )
    base.sql(
        f"""CREATE TABLE given (n int, name text, of text); COPY given FROM STDIN;\n{lines}\\.
        CREATE TABLE shapes (n int, name text, geom geometry(Geometry, 4326));
        INSERT INTO shapes SELECT n, name, ST_SetSRID(ST_GeomFromGeoJSON(of), 4326) FROM given ORDER BY n;
        CREATE TABLE utm AS SELECT id, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 25833) AS place FROM places
        WHERE id % 2 = 1 ORDER BY id; GRANT SELECT ON shapes, utm TO reader;"""
    )
