"""How audit entries hang together: leaf, chain and Merkle tree (RFC 6962, 2.1), and how a chain is verified.

This file stands alone: nothing but Python and ``cryptography``, so that an auditor can run a copy of it elsewhere:

    python chain.py ENTRIES.jsonl HEADS.jsonl PUBLIC.pem

ENTRIES is what ``hub audit export`` writes, HEADS and PUBLIC what the hub keeps beside its database, or better: what somebody
else has kept of them.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

START = bytes(32)  # what stands before the first entry
FIRST_HEAD = timedelta(minutes=10)  # within which the first entry of a chain of the second version has its head, which is signed at once
VERSION = 2  # of entries: since the second they say of which division they are, and their time to the microsecond


def leaf_of(entry: str) -> bytes:
    """The leaf hash of an entry."""
    return hashlib.sha256(b"\x00" + entry.encode()).digest()


def chained(before: bytes, leaf: bytes) -> bytes:
    """The chain's hash after an entry."""
    return hashlib.sha256(before + leaf).digest()


class Frontier:
    """The roots of the full trees that so many leaves make, the largest first: enough to add a leaf or tell the root."""

    def __init__(self, size: int = 0, roots: bytes = b"") -> None:
        self.size = size
        self.roots = [roots[i : i + 32] for i in range(0, len(roots), 32)]

    def add(self, leaf: bytes) -> None:
        """One leaf more."""
        self.roots.append(leaf)
        self.size += 1
        size = self.size
        while size % 2 == 0:
            right, left = self.roots.pop(), self.roots.pop()
            self.roots.append(_node(left, right))
            size //= 2

    def root(self) -> bytes:
        """The Merkle tree hash."""
        if not self.roots:
            return hashlib.sha256(b"").digest()
        told = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            told = _node(left, told)
        return told


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def canonical(told: dict[str, Any]) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def signed_head(key: Ed25519PrivateKey, *, size: int, root: bytes, chain: bytes, at: str, previous: str) -> str:
    """One line of the heads: what the audit was at a time, chained to the line before, signed."""
    told: dict[str, Any] = {"size": size, "root": root.hex(), "chain": chain.hex(), "at": at, "previous": _hash(previous)}
    return canonical({**told, "signature": key.sign(canonical(told).encode()).hex()})


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One row of the audit's table. What stands beside the entry's text must say what the text says, which is what is hashed."""

    no: int
    entry: str
    persons: tuple[int, ...]
    leaf: bytes
    chain: bytes
    at: datetime | None = None  # exports of before have neither time nor division
    division: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What verifying found: nothing, or the first bad entry – or the few among which it is – and what is wrong."""

    entries: int
    heads: int
    first_bad: int | None = None
    wrong: str = ""

    @property
    def good(self) -> bool:
        """Whether everything agrees."""
        return not self.wrong


def verify(entries: Iterable[Entry | None], tail: tuple[int, bytes] | None, heads: Sequence[str], key: Ed25519PublicKey) -> Verdict:
    """Walk the chain from its first entry and compare it with every signed head; ``tail`` is what the hub takes for its end. None is a line that is no entry."""
    told = _heads(heads, key)
    if isinstance(told, str):
        return Verdict(0, len(heads), None, told)
    frontier, before, sound = Frontier(), START, 0
    waiting = list(told)
    for entry in entries:
        no = frontier.size + 1
        none = Verdict(frontier.size, len(heads), no, f"entry {no} is none that the hub writes")
        if entry is None:
            return none
        try:
            wrong, late = _wrong(entry, no, before), no == 1 and bool(waiting) and _late(entry, waiting[0])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return none
        if wrong:
            return Verdict(frontier.size, len(heads), no, wrong)
        if late:
            return Verdict(0, len(heads), 1, f"the first head was signed at {waiting[0]['at']}, long after the first entry: the heads of before are gone")
        frontier.add(entry.leaf)
        before = entry.chain
        while waiting and waiting[0]["size"] == frontier.size:
            head = waiting.pop(0)
            if head["root"] != frontier.root().hex() or head["chain"] != before.hex():
                return Verdict(frontier.size, len(heads), sound + 1, f"entries {sound + 1} to {frontier.size} are not those whose head was signed at {head['at']}")
            sound = frontier.size
    if waiting:
        wrong = f"the entries end at {frontier.size}, but a head of {waiting[-1]['size']} was signed at {waiting[-1]['at']}: from entry {sound + 1} on nothing is vouched for"
        return Verdict(frontier.size, len(heads), sound + 1, wrong)
    if tail is not None and tail != (frontier.size, before):
        return Verdict(frontier.size, len(heads), frontier.size + 1, f"the hub's own end of the chain is entry {tail[0]}, the entries end at {frontier.size}")
    if frontier.size and not told:
        return Verdict(frontier.size, 0, 1, f"there are {frontier.size} entries and no signed head of them: nothing vouches for any; the first entry is signed at once, so the heads are gone")
    return Verdict(frontier.size, len(heads))


