"""School years and terms: 2025-2026, 秋季学期."""

import re

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank


def read_school_year(text: str) -> str | Defect | None:
    """'2025-2026学年' or '2025年' -> '2025-2026'; a term ('秋季学期') is kept as its exact words."""
    if is_blank(text):
        return None
    plain = clean(text).replace(" ", "")
    if found := re.search(r"(20\d{2})\s*[-—–~至/]\s*(20)?(\d{2})", plain):
        return f"{found[1]}-{int(found[1]) + 1}"
    if found := re.fullmatch(r"(20\d{2})(?:学?年度?)?", plain):
        return f"{found[1]}-{int(found[1]) + 1}"
    if "秋" in plain or "上学期" in plain or "第一学期" in plain:
        return "秋季学期"
    if "春" in plain or "下学期" in plain or "第二学期" in plain:
        return "春季学期"
    return plain if "全学年" in plain else Defect("not a school year or term", "write 2025-2026, 秋季学期 or 春季学期")
