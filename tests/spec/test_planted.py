"""The planted truth of the demo city: every rule has cases, and near misses just short of what it finds."""

from collections import Counter

import pytest

from hub.demo import ROUNDS, SPRING, happen, planted
from hub.demo.truth import findings, near_misses, of_schools
from hub.rules import RULES

SEEDS = (1, 2, 3, 5)


def truth(seed, folder, rounds):
    """(rule, person or school) of the cases, and of the near misses, of a city of 3,000 children after these rounds."""
    city = planted(3_000, seed)
    for number, day in enumerate(rounds, start=1):
        happen(city, number, day, folder)
    cases = {(rule, someone) for rule, someone, *_ in (*findings(city, rounds), *of_schools(city))}
    return cases, {(rule, someone or school) for rule, someone, _, school, _ in near_misses(city, rounds)}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_rule_has_three_cases_and_a_near_miss(seed, tmp_path):
    """E.5-7 has them in spring only; what was near in autumn and went on is a case by then."""
    autumn, near = truth(seed, tmp_path, ROUNDS)
    spring, near_in_spring = truth(seed, tmp_path, (*ROUNDS, SPRING))
    numbers = {rule.number for rule in RULES}
    counted, missed = Counter(rule for rule, _ in autumn), {rule for rule, _ in near | near_in_spring}
    assert {rule for rule in numbers if counted[rule] < 3} == {"E.5-7"}
    assert Counter(rule for rule, _ in spring)["E.5-7"] >= 3
    assert missed == numbers == {rule for rule, _ in autumn | spring}
    assert not autumn & near and not spring & near_in_spring
