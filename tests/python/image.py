"""Builds deploy/Dockerfile by hand in a clean folder and lets the image's program serve: image.py [TARGET]

TARGET is cargo's folder of builds (`target`), which is taken over: what was compiled of the same files is not compiled again, and what
misses a file is. Ends with an error where a command of the Dockerfile fails, where the program needs a library that its last
image has not, or where it does not serve as it should.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from serving import Wrong, get, serving
from stages import Stage, build

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
# What a slim Debian image has, of what a program of Rust links to.
LIBRARIES = {"linux-vdso", "libc", "libm", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64"}


def warm(target: Path):
    """Takes what is compiled into a stage's folder, once there is a workspace in it."""

    def take(stage: Stage) -> None:
        here = stage.inside("target")
        if here.exists() or not stage.inside("Cargo.toml").exists():
            return
        for profile in ("release", "wasm32-unknown-unknown/wasm"):
            for part in ("deps", "build", ".fingerprint"):
                if (target / profile / part).is_dir():
                    shutil.copytree(target / profile / part, here / profile / part, symlinks=True)

    return take


def base_is_ours(stage: Stage) -> None:
    """The image of Rust is of the version that Cargo.toml asks for."""
    version = re.search(r'^rust-version = "(.*)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE).group(1)
    image = re.match(r"rust:(\d+\.\d+)-", stage.base)
    if image and image.group(1) != version:
        raise Wrong(f"FROM {stage.base}: Cargo.toml asks for Rust {version}")


def links(program: Path) -> None:
    """Looks which libraries the program wants."""
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    wanted = {re.split(r"\.so", Path(line.split()[0]).name)[0] for line in listed.splitlines() if line.strip()}
    if not wanted <= LIBRARIES:
        raise Wrong(f"the program links to {', '.join(sorted(wanted - LIBRARIES))}, which a slim image has not")


def serves(stage: Stage) -> None:
    """Runs what the image runs, on a port of its own of this machine only, and asks it."""
    if not stage.env.get("DUOTILE_HOST") or stage.ports != [stage.env.get("DUOTILE_PORT")]:
        raise Wrong(f"the image listens at {stage.env}, and exposes {stage.ports}")
    words = [*stage.entrypoint, *stage.command]
    words[0] = str(stage.inside(words[0]))
    links(Path(words[0]))
    env = {"PATH": "/usr/bin:/bin"} | stage.env | {"DUOTILE_HOST": "127.0.0.1", "DUOTILE_PORT": "0"}
    user, _, group = stage.user.partition(":")
    # Only root can be somebody else.
    someone = {"user": int(user), "group": int(group)} if os.geteuid() == 0 else {}
    with serving(words, stage.stop, cwd=stage.inside("."), env=env, **someone) as base:
        get(base, "/health")
        page = get(base, "/").decode()
        scripts = re.findall(r'src="\.?/?(assets/[^"]+\.js)"', page)
        if not scripts:
            raise Wrong(f"the page is not that of web/, it begins: {page[:200]}")
        sizes = {path: len(get(base, path)) for path in ["/" + scripts[0], "/tiles/0/0/0.mvt"]}
        print(f"    it serves: {', '.join(f'{path} {size} bytes' for path, size in sizes.items())}")
        if min(sizes.values()) < 100:
            raise Wrong("one of them is empty")


def main() -> None:
    """All of it, in a folder that is gone afterwards."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target").resolve()
    with tempfile.TemporaryDirectory(prefix="duotile-image-") as name:
        # Others than root may look into it.
        Path(name).chmod(0o755)
        take = warm(target)

        def before_run(stage: Stage) -> None:
            base_is_ours(stage)
            take(stage)

        serves(build(DOCKERFILE, ROOT, Path(name), before_run))


if __name__ == "__main__":
    try:
        main()
    except (Wrong, subprocess.CalledProcessError) as error:
        sys.exit(f"deploy/Dockerfile: {error}")
