"""A table of ClickHouse that is asked live answers as a file with the same rows does, byte for byte: used by databases.py"""

import json
import os
import random
import time
import urllib.error
import urllib.request
from urllib.parse import quote

from engines import PASSWORD
from hard import HOSTILE, NAMES
from serving import Wrong, get, serving

TILES = [(0, 0, 0), (1, 1, 0), (3, 4, 2), (5, 17, 10), (9, 275, 168), (12, 2201, 1343), (16, 35217, 21493)]
QUERIES = [
    "",
    "mode=cells",
    "mode=cells&cell=32&agg=sum:small,mean:small,min:large,max:large,sum:large,mean:flag,sum:flag",
    "mode=cells&agg=sum:price,mean:price,max:price,min:price,sum:share,mean:share,max:share&shape=centroid",
    "mode=cells&agg=sum:size,mean:size,min:size,max:size,median:size,mode:size,nunique:size",
    "mode=cells&agg=median:price,p95:small,p12.5:large,p99.9:share,median:at,mean:at,min:at,max:day,nunique:at&cell=64",
    "mode=cells&agg=mode:name,nunique:name,min:name,max:name,mode:small,mode:flag,mode:price,mode:at&cell=64",
    "mode=cells&by=name&shape=point&alias=supercluster,quadbin",
    "mode=cells&by=flag&alias=tippecanoe&agg=count,log_count",
    "mode=cells&by=at:month&datetime=2019-03-01/2019-09-30",
    "mode=cells&by=seen:week",
    "mode=cells&by=day:year&cell=64",
    "mode=cells&by=at:hour&datetime=2019-03-01/2019-03-02",
    "mode=cells&bbox=13,52,14,53&agg=count",
    "mode=cells&bbox=170,-20,-170,20",
    "mode=points&limit=100000",
    "mode=points&limit=300&filter=lat > 50",
    "mode=auto&limit=50",
    "mode=auto&limit=5&properties=name,size",
    "mode=auto&limit=500&filter=flag OR small > 50&agg=mean:price",
    f"mode=cells&agg=sum:{HOSTILE}&by={HOSTILE}",
    "mode=cells&filter=S_INTERSECTS(geometry, BBOX(10, 50, 15, 55)) AND NOT lon > 13.4",
]
NUMBERS = ["size", "share", "price", "small", "large"]
LATER = [
    ("/tiles/d/0/0/0.mvt?cell=h3", 501),
    ("/tiles/d/0/0/0.mvt?mode=places", 501),
    ("/tiles/d/0/0/0.mvt?filter=small%20*%202%20%3E%20large", 501),
    ("/tiles/d/0/0/0.mvt?filter=S_INTERSECTS(geometry,POLYGON((0%200,9%200,9%209,0%200)))", 501),
    ("/tiles/d/0/0/0.mvt?let=a:small*2&agg=sum:a", 501),
    ("/tiles/d/0/0/0.mvt?agg=sum:prise", 400),
    ("/datasets/d/rows?h3=8928308280fffff", 501),
    ("/datasets/d/subset.arrow", 501),
]
# Documents and files, whose addresses and versions are their own.
TOLD = [
    "/tiles/d/tilejson.json?filter=small>0",
    "/tiles/d/metadata.json",
    "/tiles/d/metadata.json?mode=cells&agg=sum:price,mode:name,median:at&by=name&filter=flag OR small>10",
    "/tiles/d/metadata.json?mode=points&filter=name LIKE 'pl%'",
    "/tiles/d/style.json?agg=mean:small&mode=cells",
    "/datasets/d/rows?limit=50&offset=70",
    "/datasets/d/rows?limit=1000&f=json&filter=small > 90 OR large IS NULL&tile=1/1/0",
    "/datasets/d/rows?limit=20&cell=262144&properties=name,size",
    "/datasets/d/rows.csv",
    "/datasets/d/rows.csv?filter=lat > 52.5 AND name <> ''",
    "/datasets/d/rows.geojson?filter=share < 0.01",
    "/datasets/d/rows.fgb?filter=share < 0.1",
    "/datasets/d/rows.parquet?filter=share < 0.1",
    "/datasets/d/queryables",
    "/datasets/d/stats?measure=point_count&z=3",
    *[f"/datasets/d/stats?column={column}&filter=lat > 0" for column in ["size", "share", "small", "large", "flag", "name", "price", "day", "at", "seen"]],
    "/datasets/d/stats?column=size&bins=100",
]


