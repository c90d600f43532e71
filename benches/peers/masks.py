"""DuckDB with its spatial extension on the filters that ours was timed on: masks.py DATA.parquet OURS.jsonl

Texts are a table of their own. The table of points is in memory, in the order of the map, with a ready geometry for each row. For a polygon, a box around it that zone maps
understand is asked first. Rows are counted, which is less than a mask; a row more or less is one within a step of the border.
"""

import re
import sys

import duckdb

from common import emit, lines, median_ms, say
from duck import connect


def queries(table, sql):
    """Ways to ask: as it is, and with a box around the corners before it."""
    plain = f"SELECT count(*) FROM {table} WHERE {sql}"
    corners = [tuple(map(float, corner)) for corner in re.findall(r"(-?[\d.]+) (-?[\d.]+)[,)]", sql)]
    if not corners:
        return [plain]
    lons, lats = zip(*corners)
    box = f"lon BETWEEN {min(lons)} AND {max(lons)} AND lat BETWEEN {min(lats)} AND {max(lats)}"
    return [plain, f"SELECT count(*) FROM points WHERE {box} AND {sql}"]


def main():
    """Everything ours was timed on."""
    data, path = sys.argv[1:]
    asked = list(lines(path, what="mask"))
    db = connect(2)
    db.execute(
        """CREATE TABLE points AS SELECT id, value, lon, lat, ST_Point(lon, lat) AS place FROM read_parquet(?)
        ORDER BY ST_Hilbert(lon, lat, {'min_x': -180, 'min_y': -90, 'max_x': 180, 'max_y': 90}::BOX_2D)""",
        [data],
    )
    for names in lines(path, what="names"):
        db.execute("CREATE TABLE names AS SELECT * FROM read_csv(?)", [names["path"]])
    emit(what="load", rival="DuckDB", version=duckdb.__version__)
    for ours in asked:
        times = []
        for query in queries(ours["from"], ours["sql"]):
            ms, (rows,) = median_ms(lambda query=query: db.execute(query).fetchone(), runs=3, seconds=2.0)
            if abs(rows - ours["rows"]) > 5:
                sys.exit(f"{ours['name']}: DuckDB finds {rows} rows, ours {ours['rows']}")
            times.append(ms)
        emit(what="mask", rival="DuckDB", name=ours["name"], ms=min(times))
        say(f"DuckDB, {ours['name']}: {min(times):.1f} ms; ours {ours['ms']:.1f} ms")


if __name__ == "__main__":
    main()
