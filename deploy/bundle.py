#!/usr/bin/env python3
"""Makes an offline bundle: wheels of the run lock, our own wheel, the lock, an install script, check sums."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INSTALL = """#!/bin/sh
# Installs the hub from this folder with no network: ./install.sh [FOLDER], /opt/children-hub where none is said.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/children-hub}
(cd "$here" && sha256sum --quiet -c SHA256SUMS)
mkdir -p "$target"
python3 -m venv "$target/.venv"
"$target/.venv/bin/pip" install --quiet --no-index --find-links "$here/wheels" --require-hashes -r "$here/run.lock"
"$target/.venv/bin/pip" install --quiet --no-index --find-links "$here/wheels" --no-deps children-hub
cp -r "$here/deploy" "$target/"
echo "installed: $target/.venv/bin/hub; next: $target/deploy/README.md"
"""


def main(target: Path) -> None:
    """Fill ``target`` (made anew) with everything that an installation needs."""
    shutil.rmtree(target, ignore_errors=True)
    wheels = target / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    lock = ROOT / "requirements" / "run.lock"
    subprocess.run([*pip, "download", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", str(lock), "-d", str(wheels)], check=True)
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(ROOT)], check=True)
    shutil.copy(lock, target / "run.lock")
    shutil.copytree(ROOT / "deploy", target / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    script = target / "install.sh"
    script.write_text(INSTALL)
    script.chmod(0o755)
    files = sorted(path for path in target.rglob("*") if path.is_file())
    (target / "SHA256SUMS").write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target)}\n" for path in files))
    print(f"{target}: {len(files)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist/bundle").absolute())
