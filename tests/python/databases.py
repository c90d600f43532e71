"""Rows of PostgreSQL and of ClickHouse are those of a file: databases.py PROGRAM

The same rows are written as Parquet and into both databases, with all that is hard in them; tiles, statistics and rows must be the same
bytes, whichever they come from. Lines and polygons of PostGIS must be those of the same GeoJSON. Then rows are added while a map is
open, a database is ended and comes back, answers are cut off, a load is stopped, and everything is typed wrong once. The seed is fixed.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from engines import PASSWORD, clickhouse, free_port, postgres
from hard import COLUMNS, ROWS, fill_clickhouse, fill_postgres, fill_shapes, rows, shapes, write_files
from live import of_live
from serving import Wrong, get, serving

TILES = [(0, 0, 0), (1, 1, 0), (2, 2, 1), (3, 4, 2), (5, 17, 10), (9, 275, 168)]
QUERIES = [
    "",
    "agg=sum:size,mean:price,max:large,nunique:name",
    "mode=points&limit=100000",
    "mode=cells&filter=price > 50 AND name <> 'plain'&agg=median:size,min:small",
    "mode=points&limit=100000&filter=flag AND (large > 9007199254740992 OR size IS NULL)",
    "by=at:month&datetime=2019-03-01/2019-09-30",
]


def answers(address):
    """Tiles, statistics and rows, by what was asked."""
    asked = [f"/tiles/d/{z}/{x}/{y}.mvt?{quote(query, safe='=&:,')}" for z, x, y in TILES for query in QUERIES]
    asked += ["/datasets/d/rows.csv", "/datasets/d/rows.geojson?filter=small%20%3E%200"]
    asked += [f"/datasets/d/stats?column={quote(name)}" for name in COLUMNS if name not in ("lon", "lat")]
    return {path: get(address, path, empty=True) for path in asked}


def same(found, expected, what):
    """Whether all of them are the same bytes."""
    filled = sum(1 for body in expected.values() if len(body) > 100)
    if filled < len(expected) * 2 // 3:
        raise Wrong(f"{what}: only {filled} of {len(expected)} answers have something in them")
    for path, body in expected.items():
        if found[path] != body:
            raise Wrong(f"{what}: {path} has {len(found[path])} bytes {found[path][:300]!r}, a file gives {len(body)} {body[:300]!r}")
    print(f"  {what}: {len(expected)} answers are those of a file, byte for byte")


def shape_answers(address):
    """Tiles of shapes, with what is measured of them."""
    queries = ["", "filter=n > 50&properties=n,name", "geometry=point&mode=points"]
    asked = [f"/tiles/d/{z}/{x}/{y}.mvt?{quote(query, safe='=&,')}" for z in range(3) for x in range(2**z) for y in range(2**z) for query in queries]
    return {path: get(address, path, empty=True) for path in asked}


def wait(what, told, seconds=20):
    """Until something is so."""
    end = time.monotonic() + seconds
    while not (found := told()):
        if time.monotonic() > end:
            raise Wrong(f"{what}: not within {seconds} s")
        time.sleep(0.2)
    return found


def count(address):
    """How many rows are served."""
    return json.loads(get(address, "/datasets/d"))["rows"]


def stale(address):
    """What the metrics say of them."""
    return re.search(r'duotile_dataset_stale\{dataset="d"\} (\d)', get(address, "/metrics").decode())[1]


def refused(program, words, expected, **more):
    """A command that must fail with a sentence."""
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **more})
    line = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""
    if done.returncode == 0 or expected not in line or PASSWORD in done.stderr or "panicked" in done.stderr:
        raise Wrong(f"{words}: {done.returncode} {done.stderr!r}, expected a line with {expected!r}")


def counted(program, words, environment):
    """A command that must find all rows."""
    done = subprocess.run([program, *words], stdout=-1, stderr=-2, text=True, check=False, env=environment)
    if done.returncode != 0 or f"{ROWS} rows" not in done.stdout and f"{ROWS:,} rows" not in done.stdout:
        raise Wrong(f"{words}: {done.returncode} {done.stdout}, expected {ROWS} rows")


def of_postgres(program, folder, expected):
    """All that is asked of PostgreSQL."""
    with postgres() as base:
        if base is None:
            print("SKIPPED: PostgreSQL is not here (scripts/setup.sh postgis)")
            return
        fill_postgres(base, folder / "rows.tsv")
        at = f"127.0.0.1:{base.port}"
        environment = {**os.environ, "DUOTILE_SOURCE_D_PASSWORD": PASSWORD}
        table = f'd=postgres://reader@{at}/postgres?table="we.ird"."d ""q"" -- x"'
        with serving([program, "serve", table, "--port", "0"], env=environment) as address:
            same(answers(address), expected, "PostgreSQL")
        path, features = shapes(folder)
        fill_shapes(base, features)
        with ExitStack() as stack:
            file = stack.enter_context(serving([program, "serve", f"d={path}", "--port", "0"]))
            ours = stack.enter_context(serving([program, "serve", f"d=postgres://reader@{at}/postgres/shapes", "--port", "0"], env=environment))
            same(shape_answers(ours), shape_answers(file), "PostGIS")
        known = {"DUOTILE_SOURCE_UTM_PASSWORD": PASSWORD}
        told = subprocess.run(
            [program, "inspect", f"postgres://reader@{at}/postgres/utm"], stdout=-1, stderr=-2, text=True, check=False, env={**os.environ, **known}
        ).stdout
        if "25833" not in told or "2,000 rows" not in told and "2000 rows" not in told:
            raise Wrong(f"of points in UTM this is told: {told}")
        known = {**environment, "SSL_CERT_FILE": f"{base.home}/cert.pem"}
        secured = f"postgres://reader:{quote(PASSWORD, safe='')}@localhost:{base.port}/postgres/places?sslmode=verify-full"
        counted(program, ["inspect", secured], known)
        counted(program, ["inspect", f"postgres://duotile@:{base.port}/postgres/places?host={base.home}"], environment)
        built = ["build", f"postgres://reader@{at}/postgres/places", "-o", f"{folder}/built.arrow"]
        done = subprocess.run([program, *built], stderr=-1, text=True, check=False, env={**os.environ, "PGPASSWORD": PASSWORD})
        if done.returncode != 0:
            raise Wrong(f"{built}: {done.stderr}")
        with serving([program, "serve", f"d={folder}/built.arrow", "--port", "0"]) as address:
            same(answers(address), expected, "a prepared file of PostgreSQL")
        kinds(program, at)
        mistakes(program, base, at)
        stopped(program, base, at)
        renewed(program, base, at, environment)


def kinds(program, at):
    """What becomes of types that a file has not, and of two columns with one name."""
    query = (
        "SELECT 1.0::float8 AS lon, 2.0::float8 AS lat, i AS x, -i AS x, to_tsvector('a b') AS words, 'infinity'::timestamptz AS seen, "
        "ARRAY[1,i] AS list, '10.0.0.1'::inet AS place, 12345678901234567890::numeric AS wide, 9007199254740993::numeric(18) AS whole, "
        "NULL::json AS nothing FROM generate_series(1, 3) i"
    )
    done = subprocess.run([program, "inspect", f"postgres://duotile@{at}/postgres?query={query}"], stdout=-1, stderr=-2, text=True, check=False)
    for expected in [
        'column "words" is left out: tsvector cannot be shown', 'column "seen" has 3 values beyond all times', '"x_2" here', "x_2 (integer)",
        '"{1,1}"', "10.0.0.1/32", "wide (number), 1.2345678901234567e+19", "9007199254740993", "nothing (text), 3 without a value",
    ]:  # fmt: skip
        if expected not in done.stdout:
            raise Wrong(f"{done.stdout}, expected {expected!r} in it")
    print("  types are what they should be")


def mistakes(program, base, at):
    """What was typed wrong is told, without the password."""
    reader = f"postgres://reader:{quote(PASSWORD, safe='')}@{at}/postgres"
    ask = lambda text, expected, **more: refused(program, ["inspect", text], expected, **more)
    ask(f"postgres://reader:wrong@{at}/postgres/places", "the password is wrong")
    ask(f"postgres://reader@{at}/postgres/places", "asks for a password")
    ask(f"{reader}/place", "(did you mean places?)")
    ask(f"{reader}/names", "found no longitude and latitude columns")
    ask(f"{reader}/hidden", "GRANT SELECT")
    ask(f"{reader}?query=DROP TABLE places", "expected one that only reads")
    ask(f"{reader}?query=WITH x AS (DELETE FROM places RETURNING *) SELECT * FROM x", "WITH clause containing a data-modifying statement")
    ask(f"{reader}?query=SELECT lon, lat, sise FROM places", "sise")
    ask(f"{reader}?query=SELECT nextval('x')", "x")
    ask(reader, "expected postgres://host/database/schema.table")
    ask(f"postgres://reader@{at}/nowhere/places?sslmode=disable", "password")
    ask(f"postgres://duotile@{at}/nowhere/places", '"nowhere" does not exist')
    ask(f"{reader.replace('127.0.0.1', 'localhost')}/places?sslmode=verify-full", "its certificate is not accepted")
    ask(f"postgres://reader@127.0.0.1:{free_port()}/postgres/places", "connection is refused")
    ask(f"clickhouse://reader@{at}/default.places", "does not speak HTTP")
    if base.sql("SELECT count(*) FROM places") != str(ROWS):
        raise Wrong("rows are gone")
    print("  mistakes are told")


def stopped(program, base, at):
    """A load that is told to end ends, and its query does."""
    slow = f"d=postgres://duotile@{at}/postgres?query=SELECT 1.0::float8 AS lon, 2.0::float8 AS lat, pg_sleep(0.01) FROM generate_series(1, 100000)"
    running = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'duotile' AND state = 'active'"
    with subprocess.Popen([program, "serve", slow, "--port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as load:
        wait("a load that began", lambda: base.sql(running) == "1")
        load.send_signal(signal.SIGINT)
        if load.wait(timeout=10) != 0:
            raise Wrong(f"a load that was stopped ended with {load.returncode}, expected 0")
    wait("the end of its query", lambda: base.sql(running) == "0", 5)
    print("  a load that is stopped ends, and its query too")


def renewed(program, base, at, environment):
    """Rows come while they are served; the database goes and comes back."""
    version = "SELECT count(*), max(id) FROM places"
    query = f"d=postgres://reader@{at}/postgres?query=SELECT * FROM places&version={version}&poll=1s"
    with serving([program, "serve", query, "--port", "0"], env=environment) as address:
        base.sql("INSERT INTO places (id, lon, lat) VALUES (5000, 1, 1)")
        wait("a row that a query of ours tells", lambda: count(address) == ROWS + 1)
        base.sql("DELETE FROM places WHERE id = 5000")
        wait("that it went", lambda: count(address) == ROWS)
    with serving([program, "serve", f"d=postgres://reader@{at}/postgres/places?poll=1s", "--port", "0"], env=environment) as address:
        if count(address) != ROWS:
            raise Wrong(f"{count(address)} rows are served, expected {ROWS}")
        base.sql("INSERT INTO places (id, lon, lat) VALUES (-1, 1, 1)")
        wait("a row that came", lambda: count(address) == ROWS + 1)
        tile = get(address, "/tiles/d/0/0/0.mvt")
        base.stop()
        wait("that it is told", lambda: stale(address) == "1")
        if get(address, "/tiles/d/0/0/0.mvt") != tile:
            raise Wrong("without its database other rows are served")
        base.start()
        wait("that it is over", lambda: stale(address) == "0", 40)
        base.sql("DELETE FROM places WHERE id > 99")
        wait("rows that went", lambda: count(address) == 101, 40)
    print("  new rows are served, and old ones while the database is gone")


def of_clickhouse(program, folder, expected):
    """All that is asked of ClickHouse."""
    with clickhouse() as base:
        if base is None:
            print("SKIPPED: ClickHouse's engine is not here (chdb of PyPI)")
            return
        fill_clickhouse(base, folder / "rows.tsv")
        at = f"127.0.0.1:{base.port}"
        environment = {**os.environ, "DUOTILE_SOURCE_D_PASSWORD": PASSWORD}
        named = quote("d `q -- x", safe="")
        config = folder / "duotile.toml"
        config.write_text(
            f'[[dataset]]\nname = "d"\nsource = "clickhouse://reader@{at}/town"\npoll = "1s"\n'
            'query = "SELECT * FROM town.`d \\\\`q -- x` ORDER BY id"\n'
            'version = "SELECT count(), max(id) FROM town.`d \\\\`q -- x`"\n'
        )
        with serving([program, "serve", "--config", str(config), "--port", "0"], env=environment) as address:
            same(answers(address), expected, "ClickHouse")
        of_live(program, base, folder)
        config.write_text(f'[[dataset]]\nname = "d"\nsource = "clickhouse://reader@{at}/town/{named}"\npoll = "1s"\n')
        with serving([program, "serve", "--config", str(config), "--port", "0"], env=environment) as address:
            base.sql("INSERT INTO town.`d \\`q -- x` (id, lon, lat) VALUES (-1, 1, 1)")
            wait("a row that came", lambda: count(address) == ROWS + 1)
            base.cut = True
            base.sql("INSERT INTO town.`d \\`q -- x` (id, lon, lat) VALUES (-2, 1, 1)")
            wait("that an answer was cut off", lambda: stale(address) == "1")
            if count(address) != ROWS + 1:
                raise Wrong("half an answer is served")
            base.cut = False
            wait("that it is over", lambda: count(address) == ROWS + 2 and stale(address) == "0", 40)
        print("  new rows are served, and old ones where an answer is cut off")
        secured = f"clickhouses://reader@localhost:{base.secured.port}/town?query=SELECT * FROM town.`d \\`q -- x` WHERE id >= 0"
        counted(program, ["inspect", secured], {**environment, "CLICKHOUSE_PASSWORD": PASSWORD, "SSL_CERT_FILE": base.cert})
        refused(program, ["inspect", secured], "its certificate is not accepted", CLICKHOUSE_PASSWORD=PASSWORD)
        ask = lambda text, expected, **more: refused(program, ["inspect", text], expected, **more)
        reader = f"clickhouse://reader:{quote(PASSWORD, safe='')}@{at}"
        ask(f"clickhouse://reader:wrong@{at}/town.names", "the user or the password is wrong")
        ask(f"{reader}/town.nmes", "(did you mean names?)")
        ask(f"{reader}/twon.names", "there is no")
        ask(f"{reader}/town.names", "found no longitude and latitude columns")
        ask(f"{reader}/town?query=DROP TABLE names", "expected one that only reads")
        ask(f"{reader}/town?query=SELECT lon FROM town.names", "lon")
        ask(f"clickhouses://reader@{at}/town.names", "does not speak TLS")
        ask(f"postgres://reader@{at}/town/names", "does not answer as PostgreSQL does")
        ask(f"clickhouse://reader@127.0.0.1:{free_port()}/town.names", "connection is refused")
        print("  mistakes are told")


def main():
    """Writes, reads, compares."""
    program = os.path.abspath(sys.argv[1])
    only = sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="duotile-databases-") as name:
        folder = Path(name)
        write_files(folder, rows())
        with serving([program, "serve", f"d={folder}/d.parquet", "--port", "0"]) as address:
            expected = answers(address)
        for engine in (of_postgres, of_clickhouse):
            if not only or engine.__name__[3:] in only:
                engine(program, folder, expected)


if __name__ == "__main__":
    main()
