"""Whose number a row gives where its name and something else in it speak against the holder: brothers, cousins and twins whose names differ by a character."""

from dataclasses import replace

import pytest

from tests.spec.test_identity_engine import CHILD, FATHER, NAMELESS, PUPIL, beside, clusters, decided, together_of

UNCLE = "210299198603170111"
ELSEWHERE = {"township": "210281102", "village": "前屯村", "register_household": 8}


def pupil(name: str, born: str | None, **told):
    return replace(PUPIL, id=4, record=4, name=name, pinyin=name, born=born, **told)


@pytest.mark.parametrize("registered", [True, False])
@pytest.mark.parametrize("father", [FATHER, UNCLE, None])
@pytest.mark.parametrize("name", ["王小树", "王大禾", "王禾小", "王小河子", "王思远"])
def test_a_pupil_with_a_cousins_number_another_name_and_birth_date_is_not_the_cousin(name, father, registered):
    """In a village with a generation's character brothers and cousins differ in one character and are a year apart (D-42)."""
    row = pupil(name, "2013-05-28", township=None, village=None)
    own = replace(CHILD, id=5, record=5, number="210299201305280113", numbered_born=row.born, born=row.born, name=name, pinyin=name, **ELSEWHERE)
    fathers = [beside(child, 20 + child.id, name, "父亲", number) for child, name, number in ((CHILD, "王大山", FATHER), (row, "王大海", father)) if number]
    outcome = decided(CHILD, row, *fathers, *([own] if registered else []))
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert told[row.id] != told[CHILD.id]
    assert not registered or told[row.id] == told[own.id]
    assert {told[row.id], told[CHILD.id]} in [{told[pair.mention], told[pair.other]} for pair in outcome.review if pair.kind in ("NUMBER_CONFLICT", "TWINS")]


@pytest.mark.parametrize(("name", "born", "father", "one"), [
    ("王小树", "2012-05-08", FATHER, True),  # a wrong character and a wrong day of one hand
    ("王小树", "2012-05-08", UNCLE, False),
    ("王小树", "2012-05-08", None, False),  # nobody beside it is the holder's
    ("王小树", "2012-03-05", FATHER, True),  # day and month changed about
    ("王小树", "2013-03-05", FATHER, False),
    ("王小树", "2012-05", FATHER, True),
    ("王小树", "2013", FATHER, False),
    ("王禾小", "2012-05-08", None, True),  # a name that agrees needs nobody
    ("王筱禾", "2013-05-28", None, True),  # one name by its sound: the number tells (D-20)
    ("王小?", "2013-05-28", None, True),
    ("王小树", "2012-05-03", None, True),  # the number's own birth date
    ("王小树", "2012-05-03", UNCLE, False),
    ("王小树", None, FATHER, True),
    ("王小树", None, UNCLE, False),
])  # fmt: skip
def test_a_slip_in_a_name_and_one_in_a_date_are_the_holders_beside_whoever_is_the_holders(name, born, father, one):
    row = pupil(name, born)
    fathers = [beside(child, 20 + child.id, name, "父亲", number) for child, name, number in ((CHILD, "王大山", FATHER), (row, "王大海" if father == UNCLE else "王大山", father)) if number]
    assert together_of(CHILD.id, row.id, CHILD, row, *fathers) is one


@pytest.mark.parametrize(("born", "goes"), [("2013-05-28", "name"), ("2012-05-03", "number"), (None, "number")])
def test_a_payment_without_a_birth_date_goes_with_the_pupil_of_its_name(born, goes):
    row = pupil("王小树", born)
    paid = replace(row, id=6, record=6, source="education.payment", born=None)
    told = clusters(CHILD, row, paid)
    assert told[paid.id] == told[row.id if goes == "name" else CHILD.id]
    assert (told[row.id] == told[CHILD.id]) is (goes == "number")


MOTHER = "210299198709223024"
TWIN = replace(CHILD, id=5, record=5, number="210299201205030258", name="王子昂", pinyin="wang zi ang", **ELSEWHERE)


