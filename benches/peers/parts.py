"""Sections of the report, each from its lines: what else ours was timed on, growth, the browser, HTTP, the soak."""

MB = 1 << 20
# Longest that a server may work on when its client has left, in ms, and most memory that a request may take beside, in MB.
RESTS = 100
HOLDS = 64


def ours(lines, number, table):
    """Loading, filters, percentiles, where the time goes, many tiles."""
    found = {}
    for line in lines:
        if "rival" not in line:
            found.setdefault(line["what"], []).append(line)
    theirs = {(line["what"], line.get("name")): line["ms"] for line in lines if "rival" in line and "ms" in line}
    load = found["load"][0]
    sections = [
        "### What was built before",
        f"Reading the file took {number(load['seconds'])} s and left {load['bytes'] / MB:,.0f} MB of keys, row numbers and "
        f"columns (the process held {load['resident'] / MB:,.0f} MB, {load['peak'] / MB:,.0f} MB at its peak). The first tile "
        "of a query builds what later ones find: "
        + "; ".join(f"`{line['query']}` {number(line['seconds'] * 1e3)} ms" for line in found.get("prepare", []))
        + ".",
    ]
    if "stages" in found:
        stages = found["stages"][0]
        share = lambda stage: f"{number(stages[stage])} ms ({stages[stage] / stages['ms']:.0%})"
        sections += [
            "### Where the time of z0 goes",
            f"Walking from cell to cell {share('walk')}, measuring {share('measure')}, writing {share('write')}; together "
            f"{number(stages['ms'])} ms, or {number(stages['count_only'])} ms with the count alone.",
        ]
    if "many" in found:
        rows = [
            [line["case"], f"z{line['z']}", f"{line['tiles']:,}", number(line["ms"] * 1e3), number(line["p99"] * 1e3), number(line["ns_each"])]
            for line in found["many"]
        ]
        head = ["what", "zoom", "tiles", "median, µs", "99 %, µs", "ns a feature over all"]
        sections += ["### Many tiles, each once", table(head, rows)]
        full = [line for line in found["tile"] if line["rank"] == 0 and line["z"] >= 8]
        rows = [
            [line["case"], f"z{line['z']}", f"{line['features']:,}", f"{line['bytes'] / MB:.2f}", number(line["ms"]), number(line["ms"] * 1e6 / line["features"]), number(line["features"] / line["ms"] / 1e3)]
            for line in full
        ]
        head = ["what", "zoom", "features of the fullest", "MB", "ms", "ns a feature", "million features a second"]
        sections.append(table(head, rows))
    if "filter" in found:
        rows = [
            [f"`{line['filter']}`", f"{line['rows']:,}", number(line["ms"]), number(line["mask"]), number(line["summary"]), number(line["again"]), f"{number(line['deep'])} (z{line['deep_z']})", number(theirs.get(("filter", line["name"])))]
            for line in found["filter"]
        ]
        head = ["filter, such as", "rows", "first z0, ms", "of it the mask", "and what passes summed up", "z0 again", "a deep tile", "DuckDB z0"]
        sections += [
            "### A filter never seen before, z0, count, sum and mean",
            "From the text of the query to the tile, median over several filters; mask and summary are made on all processors.",
            table(head, rows),
        ]
    if "median" in found:
        duck = theirs.get(("median", None))
        beside = f"; DuckDB, without writing a tile, {number(duck)} ms" if duck else ""
        sections += ["### Exact median of each cell, z0", f"{number(found['median'][0]['ms'])} ms{beside}."]
    return sections


