"""Cells of H3 in tiles are those of Python's h3, with the same rows: cells.py PROGRAM [ROWS]

Rows stand anywhere, on both sides of the antimeridian, about a pentagon, and crowded in a city. At each resolution, all tiles of a
zoom are asked for: as points, each cell comes once; as polygons, it is the same in every tile that it comes into; and count, mean,
median and sum of each are those that DuckDB finds for the rows that h3 puts there, and as many rows are told of some of them. Then rows are cells themselves, as texts and as
numbers, and each resolution that they have is drawn. The seed is fixed.
"""

import json
import math
import random
import struct
import sys
import tempfile
import urllib.parse
from pathlib import Path

import duckdb
import h3

from places import on_grid
from serving import Wrong, get, serving

# The first zoom at which a resolution has tiles.
ZOOMS = [0, 0, 0, 0, 2, 3, 4, 6, 7, 9, 10, 11, 13, 14, 16, 17]
# From this resolution on only rows of the city are asked for: a world of tiles would be too many.
CITY = 6
BOX = (13.35, 52.45, 13.45, 52.55)


def fields(data):
    """The fields of a message of protocol buffers: number and value."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        match key & 7:
            case 0:
                yield key >> 3, varint()
            case 1:
                at += 8
                yield key >> 3, struct.unpack("<d", data[at - 8 : at])[0]
            case 2:
                size = varint()
                at += size
                yield key >> 3, data[at - size : at]
            case _:
                at += 4
                yield key >> 3, struct.unpack("<f", data[at - 4 : at])[0]


def packed(data):
    """Varints one behind the other."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def features(tile):
    """Id and properties of each feature of a tile of one layer."""
    for _, layer in fields(tile):
        found, keys, values = [], [], []
        for number, value in fields(layer):
            if number == 2:
                found.append(dict(fields(value)))
            elif number == 3:
                keys.append(value.decode())
            elif number == 4:
                ((kind, value),) = fields(value)
                values.append(value.decode() if kind == 1 else (value >> 1) ^ -(value & 1) if kind == 6 else value)
        for feature in found:
            tags = list(packed(feature[2]))
            yield feature[1], {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2])}


def rows(dice, count):
    """Positions in the middle of steps of the map, as they are kept."""
    for row in range(count):
        match row % 4:
            case 0:
                lon, lat = dice.uniform(-180, 180), math.degrees(math.asin(dice.uniform(-0.996, 0.996)))
            case 1:
                lon, lat = (180 + dice.gauss(0, 3) + 180) % 360 - 180, dice.gauss(-17, 3)
            case 2:
                lon, lat = 10.536 + dice.gauss(0, 0.5), 64.7 + dice.gauss(0, 0.5)
            case _:
                lon, lat = dice.uniform(13.39, 13.41), dice.uniform(52.495, 52.505)
        yield on_grid(lon, lat)


def near(places, zoom):
    """The tiles of some places, and those beside them."""
    for lon, lat in places:
        sine = math.sin(math.radians(lat))
        x = int((lon + 180) / 360 * 2**zoom)
        y = int((0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * 2**zoom)
        for across in (x - 1, x, x + 1):
            yield from ((across % 2**zoom, down) for down in (y - 1, y, y + 1) if 0 <= down < 2**zoom)


def drawn(address, layer, zoom, tiles, query):
    """What each cell carries in some tiles, by its index; how often one came."""
    cells, came = {}, 0
    for x, y in tiles:
        path = f"/tiles/{layer}/{zoom}/{x}/{y}.mvt?{urllib.parse.urlencode(query)}"
        ids = set()
        for number, carried in features(get(address, path, empty=True)):
            came += 1
            index = carried.pop("h3")
            if number in ids or number >= 2**53 or cells.setdefault(index, carried) != carried:
                raise Wrong(f"{path}: {index} with id {number} carries {carried}, expected once {cells[index]}")
            ids.add(number)
    return cells, came


def same(got, expected, what):
    """Stops where two sets of cells differ."""
    if got.keys() != expected.keys():
        raise Wrong(f"{what}: cells differ: {sorted(got.keys() ^ expected.keys())[:5]}")
    for index, (count, mean, median, total) in expected.items():
        carried = got[index]
        measured = [(carried["value_mean"], mean), (carried["value_median"], median)]
        close = all(math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-9) for ours, theirs in measured)
        if not close or (carried["point_count"], carried["level_sum"]) != (count, total):
            raise Wrong(f"{what}: {index} carries {carried}, expected {expected[index]}")


