"""Tiles by PostGIS: postgis.py NAME.parquet NAME.tiles, with the server that the environment names (PGHOST, PGUSER …)

The table is in metres of the map, with a GiST index, analysed; one process, no parallel workers; all columns, a buffer of 128 units.
Times are those of `EXPLAIN (ANALYZE, TIMING OFF)`, so that nothing is carried to a client.
"""

import os
import statistics
import sys
import time

import psycopg
import pyarrow.parquet as pq

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from common import counted, emit, say

BUFFER = 128
TYPES = {"int64": "bigint", "int32": "integer", "double": "float8", "float": "float4"}


def load(db, path):
    """A table with an index, and its columns."""
    table = pq.read_table(path)
    names = [name for name in table.column_names if name != "geometry"]
    columns = "".join(f'"{name}" {TYPES.get(str(table[name].type), "text")}, ' for name in names)
    quoted = "".join(f'"{name}", ' for name in names)
    start = time.perf_counter()
    db.execute("DROP TABLE IF EXISTS shapes")
    db.execute(f"CREATE TABLE shapes ({columns} g geometry)")
    with db.cursor().copy(f"COPY shapes ({quoted} g) FROM STDIN") as copy:
        for row in zip(*(table[name].to_pylist() for name in names), table["geometry"].to_pylist()):
            copy.write_row([*row[:-1], row[-1].hex()])
    # Beyond 85.06° there is no map: such places are moved to its edge.
    db.execute("UPDATE shapes SET g = ST_Transform(ST_SetSRID(ST_ClipByBox2D(g, ST_MakeEnvelope(-180, -85.0511, 180, 85.0511)), 4326), 3857)")
    db.execute("CREATE INDEX ON shapes USING gist (g)")
    db.execute("VACUUM FULL ANALYZE shapes")
    rows, held, version = db.execute("SELECT count(*), pg_total_relation_size('shapes'), postgis_lib_version() FROM shapes").fetchone()
    emit(what="load", rival="PostGIS", version=version, rows=rows, seconds=time.perf_counter() - start, bytes=held)
    return quoted


def query(quoted, z, x, y):
    """A tile of all columns."""
    box = f"ST_TileEnvelope({z}, {x}, {y})"
    return f"""SELECT ST_AsMVT(cut, 'shapes', 4096, 'geom') FROM (SELECT {quoted} ST_AsMVTGeom(g, {box}, 4096, {BUFFER}, true) AS geom
        FROM shapes WHERE g && ST_TileEnvelope({z}, {x}, {y}, margin => {BUFFER / 4096})) AS cut WHERE geom IS NOT NULL"""


def main():
    """Every tile of the list."""
    path, tiles = sys.argv[1:]
    with psycopg.connect("", autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        quoted = load(db, path)
        db.execute("SET max_parallel_workers_per_gather = 0")
        with open(tiles, encoding="utf-8") as file:
            for line in file:
                z, x, y = map(int, line.split())
                text, times, began = query(quoted, z, x, y), [], time.perf_counter()
                tile = bytes(db.execute(text).fetchone()[0] or b"")
                while len(times) < 3 or (len(times) < 9 and time.perf_counter() - began < 1):
                    (plan,) = db.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}").fetchone()
                    times.append(plan[0]["Execution Time"])
                emit(what="tile", rival="PostGIS", z=z, x=x, y=y, features=counted(tile)[0], bytes=len(tile), ms=statistics.median(times))
    say(f"PostGIS, {path}: done")


if __name__ == "__main__":
    main()
