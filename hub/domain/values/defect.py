"""A cell that cannot be read as what it should hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong (a short English kind) and what to do; never the value itself."""

    kind: str
    hint: str
