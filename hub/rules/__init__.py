"""Cross-checks and programmes: small, named, dated, cited. The registers are ordered tuples that one can read."""

from hub.rules.rule import Rule
from hub.rules.unenrolled_disabled import UNENROLLED_DISABLED

RULES: tuple[Rule, ...] = (UNENROLLED_DISABLED,)
