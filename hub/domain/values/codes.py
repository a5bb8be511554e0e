"""Code lists: a cell may hold the code, the exact name, an alias, or '1-居民身份证'; the exact name is what is kept (domain C)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.domain.values.code_tables import DIAGNOSES, TABLES
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

_CODE_AND_NAME = re.compile(r"^(?:[0-9A-Za-z]{1,3}\s*[-—_.、:：\s]\s*(?=.)|[A-Z]?\d{1,3}(?=\D))(.+)$")


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list."""

    list: str
    code: str
    label: str


@dataclass(frozen=True)
class CodeList:
    """A code list with the standard it comes from."""

    name: str
    source: str
    codes: tuple[Code, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    suffixes: tuple[str, ...] = ()  # written or not behind a name: '汉' and '汉族'

    def read(self, text: str) -> Code | Defect | None:
        """The entry a cell means; None for a blank, unless the list itself has the word (无残疾 is written 无)."""
        plain = clean(text)
        found = self._spellings().get(plain.replace(" ", ""))
        if found is not None:
            return found
        if is_blank(text):
            return None
        if (name := behind_code(plain)) and (found := self._spellings().get(name)):
            return found
        return Defect("not in the code list", f"write a name of the list {self.name} ({self.source})")

    def __getitem__(self, code: str) -> Code:
        return next(entry for entry in self.codes if entry.code == code)

    def _spellings(self) -> dict[str, Code]:
        known = _SPELLINGS.get(self.name)
        if known is None:
            known = _SPELLINGS[self.name] = _spell(self)
        return known


def behind_code(text: str) -> str | None:
    """The name of a cell that gives a code and its name ('1-居民身份证', '1男'); None for any other cell."""
    return found[1] if (found := _CODE_AND_NAME.match(text)) else None


_SPELLINGS: dict[str, dict[str, Code]] = {}


def _spell(codes: CodeList) -> dict[str, Code]:
    """Every spelling of a list: aliases first said win over nothing, names over aliases, codes last."""
    spelt: dict[str, Code] = {}
    by_label = {entry.label: entry for entry in codes.codes}
    for entry in codes.codes:
        spelt.setdefault(entry.code, entry)
        spelt.setdefault(entry.code.lstrip("0") or "0", entry)
    for alias, label in codes.aliases.items():
        spelt[alias] = by_label[label]
    for entry in codes.codes:
        spelt[entry.label] = entry
        for suffix in codes.suffixes:
            spelt[entry.label.removesuffix(suffix)] = entry
            spelt[entry.label.removesuffix(suffix) + suffix] = entry
    return spelt


def _read_table(name: str, source: str, entries: str, aliases: str, suffixes: str) -> CodeList:
    codes = []
    for entry in entries.split():
        code, label = entry.split("=", 1)
        codes.append(Code(name, code, label))
    told = dict(pair.split("=", 1) for pair in aliases.split())
    if name == "disability_category":  # which some write by the diagnosis
        told |= {word: category for category, words in DIAGNOSES.items() for word in words.split()}
    return CodeList(name, source, tuple(codes), told, tuple(suffixes.split()))


CODE_LISTS: Mapping[str, CodeList] = {name: _read_table(name, *table) for name, table in TABLES.items()}
