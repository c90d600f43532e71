"""What a pyramid has kept, as others read it: kept.py LAYER WHO FILE.pmtiles ZOOM…

Prints a line for each zoom: tiles, the largest, features, the rows that they stand for, polygons that shapely finds invalid, and the area
of all polygons within their tiles (and the length of lines) as a share of the whole map.
"""

import gzip
import json
import sys

import mapbox_vector_tile
import shapely
import shapely.geometry
from pmtiles.reader import MmapSource, Reader, all_tiles

# Bytes of tiles that may well be there again.
SHORT = 400
EMPTY = {"features": 0, "rows": 0, "polygons": 0, "invalid": 0, "area": 0.0, "length": 0.0}


def judged(data):
    """What one tile has, of a side of 1."""
    kept = dict(EMPTY)
    for layer in mapbox_vector_tile.decode(data, default_options={"y_coord_down": True}).values():
        side = layer["extent"]
        frame = shapely.box(0, 0, side, side)
        for feature in layer["features"]:
            kept["features"] += 1
            kept["rows"] += feature["properties"].get("point_count", 1)
            shape = shapely.geometry.shape(feature["geometry"])
            if "Polygon" in shape.geom_type:
                kept["polygons"] += 1
                if not shapely.is_valid(shape):
                    kept["invalid"] += 1
                    shape = shapely.make_valid(shape)
                kept["area"] += shapely.area(shapely.intersection(shape, frame)) / side**2
            elif "Line" in shape.geom_type:
                kept["length"] += shapely.length(shapely.intersection(shape, frame)) / side
    return kept


def main():
    """Goes through all tiles; the same bytes are judged once."""
    layer, who, path, *zooms = sys.argv[1:]
    zooms = [int(zoom) for zoom in zooms]
    kept = {zoom: {**EMPTY, "tiles": 0, "largest": 0} for zoom in zooms}
    known = {}
    with open(path, "rb") as file:
        source = MmapSource(file)
        Reader(source).header()
        for (zoom, _, _), data in all_tiles(source):
            if zoom not in kept:
                continue
            plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            found = known.get(plain)
            if found is None:
                found = judged(plain)
                if len(plain) < SHORT:
                    known[plain] = found
            all_of = kept[zoom]
            all_of["tiles"] += 1
            all_of["largest"] = max(all_of["largest"], len(data))
            for name, value in found.items():
                all_of[name] += value
    for zoom, told in kept.items():
        told["area"] /= 4**zoom
        told["length"] /= 2**zoom
        rival = {} if who == "duotile" else {"rival": who}
        print(json.dumps({"what": "kept", "layer": layer, **rival, "z": zoom, **told}), flush=True)


if __name__ == "__main__":
    main()
