"""Conditions of a contract (``when``), compiled against one layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hub.contract.model import ColumnRule, Condition, When
from hub.contract.naming import Naming
from hub.domain.values.codes import Code
from hub.domain.values.text import clean, is_blank

Test = Callable[[Mapping[str, Any], Mapping[str, str]], bool]


def compile_when(when: When, naming: Naming, named: Mapping[str, ColumnRule]) -> Test | None:
    """A test of a row's read and raw cells, None where there is nothing to test; a column the layout lacks is blank."""
    tests = [_compile(condition, naming, named) for condition in when]
    if len(tests) < 2:
        return tests[0] if tests else None
    return lambda read, raw: all(test(read, raw) for test in tests)


def _compile(condition: Condition, naming: Naming, named: Mapping[str, ColumnRule]) -> Test:
    """One condition: whether any of its columns says one of its values, or says anything where it names none."""
    columns = tuple(name for name in map(naming.told, condition.columns) if name in named)
    values, negated = condition.values, condition.negated
    patterns = [value for value in values or () if "*" in value]
    words = re.compile("|".join(".*".join(map(re.escape, pattern.split("*"))) for pattern in patterns)) if patterns else None

    def holds(read: Mapping[str, Any], raw: Mapping[str, str]) -> bool:
        for name in columns:
            if _told(name, values, read, raw) or (words and name in raw and words.fullmatch(clean(raw[name]))):
                return not negated
        return negated

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
