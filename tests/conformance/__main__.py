"""`make conformance`: the suites beside the repository (../shared/conformance) against a small served city.

    python -m tests.conformance [--url http://127.0.0.1:8000/graphql]

They are other people's programs, installed from npm and PyPI into folders of their own; without the folder, node or npm, it says so.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUITES = ROOT.parent / "shared" / "conformance"
SUBSCRIPTION = "subscription { publications(after: 0, first: 25) { no } }"
PORT = 18_765
CASES = 25  # of each field of the root
HOOKS = {"SCHEMATHESIS_HOOKS": "told_in_words", "PYTHONPATH": str(Path(__file__).parent)}


def main() -> int:
    """Run every suite; the number of those that failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--url", help="A hub that is served already.")
    told = asked.parse_args()
    if not SUITES.is_dir() or not shutil.which("node") or not shutil.which("npm"):
        print(f"conformance: needs {SUITES}, node and npm; not run")
        return 0
    with tempfile.TemporaryDirectory(prefix="hub-conformance-") as scratch:
        work = Path(scratch)
        work.chmod(0o755)
        installed(work / "suites")
        if told.url:
            return run_all(work / "suites", told.url)
        with Served(work / "home") as url:
            return run_all(work / "suites", url)


def run_all(suites: Path, url: str) -> int:
    """Each suite with its own words; what falls to the last line is what it counted."""
    socket = url.replace("http", "ws", 1)
    schemathesis = ROOT / ".venv-conformance" / "bin" / "schemathesis"
    runs = {
        "GraphQL over HTTP": ["node", "http_audit.mjs", url, "--strict"],
        "graphql-transport-ws": ["node", "ws_client.mjs", socket, "--subscription", SUBSCRIPTION],
        "Server-Sent Events": ["node", "sse_client.mjs", url, "--subscription", SUBSCRIPTION],
        "clients": ["node", "clients.mjs", url, "--list", "children", "--fields", "id name"],
        "Relay connections": [sys.executable, "relay_connection.py", url, "--list", "children"],
    }
    if schemathesis.exists():
        asked = ["--checks", "told_in_words", "--max-examples", str(CASES), "--phases", "fuzzing", "--generation-database", "none", "--no-color"]
        accept = ["--header", "Accept: application/graphql-response+json"]
        runs["schemathesis"] = [str(schemathesis), "run", str(ROOT / "schema" / "schema.graphql"), "--url", url, *asked, *accept]
    else:
        print("schemathesis: could not be installed; not run")
    failed = 0
    for name, command in runs.items():
        done = subprocess.run(command, cwd=suites, capture_output=True, text=True, check=False, env=os.environ | HOOKS)
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        counted = [line for line in lines if "generated" in line] or lines[-1:] or [done.stderr[-300:]]  # schemathesis counts before its last line
        print(f"{name:22s} {counted[-1].strip()}", flush=True)
        if done.returncode:
            failed += 1
            print("\n".join("    " + line[:200] for line in lines if not line.startswith("PASS")))
    return failed


def installed(folder: Path) -> None:
    """A copy of the suites with what they need; build scripts of their packages are not run."""
    shutil.copytree(SUITES, folder)
    manifest = folder / "package.json"
    lines = [line for line in manifest.read_text().splitlines() if "federation" not in line]  # downloads at install, and is not asked for
    manifest.write_text("\n".join(lines))
    subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)


class Served:
    """A city of 300 children, served for the length of a `with`."""

    def __init__(self, home: Path) -> None:
        self.environ = {**os.environ, "HUB_HOME": str(home), "HUB_PORT": str(PORT)}
        self.hub = [sys.executable, "-c", "from hub.cli import main; main()"]

    def __enter__(self) -> str:
        subprocess.run([*self.hub, "demo", "--children", "300", "--no-serve"], env=self.environ, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        environ = {**self.environ, "HUB_HOME": self.environ["HUB_HOME"] + "/demo", "HUB_WITHOUT_TOKEN": "everything"}
        self.process = subprocess.Popen([*self.hub, "serve"], env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        while "serving" not in (line := self.process.stdout.readline()):
            if not line:
                raise SystemExit("the hub did not start")
        time.sleep(0.5)
        return f"http://127.0.0.1:{PORT}/graphql"

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
