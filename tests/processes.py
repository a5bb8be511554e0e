"""Programs in processes of their own, each forked from one that has imported the hub: to import it anew takes longer than most verbs."""

import os
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

VERB = "from hub.cli import main; main()"
#: What the verbs stand on. They themselves are imported in the process that runs one: the console looks at its outputs and variables then.
BENEATH = (
    "tests.processes", "connectors.configured", "hub.auditing", "hub.keeping", "hub.linking", "hub.retention", "hub.reviewing", "hub.rounds.comparing", "hub.rounds.sheets", "hub.rules.indicators",
    "hub.running", "hub.status", "hub.storage.backup", "pydantic.type_adapter", "rich.progress", "rich.table", "typer",
)  # fmt: skip
_forking = get_context("forkserver")
_forking.set_forkserver_preload(list(BENEATH))


def run_alone(program: str, *words: str, env: Mapping[str, str], timeout: float = 120) -> CompletedProcess[str]:
    """What ``python -c program words`` gives, as ``subprocess.run`` tells it: the exit code, negative where a signal ended it, and the two outputs."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _forking.Process(target=_begin, args=(program, words, dict(env), out, err))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutExpired(words, timeout)
        return CompletedProcess(words, process.exitcode, *(path.read_text(encoding="utf-8") if path.exists() else "" for path in (out, err)))


def verb(*words: str, env: Mapping[str, str], timeout: float = 120) -> CompletedProcess[str]:
    """What a verb says in such a process."""
    return run_alone(VERB, *words, env=env, timeout=timeout)


def _begin(program: str, words: tuple[str, ...], env: dict[str, str], out: Path, err: Path) -> None:
    for path, number in ((out, 1), (err, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["-c", *words]
    exec(program, {"__name__": "__main__"})
