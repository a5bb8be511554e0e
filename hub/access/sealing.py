"""Sealed values: a citizen, certificate, student, phone or bank number is stored as mask and keyed blind index.

The value itself lies once in the ``vault`` table, as AES-256-GCM ciphertext under a numbered key; every other table holds
only the mask (what queries return) and the blind index (what equality is found by). Erasing or re-encrypting a value
touches one row (domain G.7, G.8).
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.values.concealed import mask

NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealed:
    """One sealed value: 16-byte blind index, mask, and the ciphertext for the vault."""

    blind: bytes
    mask: str
    cipher: bytes


@dataclass(frozen=True)
class Keys:
    """The hub's secret keys; they live in a file that only the hub's account can read, outside the database."""

    blind_key: bytes
    data_keys: tuple[tuple[int, bytes], ...]

    @classmethod
    def load_or_make(cls, path: Path) -> "Keys":
        """The keys in ``path``; made at random (mode 0600) where the file does not exist."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = {"blind": b64encode(secrets.token_bytes(32)).decode(), "data": {"1": b64encode(AESGCM.generate_key(256)).decode()}}
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(made))
            try:
                os.link(draft, path)  # whoever comes first wins; the other reads the winner's keys
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        told = json.loads(path.read_text())
        data = tuple(sorted((int(no), b64decode(key)) for no, key in told["data"].items()))
        return cls(b64decode(told["blind"]), data)

    @property
    def key_no(self) -> int:
        """The number of the key that new values are sealed with: the newest."""
        return self.data_keys[-1][0]

    @cached_property
    def _ciphers(self) -> dict[int, AESGCM]:
        return {no: AESGCM(key) for no, key in self.data_keys}

    @cached_property
    def _keyed(self) -> "blake2b":
        return blake2b(key=self.blind_key, digest_size=8)

    @cached_property
    def _blinding(self) -> "blake2b":
        return blake2b(key=self.blind_key, digest_size=16, person=b"blind")

    def number(self, *parts: str) -> int:
        """A keyed 64-bit id of some text parts: the same parts always give the same id, and it tells nothing of them."""
        digest = self._keyed.copy()  # the key is taken in once
        digest.update("\x1f".join(parts).encode("utf-8", "surrogatepass"))
        return int.from_bytes(digest.digest(), "big", signed=True)

    def blind(self, value: str) -> bytes:
        """The keyed blind index of a standardised value (16 bytes)."""
        digest = self._blinding.copy()
        digest.update(value.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def seal(self, value: str) -> Sealed:
        """Seal one value under the newest key."""
        blind = self.blind(value)
        return Sealed(blind, mask(value), self.encrypt(value.encode("utf-8", "surrogatepass"), blind))

    def encrypt(self, data: bytes, context: bytes) -> bytes:
        """AES-256-GCM under the newest key, bound to ``context``; nonce first."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self.key_no].encrypt(nonce, data, context)

    def decrypt(self, cipher: bytes, context: bytes, key_no: int) -> bytes:
        """The bytes that ``encrypt`` took; InvalidTag where they were tampered with, KeyError where the key is gone."""
        return self._ciphers[key_no].decrypt(cipher[:NONCE_BYTES], cipher[NONCE_BYTES:], context)

    def open(self, cipher: bytes, blind: bytes, key_no: int) -> str:
        """The value behind a blind index."""
        return self.decrypt(cipher, blind, key_no).decode("utf-8", "surrogatepass")
