"""Draws tile time and memory against buildings: growth.py GROWTH.jsonl OUT.svg"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "peers"))
from growth import drawing

DRAWN = (0, 6, 10, 14, 17)


def main():
    """Times of some zooms in one panel, memory in the other."""
    path, out = sys.argv[1:]
    times, memory, size = {}, {}, None
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            if line["what"] == "load":
                size = line["rows"]
                memory.setdefault(("Duotile", "dataset"), {})[size] = line["bytes"] / (1 << 20)
                memory.setdefault(("Duotile", "process at its most"), {})[size] = line["peak"] / (1 << 20)
            elif line["what"] == "tile" and line["case"] == "outlines" and line["z"] in DRAWN:
                times.setdefault(("Duotile", f"z{line['z']}"), {})[size] = line["ms"]
    title = "Tile time and memory against buildings"
    panels = (("Fullest tile, outlines", "ms", times, True), ("Memory", "MB", memory, True))
    with open(out, "w", encoding="utf-8") as file:
        file.write(drawing(title, "buildings", panels))


if __name__ == "__main__":
    main()
