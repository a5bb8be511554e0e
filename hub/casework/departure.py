"""Whether a child has died, is no longer on the household register here, or no longer needs care; each counts from its day on (E.0.5, B.5)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from hub.casework.plan_inputs import gives
from hub.rules import DEFINITIONS
from hub.rules.programmes.situation import CareEnded, Gone

MOVED = frozenset({"迁出", "出国(境)注销"})
DEAD, CANCELLED, WITHIN = "死亡注销", "注销", "市内迁移"
OF_FEDERATION, OF_SCHOOL = "注销(死亡)", "死亡"
WELFARE = frozenset({"F05", "F06"})
CHILD_DIED = re.compile(str(DEFINITIONS["died"].parameters["child_died"].default))
PUNCTUATION = re.compile(r"[\s,，.。;；、()（）]")
CARED_FOR = {"ADOPTED": re.compile("收养"), "RESTORED": re.compile("恢复")}
NOT_CARED_FOR = re.compile("(未|没|无|不|待|拟|可能)[^，,。；;]{0,3}(收养|恢复)|(解除|终止|撤销|取消)[^，,。；;]{0,2}收养|收养[^，,。；;]{0,4}(解除|终止|无效|撤销|失败|不成|未)|恢复[^，,。；;]{0,6}(失败|未果|不能|无望)")


def departure(facts: Mapping[str, Sequence[Any]], named: Sequence[Any], on: date, standings: frozenset[str]) -> Gone | None:
    """Dead by any date of death, by the register, or by why the allowance for children without care ended (终止原因); by federation or school alone only where no entry of the register stands. Moved
    away or gone abroad where no entry stands; a second entry cancelled as 重户 says nothing. None where nothing of that is told."""
    register = facts["hukou_registration"]
    days = [row["deceased_on"] for row in (*named, *register) if row["deceased_on"]]
    cancelled = [_cancelled(row) for row in register if DEAD in (row["register_state"], row["cancel_reason"])]
    days += [day for day in cancelled if day]
    days += welfare_deaths(facts)
    undated = None in cancelled and not days
    if not days and not undated and not registered(facts, on) and (said := reported_dead(facts)):
        days = [said]
    past = [day for day in days if day <= on]
    if past or undated:
        since = min(past) if past else None
        when = f"（{since}）" if since else ""
        return Gone(True, f"已死亡{when}", f"died{f' on {since}' if since else ''}", since, _still_paid(facts, standings, since))
    ended = [row for row in register if _ended(row, on)]
    if not ended or registered(facts, on):
        return None
    since = min((day for row in ended if (day := row["cancelled_on"])), default=None)
    abroad = any("出国(境)注销" in _why(row) for row in ended)
    zh, en = ("户籍已因出国（境）注销", "register entry cancelled on going abroad") if abroad else ("户籍已迁出", "moved to a register elsewhere")
    return Gone(False, zh + (f"（{since}）" if since else ""), en + (f" on {since}" if since else ""), since, _still_paid(facts, standings, since))


def registered(facts: Mapping[str, Sequence[Any]], on: date) -> bool:
    """Whether an entry of the household register stands on the day."""
    return any(not _ended(row, on) and not _void(row, on) for row in facts["hukou_registration"])


def reported_dead(facts: Mapping[str, Sequence[Any]]) -> date | None:
    """Since when federation or school say that the child has died."""
    told = [row["valid"].lower for row in facts["certificate"] if row["state"] == OF_FEDERATION]
    told += [row["valid"].lower for row in facts["enrolment"] if row["state"] == OF_SCHOOL]
    return min((day for day in told if day), default=None)


def welfare_deaths(facts: Mapping[str, Sequence[Any]]) -> list[date]:
    """When the allowance for orphans or children without care ended because the child died."""
    ended = [row for row in _stops(facts) if CHILD_DIED.search(PUNCTUATION.sub("", row["stop_reason"]))]
    return [day for row in ended if (day := _stopped_on(row))]


def care_ended(facts: Mapping[str, Sequence[Any]]) -> CareEnded | None:
    """Why that allowance ended last, where an adoption or a parent's recovery is the reason, and whether a parent's situation begins later
    in what another row tells."""
    ended = [(day, why, row) for row in _stops(facts) if (day := _stopped_on(row)) for why, says in CARED_FOR.items() if says.search(row["stop_reason"]) and not NOT_CARED_FOR.search(row["stop_reason"])]
    if not ended:
        return None
    day, why, stop = max(ended, key=lambda one: one[0])
    told = [row["valid"].lower for row in facts["parent_situation"] if row["record"] != stop["record"] and row["situation"] not in (None, "正常")]
    return CareEnded(why == "ADOPTED", day, any(since and since > day for since in told))


def _stops(facts: Mapping[str, Sequence[Any]]) -> list[Any]:
    return [row for row in facts["assistance"] if row["programme"] in WELFARE and row["state"] == "停保" and row["stop_reason"]]


def _stopped_on(row: Any) -> date | None:
    """The day on which it ended; since when it is told, where no full date is."""
    told: date | None = date.fromisoformat(row["stopped"]) if len(row["stopped"] or "") == 10 else row["valid"].lower
    return told


def _why(row: Any) -> Iterable[str]:
    return {row["register_state"] or "", row["cancel_reason"] or ""}


def _ended(row: Any, on: date) -> bool:
    return bool(MOVED & set(_why(row))) and (row["cancelled_on"] is None or row["cancelled_on"] <= on)


def _void(row: Any, on: date) -> bool:
    """A duplicate entry or one given up for another in this city, or one cancelled for death or for a reason that is not told."""
    if row["cancelled_on"] is not None:
        return bool(row["cancelled_on"] <= on)
    return bool({"重户", WITHIN, DEAD, CANCELLED} & set(_why(row)))


def _cancelled(row: Any) -> date | None:
    day: date | None = row["cancelled_on"] or row["deceased_on"]
    return day


def _still_paid(facts: Mapping[str, Sequence[Any]], standings: frozenset[str], since: date | None) -> frozenset[str]:
    """Programmes whose list still holds the child, or that paid after the day."""
    paid = {
        row["programme"]
        for row in facts["payment"]
        if row["programme"] and row["paid_on"] and since and row["paid_on"] > since and (row["state"] or "成功") == "成功" and gives(row)
    }
    return standings | paid
