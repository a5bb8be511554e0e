"""States of an entry of the household register, and why it was cancelled: the list, and moves told by where they lead (domain B.8, E.0.5)."""

import re
from dataclasses import dataclass

from hub.domain.values.codes import CODE_LISTS, Code, CodeList
from hub.domain.values.defect import Defect
from hub.domain.values.division import COUNTY_NAME, TOWNSHIPS, is_elsewhere
from hub.domain.values.text import clean

AWAY, WITHIN = "迁出", "市内迁移"
_SPACES_AND_BRACKETS = re.compile(r"[\s()（）]")
_MOVED = re.compile(r"迁往|迁至|迁到|迁入|迁出[至到]?|迁移[至到]?|移居[至到]?")
_HERE = re.compile(r"本[市县区镇乡所]|[市县区所镇乡]+内|辖区|跨?(?:乡镇|街道|镇|乡|派出所|所)之?间|跨(?:乡镇|街道|镇|乡|派出所|所)|其[他它](?:乡镇|街道|镇|乡|派出所)")
_OUTSIDE = re.compile(r"本?[省市县区]+以?外|外[省市县区地]|跨[省市县]|异地")
_NAMED = re.compile(r".{1,8}?(?:省|市|县|州|盟|旗)")
_NAMES_HERE = (COUNTY_NAME.removesuffix("市"), *TOWNSHIPS.values())


@dataclass(frozen=True)
class RegisterStates(CodeList):
    """The list ``register_state``; 迁往沈阳市 is 迁出, and 迁往新华街道 a move within the city."""

    def read(self, text: str) -> Code | Defect | None:
        """The state a cell means; a move to where nobody can tell is a Defect."""
        found = super().read(text)
        label = _moved(_SPACES_AND_BRACKETS.sub("", clean(text))) if type(found) is Defect else None
        return next(code for code in self.codes if code.label == label) if label else found


def _moved(plain: str) -> str | None:
    """Whether words tell of a move out of the city or within it."""
    parts = _MOVED.split(plain)
    place = parts[-1] or plain
    if _OUTSIDE.match(place):
        return AWAY
    if _HERE.match(place):
        return WITHIN
    if len(parts) == 1:
        return None
    if is_elsewhere(place):
        return AWAY
    if any(name in place for name in _NAMES_HERE):
        return WITHIN
    return AWAY if _NAMED.match(place) else None


_LIST = CODE_LISTS["register_state"]
REGISTER_STATES = RegisterStates(_LIST.name, _LIST.source, _LIST.codes, _LIST.aliases, _LIST.suffixes)
