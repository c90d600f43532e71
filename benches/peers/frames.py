"""Polars and Datashader on the tiles that ours was timed on: frames.py DATA.parquet OURS.jsonl polars|datashader

Neither writes vector tiles, so what they take is only for the grouping. Both get the points projected beforehand; the
better counts of two ways: over all rows, and over rows sorted by Morton key, of which the tile's range is cut out first.
"""

import argparse
import sys

import numpy as np
import polars as pl

from common import CELL_BITS, check, emit, median_ms, say, tiles_of


def frame(path):
    """Positions in world steps, key and value, sorted by key."""
    points = pl.read_parquet(path, columns=["lon", "lat", "value"])
    lat = np.radians(points["lat"].to_numpy())
    x = ((points["lon"].to_numpy() + 180) / 360 * 2**32).astype(np.uint64)
    sin = np.sin(lat)
    y = ((0.5 - np.log((1 + sin) / (1 - sin)) / (4 * np.pi)) * 2**32).astype(np.uint64)
    key = spread(x) | spread(y) << np.uint64(1)
    order = np.argsort(key, kind="stable")
    columns = {"x": x.astype(np.uint32), "y": y.astype(np.uint32), "key": key, "value": points["value"].to_numpy()}
    return {name: column[order] for name, column in columns.items()}


def spread(v):
    """Room for another bit between any two."""
    for shift, mask in ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333), (1, 0x5555555555555555)):
        v = (v | v << np.uint64(shift)) & np.uint64(mask)
    return v


def span(keys, tile):
    """The rows of a tile among sorted keys."""
    return np.searchsorted(keys, np.uint64(tile.key0), "left"), np.searchsorted(keys, np.uint64(tile.key1), "right")


def with_polars(columns):
    """For a tile, ways to count, sum and average its cells; each gives (cells, rows)."""
    everything = pl.DataFrame(columns)
    return lambda tile: polars_ways(everything, columns["key"], tile)


def polars_ways(everything, keys, tile):
    """See with_polars."""
    s = tile.cell_shift

    def grouped(rows):
        cells = [pl.col(axis) // 2**s for axis in "xy"]
        measures = [pl.len().alias("n"), pl.sum("value").alias("sum"), pl.mean("value").alias("mean")]
        result = rows.lazy().group_by(cells).agg(measures).collect()
        return len(result), result["n"].sum()

    def filtered():
        x, y = pl.col("x"), pl.col("y")
        inside = x.is_between(tile.x0, tile.x1) & y.is_between(tile.y0, tile.y1)
        return grouped(everything.lazy().filter(inside))

    def sliced():
        first, last = span(keys, tile)
        return grouped(everything.slice(first, last - first))

    return {("", "filter and group-by"): filtered, ("", "sorted slice and group-by"): sliced}


def with_datashader(columns):
    """For a tile, ways to count its cells, alone or with sums and means; each gives (cells, rows)."""
    import datashader
    import pandas

    everything = pandas.DataFrame({name: columns[name] for name in ("x", "y", "value")}, copy=False)
    return lambda tile: datashader_ways(datashader, everything, columns["key"], tile)


def datashader_ways(datashader, everything, keys, tile):
    """See with_datashader."""
    # The canvas takes what is inside both ends, so the east and south ends are just below the next tile.
    canvas = datashader.Canvas(
        plot_width=1 << CELL_BITS,
        plot_height=1 << CELL_BITS,
        x_range=(tile.x0, np.nextafter(tile.x1 + 1, 0)),
        y_range=(tile.y0, np.nextafter(tile.y1 + 1, 0)),
    )

    def drawn(rows, everything_asked):
        if everything_asked:
            measures = {"n": datashader.count(), "sum": datashader.sum("value"), "mean": datashader.mean("value")}
            counts = canvas.points(rows, "x", "y", datashader.summary(**measures))["n"].to_numpy()
        else:
            counts = canvas.points(rows, "x", "y", datashader.count()).to_numpy()
        return int((counts > 0).sum()), int(counts.sum())

    def sliced(everything_asked):
        first, last = span(keys, tile)
        return drawn(everything.iloc[first:last], everything_asked)

    return {
        ("count alone", "all rows"): lambda: drawn(everything, False),
        ("count alone", "a sorted slice"): lambda: sliced(False),
        ("", "all rows"): lambda: drawn(everything, True),
        ("", "a sorted slice"): lambda: sliced(True),
    }


def main():
    """Every tile of the cells case, in each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("ours")
    parser.add_argument("rival", choices=["polars", "datashader"])
    options = parser.parse_args()
    columns = frame(options.data)
    name, prepare, module = {
        "polars": ("Polars", with_polars, "polars"),
        "datashader": ("Datashader", with_datashader, "datashader"),
    }[options.rival]
    version = __import__(module).__version__
    emit(what="load", rival=name, version=version, rows=len(columns["key"]))
    say(f"{name} {version}: {len(columns['key'])} rows")
    ways = prepare(columns)
    for tile, ours in tiles_of(options.ours, "cells"):
        results = {}
        for (what, how), way in ways(tile).items():
            ms, (cells, rows) = median_ms(way)
            check(f"{name} ({how})", tile, ours, cells, rows)
            results.setdefault(what, []).append((ms, how))
        for what, times in results.items():
            ms, how = min(times)
            rival = f"{name}, {what}" if what else name
            emit(what="tile", case="cells", rival=rival, z=tile.z, x=tile.x, y=tile.y, rank=ours["rank"], ms=ms, how=how)
            if ours["rank"] == 0:
                say(f"{rival}, cells, z{tile.z}, {ours['rows']} rows: {ms:.1f} ms; ours {ours['ms']:.3f} ms")


if __name__ == "__main__":
    sys.exit(main())
