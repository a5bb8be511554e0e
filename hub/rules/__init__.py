"""Cross-checks and programmes: small, named, dated, cited. A cross-check is a file in ``checks``; a word it uses, one in ``definitions``."""

from hub.rules.reader import read_definitions, read_rules
from hub.rules.rule import Rule

DEFINITIONS = read_definitions()
RULES: tuple[Rule, ...] = read_rules(definitions=DEFINITIONS)
