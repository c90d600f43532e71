"""Draws tile time and memory against rows: growth.py GROWTH.jsonl OUT.svg

Both axes of both panels are logarithmic, so a cost that is proportional to rows is a line at 45°. The drawing is read on
light and on dark grounds: its colours follow the reader's.
"""

import json
import math
import sys

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .title { font-weight: 600 }
  .axis { stroke: #888; fill: none }
  .grid { stroke: #888; stroke-opacity: .25; fill: none }
  .line { fill: none; stroke-width: 2 }
  .deep { stroke-dasharray: 5 4 }
  .ours { stroke: #0b62c4 } .ours-dot { fill: #0b62c4 } text.ours-name { fill: #0b62c4 }
  .theirs { stroke: #b3560a } .theirs-dot { fill: #b3560a } text.theirs-name { fill: #b3560a }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .ours { stroke: #6cb0ff } .ours-dot { fill: #6cb0ff } text.ours-name { fill: #6cb0ff }
    .theirs { stroke: #ffb066 } .theirs-dot { fill: #ffb066 } text.theirs-name { fill: #ffb066 }
  }
"""
WIDTH, HEIGHT = 860, 360
PANEL, TOP, BOTTOM = 300, 44, 300


def rows_of(path):
    """{series: {rows: value}} for times and for memory."""
    times, memory, size = {}, {}, None
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            who = line.get("rival", "Duotile")
            if line["what"] == "load":
                size = line["rows"]
                memory.setdefault((who, "process"), {})[size] = line["resident"] / (1 << 20)
            elif line["what"] == "prepare":
                memory[who, "process"][size] = line["resident"] / (1 << 20)
            elif line["what"] == "tile" and line["rank"] == 0:
                times.setdefault((who, f"z{line['z']}"), {})[size] = line["ms"]
    return times, memory


def decades(values):
    """The powers of ten that enclose some values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def short(value):
    """10000000 as people write it on an axis."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def panel(left, title, unit, series, names, what):
    """One panel: grid, lines, and a name at the end of each line."""
    sizes = sorted({rows for values in series.values() for rows in values})
    x_low, x_high = decades([*sizes, sizes[-1] * 1.01] if len(sizes) > 1 else [*sizes, sizes[0] * 9])
    y_low, y_high = decades([value for values in series.values() for value in values.values()])
    x = lambda rows: left + PANEL * (math.log10(rows) - x_low) / (x_high - x_low)
    y = lambda value: BOTTOM - (BOTTOM - TOP) * (math.log10(value) - y_low) / (y_high - y_low)
    out = [f'<text class="title" x="{left}" y="24">{title}</text>']
    for power in range(x_low, x_high + 1):
        at = x(10**power)
        out.append(f'<path class="grid" d="M{at:.1f} {TOP}V{BOTTOM}"/>')
        out.append(f'<text x="{at:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{short(10**power)}</text>')
    for power in range(y_low, y_high + 1):
        at = y(10**power)
        out.append(f'<path class="grid" d="M{left} {at:.1f}H{left + PANEL}"/>')
        out.append(f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end">{short(10.0**power)}</text>')
    out.append(f'<path class="axis" d="M{left} {TOP}V{BOTTOM}H{left + PANEL}"/>')
    out.append(f'<text x="{left + PANEL / 2}" y="{BOTTOM + 38}" text-anchor="middle">{what}</text>')
    out.append(f'<text x="{left - 6}" y="{TOP - 8}" text-anchor="end">{unit}</text>')
    ends = []
    for (who, what), values in sorted(series.items()):
        kind = "ours" if who == "Duotile" else "theirs"
        deep = " deep" if what == "z10" else ""
        points = [(x(rows), y(value)) for rows, value in sorted(values.items())]
        out.append(f'<path class="line {kind}{deep}" d="M{"L".join(f"{px:.1f} {py:.1f}" for px, py in points)}"/>')
        out += [f'<circle class="{kind}-dot" cx="{px:.1f}" cy="{py:.1f}" r="3"/>' for px, py in points]
        ends.append((points[-1][1], points[-1][0], kind, f"{who} {what}" if names else who))
    # Names do not lie on each other.
    lowest = None
    for py, px, kind, name in sorted(ends):
        py = py if lowest is None else max(py, lowest + 14)
        lowest = py
        out.append(f'<text class="{kind}-name" x="{px + 8:.1f}" y="{py + 4:.1f}">{name}</text>')
    return out


def drawing(title, what, panels):
    """Both panels, each with its title, unit, series and whether lines are named by more than who."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        *(line for left, one in zip((60, 490), panels) for line in panel(left, *one, what)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main():
    """Times in one panel, memory in the other."""
    path, out = sys.argv[1:]
    times, memory = rows_of(path)
    panels = (
        ("Fullest tile, cells 256 × 256 with sum and mean", "ms", times, True),
        ("Memory of the process after loading", "MB", memory, False),
    )
    with open(out, "w", encoding="utf-8") as file:
        file.write(drawing("Tile time and memory against rows, Duotile and DuckDB", "points", panels))


if __name__ == "__main__":
    main()
