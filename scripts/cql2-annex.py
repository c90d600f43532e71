"""Reduces the test data of CQL2's annex A to what the tests need: `python3 scripts/cql2-annex.py STANDARD tests/cql2`.

STANDARD is `cql2/standard` of github.com/opengeospatial/ogcapi-features (the standard's text; the data is Natural Earth's,
in the public domain). `places.csv` are its points, `countries.tsv` and `rivers.tsv` its polygons and lines with their names and
people: runs of degrees, S a shell, H a hole in it, L a line. `predicates.tsv` each predicate with its source and how many it selects.
"""

import csv
import pathlib
import re
import sqlite3
import struct
import sys

COLUMNS = ["name", "nameascii", "pop_max", "pop_min", "pop_other", "date", "start", "end", "boolean"]


def places(standard, folder):
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = sqlite3.connect(standard / "data" / "ne110m4cql2.gpkg").execute(
        f"SELECT geom, {names} FROM ne_110m_populated_places_simple ORDER BY fid"
    )
    with open(folder / "places.csv", "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["lon", "lat", *COLUMNS])
        for geom, *values in rows:
            # A GeoPackage header with an envelope or none, then WKB of a point.
            envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[geom[3] >> 1 & 7]
            lon, lat = struct.unpack_from("<dd", geom, 8 + envelope + 5)
            values[8] = {0: "false", 1: "true"}.get(values[8])
            # Times of the data are UTC.
            values[6:8] = [value and value.rstrip("Z") + "Z" for value in values[6:8]]
            out.writerow([lon, lat, *("" if value is None else value for value in values)])


def runs(blob):
    """The rings or lines of a well-known binary, as text; to the ninth digit, of which a step has fewer."""
    out = []

    def count(at):
        return struct.unpack_from("<I", blob, at)[0], at + 4

    def run(letter, at):
        size, at = count(at)
        numbers = struct.unpack_from(f"<{2 * size}d", blob, at)
        out.append(" ".join([letter, *(f"{number:.9f}".rstrip("0").rstrip(".") for number in numbers)]))
        return at + 16 * size

    def geometry(at):
        kind, at = count(at + 1)
        if kind == 2:
            return run("L", at)
        parts, at = count(at)
        for part in range(parts):
            at = run("H" if part else "S", at) if kind == 3 else geometry(at)
        return at

    geometry(0)
    return "/".join(out)


def shapes(standard, folder, table, name, columns):
    rows = sqlite3.connect(standard / "data" / "ne110m4cql2.gpkg").execute(f"SELECT geom, {columns} FROM {table} ORDER BY fid")
    with open(folder / name, "w", encoding="utf-8") as out:
        for geom, *values in rows:
            envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[geom[3] >> 1 & 7]
            print(*values, runs(geom[8 + envelope :]), sep="\t", file=out)


def predicates(standard, folder):
    with open(folder / "predicates.tsv", "w", encoding="utf-8") as out:
        for path in sorted(standard.glob("annex_ats_*.adoc")):
            for line in path.read_text(encoding="utf-8").splitlines():
                found = re.match(r"\|(?:.*\|)?ne_110m_(\w+) *\|`(.*)` *\|(\d+)\s*$", line)
                if found:
                    source, predicate, count = found.groups()
                    # What AsciiDoc wants escaped.
                    predicate = predicate.replace("\\<", "<").replace("\\(", "(")
                    print(source, predicate, count, sep="\t", file=out)


places(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
shapes(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "ne_110m_admin_0_countries", "countries.tsv", "NAME, POP_EST")
shapes(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "ne_110m_rivers_lake_centerlines", "rivers.tsv", "name, 0")
predicates(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
