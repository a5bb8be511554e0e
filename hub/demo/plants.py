"""What is planted in a drawn city beside its drawn lives: orphans, mothers out of reach, boarders in near-poverty, the unregistered.

Each has random numbers of its own, so that the city drawn before stays as it is.
"""

from datetime import date
from random import Random

from hub.demo import names
from hub.demo.city import REFERENCE, SCHOOL_YEAR, City, Household, Person

FIRST_TWO = slice(1, 30, 20)  # so that a small city has orphans too, one household recognised and one not
FURTHER = slice(200, None, 200)


def plant(city: City) -> None:
    """Plant orphans, mothers out of reach, boarders of households near the allowance and children in no register."""
    rng = Random(f"{city.seed}/plants")
    raised = [household for household in city.households if raised_by_grandparents(household)]
    for place, household in enumerate((*raised[FIRST_TWO], *raised[FURTHER])):
        _orphan(household, rng, recognised=place % 2 == 0)
    for household in list(city.sampled(250)):
        _unregistered(city, household, rng)
    for household in city.households:
        for child in household.children():
            if "F06" in child.aid and child.mother and not child.mother.lost:
                child.mother.lost = date(rng.randint(2020, 2024), rng.randint(1, 12), 1)
            needy = household.allowance == "低保边缘" or "F05" in child.aid
            if needy and child.boards and child.where == "SCHOOL" and 1 <= child.grade <= 9 and "F11" not in child.aid:
                child.aid["F11"] = "符合"
                if rng.random() < 0.85:
                    child.paid.add("F11")


def _unregistered(city: City, household: Household, rng: Random) -> None:
    """A last child of the family that nobody has registered."""
    elder = household.children()[-1:]
    if elder and elder[0].father and elder[0].mother:
        sex = rng.choice("12")
        born = date(rng.randint(SCHOOL_YEAR - 4, SCHOOL_YEAR - 2), rng.randint(1, 12), rng.randint(1, 28))
        name = elder[0].name[:1] + names.given(rng, sex, born.year)
        id_ = f"N{len(city.unregistered) + 1:07d}"
        child = Person(id_, name, sex, born, "", household.head.township, household.head.village, household.id)
        child.father, child.mother, child.where = elder[0].father, elder[0].mother, "TOO_YOUNG"
        city.unregistered.append(child)


def raised_by_grandparents(household: Household) -> bool:
    """Whether a grandparent looks after each of its children, and nobody of it is in prison."""
    children = household.children()
    parents = {id(parent) for child in children for parent in (child.father, child.mother)}
    return (
        bool(children)
        and id(household.head) not in parents
        and all(child.guardian and id(child.guardian) not in parents for child in children)
        and not any(member.sentence for member in household.members)
    )


def _orphan(household: Household, rng: Random, *, recognised: bool) -> None:
    """Both parents have died; civil affairs has recognised it, or nobody has looked."""
    for child in household.children():
        child.left_behind = ""
        if recognised and child.alive(REFERENCE):
            child.aid["F05"] = "社会散居孤儿"
        for parent in (child.father, child.mother):
            if parent and not parent.deceased:
                parent.deceased = date(rng.randint(2021, 2025), rng.randint(1, 12), rng.randint(1, 28))
