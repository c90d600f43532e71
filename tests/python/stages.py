"""The stages of a Dockerfile, each command done by hand in a folder that stands for the image.

A Dockerfile and a context enter, the folder and the settings of its last stage leave. What only an image has is looked at
instead of done: a base image by the version it names, `apt-get` by whether the machine has the packages. A command that
would reach out of its folder, and one that is not known here, is an error: then the Dockerfile is not what is tested.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from docker.utils import exclude_paths
from dockerfile_parse import DockerfileParser
from serving import Wrong


@dataclass
class Stage:
    """A stage: a folder in place of `/`, and what its commands have set."""

    base: str
    root: Path
    folder: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    user: str = ""
    ports: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    stop: str = "SIGTERM"

    def inside(self, path: str) -> Path:
        """A path of the image as one of this machine."""
        return self.root / os.path.normpath(os.path.join(self.folder, path)).lstrip("/")


def context(root: Path, dockerfile: Path) -> list[str]:
    """The files of a context, relative to it, but for those that the Dockerfile's own ignore file leaves out."""
    ignore = dockerfile.with_name(dockerfile.name + ".dockerignore")
    lines = (line.strip() for line in ignore.read_text().splitlines())
    kept = exclude_paths(str(root), [line for line in lines if line and not line.startswith("#")], str(dockerfile.relative_to(root)))
    return sorted(path for path in kept if not (root / path).is_dir())


def build(dockerfile: Path, root: Path, into: Path, before_run) -> Stage:
    """Does every command; `before_run` is given each stage before what it runs. Gives the last stage."""
    files = context(root, dockerfile)
    stages: dict[str, Stage] = {}
    stage = None
    for step in DockerfileParser(fileobj=open(dockerfile, "rb")).structure:
        what, value = step["instruction"], step["value"]
        if what == "COMMENT":
            continue
        print(f"    {what} {value}", flush=True)
        if what == "FROM":
            base, _, name = re.fullmatch(r"(\S+)(\s+AS\s+(\S+))?", value, re.IGNORECASE).groups()
            name = name or str(len(stages))
            stage = stages[name] = Stage(base, into / name)
            stage.root.mkdir()
        elif stage is None:
            raise Wrong(f"{what} before the first FROM")
        elif what == "WORKDIR":
            stage.folder = os.path.join(stage.folder, value)
            stage.inside(".").mkdir(parents=True, exist_ok=True)
        elif what == "COPY":
            copy(stage, shlex.split(value), root, files, stages)
        elif what == "RUN":
            run(stage, value, before_run)
        elif what == "ENV":
            for word in shlex.split(value):
                key, _, text = word.partition("=")
                if text.startswith("/"):
                    raise Wrong(f"ENV {word}: a path that is not in the stage's folder here")
                stage.env[key] = text
        elif what == "USER":
            stage.user = value
        elif what == "EXPOSE":
            stage.ports = value.split()
        elif what == "STOPSIGNAL":
            stage.stop = value
        elif what == "ENTRYPOINT":
            stage.entrypoint = json.loads(value)
        elif what == "CMD":
            stage.command = json.loads(value)
        else:
            raise Wrong(f"{what} is not known to this test; teach it to tests/python/stages.py")
    return stage


def copy(stage: Stage, words: list[str], root: Path, files: list[str], stages: dict[str, Stage]) -> None:
    """COPY: a folder's contents go into the target, a file to it or into it."""
    source = None
    while words[0].startswith("--"):
        option = words.pop(0)
        if not option.startswith("--from="):
            raise Wrong(f"COPY {option} is not known to this test")
        source = stages[option.removeprefix("--from=")]
    *names, target = words
    to = stage.inside(target)
    is_folder = target.endswith(("/", ".")) or len(names) > 1
    for name in names:
        if source:
            found = source.inside(os.path.join("/", name))
            pairs = {path.relative_to(found): path for path in found.rglob("*") if path.is_file()}
            pairs = pairs or ({Path("."): found} if found.is_file() else {})
        else:
            # What the ignore file leaves out is not there to be copied.
            taken = [path for path in files if name == "." or path == name or path.startswith(name.rstrip("/") + "/")]
            pairs = {Path(os.path.relpath(path, name)): root / path for path in taken}
        if not pairs:
            raise Wrong(f"COPY {name}: there is nothing of that name")
        for relative, path in pairs.items():
            end = to / relative if relative != Path(".") else (to / Path(name).name if is_folder else to)
            end.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, end)


def run(stage: Stage, text: str, before_run) -> None:
    """RUN: by the shell in the stage's folder; `apt-get` is looked at."""
    if text.startswith("apt-get "):
        packages(text)
        return
    outside = [word for word in shlex.split(text) if word.startswith("/")]
    if outside:
        raise Wrong(f"RUN {text}: {outside[0]} is not in the stage's folder here")
    before_run(stage)
    # Settings of the person who runs this are not in an image; where tools are kept is no setting of ours.
    kept = ("DUOTILE_TOOLS",)
    ours = {key: value for key, value in os.environ.items() if key in kept or not key.startswith(("DUOTILE_", "CARGO_TARGET_"))}
    subprocess.run(["/bin/sh", "-c", text], cwd=stage.inside("."), env=ours | stage.env, check=True, stdin=subprocess.DEVNULL)


def packages(text: str) -> None:
    """Looks whether the machine has what `apt-get install` names, as packages or as commands."""
    for command in (shlex.split(part) for part in text.split("&&")):
        if command[:2] == ["apt-get", "install"]:
            for name in (word for word in command[2:] if not word.startswith("-")):
                known = subprocess.run(["dpkg-query", "--show", name], capture_output=True, check=False).returncode == 0
                if not known and not shutil.which(name):
                    raise Wrong(f"apt-get install {name}: this machine has neither a package nor a command of that name")
        elif command not in (["apt-get", "update"], ["rm", "-rf", "/var/lib/apt/lists/*"]):
            raise Wrong(f"RUN {shlex.join(command)}: not known beside apt-get")
