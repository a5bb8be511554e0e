"""Trusted documents: what an operator has read and registered, found by the hash of its text; in production nothing else may be asked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Trusted:
    """The registered documents by the SHA-256 of their text, and whether others are refused."""

    by_hash: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False

    @classmethod
    def read(cls, folder: Path | None, *, alone: bool) -> "Trusted":
        """Every *.graphql file of a folder is one document; its hash is of the file as it lies there."""
        texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.graphql"))] if folder else []
        return cls({sha256(text): text for text in texts}, alone)

    def find(self, hash_: str) -> str | None:
        """The document of a hash, with or without "sha256:" before it."""
        return self.by_hash.get(hash_.removeprefix("sha256:").lower())

    def has(self, text: str) -> bool:
        """Whether a text is registered."""
        return bool(self.by_hash) and sha256(text) in self.by_hash


def sha256(text: str) -> str:
    """The hash of a document."""
    return hashlib.sha256(text.encode()).hexdigest()
