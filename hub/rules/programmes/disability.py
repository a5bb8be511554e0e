"""F07 困难残疾人生活补贴 and F08 重度残疾人护理补贴: a valid certificate, and being on the allowance or severely disabled."""

from datetime import date

from hub.rules.programmes.situation import Judgement, Programme, Situation, due_or_receiving, not_due, unknown

CERTIFICATES = "disabled_persons.certificate"
ALLOWANCE = "civil_affairs.minimum_living_allowance"
SEVERE = frozenset({"一级", "二级"})


def judge_living(situation: Situation) -> Judgement:
    """A valid certificate of any level, in a household on the minimum living allowance; what a place widens or bars is for civil affairs."""
    known = _not_certified(situation)
    if known:
        return known
    if "F01" in situation.standings:
        if "F05" in situation.standings and "F07" not in situation.paid | situation.standings:
            return unknown(
                "孤儿能否同时享受", "civil_affairs", "已认定孤儿；能否同时享受由本地规定", "recognised as an orphan; whether both go together is a local rule"
            )
        return due_or_receiving(situation, "F07", "持证残疾且低保在保", "certified, and on the minimum living allowance")
    if "F03" in situation.standings and "F01" not in situation.perhaps_standing:
        if "F07" in situation.paid | situation.standings:
            return due_or_receiving(situation, "F07", "持证残疾且低保边缘", "certified, and at the edge of the allowance")
        return unknown("是否扩大到低保边缘家庭", "civil_affairs", "低保边缘；是否扩大由本地规定", "at the edge of the allowance; whether it is widened so far is a local rule")
    return situation.unclear("F01", "F03") or situation.unsure(ALLOWANCE) or not_due("不在低保名单", "not on the minimum living allowance")


def judge_care(situation: Situation) -> Judgement:
    """A valid certificate of level 1 or 2."""
    known = _not_certified(situation)
    if known:
        return known
    if not situation.certificate_level:
        return unknown("残疾等级", "disabled_persons", "残疾等级不明", "the level is not told")
    if situation.certificate_level in SEVERE:
        return due_or_receiving(situation, "F08", "残疾一级或二级", "level 1 or 2")
    return not_due("残疾等级为三级或四级", "level 3 or 4")


def _not_certified(situation: Situation) -> Judgement | None:
    if situation.certified:
        return None
    return situation.unclear_certificate() or situation.unsure(CERTIFICATES) or not_due("无有效残疾人证", "no valid certificate")


F07 = Programme(
    "F07",
    "困难残疾人生活补贴",
    "Living subsidy for disabled people in need",
    "civil_affairs",
    "国发〔2015〕52号",
    date(2016, 1, 1),
    None,
    judge_living,
)
F08 = Programme(
    "F08",
    "重度残疾人护理补贴",
    "Care subsidy for severely disabled people",
    "civil_affairs",
    "国发〔2015〕52号",
    date(2016, 1, 1),
    None,
    judge_care,
)
