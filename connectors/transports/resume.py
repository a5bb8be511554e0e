"""Keeps the good pages of an unfinished page run, sealed, so that the next run goes on behind them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

Seal = Callable[[bytes], bytes]

_CHECK_BYTES = 8


@dataclass(frozen=True, slots=True)
class KeptPage:
    """One good page of an earlier run, and where the next one is (None: it was the last)."""

    position: str | None
    headers: tuple[str, ...]
    rows: list[list[str]]
    digest: str


@dataclass(frozen=True, slots=True)
class ResumeFile:
    """A file of sealed pages, readable by its owner alone; `seal` and `unseal` are the hub's own encryption.

    Pages older than `max_age_seconds` are not gone on from: the list behind them has moved since.
    """

    path: Path
    seal: Seal = field(repr=False)
    unseal: Seal = field(repr=False)
    max_age_seconds: float = 86_400.0
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def open(self, question: str) -> Iterator[KeptPage]:
        """Yields the pages kept for the same question, or begins a new file when there are none."""
        asked = hashlib.sha256(question.encode()).hexdigest()
        entries, whole_bytes = self._entries()
        if not entries or entries[0]["question"] != asked or self._is_old(entries[0]["at"]):
            self._begin(asked)
            return
        # A page that was being written when the run died is cut off, and asked for again.
        os.truncate(self.path, whole_bytes)
        for entry in entries[1:]:
            yield KeptPage(entry["position"], tuple(entry["headers"]), entry["rows"], entry["digest"])

    def add(self, position: str | None, headers: Sequence[str], rows: list[list[str]], digest: str) -> None:
        """Appends a page and makes it durable."""
        self._append({"position": position, "headers": headers, "rows": rows, "digest": digest})

    def clear(self) -> None:
        """Removes the file after a finished run."""
        self.path.unlink(missing_ok=True)

    def _begin(self, asked: str) -> None:
        self.clear()
        os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._append({"question": asked, "at": self.clock()})

    def _is_old(self, begun: float) -> bool:
        return not 0 <= self.clock() - begun <= self.max_age_seconds

    def _append(self, entry: dict[str, Any]) -> None:
        body = self.seal(orjson.dumps(entry))
        with self.path.open("ab") as file:
            file.write(len(body).to_bytes(4, "big") + _check(body) + body)
            file.flush()
            os.fsync(file.fileno())

    def _entries(self) -> tuple[list[dict[str, Any]], int]:
        """The whole entries of the file, and how many bytes they take."""
        data = self.path.read_bytes() if self.path.exists() else b""
        entries: list[dict[str, Any]] = []
        start = 0
        while start + 4 + _CHECK_BYTES <= len(data):
            body_start = start + 4 + _CHECK_BYTES
            body = data[body_start : body_start + int.from_bytes(data[start : start + 4], "big")]
            if data[start + 4 : body_start] != _check(body):
                break
            entries.append(orjson.loads(self.unseal(body)))
            start = body_start + len(body)
        return entries, start


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]
