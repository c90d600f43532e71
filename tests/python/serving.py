"""A program that serves, for as long as a test asks it."""

import re
import signal
import subprocess
import urllib.request
from contextlib import contextmanager


class Wrong(Exception):
    """What was got and what was expected."""


@contextmanager
def serving(words, stop="SIGTERM", **more):
    """Runs a command until it prints its address, gives that, and ends it by a signal, which must end it well."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **more) as server:
        try:
            opened = next((found for line in server.stdout if (found := re.match(r"Open (http:\S+?)/?$", line))), None)
            if opened is None:
                raise Wrong(f"the program ended with {server.wait()} without an address")
            yield opened.group(1)
        finally:
            server.send_signal(getattr(signal, stop))
        if server.wait(timeout=30) != 0:
            raise Wrong(f"told to stop by {stop} it ended with {server.returncode}, expected 0")


def get(base, path, empty=False):
    """The body of a 200, or of a 204 where one may be empty; any other status is an error of its own."""
    with urllib.request.urlopen(base + path, timeout=30) as answer:
        if answer.status != 200 and not (empty and answer.status == 204):
            raise Wrong(f"{path}: {answer.status}, expected 200")
        return answer.read()