def masks(lines, run, number, table):
    """Filters from their text to the mask, beside DuckDB."""
    theirs = {line["name"]: line["ms"] for line in lines if line["what"] == "mask" and "rival" in line}
    body = []
    for line in lines:
        if line["what"] == "mask" and "rival" not in line:
            other = theirs.get(line["name"])
            body.append([line["name"], f"{line['rows']:,}", number(line["ms"]), number(other), number(other / line["ms"]) if other else ""])
    rows = next(line["rows"] for line in lines if line["what"] == "load" and "rival" not in line)
    return "\n\n".join(
        [
            f"## Filters over {rows:,} points",
            run,
            "Milliseconds from the text of a filter to the mask of all rows, fitting included and nothing kept, on all processors; "
            "median of up to nine. DuckDB counts the rows, of a table in the order of the map with ready geometries, with two threads; of two "
            "formulations the quicker. Texts are a million different ones, gone over on one thread.",
            table(["filter by", "rows that pass", "Duotile", "DuckDB", "×"], body),
        ]
    )


def growth(lines, run, number, table):
    """Tile time and memory against rows."""
    rows, size = {}, None
    for line in lines:
        if line["what"] == "load":
            size = line["rows"]
            rows.setdefault(size, {})[line.get("rival", "Duotile"), "memory"] = line["resident"]
            rows[size][line.get("rival", "Duotile"), "bytes"] = line["bytes"]
        elif line["what"] == "prepare":
            rows[size]["Duotile", "memory"] = line.get("resident", rows[size]["Duotile", "memory"])
        elif line["what"] == "tile" and line["case"] == "cells" and line["rank"] == 0:
            rows[size][line.get("rival", "Duotile"), line["z"]] = line["ms"]
    head = ["points", "z0, ms", "DuckDB", "×", "z10 fullest, ms", "DuckDB", "×", "dataset, MB", "process, MB", "DuckDB table, MB", "process, MB"]
    body = []
    for size, found in sorted(rows.items()):
        row = [f"{size:,}"]
        for z in (0, 10):
            mine, other = found.get(("Duotile", z)), found.get(("DuckDB", z))
            row += [number(mine), number(other), number(other / mine) if mine and other else ""]
        for who in ("Duotile", "DuckDB"):
            row += [f"{found[who, kind] / MB:,.0f}" if (who, kind) in found else "" for kind in ("bytes", "memory")]
        body.append(row)
    return "\n\n".join(
        [
            "## Growth",
            run,
            "Cells, 256 × 256, count, sum and mean, with the vector tile; Duotile on one thread, DuckDB on two. Memory "
            "after loading and, for Duotile, after building what the first tile builds; its dataset is without the summaries of "
            "measured columns, the process with them.",
            table(head, body),
            "![Tile time and memory against rows](growth.svg)",
        ]
    )


def prepared(lines, run, number, table):
    """Prepared files against their rows."""
    body = [
        [f"{line['rows']:,}" + (", in memory" if line["what"] == "in memory" else ""), number(line["built"]), f"{line['bytes'] / MB:,.0f}", number(line["opened"]), number(line["first"]), number(line["world"]), number(line["counts"]), number(line["deepFirst"]), number(line["deepAgain"]), number(line["filter"]), number(line["filtered"]), f"{line['anonymous'] / MB:,.0f}"]
        for line in lines
        if line["what"] in ("prepared", "in memory")
    ]
    head = ["points", "build, s", "file, MB", "open, s", "first z0, ms", "z0", "z0, count alone", "first z10", "z10", "z0 under a new filter", "again", "memory, MB"]
    return "\n\n".join(
        [
            "## Prepared files",
            run,
            "Parquet with four columns is built into a file without its ids in at most 4 GB of memory, then served from "
            "the mapped file. Cells, 256 × 256, count, sum and mean; milliseconds until a client on the same machine has the "
            "whole answer, nothing compressed, no finished tile kept; median of nine unless first, under new filters of three. "
            "z10 is the fullest tile. Memory is what the server holds beside the pages of the file, before any filter. Rows in memory have a key, a row number, a single float and a category, read "
            "from Parquet, whose size is told.",
            table(head, body),
        ]
    )


