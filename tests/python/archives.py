"""What PMTiles' own reader for Python finds in an archive that was exported is, tile for tile, what SQLite finds in one of MBTiles, and
what a server sends: archives.py PROGRAM

The root of the archive has leaves, and what is the same in tiles beside each other is held once.
"""

import gzip
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType

from serving import Wrong, get, serving

LAST = 8
ASKED = 100
ROWS = 12000
# Fills all of every tile that it holds: runs of tiles.
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [40, 0], [40, 40], [0, 40], [0, 0]]]}


def expect(what, got, expected):
    if got != expected:
        raise Wrong(f"{what}: {got}, expected {expected}")


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        data, points, stem = Path(folder, "square.geojson"), Path(folder, "points.csv"), Path(folder, "map")
        chance = random.Random(1)
        rows = [f"{chance.uniform(-180, 180):.5f},{chance.uniform(-80, 80):.5f},{row % 7}" for row in range(ROWS)]
        points.write_text("\n".join(["lon,lat,n", *rows]))
        data.write_text(json.dumps({"type": "Feature", "properties": {"n": 1}, "geometry": SQUARE}))
        for ending in ("pmtiles", "mbtiles"):
            words = ["export", str(points), str(data), "-o", f"{stem}.{ending}", "--zooms", f"0-{LAST}"]
            subprocess.run([program, *words], check=True, capture_output=True)
        database = sqlite3.connect(f"{stem}.mbtiles")
        rows = database.execute("SELECT zoom_level, tile_column, (1 << zoom_level) - 1 - tile_row, tile_data FROM tiles")
        by_sqlite = {(z, x, y): gzip.decompress(packed) for z, x, y, packed in rows}
        with open(f"{stem}.pmtiles", "rb") as file:
            source = MmapSource(file)
            reader = Reader(source)
            header, metadata = reader.header(), reader.metadata()
            by_pmtiles = {tile: gzip.decompress(packed) for tile, packed in all_tiles(source)}
            expect("tiles of PMTiles", by_pmtiles.keys() ^ by_sqlite.keys(), set())
            expect("tiles of other bytes", [tile for tile in by_sqlite if by_sqlite[tile] != by_pmtiles[tile]], [])
            expect("what they are", (header["tile_type"], header["tile_compression"]), (TileType.MVT, Compression.GZIP))
            expect("tiles", header["addressed_tiles_count"], len(by_sqlite))
            if header["tile_entries_count"] >= len(by_sqlite):
                raise Wrong(f"{header['tile_entries_count']} entries of {len(by_sqlite)} tiles, expected runs")
            if header["leaf_directory_length"] == 0:
                raise Wrong("a root alone, expected one with leaves")
            expect("zooms", (header["min_zoom"], header["max_zoom"]), (0, LAST))
            expect("layers", [layer["id"] for layer in metadata["vector_layers"]], ["points", "square"])
            asked = chance.sample(sorted(by_sqlite), ASKED)
            found = {tile: gzip.decompress(reader.get(*tile)) for tile in asked}
        with serving([program, "serve", str(points), str(data), "--port", "0"]) as base:
            for z, x, y in asked:
                live = b"".join(get(base, f"/tiles/{name}/{z}/{x}/{y}.mvt", empty=True) for name in ("points", "square"))
                expect(f"tile {z}/{x}/{y}", found[z, x, y] == live, True)
        print(f"{len(by_sqlite)} tiles, {header['tile_entries_count']} entries; {ASKED} as a server sends them")


main(sys.argv[1])
