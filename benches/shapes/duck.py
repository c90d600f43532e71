"""Tiles by DuckDB with its spatial extension: duck.py NAME.parquet NAME.tiles

The table is in memory, in metres of the map, with an R-tree; one thread; all columns, a buffer of 128 units as ours has. Whether a
geometry is left is asked of a materialised part of the query: else `ST_AsMVTGeom` runs on every row first. What DuckDB cannot do is
said with its error.
"""

import os
import statistics
import sys
import time

import duckdb
import duckdb_extension_spatial

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from common import counted, emit, say

HALF = 20037508.342789244
BUFFER = 128


def load(path):
    """A table with an index, and its columns."""
    db = duckdb.connect(config={"threads": 1})
    folder = os.path.dirname(duckdb_extension_spatial.__file__)
    db.execute(f"LOAD '{folder}/extensions/v{duckdb.__version__}/spatial.duckdb_extension'")
    names = [name for name, *_ in db.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall() if name != "geometry"]
    quoted = "".join(f'"{name}", ' for name in names)
    start = time.perf_counter()
    db.execute(
        f"CREATE TABLE shapes AS SELECT {quoted} ST_Transform(geometry, 'EPSG:4326', 'EPSG:3857', always_xy := true) AS g FROM '{path}'"
    )
    db.execute("CREATE INDEX tree ON shapes USING RTREE (g)")
    seconds = time.perf_counter() - start
    (rows,) = db.execute("SELECT count(*) FROM shapes").fetchone()
    (held,) = db.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
    emit(what="load", rival="DuckDB", version=duckdb.__version__, rows=rows, seconds=seconds, bytes=int(held))
    return db, quoted


def query(quoted, z, x, y):
    """A tile of all columns."""
    side = 2 * HALF / 2**z
    west, north, more = x * side - HALF, HALF - y * side, side * BUFFER / 4096
    box = f"ST_MakeEnvelope({west - more}, {north - side - more}, {west + side + more}, {north + more})"
    return f"""WITH near AS MATERIALIZED (SELECT * FROM shapes WHERE ST_Intersects(g, {box})),
        cut AS MATERIALIZED (SELECT {quoted} ST_AsMVTGeom(g, ST_Extent(ST_TileEnvelope({z}, {x}, {y})), 4096, {BUFFER}, true) AS geom FROM near)
        SELECT ST_AsMVT(cut, 'shapes', 4096, 'geom') FROM cut WHERE geom IS NOT NULL"""


def main():
    """Every tile of the list."""
    path, tiles = sys.argv[1:]
    db, quoted = load(path)
    with open(tiles, encoding="utf-8") as file:
        for line in file:
            z, x, y = map(int, line.split())
            text, times, began = query(quoted, z, x, y), [], time.perf_counter()
            try:
                while len(times) < 3 or (len(times) < 9 and time.perf_counter() - began < 1):
                    start = time.perf_counter()
                    tile = db.execute(text).fetchone()[0] or b""
                    times.append((time.perf_counter() - start) * 1e3)
            except duckdb.Error as error:
                emit(what="failed", rival="DuckDB", z=z, x=x, y=y, why=str(error).split("\n")[0][:120])
                continue
            emit(what="tile", rival="DuckDB", z=z, x=x, y=y, features=counted(tile)[0], bytes=len(tile), ms=statistics.median(times))
    say(f"DuckDB {duckdb.__version__}, {path}: done")


if __name__ == "__main__":
    main()
