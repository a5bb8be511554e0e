"""Student numbers (学籍号): G with the citizen number, L temporary, J formal without one. Only G says anything of the person."""

import re
from dataclasses import dataclass

from hub.domain.values.citizen_number import CitizenNumber, read_citizen_number
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank


@dataclass(frozen=True, slots=True)
class StudentNumber:
    """A student number; `citizen_number` is the one inside a G number, if it is a valid one."""

    number: str
    prefix: str
    citizen_number: CitizenNumber | None


def read_student_number(text: str) -> StudentNumber | Defect | None:
    """Read ``^[GLJ][0-9]{17}[0-9X]$`` (domain B.1)."""
    if is_blank(text):
        return None
    plain = re.sub(r"\s+", "", clean(text)).upper()
    if not re.fullmatch(r"[GLJ]\d{17}[\dX]", plain):
        return Defect("not a student number", "a student number is G, L or J and 18 characters")
    inside = read_citizen_number(plain[1:]) if plain[0] == "G" else None
    return StudentNumber(plain, plain[0], inside if isinstance(inside, CitizenNumber) else None)
