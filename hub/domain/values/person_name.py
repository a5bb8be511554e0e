"""Names of persons: what is written, and the form in which names are compared (domain D-03 to D-07, D-21, D-28)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank
from hub.domain.values.variants import SIMPLIFIED

LOST = "?"  # stands for a character that the source's system could not write
_LOST_CHARACTERS = re.compile(r"[?？□■〓◇◆＊*\ufffd\u25a1\ue000-\uf8ff\U000f0000-\U0010fffd]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_DOTS = re.compile(r"[·•．・‧●∙⋅.\-]")
_BRACKET = re.compile(r"[(\[{【〔]([^()\[\]{}【】〔〕]*)(?:[)\]}】〕]|$)")
_NAME_CHARACTERS = re.compile(r"[\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff+]{1,8}")
#: How offices describe a character that they cannot write: ⿱龙天, 上龙下天, 王字旁加乐, 王+乐.
_DESCRIPTION = re.compile(
    r"[\u2ff0-\u2fff].+|[上左外][面边]?.{1,3}[下右内里中][面边]?.{1,3}|.{1,2}(?:字?旁|字头|字底|字边)(?:加|一个)?.{1,3}|.{1,3}[+加].{1,3}|(?:生僻|缺|造|难检|异体)字"
)
_SEXES = frozenset("男女")
_REMARKS_OF_ONE = _SEXES | frozenset("大小老长次幼")  # beside a whole name
_PLACES = re.compile(r"[省市县区乡镇村组号]|街道|社区")
_REMARKS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_SEPARATORS = re.compile(r"[、,，;；/|\n]+")
COMPOUND_SURNAMES = frozenset(
    ["欧阳", "司马", "上官", "尉迟", "诸葛", "东方", "皇甫", "公孙", "慕容", "令狐", "宇文", "长孙", "司徒", "司空", "夏侯", "轩辕", "端木", "百里", "呼延", "南宫", "独孤", "闻人", "澹台", "万俟", "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "仲孙", "钟离", "鲜于", "闾丘", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正", "宰父", "谷梁", "拓跋", "夹谷", "段干", "东郭", "南门", "西门", "第五"]
)


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name as written (trimmed), the form it is compared by, and a remark that stood in brackets beside it."""

    text: str
    compare: str
    remark: str | None = None

    @property
    def surname(self) -> str:
        """The family name, compound ones included."""
        return self.compare[:2] if self.compare[:2] in COMPOUND_SURNAMES and len(self.compare) > 2 else self.compare[:1]

    @property
    def given(self) -> str:
        """What follows the family name."""
        return self.compare[len(self.surname) :]


@lru_cache(maxsize=300_000)
def read_person_name(text: str) -> PersonName | Defect | None:
    """Read a name; its own characters are kept, the compare form is simplified and without blanks."""
    if is_blank(text):
        return None
    stem, told, remark = _without_brackets(clean(text))
    compare = compare_form(told)
    if not compare or not re.search(r"[^\W\d_]|\?", compare):
        return Defect("not a name", "write the name as in the household register")
    if re.search(r"\d{3}", compare):
        return Defect("a number in a name", "write the number into its own column")
    if len(compare) > 5 and len(_PLACES.findall(compare)) > 1:
        return Defect("an address in a name's place", "write the name as in the household register")
    if len(compare) > 50:
        return Defect("too long for a name", "a name has at most 50 characters")
    return PersonName(_shown(stem), compare, remark)


def _without_brackets(plain: str) -> tuple[str, str, str | None]:
    """A name as it is shown and as it is compared, and the remark in its brackets.

    Brackets may hold a character of the name: written out (王(䶮)乐), or described (王[上龙下天]), which is a lost one at that place (D-03).
    """
    if (whole := _BRACKET.fullmatch(plain)) and whole[1].strip():
        return whole[1].strip(), whole[1].strip(), None
    shown = told = ""
    remark, at = None, 0
    for found in _BRACKET.finditer(plain):
        shown, told = shown + plain[at : found.start()], told + plain[at : found.start()]
        at, inside = found.end(), found[1].strip()
        if not _is_character(inside, told, plain[at:]):
            remark = inside or remark
        else:
            shown, told = (shown + inside, told + inside) if len(inside) == 1 else (shown + found[0], told + LOST)
    return (shown + plain[at:]).strip(), (told + plain[at:]).strip(), remark


def _is_character(inside: str, before: str, behind: str) -> bool:
    """Whether brackets hold one of the name's characters: among the others, behind a family name alone, or plainly described."""
    before, behind = before.strip(), behind.strip()
    if not _NAME_CHARACTERS.fullmatch(inside) or inside in _SEXES:
        return False
    if _DESCRIPTION.fullmatch(inside) or len(before) == 1 or before in COMPOUND_SURNAMES:
        return True
    if not before:
        return len(inside) == 1 and inside not in _REMARKS_OF_ONE
    return _NAME_CHARACTERS.match(behind) is not None


def lost_in(name: PersonName) -> tuple[bool, ...]:
    """Of which kinds characters are missing in a name: of a private font (True), otherwise lost (False); none in nearly all names."""
    if LOST not in name.compare:
        return ()
    private = len(_PRIVATE.findall(name.text))
    return (*((True,) if private else ()), *((False,) if name.compare.count(LOST) > private else ()))


def compare_form(name: str) -> str:
    """NFKC, simplified, without blanks; dots unified to ·; each lost character a '?'."""
    plain = unicodedata.normalize("NFKC", name)
    plain = "".join(SIMPLIFIED.get(c, c) for c in plain if not c.isspace())
    return _DOTS.sub("·", _LOST_CHARACTERS.sub(LOST, plain)).strip("·").upper()


def split_names(text: str) -> list[str]:
    """Several persons in one cell: '李小雨、李小明' -> two; a name with a dot or a blank inside stays one."""
    plain = _REMARKS.sub(lambda found: _SEPARATORS.sub(" ", found[0]), clean(text.replace("\n", "、")))  # a remark is no list
    return [part.strip() for part in _SEPARATORS.split(plain) if part.strip()]


def bigrams(name: str) -> tuple[str, ...]:
    """The pairs of neighbouring characters, for searching inside names."""
    return tuple(dict.fromkeys(name[i : i + 2] for i in range(len(name) - 1))) or (name,)


def _shown(stem: str) -> str:
    """The name without blanks inside, as it is shown: '王 小 禾' -> '王小禾', 'Anna Li' stays."""
    return stem if re.search(r"[A-Za-z]", stem) else re.sub(r"\s+", "", stem)
