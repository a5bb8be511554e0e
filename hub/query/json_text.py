"""JSON as text, put together in SQL: PostgreSQL writes every leaf, and nothing reads it again before the client does."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Float, Integer, Numeric, Text, case, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

from hub.query.reading import Value

Part = str | Value
MOST_ARGUMENTS = 90  # of a function in PostgreSQL: 100

NULL = "null"


def leaf(value: Value) -> Value:
    """A value as JSON, the way the resolvers' scalars write it; null where it is null."""
    type_ = value.type
    if isinstance(type_, (Boolean, Integer, JSONB)):
        return func.coalesce(cast(value, Text), constant(NULL), type_=Text)
    if isinstance(type_, Float):
        return func.coalesce(cast(func.to_json(value), Text), constant(NULL), type_=Text)
    if isinstance(type_, (Date, Numeric)):
        return func.coalesce(_quoted(cast(value, Text)), constant(NULL), type_=Text)
    if isinstance(type_, DateTime):
        return func.coalesce(_quoted(_moment(value)), constant(NULL), type_=Text)
    return func.coalesce(cast(func.to_json(value), Text), constant(NULL), type_=Text)


def joined(parts: Sequence[Part]) -> Value:
    """Texts one after another: neighbouring constants as one, and no call with more arguments than a function may have."""
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    values: list[Any] = [constant(part) if isinstance(part, str) else part for part in merged]
    while len(values) > MOST_ARGUMENTS:
        values = [func.concat(*values[i : i + MOST_ARGUMENTS], type_=Text) for i in range(0, len(values), MOST_ARGUMENTS)]
    return values[0] if len(values) == 1 else func.concat(*values, type_=Text)


@lru_cache(maxsize=4096)
def constant(text: str) -> Value:
    """A text that stands in the statement as it is, made once: half of a statement is names of fields and brackets."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


def _quoted(text: Value) -> Value:
    return constant('"').concat(text).concat(constant('"'))


def _moment(value: Value) -> Value:
    """As Python's isoformat() has it: no fraction, or six digits of it."""
    exact = func.date_trunc("second", value) == value
    shape = case((exact, 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'), else_='YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
    return func.to_char(func.timezone("UTC", value), shape, type_=Text)
