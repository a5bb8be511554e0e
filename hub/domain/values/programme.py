"""Programmes as lists of payments name them: by code, by name, or both, with the year, the term or a note around the name (domain F, B.13)."""

import re
from dataclasses import dataclass

from hub.domain.values.codes import CODE_LISTS, Code, CodeList
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean

_AROUND = re.compile(
    r"^(?:20\d\d(?:-20\d\d)?(?:学年度?|年度?)?)?(?:第?[一二12上下]学期|[春秋]季?(?:学期)?|[上下]半年|\d{1,2}月份?)?(?:义务教育(?:阶段)?)?"
    r"|\([^()]*\)$|(?:资金|发放)$"
)


@dataclass(frozen=True)
class Programmes(CodeList):
    """The list of programmes; its labels are the codes, which is what is kept."""

    def read(self, text: str) -> Code | Defect | None:
        """The one programme that a cell names; a Defect where it names none, or may mean several (两项补贴, 两免一补)."""
        found = CodeList.read(self, text.upper())
        return CodeList.read(self, _AROUND.sub("", clean(text).replace(" ", "")) or text) if isinstance(found, Defect) else found


_NAMED = CODE_LISTS["programme"]
PROGRAMMES = Programmes(_NAMED.name, _NAMED.source, _NAMED.codes, _NAMED.aliases)
