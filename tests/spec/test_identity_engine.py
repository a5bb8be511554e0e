"""Who is who, case by case: rows as an office writes them, and whether they are one person."""

from dataclasses import replace

import pytest

from hub.identity.deciding import BY_HARM, Engine, Thresholds
from hub.identity.evidence import Evidence
from hub.identity.weights import shipped
from hub.reviewing import Queue

CHILD = Evidence(
    id=1, record=1, source="public_security.household_register", kind="any", number="210299201205030178", name="王小禾", pinyin="wang xiao he",
    numbered_born="2012-05-03", born="2012-05-03", sex="男性", township="210281101", village="八里庄村", register_household=7,
)  # fmt: skip
PUPIL = replace(CHILD, id=2, record=2, source="education.student_register", kind="child", register_household=None)
NAMELESS = PUPIL.without_number()


def decided(*mentions: Evidence, must: tuple[tuple[int, int], ...] = (), cannot: tuple[tuple[int, int], ...] = ()):
    return Engine(2026, opened=str, must=must, cannot=cannot).decide(list(mentions))


def together(*mentions: Evidence, **pins: tuple[tuple[int, int], ...]) -> bool:
    return len({decision.cluster for decision in decided(*mentions, **pins).decisions}) == 1


def test_one_valid_number_is_one_person():
    assert together(CHILD, PUPIL)


def test_the_same_name_birth_date_and_village_is_one_person_without_a_number():
    assert together(CHILD, NAMELESS)


@pytest.mark.parametrize("number", ["210299201205030000", "210299201205030187", "21029920120503017"])
def test_a_damaged_number_speaks_for_the_one_it_was(number):
    assert together(CHILD, replace(NAMELESS, written=number, village=None))


def test_names_with_nothing_in_common_under_one_number_stay_apart_and_are_reviewed():
    stranger = replace(PUPIL, name="李思远", pinyin="li si yuan", born=None)
    outcome = decided(CHILD, stranger)
    assert len({d.cluster for d in outcome.decisions}) == 2
    assert [pair.kind for pair in outcome.review] == ["NUMBER_CONFLICT"]
    assert all(pair.reasons and sum(weight for _, weight in pair.reasons) == pytest.approx(pair.score, abs=0.002) for pair in outcome.review)


def test_a_row_with_a_name_and_a_school_is_the_pupil_of_that_name_there_and_not_elsewhere():
    listed = Evidence(id=5, record=5, source="education.exam", kind="child", name="王小禾", pinyin="wang xiao he", school=31)
    assert together(replace(PUPIL, school=31), listed)
    assert not together(replace(PUPIL, school=32), listed)
    assert not together(PUPIL, replace(listed, school=None)), "a name alone is nobody"


def test_a_list_of_names_and_schools_has_a_pupil_in_as_many_rows_as_it_likes():
    listed = [Evidence(id=n, record=n, source="education.exam", kind="child", name="王小禾", pinyin="wang xiao he", school=31) for n in (5, 6, 7)]
    assert together(replace(PUPIL, school=31), *listed)


def test_two_pupils_of_one_name_at_one_school_leave_a_bare_name_alone():
    listed = Evidence(id=5, record=5, source="education.exam", kind="child", name="王小禾", pinyin="wang xiao he", school=31)
    namesake = replace(PUPIL, id=6, record=6, number="210299201309120017", numbered_born="2013-09-12", born="2013-09-12", village="西屯村", school=31)
    clusters = {d.mention: d.cluster for d in decided(replace(PUPIL, school=31), namesake, listed).decisions}
    assert len(set(clusters.values())) == 3
    outcome = decided(replace(PUPIL, school=31), namesake, listed, cannot=((2, 5),))
    clusters = {d.mention: d.cluster for d in outcome.decisions}
    assert clusters[5] == clusters[6] != clusters[2], "whom a person has told apart is no rival"


def test_twins_are_two_even_where_one_has_no_number():
    twin = replace(CHILD, id=3, record=3, number="21029920120503024X", name="王小雨", pinyin="wang xiao yu")
    of_the_twin = replace(NAMELESS, name="王小雨", pinyin="wang xiao yu")
    clusters = {d.mention: d.cluster for d in decided(CHILD, twin, of_the_twin).decisions}
    assert clusters[2] == clusters[3] != clusters[1]
    assert not together(CHILD, of_the_twin)