@pytest.mark.parametrize("name", ["王子昂", "王小昂", "王筱禾"])
@pytest.mark.parametrize(("theirs", "sex", "goes"), [
    (("李梅", "母亲", MOTHER), "男性", "neither"),  # who lives with the mother
    (None, "男性", "neither"),  # of whose parents no list tells
    (("赵大海", "父亲", UNCLE), "男性", "number"),  # somebody else, whose name is a slip away
    (("李梅", "母亲", MOTHER), "女性", "name"),  # a sister, as the row says
])  # fmt: skip
def test_a_row_with_one_twins_number_and_parent_and_the_name_of_the_other_who_lives_elsewhere_is_neithers(name, theirs, sex, goes):
    """Twins whose parents have parted have no guardian in common (D-24)."""
    twin = replace(TWIN, name=name, pinyin=name, sex=sex)
    row = pupil(name, CHILD.born, sex=sex, township=None, village=None)
    people = [beside(CHILD, 21, "王大山", "父亲", FATHER), beside(row, 24, "王大山", "父亲", FATHER), *([beside(twin, 25, *theirs)] if theirs else [])]
    outcome = decided(CHILD, twin, row, *people)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    if name == "王子昂" and goes == "number":
        goes = "neither"  # that is no slip
    assert [of for of, one in (("number", 1), ("name", 5)) if told[row.id] == told[one]] == [goes] * (goes != "neither")
    asked = [{pair.mention, pair.other} for pair in outcome.review if pair.kind == "TWINS"]
    assert goes == "number" or {1, row.id} in asked
    assert goes != "neither" or {5, row.id} in asked


@pytest.mark.parametrize(("name", "holder"), [("王懿洁", False), ("王懿?", True), ("王懿西", True), ("王懿汐", True), ("王懿喜", True)])
@pytest.mark.parametrize("home", [CHILD.register_household, 8])
def test_a_row_with_one_twins_number_and_nearly_the_name_of_the_other_is_not_the_first(name, holder, home):
    """D-24: who is meant is the one with whose name the row's agrees better."""
    child = replace(CHILD, name="王懿西", pinyin="wang yi xi")
    twin = replace(TWIN, name="王懿杰", pinyin="wang yi jie", village=CHILD.village, township=CHILD.township, register_household=home)
    row = pupil(name, CHILD.born)
    outcome = decided(child, twin, row)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert (told[row.id] == told[child.id]) is holder
    assert holder or {child.id, row.id} in [{pair.mention, pair.other} for pair in outcome.review]


@pytest.mark.parametrize(("name", "born", "holder"), [
    ("王懿丰", None, False),
    ("王懿丰", "2013-03-01", False),
    ("王懿丰", CHILD.born, False),  # the date may have come from the number
    ("王懿?", "2013-03-01", False),  # a lost character, and the brother's very birth date
    ("王懿?", "2013-03-04", True),
    ("王懿?", CHILD.born, True),
    ("王懿?", None, True),
    ("王懿洋", None, True),  # a slip of the holder's, and no better one of the brother's
    ("王懿梅", None, True),  # the mother's name but for a character
])  # fmt: skip
def test_a_row_with_a_brothers_number_and_nearly_the_name_of_another_of_the_household_is_not_the_brother(name, born, holder):
    child = replace(CHILD, name="王懿海", pinyin="wang yi hai")
    brother = replace(CHILD, id=5, record=5, number="210299201303010111", numbered_born="2013-03-01", born="2013-03-01", name="王懿峰", pinyin="wang yi feng")
    mother = replace(CHILD, id=7, record=7, number=MOTHER, numbered_born="1987-09-22", born="1987-09-22", name="王梅", pinyin="wang mei", sex="女性")
    row = pupil(name, born)
    outcome = decided(child, brother, mother, row)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert (told[row.id] == told[child.id]) is holder
    assert holder or {child.id, row.id} in [{pair.mention, pair.other} for pair in outcome.review]


