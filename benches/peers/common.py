"""What every rival's script shares: the tiles that ours was timed on, a clock, lines for the report, and a reader that
counts what is in a vector tile.

The reader knows only the wire format of protocol buffers and the field numbers of the specification, so what a rival
made is counted by code that neither side has written its tiles with.
"""

import json
import statistics
import sys
import time

CELL_BITS = 8  # cells of a tile: 256 × 256
LOCAL_BITS = 12  # units of a tile: 4096


def say(text):
    """Tells the person who waits."""
    print(f"    {text}", file=sys.stderr, flush=True)


def emit(**line):
    """A line for the report."""
    print(json.dumps(line), flush=True)


def lines(path, **wanted):
    """The lines of a file of ours that have these values."""
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            if all(line.get(key) == value for key, value in wanted.items()):
                yield line


def median_ms(work, runs=7, seconds=4.0):
    """The median of up to so many runs, or of as many as fit into the time; at least three. A first run warms up and
    does not count. Gives milliseconds and the last result."""
    result = work()
    times, began = [], time.perf_counter()
    while len(times) < 3 or (len(times) < runs and time.perf_counter() - began < seconds):
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times), result


class Tile:
    """The numbers that a query over world positions (2³² steps per axis) needs to single out a tile and its cells."""

    def __init__(self, z, x, y):
        self.z, self.x, self.y = z, x, y
        self.shift = 32 - z
        self.cell_shift = self.shift - CELL_BITS
        self.local_shift = self.shift - LOCAL_BITS
        self.x0, self.y0 = x << self.shift, y << self.shift
        self.x1, self.y1 = ((x + 1) << self.shift) - 1, ((y + 1) << self.shift) - 1
        key = 0
        for bit in range(z):
            key |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1
        rest = 64 - 2 * z
        self.key0, self.key1 = key << rest, (key + 1 << rest) - 1

    def __str__(self):
        return f"{self.z}/{self.x}/{self.y}"


def tiles_of(path, case):
    """Each tile of a case with the line that ours wrote for it."""
    for line in lines(path, what="tile", case=case):
        if "rival" not in line:
            yield Tile(line["z"], line["x"], line["y"]), line


def check(who, tile, ours, features, rows):
    """Ends the run when a rival's tile does not hold what ours holds."""
    if (features, rows) != (ours["features"], ours["rows"]):
        sys.exit(
            f"{who}, tile {tile}: {features} features of {rows} rows; ours has {ours['features']} of {ours['rows']}"
        )


def memory():
    """Bytes that this process holds now, and at most so far."""
    with open("/proc/self/status", encoding="ascii") as file:
        status = dict(line.split(":", 1) for line in file)
    return tuple(int(status[name].split()[0]) << 10 for name in ("VmRSS", "VmHWM"))


def counted(tile):
    """Features of a vector tile, and the sum of their `point_count` (one each where they carry none)."""
    features, rows = 0, 0
    for number, layer in fields(tile):
        if number != 3:
            continue
        keys, values, tags = [], [], []
        for number, content in fields(layer):
            if number == 2:
                tags.append(next((packed for field, packed in fields(content) if field == 2), b""))
            elif number == 3:
                keys.append(bytes(content))
            elif number == 4:
                values.append(content)
        features += len(tags)
        if b"point_count" not in keys:
            rows += len(tags)
            continue
        wanted = keys.index(b"point_count")
        for packed in tags:
            pairs = list(varints(packed))
            rows += number_of(values[pairs[pairs[::2].index(wanted) * 2 + 1]])
    return features, rows


def number_of(value):
    """An integer value of a tile: int, uint or sint."""
    for number, content in fields(value):
        if number in (4, 5):
            return content
        if number == 6:
            return content >> 1 ^ -(content & 1)
    sys.exit("a point_count that is no integer")


def fields(message):
    """Field numbers of a message with their contents: bytes, or the integer of a varint."""
    message, at = memoryview(message), 0
    while at < len(message):
        key, at = varint(message, at)
        kind = key & 7
        if kind == 0:
            content, at = varint(message, at)
        else:
            length, at = varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            content, at = message[at : at + length], at + length
        yield key >> 3, content


def varint(message, at):
    """A varint and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def varints(packed):
    """All varints of a packed field."""
    at = 0
    while at < len(packed):
        value, at = varint(packed, at)
        yield value
