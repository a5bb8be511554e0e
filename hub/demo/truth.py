"""The planted truth: who is who, who is out of school, who is entitled to what – told from the city, not from its lists."""

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.demo.aid import TWO_PAYMENTS, derived_aid, recognised
from hub.demo.checks import derived, of_schools
from hub.demo.city import REFERENCE, City, Household, Person
from hub.demo.near import derived_near, near_schools
from hub.demo.sheets import Round

PROGRAMMES = ("F01", "F05", "F06", "F07", "F08", "F10", "F11", "F12")
RECEIVING, DUE, NOT_DUE, UNKNOWN = "RECEIVING", "DUE", "NOT_DUE", "UNKNOWN"


def write_truth(last: Round, folder: Path, rounds: tuple[date, ...]) -> None:
    """Write persons.csv, unenrolled.csv, findings.csv, schools.csv, near.csv and entitlements.csv, as things are on the day of the last round."""
    city, day = last.city, rounds[-1]
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "persons.csv",
        ("person_id", "kind", "name", "sex", "born", "number", "township", "household"),
        (
            (p.id, "child" if p.age(day) < 18 else "adult", p.name, p.sex, p.born.isoformat(), p.number, p.township, p.household)
            for p in (*city.people(), *city.unregistered)
        ),
    )
    _write(folder / "unenrolled.csv", ("rule", "person_id", "number", "answer", "why"), unenrolled(city))
    _write(folder / "findings.csv", ("rule", "person_id", "number", "why", "through"), findings(city, rounds, last.named_differently()))
    _write(folder / "schools.csv", ("rule", "school", "why"), sorted(set(of_schools(city))))
    _write(folder / "near.csv", ("rule", "person_id", "number", "school", "why"), near_misses(city, rounds))
    _write(folder / "entitlements.csv", ("programme", "person_id", "number", "answer"), entitlements(city, day))


def unenrolled(city: City) -> Iterator[tuple[str, ...]]:
    """Each disabled child of compulsory age: truly unenrolled (YES), or not (NO) and why."""
    for child in city.children():
        if _certified(child) and 6 <= child.age(REFERENCE) <= 17:
            yield "E.1", child.id, child.number, "YES" if is_unenrolled(child) else "NO", child.where


def findings(city: City, rounds: tuple[date, ...], named_differently: Collection[str] = ()) -> Iterator[tuple[str, ...]]:
    """What the cross-checks should find of whom, and through whom besides: E.1 disabled, E.2 prisoners' and E.3 poor children out of school, A-87 all of them …"""
    for rule, id_, number, why in _of_children(city, rounds):
        yield rule, id_, number, why, ""
    for child, household in _families(city):
        for rule, why, through in derived_aid(child, household, rounds[-1]):
            yield rule, child.id, child.number, why, through
        if child.age(rounds[-1]) < 6 and child.alive(rounds[-1]) and _Case(child, household, rounds[-1]).answer("F05") == DUE:
            for parent in (child.father, child.mother):  # whom its birth certificate names
                yield "E.10-2", child.id, child.number, "both parents have died, and nobody has recognised it", parent.number if parent else ""
    for child in city.children():
        if child.id in named_differently and "E.11-2" not in child.near:
            yield "E.11-2", child.id, child.number, "a list has a name that was only heard", ""


def near_misses(city: City, rounds: tuple[date, ...]) -> Iterator[tuple[str, ...]]:
    """Who is just short of what a rule finds, planted and drawn, and which schools."""
    for person in city.people():
        for rule, why in person.near.items():
            yield rule, person.id, person.number, "", why
    found = {(rule, id_) for rule, id_, *_ in findings(city, rounds)}
    for child, household in _families(city):
        for rule, why in derived_near(child, household, rounds[-1]):
            if rule not in child.near and (rule, child.id) not in found:
                yield rule, child.id, child.number, "", why
    for rule, school, why in near_schools(city, {(rule, school) for rule, school, _ in of_schools(city)}):
        yield rule, "", "", school, why


