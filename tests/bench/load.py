"""What a city's rounds cost the hub: a first load, a second round, the same again in another order, the same bytes."""

import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from hub.settings import Settings


def load(city: Path, settings: Settings, rows: tuple[int, int]) -> None:
    """Each round by `hub run` as a process of its own: seconds, rows a second, peak memory. ``rows`` are those of the two rounds."""
    shuffled = city.parent / "shuffled" / "2026-10"
    reorder(city / "2026-10", shuffled)
    first, second = rows
    for name, folder, read in (("first load", city / "2026-09", first), ("second round", city / "2026-10", second),
                               ("the same bytes", city / "2026-10", second), ("re-saved and reordered", shuffled, second)):
        seconds, memory = run(folder, settings)
        told = f"{name:24s} {seconds:7.1f} s  {read:8d} rows  {read / seconds:9.0f} rows/s  {seconds / read * 370_000:6.1f} s a 370,000 rows"
        print(f"  {told}  {memory:6.0f} MB at most in the hub's process", flush=True)


def run(folder: Path, settings: Settings) -> tuple[float, float]:
    """`hub run` as a process; seconds and its peak memory in MB."""
    began = time.perf_counter()
    environ = {**os.environ, "HUB_HOME": str(settings.home)}
    child = subprocess.Popen([sys.executable, "-c", "from hub.cli import main; main()", "run", str(folder), "--quiet", "--on", "2026-11-24"],
                             env=environ, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"hub run {folder} failed")
    return time.perf_counter() - began, used.ru_maxrss / 1024


def reorder(source: Path, target: Path) -> None:
    """The same rows saved anew in another order: the rows of text files shuffled, workbooks packed anew."""
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv" and not path.read_bytes().startswith(b"\xff\xfe"):
            head, *lines = path.read_bytes().rstrip(b"\r\n").split(b"\r\n")
            random.Random(1).shuffle(lines)
            to.write_bytes(b"\r\n".join([head, *lines]) + b"\r\n")
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
                for name in old.namelist():
                    new.writestr(name, old.read(name))
        else:
            shutil.copy(path, to)
