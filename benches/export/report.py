"""Lays pyramids beside those of rivals: report.py FOLDER OUT.md

FOLDER holds the lines of the part (export.jsonl). Every figure comes from these lines.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from report import number, read, run_line, table

WHO = ("tippecanoe", "freestiler", "tylertoo")
MB = 1e6


def written(lines, layers):
    """A table of what writing took."""
    rows = []
    for layer in layers:
        of = {line.get("rival"): line for line in lines if line["layer"] == layer and line["what"] in ("written", "ended", "failed")}
        zoom = next(iter(of.values()))["zoom"]
        rows.append([f"{layer}, z0–{zoom}", *(took(of.get(who)) for who in (None, *WHO))])
    return table(["layer", "Duotile", *WHO], rows)


def took(line):
    """Seconds, of processors, memory, size and tiles."""
    if line is None:
        return ""
    cost = f"{number(line['seconds'])} / {number(line['cpu'])} s, {line['peak'] / MB:,.0f} MB"
    if line["what"] == "ended":
        return f"ended after {number(line['seconds'])} s"
    return f"{cost}, {line['bytes'] / MB:.2f} MB, {line['tiles']:,}" if line["what"] == "written" else f"fails: {line['said']}"


def kept(lines, layer):
    """A table of what each zoom has."""
    of = [line for line in lines if line["layer"] == layer and line["what"] == "kept"]
    here = [who for who in (None, *WHO) if any(line.get("rival") == who for line in of)]
    last = {}
    for line in of:
        size = line["area"] or line["length"]
        if line.get("rival") is None and size:
            last[layer] = size
    rows = []
    for zoom in sorted({line["z"] for line in of}):
        row = [f"z{zoom}"]
        for who in here:
            line = next((line for line in of if line["z"] == zoom and line.get("rival") == who), None)
            row.append("" if line is None else told(line, last.get(layer)))
        rows.append(row)
    return table(["zoom", *("Duotile" if who is None else who for who in here)], rows)


def told(line, whole):
    """Features, rows, share, invalid, the largest tile."""
    parts = [f"{line['features']:,}"]
    if not whole:
        parts.append(f"{line['rows']:,} rows")
    else:
        parts.append(f"{(line['area'] or line['length']) / whole:.1%}")
    if line["polygons"]:
        parts.append(f"{line['invalid']:,} invalid")
    return ", ".join([*parts, f"{line['largest'] / 1e3:,.0f} kB"])


def main():
    """Writes the whole."""
    folder, out = sys.argv[1:]
    lines = read(folder, "export")
    layers = list(dict.fromkeys(line["layer"] for line in lines if "layer" in line))
    lines_of = [line for line in lines if "layer" in line]
    sections = [
        "# Pyramids of tiles",
        "Written by `benches/export/report.py`; do not edit. Times drift on shared machines: a ratio within one run says more than a time.",
        run_line(lines),
        "Whole pyramids as PMTiles, on all processors: seconds, seconds of processors, the most memory, size, tiles. tippecanoe 2.72 reads lines of "
        "GeoJSON with `-P` and `--coalesce-densest-as-needed` (of points `--drop-densest-as-needed`), freestiler 0.3 and tylertoo 0.8 the GeoParquet "
        "that Duotile reads, called from Python; all else is as each has it by itself, but that Duotile draws lines and polygons at every zoom "
        "(`mode=points`). `coverage` is made.",
        written(lines_of, layers),
        "What is kept, as pmtiles, mapbox-vector-tile and shapely read it: features in all tiles of a zoom, of points the rows they stand for (a row "
        "may be in the buffer of other tiles, too), of others their area (or length) within tiles as a share of Duotile's last zoom, polygons that are "
        "invalid, the largest tile.",
    ]
    for layer in layers:
        if any(line["what"] == "kept" and line["layer"] == layer for line in lines_of):
            sections += [f"## {layer}", kept(lines_of, layer)]
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n\n".join(sections) + "\n")
    print(f"\nThe whole of it is in {out}.")


if __name__ == "__main__":
    main()
