"""A contract's text being read: each value is asked for by type, and a wrong one names its line, column and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from hub.contract.model import ContractError
from hub.contract.places import Places

MAX_LINES = 120
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


class Form:
    """The parsed text with its places; ``path`` arguments are the keys that lead to a value."""

    def __init__(self, path: Path, *, most: int = MAX_LINES) -> None:
        self.file = str(path)
        try:
            self.text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ContractError(self.file, 1, 1, f"not UTF-8 text (byte {error.start}); save the file as UTF-8") from None
        except OSError as error:
            raise ContractError(self.file, 1, 1, f"cannot be read: {error.strerror}") from None
        self.places = Places(self.text)
        self.data = self._parsed()
        lines = len(self.text.splitlines())
        if lines > most:
            raise ContractError(self.file, most + 1, 1, f"{lines} lines; there may be at most {most}")

    def fail(self, message: str, *path: str) -> NoReturn:
        """Refuse the contract at the place of ``path``."""
        line, column = self.places.find(*path)
        raise ContractError(self.file, line, column, message)

    def table(self, told: Any, *path: str) -> dict[str, Any]:
        """A table of keys."""
        if not isinstance(told, dict):
            self.fail(f"{path[-1]} must be a table: key = value pairs", *path)
        return told

    def only(self, told: Mapping[str, Any], allowed: Collection[str], what: str, *path: str) -> None:
        """No key but the allowed ones."""
        for key in told:
            if key not in allowed:
                self.fail(f"{what} has no key {key}; it has {', '.join(allowed)}", *path, key)

    def text_of(self, told: Mapping[str, Any], key: str, *path: str, default: str | None = None) -> str:
        """A text that is not blank."""
        value = told.get(key, default)
        if value is None:
            self.fail(f"{key} is missing", *path)
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{key} must be a text in quotes, not blank", *path, key)
        return value

    def optional(self, told: Mapping[str, Any], key: str, *path: str) -> str | None:
        """A text, or nothing."""
        return self.text_of(told, key, *path) if key in told else None

    def texts(self, told: Mapping[str, Any], key: str, *path: str) -> tuple[str, ...]:
        """A list of texts; none where the key is not there."""
        value = told.get(key, [])
        if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
            self.fail(f'{key} must be a list of texts: ["…", "…"]', *path, key)
        return tuple(value)

    def flag(self, told: Mapping[str, Any], key: str, *path: str, default: bool = False) -> bool:
        """true or false."""
        value = told.get(key, default)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false", *path, key)
        return value

    def choice(self, told: Mapping[str, Any], key: str, allowed: Iterable[str], *path: str, default: str | None = None) -> str:
        """One word of a list."""
        value = self.text_of(told, key, *path, default=default)
        words = list(allowed)
        if value not in words:
            self.fail(f"{key} = {value!r} is not known; it may be {', '.join(words)}", *path, key)
        return value

    def one_of(self, name: str, allowed: Collection[str], what: str, *path: str) -> str:
        """A name that must have been declared."""
        if name not in allowed:
            self.fail(f"no {what} is called {name}; there are {', '.join(allowed) or 'none'}", *path)
        return name

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            at = _AT.search(str(error))
            line, column = (int(at[1]), int(at[2])) if at else (len(self.text.splitlines()), 1)
            message = _AT.sub("", str(error)).replace("(at end of document)", "at the end of the file").strip()
            raise ContractError(self.file, line, column, f"not TOML: {message}") from None
