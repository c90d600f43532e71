"""Shapes that are made the same way each time: a coverage with borders like coasts, buildings of towns, great circles.

Each gives geometries of shapely in degrees and columns of numpy beside them. Buildings come in pieces, so that ten million
of them need no more memory than a few.
"""

import numpy as np
import shapely

METRES = 111_320  # a degree of latitude
ROUGH = 0.2  # how far middles are moved aside at most, of their piece: a tenth of the polygons then cross themselves


def coverage(rows=26, columns=24, seed=7):
    """Hexagons whose common borders are one fractal line each: 624 polygons of 2.5 million vertices where Britain lies."""
    random = np.random.default_rng(seed)
    across = 2 * columns + 2
    nodes = np.stack(np.meshgrid(np.arange(across), np.arange(rows + 1)), -1).reshape(-1, 2).astype(float)
    nodes += random.uniform(-0.28, 0.28, nodes.shape)
    nodes = nodes * [8 / across, 8 / rows] + [-6, 50]
    rings, edges = [], {}
    for row in range(rows):
        for column in range(columns):
            left = 2 * column + row % 2
            above = [row * across + left + step for step in range(3)]
            below = [(row + 1) * across + left + step for step in range(3)]
            corners = [*above, *reversed(below)]
            ring = [tuple(pair) for pair in zip(corners, [*corners[1:], corners[0]])]
            rings.append(ring)
            for pair in ring:
                edges.setdefault(tuple(sorted(pair)), len(edges))
    ends = np.array(list(edges))
    # Two thirds of the borders have 512 pieces, the others twice as many.
    finer = random.random(len(ends)) < 1 / 3
    paths = [None] * len(ends)
    for which, doublings in ((~finer, 9), (finer, 10)):
        for at, path in zip(np.flatnonzero(which), rough(nodes[ends[which, 0]], nodes[ends[which, 1]], doublings, random)):
            paths[at] = path
    polygons = []
    for ring in rings:
        parts = [paths[edges[a, b]][:-1] if a < b else paths[edges[b, a]][:0:-1] for a, b in ring]
        polygons.append(shapely.Polygon(np.vstack(parts)))
    numbers = np.arange(len(polygons))
    names = np.array([f"Area {number:03}" for number in numbers])
    return np.array(polygons), {"id": numbers, "name": names, "people": random.integers(50_000, 110_000, len(polygons))}


def rough(first, last, doublings, random):
    """Lines from one place to another, made rough by moving the middle of each piece aside, ever less."""
    lines = np.stack([first, last], 1)
    for _ in range(doublings):
        a, b = lines[:, :-1], lines[:, 1:]
        along = b - a
        # Calmer towards the ends, where three borders meet.
        pieces = (np.arange(along.shape[1]) + 0.5) / along.shape[1]
        most = ROUGH * np.minimum(1, 8 * np.minimum(pieces, 1 - pieces))
        aside = np.stack([-along[..., 1], along[..., 0]], -1) * (random.uniform(-1, 1, along.shape[:2]) * most)[..., None]
        middle = (a + b) / 2 + aside
        lines = np.concatenate([np.stack([a, middle], 2).reshape(len(lines), -1, 2), lines[:, -1:]], 1)
    return lines


def buildings(rows, seed=11, piece=250_000):
    """Pieces of buildings of four or six corners, in towns of very different size, side by side as a sunflower's seeds are."""
    random = np.random.default_rng(seed)
    towns = max(1, rows // 300)
    share = 1 / np.arange(1, towns + 1)
    ends = np.round(np.cumsum(share / share.sum()) * rows).astype(int)
    starts = np.concatenate([[0], ends[:-1]])
    centres = np.stack([random.uniform(-170, 170, towns), random.normal(25, 22, towns).clip(-50, 68)], 1)
    for first in range(0, rows, piece):
        ids = np.arange(first, min(first + piece, rows))
        town = np.searchsorted(ends, ids, side="right")
        at = ids - starts[town]
        away, angle = 15 * np.sqrt(at + 0.5), at * np.pi * (3 - np.sqrt(5))
        middle = np.stack([away * np.cos(angle), away * np.sin(angle)], 1)
        width = np.exp(random.normal(2.35, 0.3, len(ids))).clip(4, 19)
        depth = width * random.uniform(0.5, 1, len(ids))
        turn = random.uniform(0, np.pi / 2, len(ids))
        corners = np.array([[0, 0], [1, 0], [1, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]]) - 0.5
        plain = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 1], [0, 1]]) - 0.5
        bent = random.random(len(ids)) < 0.4
        local = np.where(bent[:, None, None], corners, plain) * np.stack([width, depth], 1)[:, None]
        cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
        metres = np.stack([local[..., 0] * cos - local[..., 1] * sin, local[..., 0] * sin + local[..., 1] * cos], -1)
        metres += middle[:, None]
        lat = centres[town, 1]
        degrees = metres / (METRES * np.stack([np.cos(np.radians(lat)), np.ones(len(lat))], 1)[:, None]) + centres[town][:, None]
        kept = np.where(bent[:, None], True, np.arange(6) < 4)
        rings = shapely.linearrings(degrees[kept], indices=np.repeat(np.arange(len(ids)), kept.sum(1)))
        kinds = np.array(["house", "flats", "shop", "garage"])[random.integers(0, 4, len(ids))]
        yield shapely.polygons(rings), {"id": ids, "kind": kinds, "height": np.round(random.gamma(4, 2, len(ids)), 1)}


def routes(rows=66_770, seed=13):
    """Great circles between airports, of which few have most."""
    random = np.random.default_rng(seed)
    airports = np.radians(np.stack([random.uniform(-180, 180, 3000), random.normal(25, 25, 3000).clip(-60, 75)], 1))
    ends = (random.random((rows, 2)) ** 3 * 3000).astype(int)
    ends[:, 1] = (ends[:, 1] + (ends[:, 0] == ends[:, 1])) % 3000
    place = np.stack([np.cos(airports[:, 1]) * np.cos(airports[:, 0]), np.cos(airports[:, 1]) * np.sin(airports[:, 0]), np.sin(airports[:, 1])], 1)
    lines = []
    for a, b in place[ends]:
        angle = np.arccos(np.clip(a @ b, -1, 1))
        t = np.linspace(0, 1, max(2, int(angle * 12)))[:, None]
        way = (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
        degrees = np.degrees(np.stack([np.arctan2(way[:, 1], way[:, 0]), np.arcsin(way[:, 2].clip(-1, 1))], 1))
        lines.append(shapely.LineString(degrees))
    return np.array(lines), {"id": np.arange(rows), "airline": np.array(["AA", "BA", "LH", "QF"])[random.integers(0, 4, rows)]}