def _of_children(city: City, rounds: tuple[date, ...]) -> Iterator[tuple[str, str, str, str]]:
    for child, household in _families(city):
        if child.deceased and {"F07", "F08"} & child.paid and child.deceased + TWO_PAYMENTS < rounds[-1].replace(day=20):
            yield "E.10-3", child.id, child.number, "a subsidy was paid more than two payment periods after death"
        if child.deceased and recognised(child) and child.deceased + TWO_PAYMENTS < rounds[-1]:
            yield "E.11-6", child.id, child.number, "recognised as before, and dead for more than two payment periods"
        lacks = [programme for programme in ("F07", "F08", "F11", "F12") if _Case(child, household, rounds[-1]).answer(programme) == DUE]
        if lacks and child.alive(rounds[-1]) and not (child.left and child.left <= rounds[-1]):
            yield "E.10-1", child.id, child.number, f"{', '.join(lacks)} is due and not paid"
        for rule, why in {**dict(derived(child, household)), **child.cases}.items():
            yield rule, child.id, child.number, why
        if child.where == "VOCATIONAL" and 6 <= child.age(REFERENCE) < 15 and "A-87" not in child.near:
            yield "A-87", child.id, child.number, "on a vocational register only, before fifteen"
        if is_unenrolled(child):
            age = child.age(REFERENCE)
            compulsory = 6 <= age <= 15
            if _certified(child) and 6 <= age <= 17:
                yield "E.1", child.id, child.number, f"{child.where}: {child.disability} {child.level}"
            if compulsory:
                yield "A-87", child.id, child.number, child.where
            if compulsory and any(parent and parent.in_prison(day) for parent in (child.father, child.mother) for day in rounds):
                yield "E.2", child.id, child.number, f"{child.where}: a parent is in prison"
            if compulsory and (household.allowance or household.poverty or recognised(child)):
                told = household.allowance or household.poverty or "recognised as an orphan or without care"
                yield "E.3", child.id, child.number, f"{child.where}: {told}"
        if "用工备案" in child.said and "E.8" not in child.cases and child.age(date.fromisoformat(child.said["用工备案"]["合同起始"])) < 16:
            yield "E.8", child.id, child.number, "a contract before the age of 16"
    for person in (*city.residents, *(p for p in city.people() if p.age(REFERENCE) >= 18)):
        for rule, why in person.cases.items():
            yield rule, person.id, person.number, why
    for child in city.residents:  # in no school's register of the city, and nowhere else as far as anybody can tell
        if 6 <= child.age(REFERENCE) <= 15 and child.where != "SCHOOL":
            yield "A-87", child.id, child.number, "lives here with a permit"


def is_unenrolled(child: Person) -> bool:
    """Out of school or dropped out: nothing else accounts for the child."""
    return child.where in ("OUT", "DROPOUT", "OLDER")


def entitlements(city: City, day: date) -> Iterator[tuple[str, ...]]:
    """For every child who lives here and every programme: what is so. UNKNOWN only where no department could tell it."""
    for child, household in _families(city):
        if child.age(day) < 18 and child.alive(day) and not (child.left and child.left <= day):
            case = _Case(child, household, day)
            for programme in PROGRAMMES:
                yield programme, child.id, child.number, case.answer(programme)


@dataclass(frozen=True)
class _Case:
    """A child, its household and a day, for the conditions of each programme (domain F)."""

    child: Person
    household: Household
    day: date

    def answer(self, programme: str) -> str:
        """RECEIVING, DUE, NOT_DUE, or UNKNOWN."""
        if programme == "F01":  # a household's income and property stand in no list
            return RECEIVING if self._allowance else UNKNOWN
        if programme in ("F05", "F06"):  # recognised is receiving
            entitled = self._orphaned if programme == "F05" else self._without_care
            return RECEIVING if programme in recognised(self.child) else DUE if entitled else NOT_DUE
        if programme == "F10":  # comes with the place
            return RECEIVING if self._pupil else NOT_DUE
        entitled = {
            "F07": self._certificate_in_force and self._allowance,
            "F08": self._certificate_in_force and self.child.level <= 2,
            "F11": self._pupil and self.child.boards and self._needy,
            "F12": self._pupil and not self.child.boards and self._of_the_four_kinds,
        }[programme]
        return NOT_DUE if not entitled else RECEIVING if programme in self.child.paid and "E.10-5" not in self.child.cases else DUE

    @property
    def _certificate_in_force(self) -> bool:
        return _certified(self.child) and "E.11-12" not in self.child.cases

    @property
    def _allowance(self) -> bool:
        return self.household.allowance in ("城市低保", "农村低保")

    @property
    def _pupil(self) -> bool:
        return self.child.where == "SCHOOL" and 1 <= self.child.grade <= 9

    @property
    def _needy(self) -> bool:
        return bool(self.household.allowance or self.household.poverty or self._disabled or recognised(self.child))

    @property
    def _disabled(self) -> bool:
        """In truth, or as the school's register has it."""
        return bool(self.child.disability) or self.child.said.get("学生基础信息", {}).get("残疾类型", "无残疾") != "无残疾"

    @property
    def _of_the_four_kinds(self) -> bool:
        lifted = self.household.poverty.startswith("脱贫")
        destitute = "E.10-4" in self.child.cases  # an orphan on that list, too
        return bool(self._disabled or lifted or destitute or self.household.allowance == "农村低保")

    @property
    def _orphaned(self) -> bool:
        parents = (self.child.father, self.child.mother)
        return all(parent is not None and not parent.alive(self.day) for parent in parents)

    @property
    def _without_care(self) -> bool:
        """Each parent in prison, out of reach or dead, and not both dead (民发〔2019〕62号)."""
        parents = (self.child.father, self.child.mother)
        return not self._orphaned and all(
            parent is not None and (not parent.alive(self.day) or parent.in_prison(self.day) or parent.lost) for parent in parents
        )


def _families(city: City) -> Iterator[tuple[Person, Household]]:
    """Every registered child with the register household."""
    return ((child, household) for household in city.households for child in household.children())


def _certified(child: Person) -> bool:
    return bool(child.disability) and child.certificate == "正常"


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
