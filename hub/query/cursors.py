"""Opaque texts of the graph, written in Python and in SQL alike: ids of nodes, and cursors that hold a row's keys."""

import base64
import binascii
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Text, func, literal, literal_column

from hub.query.reading import BadInput, Value


def global_id(kind: str, key: object) -> str:
    """The opaque id of a node."""
    return base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")


def global_id_in_sql(kind: str, *key: Value | str) -> Value:
    """The same, of a row's columns. Of letters, digits and ':/-' base64 makes no '+' and no '/', so nothing is translated."""
    text = func.concat(literal(f"{kind}:"), *(part if not isinstance(part, str) else literal(part) for part in key), type_=Text)
    return func.rtrim(func.encode(func.convert_to(text, "UTF8"), "base64"), "=", type_=Text)


def split_id(text: str) -> tuple[str, str]:
    """The kind and key in a node's id, in whose base64 there is no sign but letters and digits."""
    try:
        kind, _, key = binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadInput("id: this is not an id of the hub") from None
    return kind, key


def local_id(text: str, kind: str) -> int:
    """The key in a node's id; its bare number is taken too. BadInput where it is another kind's."""
    found, key = (kind, text) if text.lstrip("-").isdigit() else split_id(text)
    if found != kind:
        raise BadInput(f"id: this is not the id of a {kind}")
    return key_of(key)


def key_of(text: str) -> int:
    """A key as the tables have them, in its one spelling: the audit knows whom a request asks about by it. BadInput for any other."""
    try:
        key = int(text)
    except ValueError:
        raise BadInput("id: this is not an id of the hub") from None
    if not -(2**63) <= key < 2**63 or str(key) != text:
        raise BadInput("id: this is not an id of the hub")
    return key


def is_key(text: str) -> bool:
    """Whether a text is a key as the tables have them."""
    try:
        key_of(text)
    except BadInput:
        return False
    return True


def cursor(order: str, keys: Sequence[Any]) -> str:
    """The cursor of a row."""
    told = [key.decode() if isinstance(key, bytes) else key for key in keys]
    return base64.urlsafe_b64encode(orjson.dumps([order, *told])).decode().rstrip("=")


def cursor_in_sql(order: str, keys: Sequence[Value]) -> Value:
    """The same, of a row's keys; encode() breaks its lines, and translate() takes the breaks away with the padding."""
    told: list[Any] = [literal(f'["{order}"')]
    for key in keys:
        python = key.type.python_type
        told += [literal(","), func.to_json(func.convert_from(key, "UTF8") if python is bytes else key) if python in (bytes, str, date) else key]
    text = func.concat(*told, literal("]"), type_=Text)
    return func.translate(func.encode(func.convert_to(text, "UTF8"), "base64"), literal_column("E'+/=\\n'"), "-_", type_=Text)


def read_cursor(text: str, order: str, keys: Sequence[Value]) -> list[Any]:
    """The keys in a cursor, each of its type; BadInput where it is of another list or no cursor at all."""
    try:
        found, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError, ValueError, TypeError):
        raise BadInput("cursor: this is not a cursor of the hub") from None
    if found != order or len(values) != len(keys):
        raise BadInput("cursor: this cursor belongs to a list in another order")
    return [_key(value, key.type.python_type) for value, key in zip(values, keys, strict=True)]


def _key(value: Any, python: Any) -> Any:
    try:
        value = date.fromisoformat(value) if python is date else value
    except (TypeError, ValueError):
        value = None
    wanted: Any = str if python is bytes else python  # bytes of a text, which is what the cursor has
    if type(value) is not wanted or (wanted is int and not -(2**63) <= value < 2**63) or (wanted is str and "\x00" in value):
        raise BadInput("cursor: this is not a cursor of the hub")
    return value.encode() if python is bytes else value
