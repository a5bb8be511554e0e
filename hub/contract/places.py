"""Where in a TOML text a key stands: line and column, counted from 1, for messages a person can follow."""

import re

_TABLE = re.compile(r"^\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)\s*(?==|\.)""")
_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^.\s]+)\s*\.?""")


class Places:
    """The lines of a contract, searched by the path of keys that leads to a value."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._tables, self._keys = self._scan()

    def find(self, *path: str) -> tuple[int, int]:
        """The line and column of the last key of ``path`` that can be found; (1, 1) for none."""
        for length in range(len(path), 0, -1):
            at = self._keys.get(path[:length]) or self._tables.get(path[:length])
            if at:
                return self._within(at, path[length:])
        return 1, 1

    def _scan(self) -> tuple[dict[tuple[str, ...], tuple[int, int]], dict[tuple[str, ...], tuple[int, int]]]:
        tables: dict[tuple[str, ...], tuple[int, int]] = {}
        keys: dict[tuple[str, ...], tuple[int, int]] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(self._lines, start=1):
            if header := _TABLE.match(line):
                table = tuple(_bare(part) for part in _PART.findall(header[1]))
                tables.setdefault(table, (number, line.index("[") + 1))
            elif key := _KEY.match(line):
                keys.setdefault((*table, _bare(key[1])), (number, key.start(1) + 1))
        return tables, keys

    def _within(self, at: tuple[int, int], rest: tuple[str, ...]) -> tuple[int, int]:
        """Narrow a place down to keys or words inside the inline value that begins there; a list may go on over lines."""
        line, column = at
        for part in rest:
            sought = re.compile(rf"""(?<![\w."']){_word(part)}(?=\s*=)|["']{re.escape(part)}["']""")
            found = sought.search(self._lines[line - 1], column)
            while not found and line < len(self._lines) and not _KEY.match(self._lines[line]) and not _TABLE.match(self._lines[line]):
                line, column = line + 1, 0
                found = sought.search(self._lines[line - 1])
            if not found:
                return at
            column = found.start() + 1
        return line, column


def _word(part: str) -> str:
    return rf"""["']?{re.escape(part)}["']?"""


def _bare(key: str) -> str:
    return key[1:-1] if key[:1] in "\"'" else key
