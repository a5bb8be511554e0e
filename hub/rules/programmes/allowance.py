"""F01 最低生活保障: a household's income decides, which no department sends; only being recognised can be told."""

from datetime import date

from hub.rules.programmes.situation import Answer, Judgement, Programme, Situation, unknown

SOURCE = "civil_affairs.minimum_living_allowance"


def judge(situation: Situation) -> Judgement:
    """Recognised: receiving. Otherwise income and property are missing; civil affairs can settle it."""
    if "F01" in situation.standings:
        return Judgement(Answer.RECEIVING, "低保在保", "covered by the minimum living allowance")
    return situation.unclear("F01") or situation.unsure(SOURCE) or unknown(
        "家庭人均收入和财产状况", "civil_affairs", "不在低保名单；收入和财产无来源", "not on the list; no source tells income and property"
    )


F01 = Programme(
    "F01",
    "最低生活保障",
    "Minimum living allowance",
    "civil_affairs",
    "社会救助暂行办法 9, 12",
    date(2014, 5, 1),
    None,
    judge,
    household_level=True,
)
