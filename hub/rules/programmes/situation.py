"""What is known of a child when entitlements are judged, and the three-valued answers; a thing not told is never taken for false."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Answer(StrEnum):
    """What a programme's rule says of a child."""

    RECEIVING = "RECEIVING"  # 已享受
    DUE = "DUE"  # 应享未享
    NOT_DUE = "NOT_DUE"  # 不符合
    UNKNOWN = "UNKNOWN"  # 资料不足: somebody can settle it


@dataclass(frozen=True, slots=True)
class Basis:
    """A fact that an answer rests on: what it says, in whose words, as of when."""

    says: str
    source: str
    record: int
    as_of: date | None


@dataclass(frozen=True)
class Situation:
    """A child's facts on a day. Each is None where no source told it; ``delivered`` says which sources have told anything at all."""

    on: date
    born: tuple[date, date] | None  # the first and the last day that the birth date can mean
    delivered: frozenset[str]
    grade: int | None = None  # of an active enrolment; None: no active enrolment known
    boards: bool | None = None
    school_disability: bool | None = None
    certificate_level: str | None = None  # of a valid certificate; '' where the level is not told
    certified: bool = False
    standings: frozenset[str] = frozenset()  # programmes in which the child stands: F01, F03, F04, F05, F06, POV
    rural_allowance: bool | None = None
    lifted: bool | None = None  # of a household lifted out of poverty (脱贫户), not only watched (边缘易致贫户)
    paid: frozenset[str] = frozenset()
    father: str | None = None  # situation of the parent list, '死亡', or '正常'
    mother: str | None = None
    parent_cares: bool | None = None  # a parent is named as the guardian
    basis: tuple[Basis, ...] = ()

    @property
    def ages(self) -> tuple[int, int] | None:
        """The least and the greatest age in full years; the same where the day of birth is known."""
        if self.born is None:
            return None
        oldest, youngest = (self.on.year - b.year - ((self.on.month, self.on.day) < (b.month, b.day)) for b in self.born)
        return youngest, oldest

    def told_by(self, source: str) -> bool:
        """Whether a source has delivered: then a child it does not list is not on its list."""
        return source in self.delivered


@dataclass(frozen=True)
class Judgement:
    """A programme's answer about a child, why, and – where it cannot be told – what is missing and who can settle it."""

    answer: Answer
    reason_zh: str
    reason_en: str
    missing: tuple[str, ...] = ()
    department: str | None = None


@dataclass(frozen=True)
class Programme:
    """One programme: its rule is a pure function of a situation; ``since`` and ``until`` bound the rule's dates."""

    code: str
    name_zh: str
    name_en: str
    payer: str
    cites: str
    since: date
    until: date | None
    judge: Callable[[Situation], Judgement]
    household_level: bool = False
    amounts: tuple[tuple[date, str, str], ...] = field(default=())  # (from, what, yuan): national ones only


def unknown(missing: str, department: str, why_zh: str, why_en: str) -> Judgement:
    """It cannot be told: this is missing, and this department can settle it."""
    return Judgement(Answer.UNKNOWN, why_zh, why_en, (missing,), department)


def not_due(zh: str, en: str) -> Judgement:
    """Not entitled, for this reason."""
    return Judgement(Answer.NOT_DUE, zh, en)


#: Lists of payments, and who sends them: as long as none of a programme's has come, nobody is told to go without.
PAYMENT_LISTS = {
    "F07": ("civil_affairs", ("civil_affairs.disability_subsidy", "finance.aid_payment")),
    "F08": ("civil_affairs", ("civil_affairs.disability_subsidy", "finance.aid_payment")),
    "F11": ("finance", ("finance.aid_payment",)),
    "F12": ("finance", ("finance.aid_payment",)),
}


def due_or_receiving(situation: Situation, code: str, zh: str, en: str) -> Judgement:
    """Entitled: receiving if it is paid or recognised; due if a list of payments has come and does not show it."""
    if code in situation.paid or code in situation.standings:
        return Judgement(Answer.RECEIVING, f"{zh}；已发放", f"{en}; it is paid")
    department, lists = PAYMENT_LISTS[code]
    if not any(situation.told_by(source) for source in lists):
        return unknown("发放名单", department, f"{zh}；未提供发放名单", f"{en}; no list of payments has been delivered")
    return Judgement(Answer.DUE, f"{zh}；未见发放", f"{en}; no payment is seen")