def main():
    """Writes, asks both, compares."""
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    dice = random.Random(3)
    base = duckdb.connect()
    base.execute("CREATE TABLE p (lon DOUBLE, lat DOUBLE, value DOUBLE, level INTEGER, text VARCHAR, number UBIGINT)")
    places = list(rows(dice, count))
    # Cells of their own, of one resolution.
    own = [h3.latlng_to_cell(lat, lon, 8) for lon, lat in places]
    table = [(*at, round(dice.gauss(10, 5), 3), dice.randrange(1000), cell, int(cell, 16)) for at, cell in zip(places, own)]
    base.executemany("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?)", table)
    agg = {"agg": "mean:value,median:value,sum:level", "mode": "cells", "cell": "h3"}
    asked = 0

    def expected(cells):
        base.execute("CREATE OR REPLACE TABLE c (cell VARCHAR, value DOUBLE, level INTEGER)")
        base.executemany("INSERT INTO c VALUES (?, ?, ?)", [(cell, row[2], row[3]) for cell, row in cells])
        found = base.execute("SELECT cell, count(*), avg(value), median(value), sum(level) FROM c GROUP BY cell").fetchall()
        return {cell: rest for cell, *rest in found}

    with tempfile.TemporaryDirectory(prefix="duotile-cells-") as folder:
        for name, columns in {"points": "lon, lat", "texts": "text", "numbers": "number AS h3"}.items():
            base.execute(f"COPY (SELECT {columns}, value, level FROM p) TO '{Path(folder) / name}.parquet' (FORMAT parquet)")
        point = [program, "serve", f"{folder}/points.parquet", f"{folder}/numbers.parquet", "--port", "0"]
        with serving(point) as address:
            for resolution, zoom in enumerate(ZOOMS):
                query, some = {**agg, "res": resolution}, table
                if resolution >= CITY:
                    west, south, east, north = BOX
                    query["bbox"] = ",".join(map(str, BOX))
                    some = [row for row in table if west <= row[0] <= east and south <= row[1] <= north]
                want = expected([(h3.latlng_to_cell(row[1], row[0], resolution), row) for row in some])
                tiles = sorted(set(near([row[:2] for row in some], zoom)))
                for shape in ("point", "polygon"):
                    got, came = drawn(address, "points", zoom, tiles, {**query, "shape": shape})
                    same(got, want, f"resolution {resolution} as {shape}s")
                    if shape == "point" and came != len(got):
                        raise Wrong(f"resolution {resolution}: {came} points of {len(got)} cells")
                    asked += len(tiles)
                for index in dice.sample(sorted(want), min(5, len(want))):
                    box = {"bbox": query["bbox"]} if "bbox" in query else {}
                    path = f"/datasets/points/rows?{urllib.parse.urlencode({'h3': index, 'limit': 0, **box})}"
                    matched = json.loads(get(address, path))["numberMatched"]
                    if matched != want[index][0]:
                        raise Wrong(f"{path}: {matched} rows, expected {want[index][0]}")
            cells_of(address, "numbers", agg, table, expected)
        with serving([program, "serve", f"{folder}/texts.parquet", "--h3", "text", "--port", "0"]) as address:
            cells_of(address, "texts", agg, table, expected)
    print(f"{count} rows at 16 resolutions in {asked} tiles: cells, counts, means, medians and sums are those of h3 and DuckDB")


def cells_of(address, layer, agg, table, expected):
    """Rows that are cells: those of their resolution, and of the one above it."""
    city = [row for row in table if BOX[0] <= row[0] <= BOX[2] and BOX[1] <= row[1] <= BOX[3]]
    for resolution in (8, 7):
        want = expected([(h3.cell_to_parent(row[4], resolution), row) for row in city])
        tiles = sorted(set(near([row[:2] for row in city], 8)))
        query = {**agg, "res": resolution, "bbox": "13.3,52.4,13.5,52.6"}
        got, _ = drawn(address, layer, 8, tiles, query)
        same(got, want, f"{layer} at resolution {resolution}")


if __name__ == "__main__":
    main()
