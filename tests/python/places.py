"""Rows in random geometries are those that DuckDB's spatial extension finds: places.py PROGRAM [ROUNDS]

Rows stand at corners, on edges along meridians and parallels, near other edges, and anywhere. Where positions and corners are
those of the grid, every predicate gives the same rows. Where they are not, only rows within a step of the border may differ. The
seed is fixed.
"""

import math
import os
import random
import sys
import tempfile
import urllib.parse
from pathlib import Path

import duckdb
import duckdb_extension_spatial

from serving import get, serving

STEPS = 2**32
# A step in degrees, and a hair.
STEP = 360 / STEPS * 1.01
ROWS = 4000
PREDICATES = {
    "S_INTERSECTS": "ST_Intersects",
    "S_DISJOINT": "ST_Disjoint",
    "S_WITHIN": "ST_Within",
    "S_TOUCHES": "ST_Touches",
}


def on_grid(lon, lat):
    """The centre of the step that a position is in."""
    x = math.floor((lon + 180) / 360 * STEPS)
    sine = math.sin(math.radians(lat))
    y = math.floor((0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * STEPS)
    north = math.pi * (1 - 2 * (y + 0.5) / STEPS)
    return (x + 0.5) / STEPS * 360 - 180, math.degrees(math.atan(math.sinh(north)))


def ring(dice, centre, size, corners):
    """Rays that come and go: a simple ring, however jagged, with some corners side by side along meridians and parallels."""
    around = []
    for corner in range(corners):
        angle = corner / corners * math.tau
        far = size * dice.uniform(0.5, 1)
        around.append((centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)))
    return around


def box(centre, size):
    """A ring along meridians and parallels."""
    (lon, lat), far = centre, size * 0.7
    return [(lon - far, lat - far), (lon + far, lat - far), (lon + far, lat + far), (lon - far, lat + far)]


def polygon(dice, centre, size, most):
    """A polygon with a hole now and then; the hole is within the rays' shortest."""
    outer = box(centre, size) if dice.random() < 0.25 else ring(dice, centre, size, dice.choice([3, 5, 12, 60, most]))
    few = len(outer) < 12
    return [outer] if few or dice.random() < 0.5 else [outer, ring(dice, centre, size * 0.3, dice.choice([3, 8, 40]))]


def geometry(dice):
    """The parts of a geometry: one polygon, or several that lie apart."""
    size = 10 ** dice.uniform(-3, 1.3)
    centre = (dice.uniform(-150, 150), dice.uniform(-50, 50))
    count = dice.choice([1, 1, 3])
    apart = [(centre[0] - 2.2 * size * part, centre[1]) for part in range(count)]
    return [polygon(dice, at, size, 600 // count) for at in apart if abs(at[0]) + size < 179], size


def text(parts):
    """The geometry as WKT, each ring closed, every digit written."""
    rings = lambda part: ",".join("(" + ",".join(f"{lon!r} {lat!r}" for lon, lat in [*ring, ring[0]]) + ")" for ring in part)
    return "MULTIPOLYGON(" + ",".join(f"({rings(part)})" for part in parts) + ")"


def rows(dice, shapes):
    """Positions that are told apart only by looking closely."""
    while True:
        parts, size = dice.choice(shapes)
        ring = dice.choice(dice.choice(parts))
        at = dice.randrange(len(ring))
        (a, b), (c, d) = ring[at], ring[at - 1]
        between = dice.random()
        match dice.randrange(5):
            case 0:
                lon, lat = a, b
            case 1:
                lon, lat = a, d
            case 2:
                lon, lat = a + (c - a) * between, b + (d - b) * between
            case 3:
                lon, lat = a + dice.gauss(0, size / 5), b + dice.gauss(0, size / 5)
            case _:
                lon, lat = a + dice.uniform(-3, 3) * size, b + dice.uniform(-2, 2) * size
        if abs(lon) < 179.9 and abs(lat) < 80:
            yield lon, lat


def connect():
    """A database with the extension that lies beside it, so that nothing is fetched."""
    base = duckdb.connect()
    folder = os.path.dirname(duckdb_extension_spatial.__file__)
    base.execute(f"LOAD '{folder}/extensions/v{duckdb.__version__}/spatial.duckdb_extension'")
    return base


def main():
    """Writes, asks both, compares."""
    program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    dice = random.Random(12)
    base = connect()
    asked = differ = 0
    with tempfile.TemporaryDirectory(prefix="duotile-places-") as name:
        files, all_shapes = [], {}
        for grid in (True, False):
            shapes = [geometry(dice) for _ in range(rounds)]
            if grid:
                shapes = [([[[on_grid(*at) for at in ring] for ring in part] for part in parts], size) for parts, size in shapes]
            made = rows(dice, shapes)
            placed = [on_grid(*at) if grid else at for at, _ in zip(made, range(ROWS))]
            table = "grid" if grid else "free"
            base.execute(f"CREATE TABLE {table} (id INTEGER, lon DOUBLE, lat DOUBLE)")
            base.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", [(i, *at) for i, at in enumerate(placed)])
            file = Path(name) / f"{table}.parquet"
            base.execute(f"COPY {table} TO '{file}' (FORMAT parquet)")
            files.append(file)
            all_shapes[table] = shapes
        with serving([program, "serve", *files, "--port", "0"]) as address:
            for table, shapes in all_shapes.items():
                for parts, _ in shapes:
                    wkt = text(parts)
                    shape = f"ST_GeomFromText('{wkt}')"
                    for ours, theirs in PREDICATES.items():
                        query = urllib.parse.urlencode({"filter": f"{ours}(geometry,{wkt})", "properties": "id"})
                        lines = get(address, f"/datasets/{table}/rows.csv?{query}").decode().splitlines()
                        column = lines[0].split(",").index("id")
                        here = {int(line.split(",")[column]) for line in lines[1:]}
                        asked += 1
                        found = base.execute(f"SELECT id FROM {table} WHERE {theirs}(ST_Point(lon, lat), {shape})").fetchall()
                        for row in here ^ {row[0] for row in found}:
                            (lon, lat, far) = base.execute(
                                f"SELECT lon, lat, ST_Distance(ST_Boundary({shape}), ST_Point(lon, lat)) FROM {table} WHERE id = {row}"
                            ).fetchone()
                            differ += 1
                            if table == "grid" or far > STEP:
                                sys.exit(f"{ours} of row {row} at {lon!r} {lat!r}, {far} from the border, is {row in here} here: {wkt}")
    print(f"{asked} questions of {ROWS} rows each have one answer; {differ} times a row within a step of a border is elsewhere")


if __name__ == "__main__":
    main()
