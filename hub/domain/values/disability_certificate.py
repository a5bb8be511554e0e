"""Disability certificate numbers: the holder's citizen number, a category digit, a level digit, perhaps a reissue suffix (B.4)."""

import re
from dataclasses import dataclass

from hub.domain.values.citizen_number import CitizenNumber, read_citizen_number
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank


@dataclass(frozen=True, slots=True)
class DisabilityCertificate:
    """A certificate number; `holder` is its first 18. Category 1–7 (GB/T 26341), level 1 (most severe) to 4."""

    number: str
    holder: str
    citizen_number: CitizenNumber | None
    category: str
    level: str
    reissue: int


def read_disability_certificate(text: str) -> DisabilityCertificate | Defect | None:
    """Read 20 characters, with B1, B2 … where it was reissued."""
    if is_blank(text):
        return None
    plain = re.sub(r"[\s\-]+", "", clean(text)).upper()
    found = re.fullmatch(r"(\d{17}[\dX])([1-7])([1-4])(?:B(\d{0,2}))?", plain)
    if not found:
        return Defect("not a disability certificate number", "it is a citizen number, a category 1-7 and a level 1-4, perhaps B1")
    inside = read_citizen_number(found[1])
    return DisabilityCertificate(
        plain, found[1], inside if isinstance(inside, CitizenNumber) else None, found[2], found[3], int(found[4] or 0)
    )
