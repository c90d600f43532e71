"""Datashader's picture of a file of points, in the frame of a map and in the page's colours, to be seen beside the page's.

    python picture.py points.parquet OUT.jpg LAT LNG ZOOM [WIDTH HEIGHT]

Counts of each pixel, shaded by `eq_hist` and spread by `dynspread`, as Datashader's guide has it. The file has columns lon and
lat. Needs Pillow, too, to write the picture.
"""

import math
import sys

import datashader as ds
import datashader.transfer_functions as tf
import numpy as np
import pandas as pd

RADIUS = 6378137.0
# The page's first ramp on a dark ground, from little to much; and that ground.
EMBER = ["#6b4cae", "#974eb5", "#c152ad", "#e65c9a", "#fe7383", "#fe997f", "#feb889", "#fed49b", "#feefb5"]
GROUND = "#10151b"


def main():
    file, out, *numbers = sys.argv[1:]
    lat, lng, zoom, *size = (float(number) for number in numbers)
    width, height = (int(number) for number in (size or (560, 350)))
    points = pd.read_parquet(file, columns=["lon", "lat"])
    x, y = np.radians(points["lon"]) * RADIUS, np.log(np.tan(np.pi / 4 + np.radians(points["lat"]) / 2)) * RADIUS
    frame = pd.DataFrame({"x": x, "y": y})
    # A map's world is 512 pixels wide at zoom 0.
    step = 2 * math.pi * RADIUS / (512 * 2**zoom)
    east, north = math.radians(lng) * RADIUS, math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)) * RADIUS
    canvas = ds.Canvas(
        width,
        height,
        x_range=(east - step * width / 2, east + step * width / 2),
        y_range=(north - step * height / 2, north + step * height / 2),
    )
    shaded = tf.shade(canvas.points(frame, "x", "y", ds.count()), cmap=EMBER, how="eq_hist")
    picture = tf.set_background(tf.dynspread(shaded), GROUND).to_pil().convert("RGB")
    picture.save(out, quality=65)


if __name__ == "__main__":
    main()
