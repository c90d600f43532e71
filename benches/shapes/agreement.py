"""Holds every tile of some zooms to the source: agreement.py DUOTILE LAYER FILE.parquet

The server draws, with no limit on rows; tiles are read by the code of the benches and judged by shapely, in which every shape lies on the
same map as in the tiles, in units of the zoom. What leaves is a JSON object for each zoom.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pyarrow.parquet as pq
import shapely

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from common import emit, fields, number_of, say, varints

EXTENT = 4096
BUFFER = 128
ZOOMS = {"counties": range(9), "countries": range(7), "coverage": range(11), "buildings": range(6, 17), "roads": range(6, 15), "landuse": range(6, 15), "routes": range(5)}
# Layers whose rows have borders in common.
COVERAGES = ("counties", "coverage")
# A row that is smaller is drawn as a square of so many units a side, or not at all.
SQUARE = 16
# Of vertices that distances are measured from.
SAMPLE = 20_000


class Source:
    """Shapes on the map, as a square of side 1."""

    def __init__(self, path, coverage):
        table = pq.read_table(path)
        degrees = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
        self.shapes = shapely.transform(degrees, projected)
        # What the source itself has wrong is not held against tiles.
        bad = ~shapely.is_valid(self.shapes)
        self.shapes[bad] = shapely.make_valid(self.shapes[bad])
        self.tree = shapely.STRtree(self.shapes)
        self.area, self.length = shapely.area(self.shapes), shapely.length(self.shapes)
        # A plane knows nothing of what goes round the world.
        bounds = shapely.bounds(self.shapes)
        self.plain = bounds[:, 2] - bounds[:, 0] < 0.5
        self.centres, self.zoom = shapely.get_coordinates(shapely.centroid(self.shapes)), None
        self.lines = shapely.get_dimensions(self.shapes).max() == 1
        self.shared = shared(degrees)
        # What neighbours disagree on in the source, they do in tiles.
        polygons = degrees[np.isin(shapely.get_type_id(degrees), (3, 6))]
        edges = shapely.length(shapely.boundary(polygons)).sum()
        self.disputed = shapely.length(shapely.coverage_invalid_edges(polygons)).sum() / edges if coverage else None
        parts, part_row = shapely.get_parts(self.shapes, return_index=True)
        runs, run = (parts, np.arange(len(parts))) if self.lines else shapely.get_rings(parts, return_index=True)
        sizes = shapely.length(runs) if self.lines else shapely.area(shapely.polygons(runs))
        self.vertices, vertex_run = shapely.get_coordinates(runs, return_index=True)
        self.row, self.size = part_row[run[vertex_run]], sizes[vertex_run]
        some = np.random.default_rng(3).permutation(len(self.row))[: 40 * SAMPLE]
        self.vertices, self.row, self.size = (of[np.sort(some)] for of in (self.vertices, self.row, self.size))


    def tiled(self, z, x, y):
        """Rows whose centre is in a tile."""
        if self.zoom != z:
            self.zoom = z
            tiles = np.floor(self.centres * 2**z).astype(np.int64)
            self.order = np.argsort(tiles[:, 0] << 32 | tiles[:, 1], kind="stable")
            self.keys = (tiles[:, 0] << 32 | tiles[:, 1])[self.order]
        return self.order[slice(*np.searchsorted(self.keys, [x << 32 | y, (x << 32 | y) + 1]))]

    def near(self, z, x, y):
        """Whether the box of a row meets a tile."""
        return len(self.tree.query(shapely.box(x * 2.0**-z, y * 2.0**-z, (x + 1) * 2.0**-z, (y + 1) * 2.0**-z))) > 0


def shared(shapes):
    """Which rows have a vertex in common with another."""
    vertices, row = shapely.get_coordinates(shapes, return_index=True)
    pairs = np.unique(np.column_stack([vertices, row]), axis=0)
    _, which, counts = np.unique(pairs[:, :2], axis=0, return_inverse=True, return_counts=True)
    return np.isin(np.arange(len(shapes)), pairs[counts[which.reshape(-1)] > 1, 2].astype(int))


def projected(degrees):
    """Web Mercator, the world's west at 0 and its south at 1."""
    sine = np.sin(np.radians(np.clip(degrees[:, 1], -85.0511287798066, 85.0511287798066)))
    return np.stack([(degrees[:, 0] + 180) / 360, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)], 1)


