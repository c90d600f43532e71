"""Lays what shapes cost beside rivals, how they grow and how well they agree side by side: report.py FOLDER OUT.md

FOLDER holds the lines of each part that was run (shapes, shapes-growth, shapes-agreement); a part that was not run stays in OUT.md as it
is there. Every figure comes from these lines.
"""

import os
import re
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from report import number, read, run_line, table

MB = 1e6
HEAD = "# Shapes"
RIVALS = ("geojson-vt", "DuckDB", "PostGIS")


def beside(lines):
    """A table of loading, then one of tiles for each layer."""
    layers = list(dict.fromkeys(line["layer"] for line in lines if "layer" in line))
    rows = []
    for layer in layers:
        loads = {line.get("rival"): line for line in lines if line["what"] == "load" and line["layer"] == layer}
        ours = loads[None]
        row = [layer, f"{ours['rows']:,}", f"{ours['vertices']:,}", f"{number(ours['seconds'])} / {ours['bytes'] / MB:.1f}"]
        row += [f"{number(loads[who]['seconds'])} / {loads[who]['bytes'] / MB:,.0f}" if who in loads else "" for who in RIVALS]
        rows.append(row)
    sections = [
        "## Beside others",
        run_line(lines),
        "One thread each, all columns. Up to twelve tiles a zoom: the one with most vertices and such as lie under random ones. "
        "Milliseconds, the median of the tiles and in brackets the slowest. geojson-vt keeps what it has split: its figures are those of the "
        "first time that a tile is asked for; behind the stroke those of later times, when it only writes. It drops what is small, DuckDB "
        "and PostGIS do not simplify; how many features each has is in the second table of a layer. `coverage` is made.",
        "### Loading: seconds / MB",
        table(["layer", "rows", "vertices", "Duotile", *RIVALS], rows),
    ]
    for layer in layers:
        here = [line for line in lines if line.get("layer") == layer]
        sections += [f"### {layer}", *tiles(here)]
    return "\n\n".join(sections)


def tiles(lines):
    """Times by zoom, and what is in the tiles."""
    zooms = {}
    for line in lines:
        if line["what"] in ("tile", "failed"):
            zooms.setdefault(line["z"], {}).setdefault(line.get("rival"), []).append(line)
    here = [who for who in RIVALS if any(who in zoom for zoom in zooms.values())]
    times, contents = [], []
    for z, zoom in zooms.items():
        row, content = [f"z{z}"], [f"z{z}"]
        for who in (None, *here):
            done = [line for line in zoom.get(who, []) if line["what"] == "tile"]
            failed = len(zoom.get(who, [])) - len(done)
            text = spread(done, "first" if who == "geojson-vt" else "ms") if done else ""
            text += f" / {spread(done, 'ms')}" if done and who == "geojson-vt" else ""
            row.append(text + (f" {failed} fail" if failed else ""))
            content.append(f"{sum(line['features'] for line in done):,} in {sum(line['bytes'] for line in done) / 1e3:,.0f} kB" if done else "")
        times.append(row)
        contents.append(content)
    head = ["zoom", "Duotile", *here]
    return [table(head, times), "Features and bytes of all these tiles:", table(head, contents)]


def spread(lines, key):
    """The median and the slowest."""
    values = [line[key] for line in lines]
    return number(values[0]) if len(values) == 1 else f"{number(statistics.median(values))} ({number(max(values))})"


def growth(lines):
    """The fullest tile of each zoom against rows."""
    sizes, times = {}, {}
    for line in lines:
        if line["what"] == "load":
            load = line
            sizes[line["rows"]] = line
        elif line["what"] == "tile":
            times.setdefault((line["case"], line["z"]), {})[load["rows"]] = line
    head = ["", *(f"{size:,}" for size in sizes)]
    known = [
        ["vertices", *(f"{load['vertices']:,}" for load in sizes.values())],
        ["loaded in, s", *(number(load["seconds"]) for load in sizes.values())],
        ["dataset, MB", *(f"{load['bytes'] / MB:,.0f}" for load in sizes.values())],
        ["bytes a row", *(f"{load['bytes'] / load['rows']:.0f}" for load in sizes.values())],
        ["process at its most, MB", *(f"{load['peak'] / MB:,.0f}" for load in sizes.values())],
    ]
    sections = ["## Growth", run_line(lines), "Made buildings in towns of very different size. What loading takes and leaves:", table(head, known)]
    for case, what in (("outlines", "as outlines (`mode=points`)"), ("auto", "as `mode=auto` has it, cells where they would be too many")):
        body = [
            [f"z{z}", *(f"{number(by[size]['ms'])} ({by[size]['features']:,})" if size in by else "" for size in sizes)]
            for (of, z), by in times.items()
            if of == case
        ]
        sections += [f"Milliseconds (and features) of the fullest tile of each zoom, {what}:", table(head, body)]
    return "\n\n".join([*sections, "![Tile time and memory against buildings](shapes-growth.svg)"])


def agreement(lines):
    """A table for each layer."""
    sections = [
        "## Agreement",
        run_line(lines),
        "Every tile of a zoom, drawn by `duotile tile`, read and judged by shapely. *Disputed*: the share of the length of common borders "
        "that, between two neighbours, is gap or overlap. *Seams*: tiles beside one another whose places on the common edge differ. *Ids*: rows "
        "that show at a zoom and not at the next. *Dust*: tiles in which the squares of small rows are more than one off their area, and one for each larger row, of those that share no border. *Area*, *length*: of all tiles without their buffers, against the source on the same map, but for rows that go round the world. "
        "*Away*: the 95th percentile of the distance from vertices of the source to what is drawn of their row, in units of 4096 to a tile; of runs larger than a square or stick.",
    ]
    for layer in dict.fromkeys(line["layer"] for line in lines if "layer" in line):
        rows = [
            [f"z{line['z']}", f"{line['tiles']:,}", f"{line['rows']:,}", line["invalid"], share(line.get("disputed")), line["seams"], line["lost"], line["beyond"], share(line.get("area")), share(line.get("length")), f"{line['away']:.1f}"]
            for line in lines
            if line.get("layer") == layer
        ]
        source = next(line["source"] for line in lines if line.get("layer") == layer)
        head = ["zoom", "tiles", "rows shown", "invalid", "disputed", "seams", "ids lost", "dust", "area", "length", "away, units"]
        sections += [f"### {layer}", *([f"Disputed in the source: {share(source)}."] if source is not None else []), table(head, rows)]
    return "\n\n".join(sections)


def share(value):
    """Per cent."""
    return "" if value is None else f"{value:.3%}"


def main():
    """Writes the parts that were run, and keeps the others."""
    folder, out = sys.argv[1:]
    kept = {}
    if os.path.exists(out):
        with open(out, encoding="utf-8") as file:
            kept = {part.split("\n", 1)[0]: part.strip() for part in re.split(r"^(?=## )", file.read(), flags=re.MULTILINE)[1:]}
    for name, part in (("shapes", beside), ("shapes-growth", growth), ("shapes-agreement", agreement)):
        lines = read(folder, name)
        if lines:
            text = part(lines)
            kept[text.split("\n", 1)[0]] = text
    parts = [kept[head] for head in ("## Beside others", "## Growth", "## Agreement") if head in kept]
    head = f"{HEAD}\n\nWritten by `benches/shapes/report.py`; do not edit. Times drift on shared machines: a ratio within one run says more than a time."
    with open(out, "w", encoding="utf-8") as file:
        file.write("\n\n".join([head, *parts]) + "\n")
    print(f"\nThe whole of it is in {out}.")


if __name__ == "__main__":
    main()
