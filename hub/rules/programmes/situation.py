"""What is known of a child when entitlements are judged, and the three-valued answers; a thing not told is never taken for false."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from hub.rules.limits import limit_days

#: The lists that programmes look in, by what they are called; who sends one is the first part of its name.
LISTS = {
    "education.student_register": ("学籍", "student register"),
    "disabled_persons.certificate": ("持证残疾人名单", "list of certificates"),
    "civil_affairs.minimum_living_allowance": ("低保名单", "list of the minimum living allowance"),
    "civil_affairs.destitute_support": ("特困人员名单", "list of people in extreme hardship"),
    "civil_affairs.child_welfare": ("孤儿和事实无人抚养儿童名单", "list of orphans and children without care"),
    "civil_affairs.disability_subsidy": ("残疾人两项补贴发放名单", "list of disability subsidies"),
    "poverty_relief.household": ("脱贫户和监测户名单", "list of households lifted out of poverty or watched"),
    "finance.aid_payment": ("资助发放名单", "list of aid paid"),
}


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


@dataclass(frozen=True, slots=True)
class Gone:
    """The child has died, or is no longer registered here: why, since when (None: not told), and who says so."""

    dead: bool
    zh: str
    en: str
    since: date | None
    paid: frozenset[str] = frozenset()  # programmes that a list still shows the child in, or that were paid after that day


@dataclass(frozen=True, slots=True)
class CareEnded:
    """The allowance for orphans or children without care ended: by adoption, or because a parent can care again; ``doubted``: a parent's
    situation is told that began later."""

    adopted: bool
    since: date
    doubted: bool


@dataclass(frozen=True)
class Situation:
    """A child's facts on a day. Each is None where no source told it.

    ``delivered`` says which lists have come by that day, with the latest date each speaks for; ``waiting`` those of whose rows one
    waits in quarantine that may be this child's, ``held`` those of which the newest delivery waits for a person.
    """

    on: date
    born: tuple[date, date] | None  # the first and the last day that the birth date can mean
    delivered: Mapping[str, date]
    waiting: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    gone: Gone | None = None
    grade: int | None = None  # of an active enrolment; None: no active enrolment known, or its grade is not told
    grade_blank: bool = False  # there is an active enrolment, and its grade is not told
    place_unclear: bool = False  # a place in compulsory school tells neither that the pupil is there nor that it is over
    vocational: bool = False  # on the register of a vocational school
    boards: bool | None = None
    school_disability: bool | None = None
    certificate_level: str | None = None  # of a valid certificate; '' where the level is not told
    certified: bool = False
    perhaps_certified: bool = False  # by a certificate whose state nobody can read
    standings: frozenset[str] = frozenset()  # programmes in which the child stands: F01, F03, F04, F05, F06, POV
    perhaps_standing: frozenset[str] = frozenset()  # those whose state on their list nobody can read
    rural_allowance: bool | None = None
    lifted: bool | None = None  # of a household lifted out of poverty (脱贫户), not only watched (边缘易致贫户)
    hardships: frozenset[str] = frozenset()  # kinds that neither standing nor the child's own certificate tells: 残疾人子女, 孤儿 by the school (C.15)
    may_descend_from_martyrs: bool = False  # the school says 烈士或优抚子女, of which only the first is a kind of hardship
    paid: frozenset[str] = frozenset()
    paid_by: frozenset[tuple[str, str]] = frozenset()  # programmes that were paid, also long ago, each with the list that tells it
    perhaps_paid: frozenset[str] = frozenset()  # by payments whose programme nobody can read, or whose state is not told to be paid or returned
    father: str | None = None  # situation of the parent list, '死亡', or '正常'
    mother: str | None = None
    care_ended: CareEnded | None = None
    parents_closed: bool = False  # to whoever asks a list is closed that may tell that a parent cannot care
    parent_cares: bool | None = None  # a parent is named as the guardian
    basis: tuple[Basis, ...] = ()

    @property
    def enrolled(self) -> bool:
        """Whether there is an active place on the register of pupils."""
        return self.grade is not None or self.grade_blank

    @property
    def studies(self) -> bool:
        """Whether there is a place at any school that sends a register."""
        return self.enrolled or self.vocational

    @property
    def ages(self) -> tuple[int, int] | None:
        """The least and the greatest age in full years; the same where the day of birth is known."""
        if self.born is None:
            return None
        oldest, youngest = (self.on.year - b.year - ((self.on.month, self.on.day) < (b.month, b.day)) for b in self.born)
        return youngest, oldest

    def unsure(self, *lists: str) -> "Judgement | None":
        """UNKNOWN where the child's absence from one of some lists proves nothing: it has not come, it is too old (D-32), or a row of it
        that may be this child's waits in quarantine. None where whom they leave out is on none of them."""
        doubts = [(source, doubt) for source in lists if (doubt := self._doubt(source))]
        if not doubts:
            return None
        missing, zh, en = zip(*(doubt for _, doubt in doubts), strict=True)
        return Judgement(Answer.UNKNOWN, "；".join(zh), "; ".join(en), missing, doubts[0][0].partition(".")[0])

    def unclear(self, *codes: str) -> "Judgement | None":
        """UNKNOWN where the child is on the list of one of some programmes and nobody can read with which state."""
        if not self.perhaps_standing.intersection(codes):
            return None
        return unknown("保障状态", "civil_affairs", "在名单上，保障状态无法认定", "on the list, with a state that cannot be read")

    def unclear_certificate(self) -> "Judgement | None":
        """UNKNOWN where the child has a certificate and nobody can read with which state."""
        if not self.perhaps_certified:
            return None
        return unknown("证件状态", "disabled_persons", "在持证名单上，证件状态无法认定", "on the list of certificates, with a state that cannot be read")

    def speaks(self, source: str) -> bool:
        """Whether a list has come and is young enough to prove something by whom it leaves out."""
        return source in self.delivered and (self.on - self.delivered[source]).days <= limit_days(source)

    def _doubt(self, source: str) -> tuple[str, str, str] | None:
        zh, en = LISTS[source]
        if source not in self.delivered:
            return zh, f"未提供{zh}", f"no {en} has been delivered"
        told, limit = self.delivered[source], limit_days(source)
        if not self.speaks(source):
            return f"{zh}（现有截至{told}）", f"{zh}截至{told}，已超过{limit}天", f"the {en} is of {told}, older than {limit} days"
        if source in self.waiting:
            return (
                f"{zh}（隔离行，截至{told}）",
                f"{zh}中有一行可能是该儿童，尚在隔离区",
                f"a row of the {en} that may be this child's waits in quarantine",
            )
        return None


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
    rule: Callable[[Situation], Judgement]
    household_level: bool = False
    with_place: bool = False  # it goes with the place at a school here, wherever the child is registered (F10 to F12)
    amounts: tuple[tuple[date, str, str], ...] = field(default=())  # (from, what, yuan): national ones only

    def judge(self, situation: Situation) -> Judgement:
        """What the programme says of the child. Nothing is due to who has died or is registered elsewhere; what is still paid is said (E.10 OVER)."""
        gone = situation.gone
        if gone and (gone.dead or not (self.with_place and (situation.enrolled or situation.place_unclear))):
            if self.code in gone.paid:
                return not_due(f"{gone.zh}；仍在名单或仍有发放，应予核减", f"{gone.en}; still on the list or still paid: to be stopped")
            return not_due(gone.zh, gone.en)
        judged = self.rule(situation)
        if judged.answer is Answer.NOT_DUE and self.code in situation.paid | situation.standings:
            return not_due(f"{judged.reason_zh}；仍有发放，应予核查", f"{judged.reason_en}; still paid: to be looked at")
        return judged


