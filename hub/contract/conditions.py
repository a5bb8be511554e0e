"""Conditions of a contract (``when``), compiled against one layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.contract.model import ColumnRule, When
from hub.contract.naming import Naming
from hub.domain.values.codes import Code
from hub.domain.values.text import clean, is_blank

Test = Callable[[Mapping[str, Any], Mapping[str, str]], bool]


def compile_when(when: When, naming: Naming, named: Mapping[str, ColumnRule]) -> Test:
    """A test of a row's read and raw cells; a column the layout lacks is blank."""
    parts = [(tuple(name for name in map(naming.told, condition.columns) if name in named), condition.values, condition.negated)
             for condition in when]
    if not parts:
        return lambda read, raw: True

    def holds(read: Mapping[str, Any], raw: Mapping[str, str]) -> bool:
        return all(any(_told(name, values, read, raw) for name in columns) is not negated for columns, values, negated in parts)

    return holds


def _told(name: str, values: frozenset[str] | None, read: Mapping[str, Any], raw: Mapping[str, str]) -> bool:
    value = read.get(name)
    if values is None:
        return value is not None or (name in raw and not is_blank(raw[name]))
    if type(value) is Code:
        return value.label in values
    if value is True or value is False:
        return ("是" if value else "否") in values
    return name in raw and clean(raw[name]) in values
