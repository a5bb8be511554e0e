"""是/否 in its spellings; a blank is not told, never 'no' (domain C.19)."""

from hub.domain.values.codes import behind_code
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean

_YES = frozenset({"是", "1", "y", "yes", "true", "t", "√", "✓", "✔", "有", "是的", "对", "在", "享受", "需要", "已"})
_NO = frozenset({"否", "0", "n", "no", "false", "f", "×", "✗", "x", "不是", "非", "不", "没有", "未", "不需要", "不享受"})
_BLANK = frozenset({"", "/", "-", "--", "—", "n/a", "不详", "未知", "略", "空", "#n/a"})


def read_yes_no(text: str) -> bool | Defect | None:
    """True, False, or None where the cell says nothing ('无' here means no)."""
    plain = clean(text).lower()
    if plain in _BLANK:
        return None
    found = _told(plain)
    if found is None and (name := behind_code(plain)) and not name.isascii():
        found = _told(name)  # '1-是', as lists with codes and names write it (B.1)
    if found is not None:
        return found
    return Defect("neither yes nor no", "write 是 or 否")


def _told(word: str) -> bool | None:
    return True if word in _YES else False if word in _NO or word == "无" else None
