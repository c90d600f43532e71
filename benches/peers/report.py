"""Lays the lines of all runs side by side: report.py FOLDER OUT.md; the table of tiles goes to the terminal too.

FOLDER holds a file of JSON lines for each part that was run (peers, masks, growth, prepared, browser, http, dear, page, soak); a part that was not run is
left out. Every figure in OUT.md comes from these lines.
"""

import json
import os
import re
import statistics
import sys

import parts

OURS = "Duotile"
TILE_MAKERS = {"DuckDB"}


def read(folder, name):
    """The lines of a part; none if it was not run."""
    path = os.path.join(folder, f"{name}.jsonl")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.startswith("{")]


def number(value):
    """Three digits that count."""
    if value is None:
        return ""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 1 else 3 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def table(head, rows):
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in [head, ["---"] * len(head), *rows])


def grouped(lines, case):
    """{zoom: {who: {rank: ms}}} of the tiles of a case."""
    zooms = {}
    for line in lines:
        if line["what"] == "tile" and line["case"] == case:
            who = line.get("rival", OURS)
            zooms.setdefault(line["z"], {}).setdefault(who, {})[line["rank"]] = line["ms"]
    return dict(sorted(zooms.items()))


def middle(times):
    """Median over the tiles of a zoom, and the fullest tile."""
    return statistics.median(times.values()), times[0]


def both(times):
    """The same as text."""
    median, fullest = middle(times)
    return number(median) if len(times) == 1 else f"{number(median)} ({number(fullest)})"


def ratio(ours, theirs):
    """How many times as long the quickest of them takes: over the medians, and for the fullest tile."""
    if not theirs:
        return ""
    medians, fullest = zip(*map(middle, theirs))
    mine = middle(ours)
    text = f"**{number(min(medians) / mine[0])}**"
    return text if len(ours) == 1 else f"{text} ({number(min(fullest) / mine[1])})"


def tiles(lines, case, draw):
    """A row for each zoom. `draw`: which rivals make vector tiles; the others only group."""
    zooms = grouped(lines, case)
    rivals = sorted({who for zoom in zooms.values() for who in zoom} - {OURS}, key=lambda who: (who not in draw, who))
    fullest = {line["z"]: line for line in lines if line["what"] == "tile" and line["case"] == case and line["rank"] == 0 and "rows" in line}
    others = [who for who in rivals if who not in draw]
    head = ["zoom", "rows of the fullest", "its features", OURS, *rivals, "tile makers take × as long"]
    head += ["grouping alone takes × as long"] if others else []
    rows = []
    for z, zoom in zooms.items():
        full, ours = fullest[z], zoom[OURS]
        row = [f"z{z}", f"{full['rows']:,}", f"{full['features']:,}", both(ours)]
        row += [both(zoom[who]) if who in zoom else "" for who in rivals]
        row.append(ratio(ours, [zoom[who] for who in rivals if who in draw and who in zoom]))
        if others:
            row.append(ratio(ours, [zoom[who] for who in others if who in zoom]))
        rows.append(row)
    return table(head, rows)


def run_line(lines):
    """Where and how a part was run, as a sentence."""
    run = next((line for line in lines if line["what"] == "run"), None)
    if run is None:
        return ""
    loads = [line for line in lines if line["what"] == "load" and "version" in line]
    versions = ", ".join(dict.fromkeys(f"{line['rival']} {line['version']}" for line in loads))
    return (
        f"`{run['command']}`, {run['at']}, commit {run['commit']}; {run['processors']} × {run['processor']}, "
        f"{run['memory']} GiB, {run['system']}, {run['rust']}, Node {run['node']}"
        + (f"; beside {versions}." if versions else ".")
    )


def peers(lines):
    """Tiles of one file, ours and those of rivals."""
    if not lines:
        return ""
    load = next(line for line in lines if line["what"] == "load" and "rival" not in line)
    draw = TILE_MAKERS
    text = [
        f"## Tiles of {load['rows']:,} points",
        run_line(lines),
        "Milliseconds. Median over up to five tiles of a zoom, the fullest in brackets: the tiles are those at rank 0, "
        "n/64, n/16, n/4 and n/2 of the zoom's n occupied tiles, fullest first. Duotile has one thread, DuckDB and Polars "
        "two. Every rival's tile was checked to hold as many cells and rows as ours. Rivals have their points in memory, "
        "projected and sorted by Morton key beforehand; of several formulations the quickest counts.",
        "### Cells, 256 × 256 a tile, with count, sum and mean",
        "Duotile and DuckDB write the vector tile; Polars and Datashader only group.",
        tiles(lines, "cells", draw),
        "### Raw points with every attribute",
        tiles(lines, "raw", draw),
    ]
    return "\n\n".join([*text, *parts.ours(lines, number, table)])


def merged(before, now):
    """What is found now in the place of what there was of it; parts that were not run stay as they are."""
    parts_of = lambda text: {part.split("\n", 1)[0]: part.strip() for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)}
    kept, fresh = parts_of(before), parts_of(now)
    head = fresh.pop(now.split("\n", 1)[0])
    kept.pop(before.split("\n", 1)[0], None)
    # A part that tells the size of its data has another name for another.
    name = lambda title: re.sub(r"[\d,]+ ", "", title)
    order = {name(title): title for title in kept}
    for title, part in fresh.items():
        if order.get(name(title), title) != title:
            kept.pop(order[name(title)], None)
        kept[title] = part
    return "\n\n".join([head, *kept.values()])


def main():
    """Writes the report."""
    folder, out = sys.argv[1:]
    found = {name: read(folder, name) for name in ("peers", "masks", "growth", "prepared", "browser", "http", "dear", "page", "soak")}
    sections = [
        "# Results",
        "Written by `benches/peers/report.py`; do not edit. Times drift on shared machines: a ratio within one run says "
        "more than a time.",
        peers(found["peers"]),
    ]
    for name, part in (("masks", parts.masks), ("growth", parts.growth), ("prepared", parts.prepared), ("browser", parts.browser), ("http", parts.http), ("dear", parts.dear), ("page", parts.page), ("soak", parts.soak)):
        if found[name]:
            sections.append(part(found[name], run_line(found[name]), number, table))
    with open(out, "a+", encoding="utf-8") as file:
        file.seek(0)
        text = merged(file.read(), "\n\n".join(section for section in sections if section))
        file.truncate(0)
        file.write(text + "\n")
    for case in ("cells", "raw"):
        if found["peers"]:
            print(f"\n{case}, ms\n{tiles(found['peers'], case, TILE_MAKERS)}")
    print(f"\nThe whole of it is in {out}.")


if __name__ == "__main__":
    main()
