"""Diagnoses in a physician's words, and the disability category they name (domain B.14, C.7, E.1).

Words are told apart by ``DIAGNOSES``; what is denied, suspected, healed or said of a relative names nothing, and neither does
a word that is not in the table. Two categories in one text are 多重残疾, as GB/T 26341 defines it.
"""

import re
from dataclasses import dataclass

from hub.domain.values.code_tables import DIAGNOSES, NO_DIAGNOSES
from hub.domain.values.codes import CODE_LISTS, Code, CodeList
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

NO_CATEGORY = "names no disability category"
_CLAUSES = re.compile(r"[;；。\n\r]+")
_SPACES = re.compile(r"\s+")
#: Denied, suspected or somebody else's: whatever follows in the clause names nothing (one eye or ear is none either, GB/T 26341).
_BEFORE = re.compile(
    r"排除|除外|否认|否定|未见|未发现|未达|不符合|不支持|不考虑|不伴|不是|并非|没有|无(?!光感)|非(?!典型)|疑|怀疑|可能|考虑|家族史"
    r"|(?:父亲?|母亲?|爸爸?|妈妈?|[兄弟姐妹爷奶])(?=.*[聋盲哑残瘫]|.*精神|.*智力)|(?:单侧|单耳|单眼|一侧)(?=.*[听聋视盲])"
)
#: Still to be looked at, healed, or denied behind: the clause names nothing.
_BEHIND = re.compile(r"待[查排诊定]|待确诊|疑[?？]?$|可能|倾向|边缘|高危|风险|复筛|[?？]|除外|治愈|痊愈|已愈|已康复|恢复正常")
_WORDS = {word: category for category, words in DIAGNOSES.items() for word in words.split()}
_WORD = re.compile("|".join(map(re.escape, sorted((*_WORDS, *NO_DIAGNOSES.split()), key=len, reverse=True))))
_WELL = re.compile(r"(?:(?:各项|生长|目前|儿童)?发育|体检|筛查|检查|各项)?(?:结果)?(?:均|基本)?(?:正常|未见(?:明显)?异常|无(?:明显)?异常|健康|阴性|通过)|无残疾|非残疾")
_GRADED = re.compile(r"(视力|听力|言语|肢体|智力|精神|多重)(?=[一二三四1-4]级)")
_CATEGORIES = CODE_LISTS["disability_category"]


@dataclass(frozen=True)
class Diagnoses(CodeList):
    """Free text read as a disability category: the list's labels are those of ``disability_category``."""

    def read(self, text: str) -> Code | Defect | None:
        """The category that the text names; a Defect where it names none beyond doubt, None for a blank."""
        plain = _SPACES.sub(" ", clean(text))
        if is_blank(text):
            return None
        if _WELL.fullmatch(plain.replace(" ", "")):
            return _CATEGORIES["0"]
        found = {category for clause in _CLAUSES.split(text) for category in _named(clean(clause))}
        if not found:
            return Defect(NO_CATEGORY, "write the category (GB/T 26341) into 诊断类别 where the diagnosis is one")
        label = found.pop() if len(found) == 1 else "多重残疾"
        return next(code for code in self.codes if code.label == label)


def _named(clause: str) -> set[str]:
    """The categories that one clause names; words that only look like one (色盲) are taken out with the rest."""
    if _BEHIND.search(clause):
        return set()
    clause = _BEFORE.split(clause, maxsplit=1)[0]
    exact = _CATEGORIES.read(clause) if not clause.isdecimal() else None
    if isinstance(exact, Code) and exact.code != "0":
        return {exact.label}
    plain = clause.replace(" ", "")
    return {_WORDS[word] for word in _WORD.findall(plain) if word in _WORDS} | {f"{stem}残疾" for stem in _GRADED.findall(plain)}


DIAGNOSIS = Diagnoses("diagnosis", "GB/T 26341-2010 in a physician's words", _CATEGORIES.codes)
