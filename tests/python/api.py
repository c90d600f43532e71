"""Holds a server to the description of its API, with schemathesis: api.py PROGRAM [EXAMPLES]

Every operation is asked with its examples, at the borders of what the description lets pass, and with EXAMPLES=10 of what
chance brings, good and bad, from a fixed seed. No answer may be a 5xx, or of a status, type or header that is not
described; what the description lets pass must be answered, and what it does not be refused.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from serving import Wrong, serving

HERE = Path(__file__).parent
SEED = "10"


def places(path: Path) -> None:
    """2,000 places for the names that the description's examples use, made the same way each time."""
    with path.open("w", encoding="utf-8") as file:
        file.write("lon,lat,name,country,population,height,when\n")
        for row in range(2000):
            country = ["FR", "DE", "IT", "it's", ""][row % 5]
            height = "" if row % 7 == 0 else f"{row * 37 % 4000 / 10}"
            when = f"2020-02-{1 + row % 29:02}T{row % 24:02}:00:00Z"
            file.write(f"{row * 61 % 3600 / 10 - 180},{row * 17 % 1600 / 10 - 80},place {row},{country},{row * row},{height},{when}\n")


def main() -> None:
    """Serves, asks, and says how it went by the exit code."""
    program, examples = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "10"
    with tempfile.TemporaryDirectory(prefix="duotile-api-") as name:
        data = Path(name) / "places.csv"
        places(data)
        # As much of a base map as the server looks at.
        ground = Path(name) / "ground.pmtiles"
        ground.write_bytes(b"PMTiles\x03" + bytes(1000))
        words = [program, "serve", f"places={data}", "--host", "127.0.0.1", "--port", "0", "--basemap", ground]
        with serving(words) as base:
            command = [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run"]
            command += [f"{base}/openapi.json", "--seed", SEED, "--max-examples", examples]
            environment = os.environ | {"SCHEMATHESIS_HOOKS": "formats", "PYTHONPATH": str(HERE)}
            code = subprocess.run(command, cwd=name, env=environment, check=False).returncode
    if code != 0:
        raise Wrong("the server and the description of its API are not one")


if __name__ == "__main__":
    try:
        main()
    except Wrong as error:
        sys.exit(f"openapi.json: {error}")
