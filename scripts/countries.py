"""Makes the built-in countries: `python3 scripts/countries.py ATLAS CODES native/data/countries.parquet`, with pyarrow and shapely.

From the countries of the page's ground (`web/src/data/countries.topo.json`, Natural Earth 1:50 million, mended: see web/README.md),
every position to 1/512 of a degree, which makes the file small. ATLAS is `countries-50m.json` of the npm package world-atlas, which
has the numbers of ISO 3166 for these names; CODES `codes.json` of i18n-iso-countries, which has the letters of these numbers.
"""

import json
import pathlib
import sys

import pyarrow as pa
import pyarrow.parquet as parquet
import shapely

PARTS = 512
TOPOLOGY = pathlib.Path(__file__).parent.parent / "web/src/data/countries.topo.json"


def positions(topology):
    """The positions of each arc, in degrees."""
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        at, path = [0, 0], []
        for step in arc:
            at = [at[0] + step[0], at[1] + step[1]]
            path.append([round((at[axis] * scale[axis] + move[axis]) * PARTS) / PARTS for axis in range(2)])
        yield path


def ring(arcs, indices):
    """A ring without equal neighbours."""
    path = []
    for index in indices:
        for at in arcs[index] if index >= 0 else arcs[~index][::-1]:
            if not path or path[-1] != at:
                path.append(at)
    return path


def main(atlas, codes, out):
    topology = json.loads(TOPOLOGY.read_text())
    arcs = list(positions(topology))
    names = [label["properties"]["name"] for label in topology["objects"]["labels"]["geometries"]]
    numbers = {country["properties"]["name"]: country.get("id") for country in json.loads(pathlib.Path(atlas).read_text())["objects"]["countries"]["geometries"]}
    letters = {number: (two, three) for two, three, number, *_ in json.loads(pathlib.Path(codes).read_text())}
    found = [letters.get(numbers[name], (None, None)) for name in names]
    shapes = []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        rings = [[ring(arcs, indices) for indices in polygon] for polygon in polygons]
        polygons = [shapely.Polygon(path[0], [hole for hole in path[1:] if len(hole) > 3]) for path in rings if len(path[0]) > 3]
        shape = shapely.MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
        assert shape.is_valid, country
        shapes.append(shapely.to_wkb(shape, flavor="iso"))
    table = pa.table({"name": names, "iso_a2": [two for two, _ in found], "iso_a3": [three for _, three in found], "geometry": pa.array(shapes, pa.binary())})
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon", "MultiPolygon"]}}}
    table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    parquet.write_table(table, out, compression="zstd", compression_level=22, use_dictionary=False, write_statistics=False)


main(*sys.argv[1:])
