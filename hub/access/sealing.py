"""Sealed values: a citizen, certificate, student, phone or bank number is stored as mask and keyed blind index.

The value itself lies once in the ``vault`` table, as AES-256-GCM or SM4-GCM ciphertext under a numbered key; every other table holds
only the mask (what queries return) and the blind index (what equality is found by). Erasing or re-encrypting a value
touches one row (domain G.7, G.8).
"""

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.values.concealed import mask

NONCE_BYTES = 12
TAG_BYTES = 16


class Suite(Protocol):
    """One way to seal: authenticated encryption with a nonce and a context. A hardware module would be another."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """InvalidTag where it was tampered with."""


@dataclass(frozen=True)
class Sm4Gcm:
    """SM4 (GB/T 32907) in GCM, the tag last, as AESGCM writes it."""

    key: bytes

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        sealing = Cipher(algorithms.SM4(self.key), modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data or b"")
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        opening = Cipher(algorithms.SM4(self.key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(associated_data or b"")
        return opening.update(data[:-TAG_BYTES]) + opening.finalize()


#: Name of a suite -> what seals under a key, and the key's bytes. The blind index goes with the suite of the home's making.
SUITES: dict[str, tuple[Callable[[bytes], Suite], int]] = {"aes": (AESGCM, 32), "sm": (Sm4Gcm, 16)}


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
    suites: Mapping[int, str] = field(default_factory=dict)  # of the keys that are not of "aes"
    blinding: str = "aes"  # "sm": HMAC with SM3 (domain G.7); else BLAKE2b

    @classmethod
    def load_or_make(cls, path: Path, suite: str = "aes") -> "Keys":
        """The keys in ``path``; made at random (mode 0600) where the file does not exist, for a suite."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made: dict[str, Any] = {"blind": b64encode(secrets.token_bytes(32)).decode(), "data": {"1": _random(suite)}}
            if suite != "aes":
                made |= {"suites": {"1": suite}, "blinding": suite}
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
        return cls(b64decode(told["blind"]), data, {int(no): suite for no, suite in told.get("suites", {}).items()}, told.get("blinding", "aes"))

    @classmethod
    def add(cls, path: Path, suite: str) -> "Keys":
        """The keys with one more, under which everything new is sealed; what is sealed already stays readable."""
        told = json.loads(path.read_text())
        no = str(max(map(int, told["data"])) + 1)
        told["data"][no] = _random(suite)
        if suite != "aes":
            told.setdefault("suites", {})[no] = suite
        _write(path, told)
        return cls.load_or_make(path)

    @classmethod
    def forget(cls, path: Path) -> int:
        """Destroy every data key but the newest: what was sealed under them, in backups too, is gone. Returns how many."""
        told = json.loads(path.read_text())
        newest = str(max(map(int, told["data"])))
        gone = [no for no in told["data"] if no != newest]
        told["data"] = {newest: told["data"][newest]}
        told["suites"] = {no: suite for no, suite in told.get("suites", {}).items() if no == newest}
        _write(path, told)
        return len(gone)

    @property
    def key_no(self) -> int:
        """The number of the key that new values are sealed with: the newest."""
        return self.data_keys[-1][0]

    @cached_property
    def _ciphers(self) -> dict[int, Suite]:
        return {no: SUITES[self.suites.get(no, "aes")][0](key) for no, key in self.data_keys}

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
        if self.blinding == "sm":
            keyed = hmac.HMAC(self.blind_key, hashes.SM3())
            keyed.update(value.encode("utf-8", "surrogatepass"))
            return keyed.finalize()[:16]
        digest = self._blinding.copy()
        digest.update(value.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def seal(self, value: str) -> Sealed:
        """Seal one value under the newest key."""
        blind = self.blind(value)
        return Sealed(blind, mask(value), self.encrypt(value.encode("utf-8", "surrogatepass"), blind))

    def encrypt(self, data: bytes, context: bytes) -> bytes:
        """AES-256-GCM or SM4-GCM under the newest key, bound to ``context``; nonce first."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._ciphers[self.key_no].encrypt(nonce, data, context)

    def decrypt(self, cipher: bytes, context: bytes, key_no: int) -> bytes:
        """The bytes that ``encrypt`` took; InvalidTag where they were tampered with, KeyError where the key is gone."""
        return self._ciphers[key_no].decrypt(cipher[:NONCE_BYTES], cipher[NONCE_BYTES:], context)

    def open(self, cipher: bytes, blind: bytes, key_no: int) -> str:
        """The value behind a blind index."""
        return self.decrypt(cipher, blind, key_no).decode("utf-8", "surrogatepass")

    def fit(self, cipher: bytes, blind: bytes, key_no: int) -> bool:
        """Whether a sealed value and its blind index are of these keys."""
        try:
            return self.blind(self.open(cipher, blind, key_no)) == blind
        except (InvalidTag, KeyError, UnicodeDecodeError):
            return False


def _random(suite: str) -> str:
    return b64encode(secrets.token_bytes(SUITES[suite][1])).decode()


def _write(path: Path, told: Mapping[str, Any]) -> None:
    """The file anew, at once and durably."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    with draft.open("w") as file:
        file.write(json.dumps(told))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