def read(tile):
    """Rows of a tile with their geometries in its units, rings in the order of the tile."""
    rows, shapes = [], []
    for number, layer in fields(tile):
        if number != 3:
            continue
        values, features = [], []
        for number, content in fields(layer):
            if number == 4:
                values.append(number_of(content))
            elif number == 2:
                features.append(dict(fields(content)))
        for feature in features:
            rows.append(values[list(varints(feature[2]))[1]])
            shapes.append(geometry(feature[3], list(varints(feature[4]))))
    return np.array(rows, int), np.array(shapes, object)


def geometry(kind, integers):
    """A geometry of the commands of a feature, as section 4.3 of the specification has them."""
    runs, at, place = [], 0, np.zeros(2, int)
    while at < len(integers):
        command, count = integers[at] & 7, integers[at] >> 3
        at += 1
        if command == 7:
            continue
        steps = np.array(integers[at : at + 2 * count]).reshape(-1, 2)
        at += 2 * count
        places = np.cumsum((steps >> 1) ^ -(steps & 1), 0) + place
        place = places[-1]
        if command == 1:
            runs.append(places)
        else:
            runs[-1] = np.vstack([runs[-1], places])
    if kind == 2:
        return shapely.multilinestrings(list(map(shapely.linestrings, runs)))
    polygons = []
    for ring in map(shapely.linearrings, runs):
        if shapely.is_ccw(ring):
            # The south is down in a tile: what runs against the clock here is a shell there.
            polygons.append((ring, []))
        else:
            polygons[-1][1].append(ring)
    return shapely.multipolygons([shapely.polygons(shell, holes or None) for shell, holes in polygons])


def tiles(ask, z, near):
    """The tiles of a zoom that are not empty."""
    return {(x, y): read(tile) for x, y in near if (tile := ask(z, x, y))}


def on_edge(shapes, rows, axis, at):
    """The places of each row on a line of the tile, as a set."""
    vertices, which = shapely.get_coordinates(shapes, return_index=True)
    here = (vertices[:, axis] == at) & (vertices[:, 1 - axis] >= 0) & (vertices[:, 1 - axis] <= EXTENT)
    return set(zip(rows[which[here]].tolist(), vertices[here, 1 - axis].astype(int).tolist()))