def literal(dice, column):
    """A value as filters have it."""
    match column:
        case "name":
            return "'" + dice.choice([*NAMES, "plai", "zz", "\\N", "b'"]).replace("'", "''") + "'"
        case "flag":
            return dice.choice(["TRUE", "FALSE"])
        case "day" | "at" | "seen":
            when = f"{dice.randrange(1990, 2022)}-0{dice.randrange(1, 10)}-{dice.randrange(10, 29)}"
            return dice.choice([f"DATE('{when}')", f"TIMESTAMP('{when}T0{dice.randrange(10)}:00:00.000001Z')", f"'{when}'"])
        case "small" | "large":
            return dice.choice([str(dice.randrange(-120, 120)), "2.5", str(2**53 + 1), "-1e30", "9223372036854775807", "0"])
        case _:
            return dice.choice([str(dice.gauss(0, 800)), "0", "-0.0", "0.1", "1.7976931348623157e308", "5e-324", str(dice.randrange(10**4))])


def condition(dice, deep):
    """A filter that is as odd as can be."""
    if deep and dice.random() < 0.6:
        parts = [condition(dice, deep - 1) for _ in range(dice.randint(1, 3))]
        return dice.choice([f"NOT ({parts[0]})", "(" + " AND ".join(parts) + ")", "(" + " OR ".join(parts) + ")"])
    column = dice.choice([*NUMBERS, "flag", "name", "name", "name", "day", "at", "seen", "lon", "lat"])
    if column in ("lon", "lat"):
        return f"{column} {dice.choice(['<', '>=', '>'])} {dice.uniform(-60, 60)}"
    value = lambda: literal(dice, column)
    if column == "flag" and dice.random() < 0.5:
        return "flag"
    kind = dice.choice(["null", "compare", "compare", "between", "in", "like" if column == "name" else "compare"])
    folded = column == "name" and dice.random() < 0.3
    left, right = (f"CASEI({column})", lambda: f"CASEI({value()})") if folded else (column, value)
    if kind == "null":
        return f"{column} IS {dice.choice(['', 'NOT '])}NULL"
    if kind == "compare" or column == "flag":
        return f"{left} {dice.choice(['=', '<>', '<', '<=', '>', '>='] if column != 'flag' else ['=', '<>'])} {right()}"
    if kind == "between":
        return f"{left} {dice.choice(['', 'NOT '])}BETWEEN {right()} AND {right()}"
    if kind == "in":
        return f"{left} {dice.choice(['', 'NOT '])}IN ({', '.join(right() for _ in range(dice.randint(1, 5)))})"
    pattern = "".join(dice.choice(["%", "_", "a", "p", "l", "\\%", "\\_", "\\\\", "''", "Ä", "\t", "`"]) for _ in range(dice.randint(1, 4)))
    wanted = f"CASEI('{pattern}')" if folded else f"'{pattern}'"
    return f"{left} {dice.choice(['', 'NOT '])}LIKE {wanted}"


def answer(address, path):
    """Status and body, whatever the status."""
    try:
        with urllib.request.urlopen(address + path, timeout=60) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def compare(ours, file, queries, tiles, what):
    """Whether tiles are the same bytes."""
    filled = 0
    for query in queries:
        for z, x, y in tiles:
            path = f"/tiles/d/{z}/{x}/{y}.mvt?{quote(query, safe='=&:,')}"
            (status, found), (expected_status, expected) = answer(ours, path), answer(file, path)
            if (status, found) != (expected_status, expected):
                detail = "" if status < 300 else found.decode()
                raise Wrong(f"{what}: {z}/{x}/{y} {query!r}: {status} {len(found)} bytes {detail}, a file gives {expected_status} {len(expected)}")
            filled += len(found) > 100
    print(f"  {what}: {len(queries) * len(tiles)} tiles are those of a file, byte for byte; {filled} have something in them")