def _wrong(entry: Entry, no: int, before: bytes) -> str:
    """What is wrong with an entry where the one of that number is due."""
    if entry.no != no:
        return f"entry {no} is missing" if entry.no > no else f"there is an entry {entry.no} too many"
    if leaf_of(entry.entry) != entry.leaf:
        return f"entry {no} was changed"
    if chained(before, entry.leaf) != entry.chain:
        return f"entry {no} does not follow the one before it"
    told = json.loads(entry.entry)
    if told.get("no") != no:
        return f"entry {no} was written as entry {told.get('no')}"
    if told["persons"] != list(entry.persons):
        return f"the persons beside entry {no} are not those it was written with"
    if told.get("v", 1) < VERSION:
        return _wrong_of_the_first(entry, told)
    if entry.at is None or told["at"] != written_time(entry.at, "microseconds"):
        return f"the time beside entry {no} is not that it was written with"
    if told["division"] != entry.division:
        return f"the division beside entry {no} is not that it was written with"
    return ""


def _wrong_of_the_first(entry: Entry, told: dict[str, Any]) -> str:
    """What is wrong beside an entry of the first version, which says its time to the millisecond and no division."""
    if entry.at is not None and "at" in told and told["at"] != written_time(entry.at, "milliseconds"):
        return f"the time beside entry {entry.no} is not that it was written with"
    return ""


def _late(entry: Entry, head: dict[str, Any]) -> bool:
    """Whether the first head came so late that others must have been before it."""
    told = json.loads(entry.entry)
    return told.get("v", 1) >= VERSION and datetime.fromisoformat(head["at"]) - datetime.fromisoformat(told["at"]) > FIRST_HEAD


def written_time(at: datetime, to: str) -> str:
    """A time as entries write it."""
    return at.astimezone(UTC).isoformat(timespec=to)


def _heads(lines: Sequence[str], key: Ed25519PublicKey) -> list[dict[str, Any]] | str:
    found: list[dict[str, Any]] = []
    before = ""
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)
            signature = bytes.fromhex(told.pop("signature"))
            key.verify(signature, canonical(told).encode())
        except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature):
            return f"head {number} is not signed by the hub"
        if told["previous"] != _hash(before) or (found and told["size"] < found[-1]["size"]):
            return f"head {number} does not follow the one before it"
        found.append(told)
        before = line
    return found


def read_entries(lines: Iterable[str]) -> Iterable[Entry | None]:
    """The entries of an export; None for a line that is none. An editor's blank lines are no lines."""
    for line in filter(str.strip, lines):
        try:
            told = json.loads(line)
            at = datetime.fromisoformat(told["at"]) if "at" in told else None
            yield Entry(told["no"], told["entry"], tuple(told["persons"]), bytes.fromhex(told["leaf"]), bytes.fromhex(told["chain"]), at, told.get("division"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield None


def exported(entry: Entry) -> str:
    """An entry as a line of an export."""
    at = {} if entry.at is None else {"at": written_time(entry.at, "microseconds")}
    told = {"no": entry.no, "entry": entry.entry, "persons": entry.persons, "leaf": entry.leaf.hex(), "chain": entry.chain.hex(), **at, "division": entry.division}
    return json.dumps(told, ensure_ascii=False)


def main() -> int:
    """Verify files; 0 where all is well, 1 where something is bad, 2 where a file is not what it should be."""
    if len(sys.argv) != 4:
        print("python chain.py ENTRIES.jsonl HEADS.jsonl PUBLIC.pem")
        return 2
    entries, heads, public = (Path(name) for name in sys.argv[1:4])
    try:
        key = load_pem_public_key(public.read_bytes())
        signed = heads.read_text(encoding="utf-8").splitlines() if heads.exists() else []
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError(f"{public} is no key of the hub's audit")
        with entries.open(encoding="utf-8") as lines:
            verdict = verify(read_entries(lines), None, signed, key)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        print(f"cannot be verified: {error}")
        return 2
    print(f"{verdict.entries} entries and {verdict.heads} heads agree" if verdict.good else f"BAD: {verdict.wrong}")
    return 0 if verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