def judge(source, z, found, coverage):
    """What is told of a zoom."""
    told = {"tiles": len(found), "invalid": 0, "seams": 0, "beyond": 0}
    sums = {"area": 0.0, "length": 0.0, "wrong": 0.0, "border": 0.0}
    seen, away = set(), []
    side = EXTENT * 2**z
    box = shapely.box(0, 0, EXTENT, EXTENT)
    share = SAMPLE * 2 / max(1, len(source.row))
    random = np.random.default_rng(z)
    of_row = np.argsort(source.row, kind="stable")
    starts = np.searchsorted(source.row[of_row], np.arange(len(source.shapes) + 1))
    for (x, y), (rows, shapes) in found.items():
        seen.update(rows.tolist())
        told["invalid"] += int((~shapely.is_valid(shapes)).sum())
        inner = shapely.clip_by_rect(shapes, 0, 0, EXTENT, EXTENT)
        sums["area"] += shapely.area(inner[source.plain[rows]]).sum()
        sums["length"] += shapely.length(inner[source.plain[rows]]).sum() if source.lines else 0
        if coverage:
            edges = shapely.coverage_invalid_edges(shapes)
            sums["wrong"] += shapely.length(shapely.intersection(edges, box)).sum()
            sums["border"] += shapely.length(shapely.intersection(shapely.boundary(shapes), box)).sum()
        for axis, beside in ((0, (x + 1, y)), (1, (x, y + 1))):
            if beside in found:
                other = found[beside]
                told["seams"] += on_edge(shapes, rows, axis, EXTENT) != on_edge(other[1], other[0], axis, 0)
        told["beyond"] += not (source.lines or coverage) and beyond(source, z, x, y, rows)
        # From vertices of the source to what is drawn of their row, unless they are those of a ring that is less than a square.
        for row, shape in zip(rows, shapes):
            here = of_row[starts[row] : starts[row + 1]]
            large = source.size[here] * side >= SQUARE if source.lines else source.size[here] * side**2 >= SQUARE**2
            places = source.vertices[here[large]]
            places = places[random.random(len(places)) < share] * side - [x * EXTENT, y * EXTENT]
            places = places[((places >= 0) & (places <= EXTENT)).all(1)]
            if len(places):
                drawn = shape if source.lines else shapely.boundary(shape)
                away.append(shapely.distance(shapely.points(places), drawn))
    told["rows"] = len(seen)
    told["away"] = float(np.percentile(np.concatenate(away), 95)) if away else 0.0
    if source.lines:
        told["length"] = sums["length"] / side / source.length[source.plain].sum()
    else:
        told["area"] = sums["area"] / side**2 / source.area[source.plain].sum()
    if coverage:
        told["disputed"] = sums["wrong"] / sums["border"]
    return told, seen


def beyond(source, z, x, y, drawn):
    """Whether squares of small rows in a tile are more off what these rows have of area than a square for it and one for each row that
    is larger than one, of those that share no border. A row lies where its centre does; its square may lie in the next tile, so one more is allowed."""
    here = source.tiled(z, x, y)
    here = here[~source.shared[here]]
    area = source.area[here] * (EXTENT * 2**z) ** 2 / SQUARE**2
    squares = np.isin(here[area < 1], drawn).sum()
    return bool(abs(squares - area[area < 1].sum()) > 2 + (area >= 1).sum())


def wait(url):
    """Until the server has read the file."""
    for _ in range(300):
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{url}: no answer within 30 s")


def main():
    """Every zoom of a layer."""
    duotile, layer, path = sys.argv[1:]
    source = Source(path, layer in COVERAGES)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([duotile, "serve", f"shapes={path}", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}/tiles/shapes"
    query = "mode=points&limit=1000000&properties=row"


    def ask(z, x, y):
        try:
            with urllib.request.urlopen(f"{base}/{z}/{x}/{y}.mvt?{query}", timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            sys.exit(f"{layer}, tile {z}/{x}/{y}: {error.code} {error.read().decode()}")

    try:
        wait(f"{base}/tilejson.json")
        zooms = ZOOMS[layer]
        inside = [tuple(np.floor(of * 2 ** zooms[0]).astype(int)) for of in np.reshape(shapely.total_bounds(source.shapes), (2, 2)).clip(0, 1 - 1e-9)]
        near = [(x, y) for x in range(inside[0][0], inside[1][0] + 1) for y in range(inside[0][1], inside[1][1] + 1)]
        lines, before = [], None
        for z in zooms:
            near = [tile for tile in near if source.near(z, *tile)]
            found = tiles(ask, z, near)
            told, seen = judge(source, z, found, layer in COVERAGES)
            lines.append({"what": "zoom", "layer": layer, "z": z, **told, "lost": 0, "source": source.disputed})
            if before is not None:
                lines[-2]["lost"] = len(before - seen)
            before = seen
            say(json.dumps(lines[-1]))
            near = [(2 * x + i, 2 * y + j) for x, y in near for i in (0, 1) for j in (0, 1)]
        for line in lines:
            emit(**line)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
