"""What is wrong with a request, without the values that it sent: numbers and names of people are in no error (domain G.7).

The language's library writes its messages in dozens of places and ends most of them with what it found. Here they are cut
to what was expected and where: types, fields, arguments and the names of variables stay, with line, column and path.
"""

import re
from typing import Any

from graphql import GraphQLError

#: What the library says before it repeats a value, and what is said instead; each applies to all that follows it.
_REPEATED = (
    (re.compile(r"(cannot represent [^:']*): .*", re.DOTALL), r"\1."),
    (re.compile(r"(?:[,;]|\.)? ?\b[Ff]ound: .*", re.DOTALL), "."),
    (re.compile(r"Value '.*' does not exist in '(\w+)' enum\..*", re.DOTALL), r"The value does not exist in '\1' enum."),
    (re.compile(r"((?:found|Unexpected) \w+) '.*", re.DOTALL), r"\1."),
    (re.compile(r", did you mean .*", re.DOTALL), "."),
    (re.compile(r"((?:Unexpected|Invalid|[Ee]xpected|escape) [^:']*): ['\"U].*", re.DOTALL), r"\1."),
)
_KEY = re.compile(r"^(Variable '.*unknown field) '.*'")
_NAME = re.compile(r"'([^']*)'")
_PLAIN = re.compile(r"[$@\[]*[A-Za-z_][\w.]*(?:\(\w+:\))?[\]!]*|[.\[\]\w]+|[^\w\s]{1,3}", re.ASCII)
_LONG = re.compile(r"\d{6,}")


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as the caller is told it: message, locations, path, extensions."""
    return {**error.formatted, "message": without_values(error.message)}


def without_values(message: str) -> str:
    """A message of the library without the values that it repeats."""
    for pattern, instead in _REPEATED:
        message = pattern.sub(instead, message)
    message = _KEY.sub(r"\1", message)
    message = _NAME.sub(lambda name: name[0] if _PLAIN.fullmatch(name[1]) else "'…'", message)
    return _LONG.sub("…", message)
