"""Pull: what came is kept as received, sealed, before anything is made of it; it expires after 180 days (domain G.10)."""

import hashlib
import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hub.access.sealing import Keys
from hub.storage.crash_points import point

KEEP_DAYS = 180
SUFFIX = ".sealed"


@dataclass(frozen=True)
class RawStore:
    """The folder of received files, each under the SHA-256 of its bytes, encrypted."""

    folder: Path
    keys: Keys

    def keep(self, data: bytes) -> str:
        """Keep a file's bytes as received; returns their SHA-256. Keeping them again changes nothing."""
        digest = hashlib.sha256(data).hexdigest()
        kept = self.folder / (digest + SUFFIX)
        if not kept.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = kept.with_name(f".{digest}.{os.getpid()}")
            point("keep.before")
            draft.touch(mode=0o600)
            draft.write_bytes(self.keys.key_no.to_bytes(4, "big") + self.keys.encrypt(data, digest.encode()))
            draft.rename(kept)
            point("keep.after")
        return digest

    def open(self, digest: str) -> bytes:
        """The bytes as received; FileNotFoundError where they have expired."""
        sealed = (self.folder / (digest + SUFFIX)).read_bytes()
        return self.keys.decrypt(sealed[4:], digest.encode(), int.from_bytes(sealed[:4], "big"))

    def expired(self, today: date) -> list[Path]:
        """The files that were kept longer than ``KEEP_DAYS``."""
        until = today - timedelta(days=KEEP_DAYS)
        return [kept for kept in self.folder.glob("*" + SUFFIX) if date.fromtimestamp(kept.stat().st_mtime) < until]
