"""Layers as every contender reads them: layers.py FOLDER [--data FOLDER] [--rows N] [NAME …]

For each: NAME.parquet (GeoParquet in degrees), NAME.geojsonl (for geojson-vt, unless there are too many) and NAME.tiles, a tile
a line: of each zoom the one with most vertices, and up to eleven under random vertices. Of the folder of data, what is there is taken;
where it is not, layers are made. A column `row` says which row of the file each is. `--rows`: nothing but so many buildings, without tiles.
"""

import argparse
import json
import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

import made

# Zooms that tell something, and the file.
LAYERS = {
    "counties": ((0, 2, 4, 6, 8, 10), "us_counties_10m.fgb"),
    "countries": ((0, 2, 4, 6, 8, 10), "countries_10m.fgb"),
    "coverage": ((0, 2, 4, 6, 8, 10, 12), None),
    "buildings": ((8, 10, 12, 14, 16), "osm_liechtenstein_buildings.fgb"),
    "roads": ((6, 8, 10, 12, 14), "osm_liechtenstein_roads.fgb"),
    "landuse": ((8, 10, 12, 14), "osm_liechtenstein_landuse.fgb"),
    "routes": ((0, 2, 4, 6), "flight_routes_great_circles.parquet"),
}
MADE = {"coverage": made.coverage, "routes": made.routes, "buildings": lambda: next(made.buildings(100_000))}


def read(path):
    """Geometries and columns of a file in degrees."""
    if path.endswith(".parquet"):
        table = pq.read_table(path)
        geometry = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
        columns = {name: table[name].combine_chunks() for name in table.column_names if name != "geometry"}
    else:
        meta, _, geometry, fields = pyogrio.raw.read(path)
        geometry = shapely.from_wkb(geometry)
        columns = dict(zip(meta["fields"], fields))
    kept = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    plain = {}
    for name, values in columns.items():
        array = pa.array(values) if not isinstance(values, (pa.Array, pa.ChunkedArray)) else values
        if pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            plain[name] = array.filter(pa.array(kept))
    return shapely.force_2d(geometry[kept]), plain


def schema(columns):
    """Columns and a geometry, as GeoParquet."""
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
    fields = [(name, values.type) for name, values in columns.items()]
    return pa.schema([*fields, ("geometry", pa.binary())], metadata={"geo": json.dumps(geo)})


def write_parquet(path, pieces):
    """Pieces of geometries and columns, one after the other."""
    writer = None
    for geometry, columns in pieces:
        columns = {name: values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values) for name, values in columns.items()}
        writer = writer or pq.ParquetWriter(path, schema(columns))
        writer.write_table(pa.table([*columns.values(), pa.array(shapely.to_wkb(geometry), pa.binary())], schema=writer.schema))
    writer.close()


def write_geojson(path, geometry, columns):
    """A feature a line."""
    texts = shapely.to_geojson(geometry)
    columns = {name: values.to_pylist() if hasattr(values, "to_pylist") else values.tolist() for name, values in columns.items()}
    with open(path, "w", encoding="utf-8") as file:
        for row, text in enumerate(texts):
            properties = json.dumps({name: values[row] for name, values in columns.items()})
            file.write(f'{{"type":"Feature","properties":{properties},"geometry":{text}}}\n')


def tiles(geometry, zooms, seed=5):
    """Up to twelve tiles of each zoom: the fullest of vertices, then such as lie under random ones."""
    lon, lat = shapely.get_coordinates(geometry).T
    x = np.clip((lon + 180) / 360, 0, 1 - 1e-9)
    sine = np.sin(np.radians(np.clip(lat, -85.0511, 85.0511)))
    y = np.clip(0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi), 0, 1 - 1e-9)
    random = np.random.default_rng(seed)
    for z in zooms:
        number = (np.floor(y * 2**z).astype(np.int64) << z) | np.floor(x * 2**z).astype(np.int64)
        found, counts = np.unique(number, return_counts=True)
        under = [found[counts.argmax()], *number[random.integers(0, len(number), 60)]]
        for tile in list(dict.fromkeys(map(int, under)))[:12]:
            yield f"{z} {tile & (1 << z) - 1} {tile >> z}"


def main():
    """All, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--data")
    parser.add_argument("--rows", type=int)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    if options.rows:
        path = f"{options.out}/buildings-{options.rows}.parquet"
        if not os.path.exists(path):
            write_parquet(f"{path}.part", made.buildings(options.rows))
            os.rename(f"{path}.part", path)
        return
    for name, (zooms, file) in LAYERS.items():
        stem = f"{options.out}/{name}"
        if options.names and name not in options.names or os.path.exists(f"{stem}.tiles"):
            continue
        source = file and options.data and f"{options.data}/{file}"
        if source and os.path.exists(source):
            geometry, columns = read(source)
        elif name in MADE:
            geometry, columns = MADE[name]()
        else:
            continue
        print(f"    {name}: {len(geometry):,} rows, {shapely.get_num_coordinates(geometry).sum():,} vertices", file=sys.stderr, flush=True)
        columns = {**columns, "row": np.arange(len(geometry))}
        write_parquet(f"{stem}.parquet", [(geometry, columns)])
        write_geojson(f"{stem}.geojsonl", geometry, columns)
        with open(f"{stem}.tiles", "w", encoding="utf-8") as out:
            out.write("\n".join(tiles(geometry, zooms)) + "\n")


if __name__ == "__main__":
    main()