def browser(lines, run, number, table):
    """The WebAssembly module beside what browsers use now, in Node and in Chromium."""
    sections = ["## In the browser", run]
    places = dict.fromkeys(line.get("in", "Node") for line in lines if line["what"] == "index")
    for place in places:
        here = [line for line in lines if line.get("in", "Node") == place]
        for size in sorted({line["rows"] for line in here if line["what"] == "index"}):
            sections += [f"### {place}, {size:,} points", browser_table([line for line in here if line.get("rows") == size], number, table)]
    sections.append(
        "Each in a process of its own. Tiles are chosen as above; median, the fullest in brackets; the first time each tile "
        "is asked for. Extra memory is what the process holds more after indexing, garbage collected, with the input still "
        "there; for the module it is all of its memory, which holds every column. geojson-vt's tiles are timed once, as it keeps "
        "what it has cut; others five times. Duotile ends a tile at 16 MB, which raw points at z0 reach with 1,000,000. In "
        "Chromium, \"by its worker\" is the npm package: starting the worker and copying the columns is part of indexing, "
        "the way there and back part of each tile; its memory is the module's."
    )
    return "\n\n".join(sections)


def browser_table(lines, number, table):
    """A row for each contender over points of one size."""
    body = []
    for index in (line for line in lines if line["what"] == "index"):
        times = {line["z"]: line for line in lines if line["what"] == "tiles" and line["who"] == index["who"]}
        extra = "" if index["extra"] is None else f"{index['extra'] / MB:,.0f}"
        row = [index["who"], number(index["ms"]), extra, f"{index['input'] / MB:,.0f}"]
        for z in (0, 4, 6, 10):
            tiles = times.get(z)
            if tiles is None:
                row.append("")
            elif tiles["tiles"] > 1:
                row.append(f"{number(tiles['median'])} ({number(tiles['fullest'])})")
            else:
                row.append(number(tiles["median"]))
        body.append(row)
    return table(["what", "index, ms", "extra memory, MB", "its input, MB", "z0, ms", "z4", "z6", "z10"], body)


def http(lines, run, number, table):
    """Requests a second and how long they take."""
    body = [
        [line["name"], line["connections"], f"{line['requests']:,}", f"{line['rate']:,.0f}", f"{line['bytes'] / line['seconds'] / 1e6:,.0f}", number(line["p50"]), number(line["p99"]), number(line["most"]), line["errors"]]
        for line in lines
        if line["what"] == "load test"
    ]
    head = ["what", "connections", "requests", "requests/s", "MB/s", "50 %, ms", "99 %, ms", "slowest, ms", "errors"]
    return "\n\n".join(
        [
            "## HTTP",
            run,
            "wrk runs on the same processors as the server and takes its share of them. Nothing is compressed. Raw points: "
            "18 tiles of z8 to z14 with at most 30,000 rows, in turn: those around rows taken by chance, and full ones. Pan and zoom: 64 people make four trips each from the "
            "world to a place and back, with means and at times a filter; each of their requests once, in turn, by so many "
            "connections; cold on a server just started, warm right after. The yardstick answers from memory, nothing else.",
            table(head, body),
        ]
    )


def soak(lines, run, number, table):
    """A server under mixed load for a while."""
    found = [line for line in lines if line["what"] == "soak"]
    if not found:
        return ""
    line = found[-1]
    return "\n\n".join(
        [
            "## Soak",
            run,
            f"{line['seconds'] / 60:.1f} minutes, {line['rows']:,} points: {line['answers']:,} answers, of them {line['wrong']} that "
            f"should not have been; {line['left']:,} clients left in the middle; the data was replaced {line['good']} times, and "
            f"{line['damaged']} times by a damaged file, which was refused. Of floods of 1,300 costly requests, {line['busy']:,} were "
            f"told to come later. `/health` answered {line['healthy']:,} times, at the slowest in {number(line['health'])} ms.",
            f"Memory: {line['rest'] / MB:,.0f} MB before the first request, {line['half'] / MB:,.0f} MB half way, {line['end'] / MB:,.0f} MB at the "
            f"end; a line through the lows of the second half rises by {line['grown'] / MB:,.1f} MB (at most {line['bound'] / MB:,.1f} MB).",
        ]
    )