@pytest.mark.parametrize("name", ["王筱禾", "王?禾"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("one_row", [False, True])
def test_who_may_be_either_of_two_twins_is_neither_though_another_list_names_both(name, turned, one_row):
    """The other list names both in one row, or has both under one card; which row or person has the lower id plays no part."""
    father = "210299198503171234"
    twin = replace(CHILD, id=3, record=3, number="21029920120503020X", name="王晓禾")
    named = replace(NAMELESS, id=81 if turned else 82, record=81, source="justice.x", born="2012-05", living_household=None if one_row else 9)
    other = replace(named, id=82 if turned else 81, record=81 if one_row else 83, name="王晓禾")
    card = replace(NAMELESS, id=84, record=84, source="federation.x", name=name, village=None)
    fathers = [beside(row, id_, "王大勇", "父亲", father) for row, id_ in ((named, 85), (other, 86), (card, 87))]
    outcome = decided(CHILD, twin, named, other, card, *fathers)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert (told[named.id], told[other.id]) == (told[1], told[3])
    assert told[84] not in (told[1], told[3])
    waiting = [{told[pair.mention], told[pair.other]} for pair in outcome.review if pair.kind == "SEVERAL_CANDIDATES"]
    assert {told[84], told[1]} in waiting
    assert {told[84], told[3]} in waiting


def test_a_twin_with_the_others_number_goes_to_the_one_of_its_name():
    twin = replace(CHILD, id=3, record=3, number="21029920120503024X", name="王小雨", pinyin="wang xiao yu")
    borrowed = replace(PUPIL, name="王小雨", pinyin="wang xiao yu")
    outcome = decided(CHILD, replace(CHILD, id=4, record=4, source="health.x"), twin, borrowed)
    clusters = {d.mention: d.cluster for d in outcome.decisions}
    assert clusters[2] == clusters[3] != clusters[1]


def test_two_valid_numbers_are_never_one_person():
    assert not together(CHILD, replace(PUPIL, number="210299201205030258"))


def test_a_twin_whose_name_sounds_alike_is_asked_about():
    """Three lists have a girl without a number, one has her twin with hers; nothing else tells that they are two (D-24)."""
    numbered = replace(PUPIL, name="高雨桐", pinyin="gao yu tong", number="210299201205030223", sex="女性", village=None)
    others = [replace(numbered.without_number(), id=at, record=at, source=source, name="高雨彤", pinyin="gao yu tong") for at, source in ((5, "civil_affairs.left_behind"), (6, "disabled_persons.certificate"))]
    outcome = decided(numbered, *others)
    cluster = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert cluster[5] == cluster[6] != cluster[numbered.id]
    assert numbered.id in {mention for pair in outcome.review for mention in (pair.mention, pair.other)}


@pytest.mark.parametrize("born", ["2014", "2014-09", None])
def test_of_brothers_whose_names_sound_alike_neither_is_taken_for_who_is_nearer_the_other(born):
    """D-24, D-28: the one whose birth date fits is a person's to decide about; that does not make it the other."""
    elder = replace(CHILD, name="严晓宇", pinyin="yan xiao yu", number="210299201409030116", numbered_born="2014-09-03", born="2014-09-03")
    younger = replace(elder, id=2, record=2, name="严小雨", number="210299201509040138", numbered_born="2015-09-04", born="2015-09-04")
    listed = replace(elder.without_number(), id=3, record=3, source="disabled_persons.certificates", kind="child", name="严小宇", born=born, register_household=None)
    father = [beside(child, 10 + child.id, "严方", "父亲", "210299198503170414") for child in (elder, younger, listed)]
    outcome = decided(elder, younger, listed, *father)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert len({told[1], told[2], told[3]}) == 3
    assert {1, 3} in [{pair.mention, pair.other} for pair in outcome.review]


def test_twins_whom_one_household_of_a_list_has_are_two_however_alike_their_names():
    """D-24: one of them has no number."""
    twin = replace(CHILD.without_number(), id=3, record=3, name="王筱禾", relation="子")
    assert together_of(1, 2, CHILD, PUPIL, twin) and not together_of(1, 3, CHILD, PUPIL, twin)


@pytest.mark.parametrize("names_", [("王小禾", "王筱禾"), ("王筱禾", "王小禾")])
@pytest.mark.parametrize(("twins", "beside_it", "goes"), [
    ("女性", False, "number"),  # the row tells the brother's sex too
    ("男性", False, "neither"),
    ("男性", True, "name"),  # its list has the brother in a row of his own
])  # fmt: skip
def test_a_row_with_one_twins_number_and_the_name_of_the_other_who_sounds_alike(names_, twins, beside_it, goes):
    """Which character has the higher code plays no part."""
    name, other = names_
    child, twin = replace(CHILD, name=name), replace(CHILD, id=3, record=3, number="210299201205030258", name=other, sex=twins)
    row = replace(PUPIL, id=4, record=4, name=other)
    outcome = decided(child, twin, row, *([replace(PUPIL, name=name)] if beside_it else []))
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert [of for of, one in (("number", 1), ("name", 3)) if told[4] == told[one]] == [goes] * (goes != "neither")
    asked = [{pair.mention, pair.other} for pair in outcome.review if pair.kind == "TWINS"]
    assert goes != "neither" or ({1, 4} in asked and {3, 4} in asked)


@pytest.mark.parametrize("name", ["王小树", "王筱禾"])
@pytest.mark.parametrize(("strangers", "told", "one"), [
    ("赵大海", "王大山", True),
    ("王大山", "王大山", False),  # a twin
    ("赵大海", None, False),  # the row names nobody
])  # fmt: skip
def test_who_was_born_on_one_day_elsewhere_and_has_the_name_of_a_slip_is_no_twin(name, strangers, told, one):
    """D-24: twins have a guardian in common; number and father are the pupil's own."""
    stranger = replace(CHILD, id=3, record=3, number="210299201205030258", name=name, township="210281102", village="前屯村", register_household=8)
    pupil = replace(PUPIL, name=name)
    fathers = [beside(row, 20 + row.id, father, "父亲") for row, father in ((CHILD, "王大山"), (stranger, strangers), (pupil, told)) if father]
    assert together_of(CHILD.id, pupil.id, CHILD, stranger, pupil, *fathers) is one


@pytest.mark.parametrize("told", [{"born": None}, {"born": "2012"}])
def test_two_of_one_name_in_two_households_of_one_list_are_two_where_nothing_tells_that_they_are_one(told):
    listed = replace(CHILD.without_number(), **told)
    other = replace(listed, id=3, record=3, register_household=8)
    outcome = decided(listed, other)
    assert len({decision.cluster for decision in outcome.decisions}) == 2
    assert [(pair.mention, pair.other) for pair in outcome.review] == [(1, 3)]
    assert together(CHILD, replace(CHILD, id=3, record=3, register_household=8))


@pytest.mark.parametrize(("differs", "one"), [
    ({}, False),  # two cards
    ({"living_household": 8}, True),
    ({"began": "2026-10-31"}, True),  # on two cards, one after the other
    ({"source": "civil_affairs.left_behind", "living_household": None}, True),
    ({"source": "civil_affairs.left_behind", "living_household": None, "father": "王大海"}, False),
])  # fmt: skip
def test_two_of_one_name_who_give_one_strangers_number_are_one_unless_something_tells_them_apart(differs, one):
    listed = replace(PUPIL, id=91, record=91, source="civil_affairs.minimum_living_allowance", name="王子涵", pinyin="wang zi han", born=None, village=None, living_household=8, until="2026-10-31")
    other = replace(listed, id=92, record=92, until="", **{"living_household": 9} | {key: value for key, value in differs.items() if key != "father"})
    fathers = beside(listed, 93, "王东", "父亲"), beside(other, 94, differs.get("father", "王东"), "父亲")
    outcome = decided(CHILD, replace(PUPIL, village=None), listed, other, *fathers)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert (told[91] == told[92]) is one
    assert told[1] not in (told[91], told[92])
    assert {(pair.kind, pair.other) for pair in outcome.review} >= {("NUMBER_CONFLICT", 1)}


def test_fathers_of_two_numbers_whose_names_differ_are_two_fathers():
    pupils = [replace(NAMELESS, id=at, record=at, born="2012", village=None) for at in (2, 3)]
    fathers = ("王立强", "210299198503174273"), ("王立刚", "210299198604184274")
    named = [beside(pupil, 20 + pupil.id, name, "父亲", number) for pupil, (name, number) in zip(pupils, fathers, strict=True)]
    assert not together_of(2, 3, *pupils, *named)


def test_what_a_person_decided_stands_against_every_weight():
    assert not together(CHILD, NAMELESS, cannot=((1, 2),))
    stranger = replace(NAMELESS, name="赵六", pinyin="zhao liu", born="2016-01-01", village="前屯村")
    assert together(CHILD, stranger, must=((1, 2),))
    assert not together(CHILD, PUPIL, cannot=((1, 2),)), "even against one number"


def test_a_mother_without_a_number_is_told_through_her_child():
    mother = replace(CHILD, id=5, record=5, number="210299198709223024", name="李梅", pinyin="li mei", numbered_born="1987-09-22", born="1987-09-22", sex="女性")
    named = Evidence(id=6, record=2, source=PUPIL.source, kind="adult", anchor=2, name="李梅", pinyin="li mei", relation="母亲")
    clusters = {d.mention: d.cluster for d in decided(CHILD, mother, PUPIL, named).decisions}
    assert clusters[6] == clusters[5]


def test_a_child_lives_with_whoever_is_its_guardian_now():
    """Of two whom a row has named in one role the last counts; who is named no longer, with nobody else in the role, still does."""
    child = replace(NAMELESS, hash=2)
    aunt = replace(CHILD, id=5, record=5, number="210299198709223024", name="李梅", pinyin="li mei", numbered_born="1987-09-22", born="1987-09-22", sex="女性", register_household=50)
    uncle = replace(aunt, id=6, record=6, number="210299198102033015", name="王强", pinyin="wang qiang", numbered_born="1981-02-03", born="1981-02-03", sex="男性", register_household=60)

    def home(*told: tuple[Evidence, int]) -> int | None:
        named = [replace(beside(child, 20 + n, one.name, "", one.number), role="监护人", hash=row) for n, (one, row) in enumerate(told)]
        return next(decision.household for decision in decided(child, aunt, uncle, *named).decisions if decision.mention == child.id)

    assert home((aunt, 1), (uncle, 2)) == home((uncle, 2), (aunt, 1)) == 60
    assert home((aunt, 2), (uncle, 1)) == home((uncle, 1), (aunt, 2)) == 50
    assert home((uncle, 1)) == 60


def test_a_child_whom_the_register_does_not_list_lives_with_its_guardian_then_a_parent_then_others():
    child = NAMELESS
    people = {
        role: replace(CHILD, id=at, record=at, number=number, name=name, pinyin="li", numbered_born=number[6:10] + "-" + number[10:12] + "-" + number[12:14], born=None, sex=None, register_household=at)
        for at, (role, number, name) in enumerate((("父亲", "210299198503174273", "王东"), ("祖母", "210299195609223048", "李香"), ("监护人", "210299198709223024", "李梅")), start=50)
    }

    def home(*roles: str) -> int | None:
        named = [replace(beside(child, people[role].id + 50, people[role].name, role if role != "监护人" else "", people[role].number), role=role if role == "监护人" else "成员") for role in roles]
        return next(decision.household for decision in decided(child, *people.values(), *named).decisions if decision.mention == child.id)

    assert home("祖母", "父亲") == home("父亲", "祖母") == people["父亲"].register_household
    assert home("父亲", "祖母", "监护人") == people["监护人"].register_household
    assert home("祖母") == people["祖母"].register_household


def test_whoever_has_moved_lives_where_the_row_that_stands_says():
    child = NAMELESS
    for old, new in ((5, 6), (6, 5)):
        was = replace(CHILD, id=old, record=old, number="210299198709223024", name="李梅", pinyin="li mei", numbered_born="1987-09-22", born="1987-09-22", sex="女性", register_household=50, since="2026-09-30", until="2026-10-31")
        now = replace(was, id=new, record=new, register_household=60, since="2026-10-31", until="")
        outcome = decided(child, was, now, beside(child, 20, "李梅", "", was.number))
        assert next(d.household for d in outcome.decisions if d.mention == child.id) == 60


def test_reasons_sum_to_the_score_and_only_enough_links():
    for decision in decided(CHILD, NAMELESS).decisions:
        assert round(sum(weight for _, weight in decision.reasons), 3) == decision.score
        assert decision.tier == "NUMBER" or decision.score >= Thresholds().link


@pytest.mark.parametrize("prior", [-2.0, -10.0, -20.0])
def test_a_pair_is_joined_by_whatever_score_is_asked_of_it(prior):
    """However little speaks for it: another contract may ask for less than the departments' rows do."""
    weights = replace(shipped(), prior=dict.fromkeys(shipped().prior, prior))
    score = Engine(2026, weights).explain([CHILD, NAMELESS], [1], [2]).score
    for least, joined in ((score - 0.001, True), (score + 0.001, False)):
        found = Engine(2026, weights, needs=Thresholds(least, least, least)).decide([CHILD, NAMELESS])
        assert (len({d.cluster for d in found.decisions}) == 1) is joined


BROTHER = replace(CHILD, id=11, record=11, number="210299201811120114", name="王小树", pinyin="wang xiao shu", numbered_born="2018-11-12", born="2018-11-12")


def clusters(*mentions: Evidence, **pins: tuple[tuple[int, int], ...]) -> dict[int, bytes]:
    return {decision.mention: decision.cluster for decision in decided(*mentions, **pins).decisions}


def beside(child: Evidence, id_: int, name: str, relation: str, number: str | None = None) -> Evidence:
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}" if number else None
    return Evidence(id=id_, record=child.record, source=child.source, kind="adult", anchor=child.id, name=name, pinyin=name, relation=relation, number=number, numbered_born=born)


def test_a_child_with_its_brothers_number_and_no_birth_date_is_itself():
    borrowed = replace(PUPIL, id=12, record=12, number=BROTHER.number, numbered_born=BROTHER.numbered_born, born=None)
    outcome = decided(CHILD, BROTHER, borrowed)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[12] == told[1] != told[11]
    assert not together(BROTHER, replace(borrowed, name="王思远", pinyin="wang si yuan", township="210281102", village="前屯村")), "a stranger of the same family name"


GRANDMOTHER = replace(CHILD, id=51, record=51, number="210299195601010023", numbered_born="1956-01-01", born="1956-01-01", name="孙秀珍", pinyin="sun xiu zhen", sex="女性")
MOTHER = replace(GRANDMOTHER, id=52, record=52, number="210299198709223024", numbered_born="1987-09-22", born="1987-09-22", name="李梅", pinyin="li mei")
HERS = replace(NAMELESS, id=53, record=53, source="civil_affairs.left_behind", born=None, written=GRANDMOTHER.number, claimed=GRANDMOTHER.number)


@pytest.mark.parametrize("written", [GRANDMOTHER.number, GRANDMOTHER.number[:17] + "1"])
def test_a_grown_ups_number_whole_or_damaged_in_a_childs_place_tells_no_birth_date(written):
    row = replace(HERS, written=written), beside(HERS, 54, "孙秀珍", "祖母", GRANDMOTHER.number), beside(HERS, 55, "李梅", "母亲")
    told = clusters(CHILD, PUPIL, beside(PUPIL, 56, "李梅", "母亲"), GRANDMOTHER, *row)
    assert told[53] == told[1] != told[51] == told[54]


def test_a_member_of_a_card_with_its_mothers_number_is_no_grown_up_by_it():
    member = replace(HERS, kind="any", written=None, claimed=None, number=MOTHER.number, numbered_born=MOTHER.numbered_born, sex="女性")
    outcome = decided(CHILD, MOTHER, member)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[53] == told[1] != told[52]
    assert {(pair.mention, pair.other) for pair in outcome.review} == {(53, 52)}


def test_who_has_a_grown_ups_number_and_stays_alone_is_asked_about_with_the_child_it_may_be():
    row = replace(HERS, sex=None, township=None, village=None), beside(HERS, 54, "孙秀珍", "祖母", GRANDMOTHER.number)
    outcome = decided(CHILD, GRANDMOTHER, *row)
    assert [(pair.mention, pair.other, pair.kind) for pair in outcome.review] == [(1, 53, "ADULT_NUMBER")]
    outcome = decided(GRANDMOTHER, *row)
    assert [(pair.mention, pair.other, pair.kind) for pair in outcome.review] == [(53, 51, "ADULT_NUMBER")], "where no child is known, with whose number it is"


CLASSMATE = replace(PUPIL, id=61, record=61, number="210299201206020114", numbered_born="2012-06-02", born="2012-06-02", name="王小树", pinyin="wang xiao shu", village="前屯村", school=31)
PAID = Evidence(id=62, record=62, source="education.payment", kind="child", number=PUPIL.number, numbered_born=PUPIL.numbered_born, sex="男性", name="王小树", pinyin="wang xiao shu", school=31)


@pytest.mark.parametrize("name", ["王小树", "王晓禾", "王小诃", "王思远"])
@pytest.mark.parametrize("born", [None, CLASSMATE.born])
def test_a_known_pupil_with_a_classmates_number_is_itself_and_asked_about(name, born):
    spelt = {"name": name, "pinyin": name}
    outcome = decided(CHILD, replace(PUPIL, school=31), replace(CLASSMATE, **spelt), replace(PAID, born=born, **spelt))
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[62] == told[61] != told[1] == told[2]
    assert [(pair.mention, pair.other, pair.kind) for pair in outcome.review] == [(62, 1, "NUMBER_CONFLICT")]


@pytest.mark.parametrize("classmate", [(), (replace(CLASSMATE, school=32),)])
def test_a_slip_in_a_name_under_its_own_number_stays_a_slip_where_nobody_around_has_that_name(classmate):
    told = clusters(CHILD, replace(PUPIL, school=31), *classmate, PAID)
    assert told[62] == told[1] == told[2]


def test_another_birth_date_or_sex_beside_another_given_name_is_another_child():
    other = replace(PUPIL, name="王思远", pinyin="wang si yuan")
    assert not together(CHILD, replace(other, born="2012-05-12"))
    assert not together(CHILD, replace(other, sex="女性"))
    assert together(CHILD, replace(other, born="2012-05-03")), "who has changed their name keeps number and birth date (D-26)"


@pytest.mark.parametrize("name", ["王小树", "王思远", "李小禾"])
@pytest.mark.parametrize(("source", "home"), [("public_security.household_register", 7), ("public_security.household_register", 8), ("civil_affairs.minimum_living_allowance", None)])
def test_whose_name_a_list_has_changed_is_one_child_with_the_row_that_ended(name, source, home):
    """D-26, or a slip that was put right: the two rows never stood together."""
    before = replace(CHILD, id=78, record=78, source=source, register_household=home, began="2026-09-30", until="2026-10-31")
    now = replace(before, id=79, record=79, name=name, pinyin="x", began="2026-10-31", until="")
    pupil = replace(PUPIL, name=name, pinyin="x")
    assert len(set(clusters(before, now, pupil, replace(CHILD, source="disabled_persons.certificate")).values())) == 1
    assert not together(replace(before, until=""), now), "the list has both"
    undated = replace(PUPIL, id=80, record=80, born=None, name="王小树", pinyin="x", village=None)
    unnumbered = replace(CHILD.without_number(), id=81, record=81, name="王小树", pinyin="x", until="2026-10-31")
    assert together_of(1, 80, replace(CHILD, began="2026-10-31"), undated, unnumbered), "the number came with the right name"
    assert not together(replace(before, began="2026-08-31"), replace(now, began="2026-09-30")), "it had both for a month"


def test_two_names_under_one_number_in_one_list_are_two_children():
    outcome = decided(PUPIL, replace(PUPIL, id=13, record=13, name="王小雨", pinyin="wang xiao yu"))
    assert len({decision.cluster for decision in outcome.decisions}) == 2
    assert [pair.kind for pair in outcome.review] == ["TWINS"]


@pytest.mark.parametrize("name", ["李小禾", "李思远", "王思远"])
def test_a_pupil_is_the_one_of_its_name_of_two_whom_the_register_has_under_one_number(name):
    holder = replace(CHILD, id=71, record=71, name="许佳琪", pinyin="xu jia qi")
    listed = replace(CHILD, id=72, record=72, name=name, pinyin="x", register_household=8, village="前屯村")
    certified = replace(holder, id=73, record=73, source="disabled_persons.certificate", register_household=None)
    pupil = replace(PUPIL, id=74, record=74, name=name, pinyin="x", village=None)
    outcome = decided(holder, listed, certified, pupil)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[74] == told[72] != told[71] == told[73]
    assert [(pair.kind, {told[pair.mention], told[pair.other]}) for pair in outcome.review] == [("TWINS", {told[71], told[72]})]


@pytest.mark.parametrize("told", [
    {"source": "public_security.household_register", "register_household": 7},  # in the household in which the other name stood
    {"source": "finance.aid_payment", "register_household": None},
])
def test_who_has_a_new_family_name_in_one_list_is_followed_by_the_school(told):
    """D-26, where no list tells the former name: the list's own row waits, what has the birth date stays."""
    before = replace(PUPIL, id=78, record=78, born=None, **told)
    now = replace(before, id=79, record=79, name="李小禾", pinyin="li xiao he")
    pupil = replace(PUPIL, name="李小禾", pinyin="li xiao he")
    certified = replace(CHILD, source="disabled_persons.certificate")
    assert together_of(1, 2, certified, before, now, pupil)


@pytest.mark.parametrize(("name", "relation", "village", "one"), [
    ("唐子豪", "父亲", "前屯村", False),
    ("唐子豪", "父亲", "八里庄村", True),  # one village
    ("唐小禾", "父亲", "前屯村", True),  # a new family name with another father (D-26)
    ("唐子豪", "祖父", "前屯村", True),
    ("唐子豪", "继父或养父", "前屯村", True),
])  # fmt: skip
def test_children_of_other_fathers_with_nothing_but_a_number_in_common_are_two(name, relation, village, one):
    pupil = PUPIL
    other = replace(PUPIL, id=75, record=75, source="disabled_persons.certificate", name=name, pinyin="x", village=village)
    fathers = beside(pupil, 76, "王大山", "父亲", FATHER), beside(other, 77, "唐大海", relation, "210299198603170111")
    told = decided(pupil, other, *fathers)
    assert (told.decisions[0].cluster == {d.mention: d.cluster for d in told.decisions}[75]) is one
    assert [pair.kind for pair in told.review] == ([] if one else ["TWINS"])


def test_a_former_name_counts_whichever_row_tells_it():
    pupil = replace(PUPIL, id=0, record=20)  # the lowest id of the holder's name, and without the column
    register = replace(CHILD, former="于小禾")
    allowance = replace(PUPIL, id=14, record=14, source="civil_affairs.minimum_living_allowance", name="于小禾", pinyin="yu xiao he", born=None, township=None, village=None)
    assert len(set(clusters(pupil, register, allowance).values())) == 1


def test_a_twin_without_a_number_of_its_own_is_not_the_one_whose_number_a_school_gives_it():
    twin = replace(CHILD.without_number(), id=15, record=15, name="王小雨", pinyin="wang xiao yu")
    borrowed = replace(PUPIL, id=16, record=16, name="王小雨", pinyin="wang xiao yu")
    told = clusters(CHILD, PUPIL, twin, borrowed)
    assert told[15] == told[16] != told[1] == told[2]


def test_name_birth_date_sex_and_a_guardians_number_are_one_child_at_two_schools():
    one, other = replace(NAMELESS, school=31, village=None), replace(NAMELESS, id=3, record=3, school=32, village=None, township="210281102")
    mother = "210299198709223024"
    told = decided(one, other, beside(one, 21, "李梅", "母亲", mother), beside(other, 22, "李梅", "母亲", mother)).decisions
    assert told[0].cluster == told[1].cluster
    assert told[0].reasons == (("name, birth date, sex and a guardian's number", 12.0),)


def test_children_of_one_name_and_birth_date_with_other_parents_are_two():
    register, pupil = CHILD, NAMELESS
    parents = beside(register, 23, "王东", "父亲"), beside(pupil, 24, "王大西", "父亲")
    outcome = decided(register, pupil, *parents)
    assert outcome.decisions[0].cluster != outcome.decisions[1].cluster
    assert (1, 2) in {(pair.mention, pair.other) for pair in outcome.review}
    assert together_of(1, 2, register, pupil, parents[0], replace(parents[1], name="王冬")), "a father written alike"
    assert together_of(1, 2, register, pupil, parents[0], replace(parents[1], relation="祖父")), "a grandfather is no other father"


def together_of(one: int, other: int, *mentions: Evidence) -> bool:
    told = clusters(*mentions)
    return told[one] == told[other]


def test_a_number_that_was_corrected_is_the_same_persons_and_only_for_who_has_the_name():
    pupil = replace(PUPIL, number="210299201205040173", numbered_born="2012-05-04", born="2012-05-04", earlier=CHILD.number)
    assert together(CHILD, pupil)
    told = clusters(CHILD, replace(pupil, name="李思远", pinyin="li si yuan"))
    assert told[1] != told[2], "the number had been given twice"
    assert {cluster[:1] for cluster in told.values()} == {b"N"}
    assert not together(CHILD, pupil, replace(CHILD, id=3, record=3, number=pupil.number, numbered_born=pupil.born, born=pupil.born)), "the register lists both"
    assert together(replace(CHILD, earlier=pupil.number), pupil, replace(PUPIL, id=3, record=3)), "each is told as the other's earlier one"


@pytest.mark.parametrize(("differs", "one"), [
    ({}, True),
    ({"name": "王小?"}, True),
    ({"name": "王筱禾"}, True),
    ({"name": "王筱禾", "sex": "女性"}, False),  # a sister
    ({"name": "王筱禾", "number": "210299201205030258", "numbered_born": CHILD.born, "born": CHILD.born}, False),  # a twin
    ({"name": "王小?", "number": "210299201407120115", "numbered_born": "2014-07-12", "born": "2014-07-12"}, False),  # a younger brother
    ({"name": "王小?", "home": 9}, False),  # a card has both
])  # fmt: skip
def test_a_brothers_number_inside_another_makes_nobody_the_brother(differs, one):
    """The number inside a certificate's may be a brother's, whose name agrees."""
    card = {"source": "civil_affairs.minimum_living_allowance", "register_household": None, "living_household": differs.get("home")}
    own = {"number": "210299201205040173", "numbered_born": "2012-05-04", "born": "2012-05-04"} | {key: value for key, value in differs.items() if key != "home"}
    certified = replace(PUPIL, source="disabled_persons.certificate", earlier=CHILD.number, **own)
    listed = replace(CHILD, id=3, record=3, **card), replace(certified, id=4, record=4, earlier=None, **card)
    assert together_of(CHILD.id, certified.id, CHILD, certified, *(listed if "home" in differs else ())) is one


FATHER = "210299198503170115"


@pytest.mark.parametrize(("register", "school", "asked"), [
    ({}, {}, 1),
    ({"number": None}, {"number": None}, 1),  # by his name alone
    ({"number": None}, {"number": None, "name": "王大海"}, 0),  # another father
    (None, {}, 0),  # nobody beside the child
])  # fmt: skip
def test_two_numbers_of_one_name_and_family_are_asked_about(register, school, asked):
    typed = replace(PUPIL, number="210299201205050179", numbered_born="2012-05-05", born="2012-05-05")
    fathers = [beside(child, at, **{"name": "王大山", "relation": "父亲", "number": FATHER, **told})
               for at, child, told in ((21, CHILD, register), (22, typed, school)) if told is not None]  # fmt: skip
    outcome = decided(CHILD, typed, *fathers)
    assert outcome.decisions[0].cluster != outcome.decisions[1].cluster
    assert [(pair.kind, pair.mention, pair.other) for pair in outcome.review] == [("NUMBER_CONFLICT", 1, 2)] * asked
    assert all(sum(weight for _, weight in pair.reasons) == pytest.approx(pair.score, abs=0.002) for pair in outcome.review)
    assert not decided(CHILD, typed, *fathers, cannot=((1, 2),)).review, "a person has told"
    assert not decided(CHILD, replace(typed, number="210299201605050179", numbered_born="2016-05-05", born="2016-05-05"), *fathers).review, "a brother's age apart"


@pytest.mark.parametrize(("number", "born"), [("210299201304150114", CHILD.born), ("210299201111200114", CHILD.born), ("210299201304150114", None)])
def test_somebody_elses_number_beside_the_childs_own_birth_date_is_asked_about(number, born):
    """Within some 400 days of the row's birth date a number is believed (D-20), and may be another child's all the same (D-42)."""
    typed = replace(PUPIL, number=number, numbered_born=f"{number[6:10]}-{number[10:12]}-{number[12:14]}", born=born)
    fathers = [beside(child, at, "王大山", "父亲", FATHER) for at, child in ((21, CHILD), (22, typed))]
    outcome = decided(CHILD, typed, *fathers)
    assert outcome.decisions[0].cluster != outcome.decisions[1].cluster
    assert [(pair.kind, pair.mention, pair.other) for pair in outcome.review] == [("NUMBER_CONFLICT", 1, 2)] * (born == CHILD.born)
    told = Engine(2026, opened=str).explain([CHILD, typed, *fathers], [1], [2])
    assert [(told.score, told.reasons, told.why) for _ in outcome.review] == [(pair.score, pair.reasons, "they have two valid numbers: never one person") for pair in outcome.review]
    assert all(sum(weight for _, weight in pair.reasons) == pytest.approx(pair.score, abs=0.002) for pair in outcome.review)


@pytest.mark.parametrize(("differs", "asked"), [
    ({}, 1),
    ({"sex": None}, 1),
    ({"sex": "女性"}, 0),
    ({"former": "王小树"}, 0),
    ({"former": None}, 0),
    ({"number": "210299201205040173", "numbered_born": "2012-05-04", "born": "2012-05-04"}, 0),
])  # fmt: skip
def test_who_has_a_new_name_and_a_new_number_and_had_the_name_before_is_asked_about(differs, asked):
    """Adopted (D-26): nothing but birth date, sex and the former name is as it was."""
    told = {"number": "210299201205030258", "name": "林思雨", "pinyin": "lin si yu", "former": CHILD.name, "village": "前屯村", "township": "210281102", "register_household": 8}
    adopted = replace(CHILD, id=3, record=3, **{**told, **differs})
    outcome = decided(CHILD, PUPIL, adopted, replace(adopted, id=4, record=4, source=PUPIL.source, former=None))
    assert [(pair.kind, {pair.mention, pair.other} <= {1, 2, 3}) for pair in outcome.review] == [("NUMBER_CONFLICT", True)] * asked
    assert len({decision.cluster for decision in outcome.decisions}) == 2
    assert not decided(CHILD, adopted, cannot=((1, 3),)).review, "a person has told"


def test_one_name_twice_in_one_household_of_kin_is_asked_about_at_any_age():
    listed = replace(CHILD, id=3, record=3, number="210299201605050179", numbered_born="2016-05-05", born="2016-05-05")
    assert not decided(CHILD, listed).review, "a home's children are nobody's kin"
    assert [pair.kind for pair in decided(replace(CHILD, relation="子"), replace(listed, relation="次子")).review] == ["NUMBER_CONFLICT"]


def test_nobody_stands_twice_by_two_names_under_one_card():
    card = replace(CHILD, source="civil_affairs.minimum_living_allowance", living_household=9, register_household=None)
    listed = replace(card, id=16, record=16)
    other = replace(card.without_number(), id=17, record=17, name="王小?", pinyin="wang xiao")
    assert together_of(1, 17, CHILD, other)
    assert not together_of(1, 17, CHILD, other, listed)


def test_whoever_was_split_off_does_not_take_the_later_rows_of_the_number():
    borrowed = replace(PUPIL, id=0, record=30, name="李思远", pinyin="li si yuan", born="2012-05-03")
    stranger = replace(CHILD, id=31, record=31, number="210299201309120017", name="李思远", pinyin="li si yuan", numbered_born="2013-09-12", born="2013-09-12", village="前屯村", register_household=8)
    later = replace(PUPIL, id=32, record=32, source="health.birth_certificate")
    told = clusters(borrowed, CHILD, stranger, later, must=((0, 31),), cannot=((0, 1),))
    assert told[32] == told[1] != told[0] == told[31]


def test_a_link_that_a_person_decided_says_so():
    told = decided(CHILD, NAMELESS, must=((1, 2),)).decisions
    assert told[1].reasons == (("decided by a person", 30.0),)


def test_every_conflict_of_numbers_is_asked_about():
    rows = []
    for n in range(8):
        number = f"21029920120{5 + n % 3}0{1 + n}017{n}"
        one = replace(CHILD, id=100 + n, record=100 + n, number=number, numbered_born=f"2012-0{5 + n % 3}-0{1 + n}", born=f"2012-0{5 + n % 3}-0{1 + n}", register_household=100 + n)
        rows += [one, replace(one, id=200 + n, record=200 + n, source=PUPIL.source, kind="child", name="李思远", pinyin="li si yuan", born=None, register_household=None, village=f"{n}村")]
    assert sum(pair.kind == "NUMBER_CONFLICT" for pair in decided(*rows).review) == 8


def test_grown_ups_with_a_wrong_number_push_no_child_out_of_the_queue():
    nickname = replace(NAMELESS, id=4, record=4, source="justice.x", name="小禾", pinyin="xiao he", born="2012-05", village=None)
    fathers = beside(PUPIL, 70, "王大山", "父亲", FATHER), beside(nickname, 71, "王大山", "父亲", FATHER)
    strangers = [(replace(CLASSMATE, id=200 + n, record=200 + n, number=f"21029920120602{10 + n}14", name=f"{family}思远"), family) for n, family in enumerate("赵钱孙李周吴")]
    typed = [one for child, family in strangers for one in (child, beside(child, child.id + 100, f"{family}大海", "父亲", CHILD.number))]
    kinds = [pair.kind for pair in decided(CHILD, PUPIL, *fathers, nickname, *typed).review]
    assert kinds == [kind for kind in BY_HARM for _ in range(kinds.count(kind))]
    assert kinds.count("ADULT_CONFLICT") == len(strangers) < len(kinds)


def test_what_is_left_out_of_the_queue_is_said():
    assert Queue(5, 1000).told() == "5 pairs wait for a person"
    assert Queue(14, 1200).told() == "14 pairs wait for a person; 12 are for review now (10 for each 1,000 child rows, the most harmful first), 2 less harmful ones are left for later"
    assert [Queue(*told).due for told in ((0, 0), (2, 20), (9, 20), (9, 5000))] == [0, 2, 3, 9]
