#!/usr/bin/env python3
"""Sets the project up: a virtual environment in .venv with the locked packages and the project itself.

Standard library only, so that it runs on a bare machine: `python3 deploy/setup.py`. The second time there is nothing to do.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.lock"
STAMP = VENV / ".set-up"
OLDEST = (3, 11)


def main() -> None:
    """Make the environment unless its stamp says that it is the locked one."""
    wanted = stamp()
    if STAMP.exists() and STAMP.read_text() == wanted and (VENV / "bin" / "hub").exists():
        return
    python = find_python()
    if not usable(VENV / "bin" / "python"):
        shutil.rmtree(VENV, ignore_errors=True)  # half-made, or of another machine
        make_environment(python)
    install()
    STAMP.write_text(wanted)
    say("set up: " + str(VENV))


def stamp() -> str:
    """What the environment was made from: the lock, the project's own declaration, this file."""
    made_from = hashlib.sha256()
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        made_from.update(path.read_bytes())
    return made_from.hexdigest() + " " + str(ROOT)


def find_python() -> str:
    """A Python of 3.11 or newer: this one, else one on PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
        found = shutil.which(name)
        if found:
            return found
    stop("Python 3.11 or newer is needed; install it (Debian: apt-get install python3.11 python3.11-venv) and run this again")


def usable(python: Path) -> bool:
    """Whether an environment's Python runs and has pip, or uv is there to install without pip."""
    if not python.exists():
        return False
    told = subprocess.run([str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True, check=False)
    return told.returncode == 0


def make_environment(python: str) -> None:
    """A virtual environment with pip; without ensurepip (Debian's python3-venv) one without, which another pip fills."""
    say("making " + str(VENV))
    told = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if told.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    bare = subprocess.run([python, "-m", "venv", "--without-pip", str(VENV)], capture_output=True, text=True, check=False)
    if bare.returncode != 0:
        stop(f"no virtual environment could be made: {bare.stderr.strip()}\nOn Debian and Ubuntu: apt-get install python3-venv")


def install() -> None:
    """The locked packages by their hashes, then the project itself, editable."""
    say("installing the locked packages")
    run([*installer(), "--require-hashes", "-r", str(LOCK)])
    run([*installer(), "--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def installer() -> list[str]:
    """How packages get into the environment: uv if it is there, its own pip, or another Python's."""
    inside = str(VENV / "bin" / "python")
    uv = shutil.which("uv")
    if uv:
        os.environ["UV_PYTHON_DOWNLOADS"] = "never"
        return [uv, "pip", "install", "--quiet", "--python", inside]
    if succeeds([inside, "-m", "pip", "--version"]):
        return [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if succeeds([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip", "--python", inside, "install", "--quiet", "--disable-pip-version-check"]
    stop("there is no pip: install python3-venv or python3-pip (Debian: apt-get install python3-venv), or uv, and run this again")


def succeeds(command: list[str]) -> bool:
    """Whether a command ends well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(command: list[str]) -> None:
    """Run a command; where it fails, say which and stop."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        stop("this failed: " + " ".join(command) + "\nWithout a package registry, use the offline bundle: deploy/README.md")


def say(text: str) -> None:
    """Tell what is being done."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> "None":
    """Give up with a sentence."""
    say("set-up: " + text)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
