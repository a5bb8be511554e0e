"""How old a list may be before it proves nothing by whom it leaves out (D-32): one limit a source, for cross-checks and programmes alike."""

from hub.rules import RULES

#: Lists that programmes look in and no cross-check needs: their cadence and a month, as the cross-checks allow the others.
OTHERS = {
    "civil_affairs.destitute_support": 62,
    "civil_affairs.disability_subsidy": 62,
    "poverty_relief.household": 123,
}
LIMITS = {source: days for source, days in sorted(
    [(need.source, need.max_age_days) for rule in RULES for need in rule.needs], key=lambda told: -told[1]
)} | OTHERS  # of several limits the strictest


def limit_days(source: str) -> int:
    """The greatest age in days at which a list still speaks; KeyError where nobody has said it."""
    return LIMITS[source]
