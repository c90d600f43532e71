"""DuckDB with its spatial extension on the tiles that ours was timed on: duck.py DATA.parquet OURS.jsonl [--brief]

The table is in memory, sorted by Morton key and projected beforehand, so that a tile is a range of the sort order and
DuckDB's zone maps skip the rest; for each zoom there is also a column with the ready cell number. Each formulation is
tried on each tile, and the best counts. Two threads, as many as the machine this was written on has processors.
"""

import argparse
import os
import sys
import time

import duckdb
import duckdb_extension_spatial

from common import Tile, check, counted, emit, lines, median_ms, memory, say, tiles_of

# Interleaving the bits of x and y, as in every textbook.
SPREAD = ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333), (1, 0x5555555555555555))

PROJECTED = """
    SELECT id, category, value, epoch_ms(ts) AS ts,
        floor((lon + 180) / 360 * 4294967296)::UINTEGER AS x,
        floor((0.5 - ln((1 + sin(radians(lat))) / (1 - sin(radians(lat)))) / (4 * pi())) * 4294967296)::UINTEGER AS y
    FROM read_parquet(?)"""


def connect(threads):
    """A database in memory with the extension from the registry's package, so that nothing is fetched here."""
    db = duckdb.connect(config={"threads": threads})
    folder = os.path.dirname(duckdb_extension_spatial.__file__)
    db.execute(f"LOAD '{folder}/extensions/v{duckdb.__version__}/spatial.duckdb_extension'")
    inner = "v::UBIGINT"
    for shift, mask in SPREAD:
        db.execute(f"CREATE MACRO spread{shift}(v) AS (v | (v << {shift})) & {mask}")
        inner = f"spread{shift}({inner})"
    db.execute(f"CREATE MACRO spread(v) AS {inner}")
    # Lets grouping by a 16-bit cell number use a plain array: a quarter faster than without.
    db.execute("SET perfect_ht_threshold = 18")
    return db


def load(db, path, zooms):
    """Reads, projects, sorts. Says how long each took."""
    start = time.perf_counter()
    db.execute(f"CREATE TABLE raw AS {PROJECTED}", [path])
    read = time.perf_counter() - start
    # The cell of a point in its tile: eight bits of x, eight of y. (All these operators bind alike here.)
    cells = "".join(f", (((x >> {24 - z}) & 255) | (((y >> {24 - z}) & 255) << 8))::USMALLINT AS c{z}" for z in zooms)
    start = time.perf_counter()
    db.execute(f"CREATE TABLE points AS SELECT *, spread(x) | (spread(y) << 1) AS key{cells} FROM raw ORDER BY key")
    db.execute("DROP TABLE raw")
    sort = time.perf_counter() - start
    (rows,) = db.execute("SELECT count(*) FROM points").fetchone()
    resident, peak = memory()
    (held,) = db.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
    emit(what="load", rival="DuckDB", version=duckdb.__version__, rows=rows, read=read, sort=sort, bytes=int(held), resident=resident, peak=peak)
    say(f"DuckDB {duckdb.__version__}: {rows} rows, read in {read:.1f} s, sorted in {sort:.1f} s")


def cell_queries(tile, where=""):
    """Ways to say: count, sum and mean of the cells of a tile, as a vector tile."""
    inside = f"key BETWEEN {tile.key0} AND {tile.key1}{where}"
    s = tile.cell_shift
    mvt = """SELECT ST_AsMVT({'geom': ST_Point(cx * 16 + 8, cy * 16 + 8),
        'point_count': n, 'value_sum': s, 'value_mean': s / n}, 'points', 4096, 'geom') FROM"""
    return {
        "cells from x and y": f"""{mvt} (SELECT (x >> {s}) & 255 AS cx, (y >> {s}) & 255 AS cy, count(*) AS n,
            sum(value) AS s FROM points WHERE {inside} GROUP BY 1, 2)""",
        "a column with the cell": f"""{mvt} (SELECT (c & 255)::INTEGER AS cx, (c >> 8)::INTEGER AS cy, n, s FROM
            (SELECT c{tile.z} AS c, count(*) AS n, sum(value) AS s FROM points WHERE {inside} GROUP BY 1))""",
    }


def raw_query(tile):
    """Every point of a tile with every attribute, as a vector tile."""
    s, side = tile.local_shift, (1 << 12) - 1
    return f"""SELECT ST_AsMVT({{'geom': ST_Point((x >> {s}) & {side}, (y >> {s}) & {side}), 'fid': id, 'id': id,
        'category': category, 'value': value, 'ts': ts}}, 'points', 4096, 'geom', 'fid')
        FROM points WHERE key BETWEEN {tile.key0} AND {tile.key1}"""


def timed(db, query):
    """Milliseconds of a query and the tile it gives."""
    return median_ms(lambda: db.execute(query).fetchone()[0])


def best(db, queries):
    """The quickest of several queries: its name, its time, its tile."""
    results = [(*timed(db, query), name) for name, query in queries.items()]
    return min(results, key=lambda result: result[0])


def main():
    """Everything ours was timed on."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("ours")
    parser.add_argument("--brief", action="store_true", help="only cells")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    # Read whole before anything is written: it may be the very file that these lines are added to.
    tiles = list(tiles_of(options.ours, "cells"))
    if not tiles:
        sys.exit(f"{options.ours} has no tiles")
    db = connect(options.threads)
    load(db, options.data, sorted({tile.z for tile, _ in tiles}))
    for tile, ours in tiles:
        ms, mvt, how = best(db, cell_queries(tile))
        check("DuckDB", tile, ours, *counted(mvt))
        emit(what="tile", case="cells", rival="DuckDB", z=tile.z, x=tile.x, y=tile.y, rank=ours["rank"], ms=ms, bytes=len(mvt), how=how)
        if ours["rank"] == 0:
            say(f"DuckDB, cells, z{tile.z}, {ours['rows']} rows: {ms:.1f} ms; ours {ours['ms']:.3f} ms")
    if options.brief:
        return
    for tile, ours in tiles_of(options.ours, "raw"):
        ms, mvt = timed(db, raw_query(tile))
        check("DuckDB", tile, ours, *counted(mvt))
        emit(what="tile", case="raw", rival="DuckDB", z=tile.z, x=tile.x, y=tile.y, rank=ours["rank"], ms=ms, bytes=len(mvt))
        if ours["rank"] == 0:
            say(f"DuckDB, raw, z{tile.z}, {ours['rows']} rows: {ms:.1f} ms; ours {ours['ms']:.3f} ms")
    world = Tile(0, 0, 0)
    for ours in lines(options.ours, what="filter"):
        ms, mvt, how = best(db, cell_queries(world, f" AND ({ours['filter']})"))
        check("DuckDB", f"0/0/0 where {ours['filter']}", ours, *counted(mvt))
        emit(what="filter", rival="DuckDB", name=ours["name"], ms=ms, bytes=len(mvt), how=how)
    for _ in lines(options.ours, what="median"):
        ms, _ = median_ms(lambda: db.execute("SELECT c0, median(value) FROM points GROUP BY 1").fetchnumpy(), runs=3)
        emit(what="median", rival="DuckDB", z=0, ms=ms)


if __name__ == "__main__":
    main()