@pytest.mark.parametrize(("name", "first", "second", "home", "goes"), [
    ("王?禾", "王䶮禾", "王龘禾", 7, "neither"),
    ("王筱禾", "王小禾", "王晓禾", 7, "neither"),
    ("王懿", "王懿霞", "王懿芳", 7, "neither"),
    ("王晓林", "王晓琳", "王晓玲", 7, "neither"),  # one by sound, the other nearly
    ("王小禾", "王小禾", "王晓禾", 7, "first"),  # the very name
    ("王小禾", "王晓禾", "王小禾", 7, "second"),
    ("王筱禾", "王小禾", "王子昂", 7, "first"),  # of nearly one name alone
    ("王筱禾", "王小禾", "王晓禾", 8, "first"),  # a namesake by sound elsewhere
])  # fmt: skip
def test_a_row_whose_name_fits_both_of_two_twins_is_neithers_whatever_else_is_told_of_one(name, first, second, home, goes):
    """Who has a certificate besides, with the father's telephone, fits no better for that (D-24)."""
    child = replace(CHILD, name=first, pinyin="wang xiao he")
    twin = replace(TWIN, name=second, pinyin="wang xiao he", register_household=home, **({"village": CHILD.village, "township": CHILD.township} if home == 7 else {}))
    certified = replace(child, id=6, record=6, source="disabled_persons.certificate", register_household=None)
    row = replace(pupil(name, CHILD.born), pinyin="wang xiao he").without_number()
    people = [replace(beside(of, 20 + of.id, "王大山", "父亲"), phone="13900000001") for of in (certified, row)]
    outcome = decided(child, twin, certified, row, *people)
    told = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert [of for of, one in (("first", 1), ("second", 5)) if told[row.id] == told[one]] == [goes] * (goes != "neither")
    asked = [{told[pair.mention], told[pair.other]} for pair in outcome.review if pair.kind in ("SEVERAL_CANDIDATES", "BAND")]
    assert goes != "neither" or ({told[1], told[row.id]} in asked and {told[5], told[row.id]} in asked)


@pytest.mark.parametrize(("said", "sex", "told", "one"), [
    ("父母", "男性", "王德才", False),  # whose child it is, and a man
    ("父亲", "男性", "王德才", False),
    ("父母", "男性", "王宝贵", True),  # the father
    ("父母", "女性", "王德才", True),  # a mother, of whom nothing was known
    ("父母", None, "王德才", True),
    ("祖父", "男性", "王德才", True),
])  # fmt: skip
def test_a_prisoners_child_is_no_namesake_whose_father_is_another(said, sex, told, one):
    """D-25: most lists say of a prisoner whose child it is, and the number that he is a man."""
    listed = replace(NAMELESS, id=8, record=8, source="justice.prisoners_children", born="2012", village=None)
    fathers = beside(CHILD, 21, "王宝贵", "父亲"), replace(beside(listed, 28, told, said), sex=sex)
    carers = [replace(beside(of, 30 + of.id, name, ""), phone="13900000001") for of, name in ((CHILD, "张秀兰"), (listed, "李桂香"))]
    outcome = decided(CHILD, listed, *fathers, *carers)
    cluster = {decision.mention: decision.cluster for decision in outcome.decisions}
    assert (cluster[CHILD.id] == cluster[listed.id]) is one
    assert one or {CHILD.id, listed.id} in [{pair.mention, pair.other} for pair in outcome.review]


@pytest.mark.parametrize(("lists", "number", "asked"), [(1, None, True), (2, None, True), (2, "210299201205030258", False)], ids=["alone", "two lists", "with a number of their own"])
def test_who_may_be_a_registered_child_is_asked_about_though_two_lists_agree(lists, number, asked):
    row = replace(pupil("阿不都拉·吾买尔", CHILD.born), pinyin="a bu du la wu mai er", number=number, numbered_born=number and CHILD.born)
    rows = [row, replace(row, id=6, record=6, source="disabled_persons.certificate")][:lists]
    told = replace(CHILD, name="阿卜杜拉·吾买尔", pinyin="a bu du la wu mai er")
    fathers = [beside(of, 20 + of.id, "吾买尔·买买提", "父亲") for of in (told, *rows)]
    outcome = decided(told, *rows, *fathers)
    assert not together_of(CHILD.id, row.id, told, *rows, *fathers)
    assert [(pair.kind, CHILD.id in (pair.mention, pair.other)) for pair in outcome.review] == [("BAND", True)] * asked