def dear(lines, run, number, table):
    """The dearest request of each kind: time, memory, and how long a server works on when its client has left."""
    sections = [
        "## What is dear",
        run,
        "The world, or all rows, under a filter or a query never seen before; one server, one client, on the same processors. "
        "Extra memory is the peak of what is not mapped from files, above what was held before, in a server that gives back "
        "at once what it frees; what is kept for the next request is part of it. Clients leave at parts of the time that the "
        "answer took; told is the slowest of these: when the last thread came to rest, and what all of them spent on "
        f"processors until then. **Bold** misses {RESTS} ms or {HOLDS} MB." + busy(lines),
    ]
    found = {}
    for line in lines:
        if line["what"] == "dear":
            found.setdefault((line["where"], line["rows"]), []).append(line)
    head = ["request", "status", "answer, ms", "MB", "extra memory, MB", "at rest after leaving, ms", "of processors, ms"]
    for (where, rows), here in found.items():
        sections += [f"### {rows:,} points {where}", table(head, [dear_row(line, number) for line in here])]
        refused = dict.fromkeys(f"- {line['name']}: {line['status']}, {line['why']}" for line in here if line["why"])
        sections.append("\n".join(["Refused:", "", *refused]) if refused else "")
    return "\n\n".join(section for section in sections if section)


def busy(lines):
    """What is to be known of times that were taken beside other programs."""
    load = next((line["load"] for line in lines if line["what"] == "run"), 0)
    return "" if load < 1 else f" Others were at work on the machine (load {load}): times are longer than they are alone, least so those of processors."


def dear_row(line, number):
    """What one request took."""
    missed = lambda value, most: f"**{number(value)}**" if value > most else number(value)
    left = line["slowest"]
    at = "" if left is None else f"{missed(left['ms'], RESTS)} (at {left['part']:.0%})"
    size = f"{line['bytes'] / MB:,.1f}" + ("" if line["whole"] else " of more")
    extra = missed(max(line["memory"], 0) / MB, HOLDS)
    return [line["name"], line["status"], number(line["ms"]), size, extra, at, "" if left is None else number(left["spent"])]


def page(lines, run, number, table):
    """The page in Chromium: a first map, a brush that is let go, time that plays."""
    found = {}
    for line in lines:
        found.setdefault(line["what"], []).append(line)
    sections = [
        "## The page in Chromium",
        run,
        "1200 × 760 pixels, drawn without a graphics card (SwiftShader) on the processors that the server runs on, too.",
    ]
    if "first" in found:
        head = ["data", "MapLibre's map, ms after the HTML", "features of the data", "everything drawn"]
        names = ["the built-in places", "the generated points"]
        rows = [[name, line["map"], line["data"], line["settled"]] for name, line in zip(names, found["first"])]
        sections += ["### A first map", "Medians over pages in contexts of their own, which keep nothing.", table(head, rows)]
    if "brush" in found:
        head = ["view", "tiles", "all drawn, ms after the release", "slowest", "last tile arrived", "of it the server, slowest tile"]
        rows = [
            [line["view"], line["tiles"], number(line["drawn"]), line["slowest"], number(line["last_tile_arrived"]), number(line["server_slowest_tile"])]
            for line in found["brush"]
        ]
        sections += ["### A brush that is let go", "Medians over filters that were not asked for before.", table(head, rows)]
    if "play" in found:
        head = ["view", "window", "frames a second, each complete", "the same map redrawn alone, a second", "processor, ms a frame"]
        rows = [
            [line["place"] or "the world", f"a {line['preset']}", number(line["rate"]), number(line["alone"]), ", ".join(f"{who} {ms}" for who, ms in line["processorMsPerFrame"].items())]
            for line in found["play"]
        ]
        sections += ["### Time that plays", table(head, rows)]
    return "\n\n".join(sections)
