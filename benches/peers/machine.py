"""One line about where and how figures were taken: machine.py COMMAND"""

import datetime
import os
import platform
import subprocess
import sys

from common import emit


def first(path, name):
    """The value of the first line of a system file that begins with a name."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "unknown"


def output(*command):
    """What a command prints, or nothing where it is not there."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def main():
    """Processor, memory, commit, date, versions."""
    changed = "" if output("git", "status", "--porcelain", "--untracked-files=no") == "" else " with changes"
    emit(
        what="run",
        command=" ".join(sys.argv[1:]),
        at=datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        commit=output("git", "rev-parse", "--short", "HEAD") + changed,
        processor=first("/proc/cpuinfo", "model name"),
        processors=os.cpu_count(),
        memory=round(int(first("/proc/meminfo", "MemTotal").split()[0]) / (1 << 20)),
        load=round(os.getloadavg()[0], 1),
        system=platform.platform(terse=True),
        rust=output("rustc", "--version"),
        node=output("node", "--version"),
        python=platform.python_version(),
    )


if __name__ == "__main__":
    main()