def unknown(missing: str, department: str, why_zh: str, why_en: str) -> Judgement:
    """It cannot be told: this is missing, and this department can settle it."""
    return Judgement(Answer.UNKNOWN, why_zh, why_en, (missing,), department)


def not_due(zh: str, en: str) -> Judgement:
    """Not entitled, for this reason."""
    return Judgement(Answer.NOT_DUE, zh, en)


#: Lists of payments: before anybody is told to go without, one of a programme's must speak, and each that has paid the child, and none may
#: have a delivery or a row that waits.
PAYMENT_LISTS = {
    "F07": ("civil_affairs.disability_subsidy", "finance.aid_payment"),
    "F08": ("civil_affairs.disability_subsidy", "finance.aid_payment"),
    "F11": ("finance.aid_payment",),
    "F12": ("finance.aid_payment",),
}


def due_or_receiving(situation: Situation, code: str, zh: str, en: str) -> Judgement:
    """Entitled: receiving if it is paid or recognised; due if a list of payments speaks and does not show it."""
    if code in situation.paid or code in situation.standings:
        return Judgement(Answer.RECEIVING, f"{zh}；已发放", f"{en}; it is paid")
    lists = PAYMENT_LISTS[code]
    if code in situation.perhaps_paid:
        return unknown(
            "发放的项目或状态",
            lists[0].partition(".")[0],
            f"{zh}；有一笔发放，其项目或状态无法认定",
            f"{en}; there is a payment, of which it cannot be told for what it is or whether it arrived",
        )
    for source in lists:
        if source in situation.held:
            name_zh, name_en = LISTS[source]
            why_zh, why_en = f"{zh}；{name_zh}有一批待人工放行", f"{en}; a delivery of the {name_en} waits for a person"
            return unknown(f"{name_zh}（待放行）", source.partition(".")[0], why_zh, why_en)
    heard = tuple(source for source in lists if situation.speaks(source) or source in situation.waiting or (code, source) in situation.paid_by)
    doubt = situation.unsure(*(heard or lists))
    if doubt:
        return replace(doubt, reason_zh=f"{zh}；{doubt.reason_zh}", reason_en=f"{en}; {doubt.reason_en}")
    return Judgement(Answer.DUE, f"{zh}；未见发放", f"{en}; no payment is seen")
