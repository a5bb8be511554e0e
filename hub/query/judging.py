"""Fields that rules make in Python: the statement tells what the rules need, between characters that no JSON text can hold.

``HOLE slot:JSON END`` tells what is known of an object; ``HOLE number END`` stands where one of its judged fields belongs. What a whole
point in time tells the rules comes once, beside the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from hub.query.reading import Judging, Place, Value

HOLE, END = "\x03", "\x02"


@dataclass(frozen=True)
class Shape:
    """What is asked of a judged object: response name, the attribute that has it ('' for its type's name), and what is asked of that."""

    type_name: str
    fields: "tuple[tuple[str, str, Shape | None], ...]"

    def told(self, value: Any) -> Any:
        """A judged value as it is asked for."""
        if isinstance(value, list):
            return [self.told(one) for one in value]
        return {name: self._field(value, attribute, shape) for name, attribute, shape in self.fields}

    def _field(self, value: Any, attribute: str, shape: "Shape | None") -> Any:
        told = getattr(value, attribute) if attribute else self.type_name
        return told if shape is None else shape.told(told)


@dataclass
class Judgements:
    """What is left to judge in a statement's answer: made with the statement, run over each of its answers."""

    holes: list[tuple[str, Shape | None]] = field(default_factory=list)
    slots: list[tuple[Judging, Value | None, Value]] = field(default_factory=list)  # the rules, and the point in time they are told of

    def hole(self, attribute: str, shape: Shape | None) -> str:
        """The text that stands where a judged field belongs."""
        self.holes.append((attribute, shape))
        return f"{HOLE}{len(self.holes) - 1}{END}"

    def slot(self, by: Judging, place: Place) -> int:
        """The number under which these rules are told of the place's point in time."""
        for number, (judging, known, on) in enumerate(self.slots):
            if judging is by and known is place.known and on is place.on:
                return number
        self.slots.append((by, place.known, place.on))
        return len(self.slots) - 1

    def fill(self, answer: bytes, beside: Sequence[str]) -> bytes:
        """The answer with its judged fields in their places; ``beside`` is each slot's JSON."""
        told = [by.read_beside(orjson.loads(text)) for (by, _, _), text in zip(self.slots, beside, strict=True)]
        first, *rest = answer.split(HOLE.encode())
        pieces, judged = [first], None
        for piece in rest:
            inside, _, after = piece.partition(END.encode())
            number, _, inputs = inside.partition(b":")
            if inputs:
                judged = self.slots[int(number)][0].judge(told[int(number)], orjson.loads(inputs))
            else:
                attribute, shape = self.holes[int(number)]
                value = getattr(judged, attribute)
                pieces.append(orjson.dumps(value if shape is None else shape.told(value), default=str))
            pieces.append(after)
        return b"".join(pieces)