def of_live(program, base, folder):
    """All that is asked of a table live."""
    at, environment = f"127.0.0.1:{base.port}", {**os.environ, "DUOTILE_SOURCE_D_PASSWORD": PASSWORD}
    table = "`d \\`q -- x`"
    x = "bitAnd(toInt64(floor((lon + 180.) / 360. * 4294967296.)), 4294967295)"
    sin = "sin(lat * 0.017453292519943295)"
    y = f"toInt64(floor((0.5 - log((1. + {sin}) / (1. - {sin})) / 12.566370614359172) * 4294967296.))"
    base.sql(f"CREATE TABLE town.keyed ENGINE = MergeTree ORDER BY key AS SELECT *, mortonEncode(toUInt32({x}), toUInt32({y})) AS key FROM town.{table}")
    config = folder / "live.toml"
    source = f"clickhouse://reader@{at}/town/"
    known = 'name = "d"\nid = "id"\ntime = "at"\nlive = true\npoll = "1s"\n'
    serve = [program, "serve", "--config", str(config), "--port", "0"]
    dice = random.Random(17)
    filters = [f"mode=cells&filter={condition(dice, dice.randrange(3))}" for _ in range(120)]
    with serving([program, "serve", f"d={folder}/d.parquet", "--id", "id", "--time", "at", "--port", "0"]) as file:
        config.write_text(f'[[dataset]]\nsource = "{source}{quote("d `q -- x", safe="")}"\n{known}')
        with serving(serve, env=environment) as ours:
            compare(ours, file, QUERIES, TILES, "live, by degrees")
            compare(ours, file, filters, [(0, 0, 0)], "random filters, live")
            described(ours, file)
            told(ours, file)
            for path, expected in LATER:
                status, body = answer(ours, path)
                if status != expected or not json.loads(body)["detail"]:
                    raise Wrong(f"{path}: {status} {body!r}, expected {expected}")
        config.write_text(f'[[dataset]]\nsource = "{source}keyed"\nkey = "key"\n{known}')
        with serving(serve, env=environment) as ours:
            compare(ours, file, QUERIES, TILES[::3], "live, by key")
            changed(base, ours)
    base.sql("DROP TABLE town.keyed")


def plain(address, path):
    """What is told, without where it is and of which version."""
    status, body = answer(address, quote(path, safe="/=&:,?"))
    version = json.loads(get(address, "/datasets/d"))["version"].encode()
    body = body.replace(address.encode(), b"").replace(version, b"")
    if not path.startswith("/tiles") or status != 200:
        return status, body
    document = json.loads(body)
    # Where most rows are is found among some of them.
    for name in ["center", "zoom"]:
        document.pop(name, None)
    return status, json.dumps(document, indent=1).encode()


def told(ours, file):
    """Documents, pages, files and subsets are those of a file."""
    for path in TOLD:
        (status, found), (expected_status, expected) = plain(ours, path), plain(file, path)
        if status != expected_status or found != expected:
            at = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b), min(len(found), len(expected)))
            part = slice(max(0, at - 150), at + 150)
            raise Wrong(f"{path}: {status} {len(found)} … {found[part]!r}, a file gives {expected_status} {len(expected)} … {expected[part]!r}")
    print(f"  {len(TOLD)} documents, pages and files are those of a file, but for their addresses")


def described(ours, file):
    """What is known of columns is what is known of a file's."""
    columns = lambda address: json.loads(get(address, "/datasets/d"))["columns"]
    if columns(ours) != columns(file):
        different = [(a, b) for a, b in zip(columns(ours), columns(file)) if a != b]
        raise Wrong(f"columns are told otherwise: {different[:2]}")
    told = lambda address: json.loads(get(address, "/tiles/d/tilejson.json"))
    for name in ["properties", "vector_layers", "bounds", "points_minzoom", "minzoom", "maxzoom"]:
        if told(ours).get(name) != told(file).get(name):
            raise Wrong(f"TileJSON: {name} is {told(ours).get(name)}, a file has {told(file).get(name)}")


def changed(base, ours):
    """Rows that come are seen, and tags change; a table that goes is told."""
    path = "/tiles/d/0/0/0.mvt?mode=cells"
    with urllib.request.urlopen(ours + path) as reply:
        before, policy = reply.headers["ETag"], reply.headers["Cache-Control"]
    if "max-age=1," not in policy:
        raise Wrong(f"tiles may be kept {policy!r}, expected a second")
    base.sql("INSERT INTO town.keyed (id, lon, lat, key) SELECT 100000, lon, lat, key FROM town.keyed LIMIT 1")
    end = time.monotonic() + 20
    while True:
        with urllib.request.urlopen(ours + path) as reply:
            if reply.headers["ETag"] != before and int(reply.headers["Duotile-Rows"]) == 4001:
                break
        if time.monotonic() > end:
            raise Wrong("a row that came is not seen within 20 s")
        time.sleep(0.3)
    base.sql("RENAME TABLE town.keyed TO town.away")
    status, body = answer(ours, "/tiles/d/1/0/0.mvt?mode=cells&agg=max:id")
    if status != 502 or "does not answer as it did" not in json.loads(body)["detail"]:
        raise Wrong(f"of a table that is gone: {status} {body!r}")
    if answer(ours, "/health")[0] != 200:
        raise Wrong("the server is not well")
    base.sql("RENAME TABLE town.away TO town.keyed")
    print("  rows that come are seen, what cannot be asked is told")
