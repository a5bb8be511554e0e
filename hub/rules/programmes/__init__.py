"""Programmes of support: who is entitled, in three-valued logic; ordered by code."""

from hub.rules.programmes.allowance import F01
from hub.rules.programmes.children_without_care import CANNOT_CARE, F05, F06, GONE, SHORT
from hub.rules.programmes.disability import F07, F08
from hub.rules.programmes.schooling import F10, F11, F12
from hub.rules.programmes.situation import LISTS, PAYMENT_LISTS, Answer, Basis, Judgement, Programme, Situation

__all__ = ["CANNOT_CARE", "GONE", "LISTS", "PAYMENT_LISTS", "PROGRAMMES", "SHORT", "Answer", "Basis", "Judgement", "Programme", "Situation"]

PROGRAMMES: tuple[Programme, ...] = (F01, F05, F06, F07, F08, F10, F11, F12)
