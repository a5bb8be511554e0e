"""Plans over facts of single children: blank grades, death and moving away at their days, old lists, and rows that wait in quarantine."""

import json
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest
from asyncpg import Range
from sqlalchemy.ext.asyncio import create_async_engine

from hub.access.sealing import Keys
from hub.casework.plans import child_plans
from hub.exports import cells
from hub.exports.entitlements import HEADER, told_entitlements
from hub.rules.limits import limit_days
from hub.rules.programmes import LISTS
from tests.flow import DIVISION, carry, hub, number, write_csv
from tests.rules.city import City

ON = date(2026, 11, 24)
BORN = date(2015, 5, 3)
DAY = timedelta(days=1)
CERTIFICATES, ALLOWANCE = "disabled_persons.certificate", "civil_affairs.minimum_living_allowance"


class Office(City):
    """A city whose plans can be asked for."""

    def __init__(self, connection, database, keys):
        super().__init__(connection, "")
        self.database, self.keys = database, keys
        self.statements = 0

    async def plans(self, *persons, on=ON, known=None):
        """The plans, and how many statements they took."""
        engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(self.database.dsn("hub_writer")))
        self.statements = 0
        async with engine.connect() as reading:

            async def rows(statement):
                self.statements += 1
                return (await reading.execute(statement)).mappings().all()

            told = await child_plans(rows, DIVISION, persons, on=on, known=known)
        await engine.dispose()
        return told

    async def judged(self, person, on=ON, known=None):
        """Programme -> judgement."""
        return {a.programme.code: a.judgement for a in (await self.plans(person, on=on, known=known))[0].answers}

    async def answers(self, person, on=ON, known=None):
        """Programme -> answer."""
        return {code: judgement.answer.value for code, judgement in (await self.judged(person, on, known)).items()}

    async def lists(self, as_of=date(2026, 10, 31), publication=1):
        """All lists that programmes look in have come."""
        for source in LISTS:
            await self.list(source, as_of, publication)

    async def list(self, source, as_of, publication=1, state="PUBLISHED"):
        """One list has come; the delivery's id."""
        self.next += 1
        await self.connection.execute(
            """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state, publication)
               values ($1, $2, $3, '1', 'f', '[]', '[]', $4, $5, $6)""",
            DIVISION, self.next, source, as_of, state, publication,
        )
        return self.next

    async def waits(self, source, cells, *, delivery=None, state="OPEN", publication=1):
        """A row of a list's latest delivery in quarantine; numbers are sealed, as they are kept."""
        delivery = delivery or await self.connection.fetchval("select id from delivery where source = $1 order by as_of desc limit 1", source)
        self.next += 1
        payload = {c: {"mask": "2102…", "blind": self.keys.blind(v).hex()} if any(w in c for w in ("身份证", "证号", "电话")) else v for c, v in cells.items()}
        await self.connection.execute(
            """insert into quarantine (division, delivery, sheet, row, source, payload, problems, state, publication)
               values ($1, $2, '', $3, $4, $5, '[]', $6, $7)""",
            DIVISION, delivery, self.next, source, json.dumps(payload), state, publication,
        )

    async def named(self, name, serial, born=BORN):
        """A child with a number, as its mention names it."""
        person = await self.someone(born)
        blind = self.keys.blind(number(born, serial))
        await self.connection.execute("update person_resolved set name = $2, number_blind = $3 where id = $1", person, name, blind)
        self.next += 1
        await self.connection.execute(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, number_blind, number_state, birth_date, valid, known_from)
               values ($1, $2, $2, 1, 'education.student_register', '主体', 'child', $3::text, $3::text, $4, 'VALID', $5, '(,)', 1)""",
            DIVISION, self.next, name, blind, born,
        )
        await self.connection.execute(
            "insert into identity (division, id, person, cluster, tier, score, reasons, rule_version, valid, known_from) values ($1, $2, $3, '', 'NUMBER', 9, '[]', '1', '(,)', 1)",
            DIVISION, self.next, person,
        )
        return person

    async def pupil(self, person, **values):
        """A place at school."""
        await self.fact("enrolment", person, source="education.student_register", **({"state": "在读", "grade": 4, "attendance_mode": "走读"} | values))


@pytest.fixture
async def office(database, tmp_path):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = Office(connection, database, Keys.load_or_make(tmp_path / "keys.json"))
    await made.lists()
    yield made
    await connection.close()


async def test_a_blank_grade_is_missing_and_not_the_first(office):
    child = await office.registered()
    await office.pupil(child, grade=None)
    judged = await office.judged(child)
    assert (judged["F10"].answer, judged["F10"].missing, judged["F10"].department) == ("UNKNOWN", ("年级",), "education")
    assert judged["F11"].answer == judged["F12"].answer == "NOT_DUE"  # no boarder, and of no kind of hardship
    await office.fact("certificate", child, category="智力残疾", level="二级", state="正常")
    judged = await office.judged(child)
    assert (judged["F12"].answer, judged["F12"].missing[0]) == ("UNKNOWN", "年级")


async def test_of_two_places_the_one_that_tells_its_grade_counts(office):
    child = await office.registered()
    await office.pupil(child, grade=None)
    await office.pupil(child, grade=7)
    assert (await office.answers(child))["F10"] == "RECEIVING"


@pytest.mark.parametrize(
    "entry",
    [
        {"deceased_on": ON},
        {"deceased_on": ON, "register_state": "死亡注销"},
        {"register_state": "死亡注销", "cancelled_on": ON},
        {"cancel_reason": "死亡注销", "register_state": "死亡注销", "cancelled_on": ON, "deceased_on": ON + DAY},
    ],
)
async def test_death_counts_from_its_day_on(office, entry):
    child = await office.registered(**entry)
    await office.pupil(child)
    assert (await office.answers(child, ON - DAY))["F10"] == "RECEIVING"
    judged = await office.judged(child, ON)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert all(f"已死亡（{ON}" in judgement.reason_zh and "died on" in judgement.reason_en for judgement in judged.values())


async def test_any_sources_date_of_death_counts(office):
    child = await office.named("王小禾", 21)
    await office.pupil(child)
    await office.connection.execute("update mention set deceased_on = $1, source = 'health.deaths'", ON)
    assert (await office.answers(child, ON - DAY))["F10"] == "RECEIVING"
    assert set((await office.answers(child)).values()) == {"NOT_DUE"}


async def test_federation_or_school_alone_count_where_no_entry_contradicts(office):
    unregistered, registered = await office.someone(BORN), await office.registered()
    for child in (unregistered, registered):
        await office.fact("certificate", child, category="智力残疾", level="二级", state="注销(死亡)")
        await office.pupil(child)
    assert set((await office.answers(unregistered)).values()) == {"NOT_DUE"}
    plan = (await office.plans(registered))[0]
    assert {a.programme.code: a.judgement.answer.value for a in plan.answers}["F10"] == "RECEIVING"
    assert any("户籍在册" in told for told in plan.disagreements)


@pytest.mark.parametrize("state", ["迁出", "出国(境)注销"])
async def test_moving_away_counts_from_its_day_on(office, state):
    child = await office.registered(register_state=state, cancelled_on=ON)
    assert (await office.answers(child, ON - DAY))["F01"] == "UNKNOWN"
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert all(str(ON) in judgement.reason_zh and str(ON) in judgement.reason_en for judgement in judged.values())


@pytest.mark.parametrize("other", [{"register_state": "正常"}, {"register_state": "迁出", "cancelled_on": ON + DAY}])
async def test_whoever_has_another_entry_that_stands_has_not_moved_away(office, other):
    child = await office.registered(register_state="迁出", cancelled_on=ON - DAY)
    await office.fact("hukou_registration", child, **other)
    assert (await office.answers(child))["F01"] == "UNKNOWN"


async def test_a_duplicate_entry_that_was_cancelled_is_no_moving_away(office):
    child = await office.registered(register_state="重户", cancelled_on=ON - DAY)
    assert (await office.answers(child))["F01"] == "UNKNOWN"


async def test_what_is_paid_after_death_is_said(office):
    child = await office.registered(deceased_on=date(2026, 10, 1))
    allowance = {"programme": "F01", "kind": "农村低保", "state": "在保", "source": ALLOWANCE}
    await office.fact("assistance", child, **allowance)
    for programme, paid_on in (("F07", date(2026, 10, 1)), ("F08", date(2026, 10, 2))):
        await office.fact("payment", child, programme=programme, paid_on=paid_on, state="成功", source="finance.aid_payment")
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert {code for code, judgement in judged.items() if "应予核减" in judgement.reason_zh} == {"F01", "F08"}


WELFARE = {"programme": "F06", "state": "停保", "stopped": "2026-10-01", "source": "civil_affairs.child_welfare"}


async def test_a_death_that_ended_an_allowance_ends_every_programme(office):
    child = await office.registered()
    await office.pupil(child)
    await office.fact("assistance", child, **WELFARE, stop_reason="死亡", valid=Range(date(2026, 10, 1), None))
    await office.fact("payment", child, programme="F06", paid_on=date(2026, 10, 20), state="成功", source="finance.aid_payment")
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert "应予核减" in judged["F06"].reason_zh and "应予核减" not in judged["F10"].reason_zh
    assert any("民政称已死亡" in told for told in (await office.plans(child))[0].disagreements)
    for why in ("祖父（监护人）死亡，改由叔父照料", "双方均死亡转为孤儿", "核实未死亡，重新认定"):
        other = await office.registered()
        await office.pupil(other)
        await office.fact("assistance", other, **WELFARE, stop_reason=why)
        assert (await office.answers(other))["F10"] == "RECEIVING"


@pytest.mark.parametrize(("why", "says"), [("被收养", "被收养"), ("父母恢复抚养能力", "父母恢复抚养能力"), ("父亲刑满释放，恢复抚养", "父母恢复抚养能力")])
async def test_why_an_allowance_ended_is_no_gap_until_something_new_is_told(office, why, says):
    child = await office.registered()
    row = {"parent_role": "父亲", "situation": "服刑在押", "source": "civil_affairs.child_welfare"}
    await office.fact("assistance", child, **WELFARE, stop_reason=why, record=700)
    await office.fact("parent_situation", child, **row, record=700)  # the same row still says it
    await office.fact("parent_situation", child, **(row | {"parent_role": "母亲", "situation": "失联"}), valid=Range(date(2026, 9, 1), None))
    judged = await office.judged(child)
    assert all(judged[code].answer.value == "NOT_DUE" and f"2026-10-01因{says}终止" in judged[code].reason_zh for code in ("F05", "F06"))
    await office.fact("parent_situation", child, **(row | {"source": "justice.prisoners_children"}), valid=Range(date(2026, 10, 2), None))
    judged = await office.judged(child)
    assert (judged["F06"].answer.value, judged["F06"].department) == ("UNKNOWN", "civil_affairs")


@pytest.mark.parametrize("why", ["未被收养，户籍迁出后停发", "收养关系解除", "解除收养", "父亲未恢复抚养能力，材料过期", "拟收养", "收养不成"])
async def test_a_reason_that_denies_care_ends_nothing(office, why):
    """The child is again without care: who gave the allowance says why it ended."""
    child = await office.registered()
    await office.fact("assistance", child, **WELFARE, stop_reason=why, record=700)
    await office.fact("parent_situation", child, parent_role="父亲", situation="服刑在押", source="civil_affairs.child_welfare", record=700)
    await office.fact("parent_situation", child, parent_role="母亲", situation="失联", source="civil_affairs.child_welfare", record=700)
    judged = await office.judged(child)
    assert judged["F06"].answer.value in ("DUE", "UNKNOWN") and "被收养" not in judged["F06"].reason_zh and "恢复抚养能力" not in judged["F06"].reason_zh


async def test_why_an_allowance_ended_is_read_from_a_later_list_too(database, tmp_path):
    """The end lies before the list that tells it."""
    head = ["儿童姓名", "性别", "出生日期", "证件号码", "类别", "父亲姓名", "父亲情形", "母亲姓名", "母亲情形", "认定日期", "终止日期", "终止原因"]
    told = ["王小禾", "男", "20150503", number(BORN, 301), "事实无人抚养儿童", "王大山", "服刑在押", "李小云", "失联", "20230415"]
    write_csv(tmp_path / "a", "孤儿和事实无人抚养儿童_20260930.csv", [head, [*told, "", ""]])
    write_csv(tmp_path / "b", "孤儿和事实无人抚养儿童_20261031.csv", [head, [*told, "20261010", "死亡"]])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        (child,) = [row["id"] for row in await connection.fetch("select id from person_resolved where birth_date = $1", BORN)]
        assert (await office.answers(child))["F06"] == "RECEIVING"
        await carry(connection, keys, tmp_path / "b")
        assert set((await office.answers(child)).values()) == {"NOT_DUE"}


async def test_a_death_is_known_when_the_register_no_longer_lists_the_entry(database, tmp_path):
    """A child's, and its father's: he stands, then he is dead, then he is not listed."""
    head = ["户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "死亡日期", "户籍状态"]
    people = [("户主", "王大山", "男", date(1985, 3, 17), 11), ("长子", "王小禾", "男", BORN, 21), ("母亲", "李秀兰", "女", date(1955, 1, 1), 32)]
    months = {"2026-06-30": ("正常", ""), "2026-07-31": ("死亡注销", "20260710"), "2026-09-30": None}
    async with hub(database, tmp_path) as (connection, keys):
        for month, told in months.items():
            rows = [
                ["101", "王大山", relation, name, sex, number(born, serial), f"{born:%Y%m%d}", *(("", "正常") if relation == "母亲" else (told[1], told[0]))]
                for relation, name, sex, born, serial in people
                if told or relation == "母亲"
            ]
            write_csv(tmp_path / month, f"常住人口_{month}.csv", [head, *rows])
            await carry(connection, keys, tmp_path / month, released=True)
        died = await connection.fetch("select name, deceased_on from person_resolved order by name")
        assert {row["name"]: row["deceased_on"] for row in died} == {"李秀兰": None, "王大山": date(2026, 7, 10), "王小禾": date(2026, 7, 10)}


async def test_a_list_speaks_as_long_as_its_limit_and_not_before_its_date(office):
    child = await office.registered()
    last = date(2026, 10, 31) + limit_days(CERTIFICATES) * DAY
    assert (await office.answers(child, last))["F08"] == "NOT_DUE"
    late = (await office.judged(child, last + DAY))["F08"]
    assert (late.answer, late.missing, late.department) == ("UNKNOWN", ("持证残疾人名单（现有截至2026-10-31）",), "disabled_persons")
    assert (await office.answers(child, date(2026, 10, 31)))["F08"] == "NOT_DUE"
    assert (await office.answers(child, date(2026, 10, 30)))["F08"] == "UNKNOWN"
    await office.list(CERTIFICATES, last + DAY, publication=7)
    assert (await office.answers(child, last + DAY))["F08"] == "NOT_DUE"
    assert (await office.answers(child, last + DAY, known=6))["F08"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ({"姓名": "王小禾", "残疾类别": "?"}, "UNKNOWN"),
        ({"姓名": "王 小 禾"}, "UNKNOWN"),
        ({"姓名": "王?禾"}, "UNKNOWN"),
        ({"姓名": "王小禾", "身份证号": "21029920150503"}, "UNKNOWN"),  # damaged: nobody's
        ({"姓名": "王小禾", "监护人身份证号": number(date(1985, 1, 1), 11)}, "UNKNOWN"),
        ({"姓名": "王小禾", "出生日期": "2015-05"}, "UNKNOWN"),
        ({"姓名": "王晓河", "身份证号": number(BORN, 21)}, "UNKNOWN"),
        ({"身份证号": number(BORN, 21)}, "UNKNOWN"),
        ({"姓名": "王小禾", "出生日期": "2015-06"}, "NOT_DUE"),
        ({"姓名": "王小禾", "身份证号": number(BORN, 23)}, "NOT_DUE"),  # her namesake's
        ({"姓名": "李明", "监护人姓名": "王小禾"}, "NOT_DUE"),
        ({"姓名": "李明"}, "NOT_DUE"),
        ({"残疾类别": "肢体"}, "NOT_DUE"),
    ],
)
async def test_a_row_that_waits_and_may_be_hers_leaves_it_open(office, cells, answer):
    child, namesake = await office.named("王小禾", 21), await office.named("王小禾", 23)
    assert await office.named("王大山", 11, date(1985, 1, 1)) != namesake
    await office.waits(CERTIFICATES, cells)
    judged = await office.judged(child)
    assert (judged["F07"].answer, judged["F08"].answer) == (answer, answer)
    assert answer == "NOT_DUE" or ("隔离" in judged["F08"].reason_zh and judged["F08"].department == "disabled_persons")
    assert judged["F10"].answer == "NOT_DUE"  # of another list


async def test_a_row_that_names_nobody_is_a_notice_and_leaves_answers_alone(office):
    child = await office.named("王小禾", 21)
    await office.waits(CERTIFICATES, {"残疾类别": "肢体", "监护人姓名": "王大山"})
    await office.waits(CERTIFICATES, {"身份证号": "2102"})
    await office.waits(ALLOWANCE, {"家庭成员姓名": "李明"})
    plan = (await office.plans(child))[0]
    assert [notice for notice in plan.notices if "2行" in notice and "2 rows" in notice and "持证残疾人名单" in notice] == list(plan.notices) != []


async def test_rows_that_may_not_be_read_are_a_notice(office):
    child = await office.named("王小禾", 21)
    await office.connection.execute("update delivery set rows_quarantined = 3 where source = $1", CERTIFICATES)
    await office.waits(CERTIFICATES, {"姓名": "李明"})
    assert [("2行" in notice, "无权查看" in notice) for notice in (await office.plans(child))[0].notices] == [(True, True)]


async def test_a_row_of_a_real_list_waits(database, tmp_path):
    """Through the flow: the second list's row of her lacks the name, and its number is hers; what the first one said holds until it is repaired."""
    head = ["残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "证件状态"]

    def row(name, serial):
        return [number(BORN, serial) + "12", name, "男", "20150503", number(BORN, serial), "智力", "一级", "正常"]

    async with hub(database, tmp_path) as (connection, keys):
        for month, name in (("2026-09-30", "王小禾"), ("2026-10-31", "")):
            rows = [row(name, 21), *(row(other, serial) for other, serial in (("李明", 31), ("赵丽", 41), ("孙秀兰", 51)))]
            write_csv(tmp_path / month, f"持证残疾人_{month}.csv", [head, *rows])
            await carry(connection, keys, tmp_path / month, released=True)
        assert await connection.fetchval("select count(*) from quarantine") == 1
        office = Office(connection, database, keys)
        child, other = [
            await connection.fetchval("select id from person_resolved where number_blind = $1", keys.blind(number(BORN, serial))) for serial in (21, 31)
        ]
        assert await connection.fetchval("select upper(valid) is null from certificate where person = $1", child)
        judged, others = (await office.judged(child))["F08"], (await office.judged(other))["F08"]
        assert (judged.answer, judged.department) == (others.answer, others.department) == ("UNKNOWN", "civil_affairs")


async def test_a_row_waits_until_a_later_list_or_its_replay(office):
    child = await office.named("王小禾", 21)
    await office.waits(CERTIFICATES, {"姓名": "王小禾"}, state="REPAIRED")
    assert (await office.answers(child))["F08"] == "UNKNOWN"
    await office.connection.execute("update quarantine set state = 'REPLAYED', publication = 5")
    assert (await office.answers(child))["F08"] == "NOT_DUE"
    assert (await office.answers(child, known=4))["F08"] == "UNKNOWN"
    assert (await office.answers(child, known=5))["F08"] == "NOT_DUE"
    await office.connection.execute("update quarantine set state = 'OPEN', publication = 1")
    await office.list(CERTIFICATES, date(2026, 11, 10), publication=6)
    assert (await office.answers(child))["F08"] == "NOT_DUE"
    assert (await office.answers(child, date(2026, 11, 9)))["F08"] == "UNKNOWN"
    assert (await office.answers(child, known=5))["F08"] == "UNKNOWN"


async def test_parents_of_whom_sources_say_different_things_are_not_known(office):
    child = await office.registered()
    for role, situation in (("父亲", "死亡"), ("母亲", "死亡"), ("母亲", "失踪")):
        await office.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role=role, situation=situation)
    assert (await office.answers(child))["F05"] == "DUE"
    await office.fact("parent_situation", child, source="civil_affairs.left_behind", parent_role="母亲", situation="失联")
    judged = (await office.judged(child))["F05"]
    assert (judged.answer, judged.missing) == ("UNKNOWN", ("母亲情形",))


async def test_statements_do_not_grow_with_the_children(office):
    children = [await office.named("王小禾", 21 + 2 * n) for n in range(30)]
    for child in children:
        await office.pupil(child)
        await office.waits(CERTIFICATES, {"姓名": "王小禾", "身份证号": "2102"})
    await office.plans(children[0])
    one = office.statements
    await office.plans(*children)
    assert office.statements == one <= 19


async def test_facts_of_another_time_do_not_count(office):
    child = await office.named("王小禾", 21)
    await office.fact("hukou_registration", child, valid=Range(date(2026, 1, 1), ON), register_state="迁出", cancelled_on=date(2026, 2, 1))
    await office.fact("hukou_registration", child, valid=Range(ON, None), register_state="正常")
    assert (await office.answers(child, ON))["F01"] == "UNKNOWN"
    assert (await office.answers(child, ON - DAY))["F01"] == "NOT_DUE"


async def test_the_export_lists_whom_the_cross_check_of_entitlements_looks_at(office, tmp_path):
    """Whoever may have been under 18 on 31 August; some are 18 by the day."""
    under, over, perhaps = await office.child(date(2008, 9, 1)), await office.child(date(2008, 8, 31)), await office.child(BORN)
    await office.connection.execute(
        "update person_resolved set birth_date = null, born_from = '2008-08-01', born_to = '2008-09-30' where id = $1", perhaps
    )
    undated, unlisted = await office.child(BORN), await office.child(BORN)  # nobody tells when they were born
    await office.connection.execute("update person_resolved set birth_date = null, born_from = null, born_to = null where id = any($1)", [undated, unlisted])
    await office.fact("left_behind_file", undated, source="civil_affairs.left_behind", definition="CIVIL_AFFAIRS")
    looked_at = []

    async def judge(children):
        looked_at.extend(children)
        return []

    office.judge = judge
    await office.check(ON)
    assert sorted(looked_at) == [under, perhaps, undated]
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(office.database.dsn("hub_writer")))
    async with engine.connect() as reading:
        cells.write_csv(tmp_path / "out.csv", HEADER, await told_entitlements(reading, DIVISION, on=ON))
    await engine.dispose()
    told = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert [str(child) in told for child in (under, over, perhaps, undated, unlisted)] == [True, False, True, True, False]


async def parent(office, child, role, *, source="education.student_register", **register):
    """A parent of whom the register tells something, whom the school names as one who cares."""
    other = await office.someone(date(1985, 3, 17))
    await office.fact("kinship", child, source=source, relative=other, relation=role)
    await office.fact("guardianship", child, source=source, guardian=other, relation=role, capacity="家庭成员")
    if register:
        await office.fact("hukou_registration", other, source="public_security.household_register", **({"register_state": "正常"} | register))
    return other


DEAD = {"deceased_on": date(2024, 1, 1), "register_state": "死亡注销"}


@pytest.mark.parametrize(
    ("father", "mother", "answer", "missing"),
    [
        (DEAD, DEAD, "DUE", ()),
        ({"register_state": "死亡注销"}, DEAD, "DUE", ()),
        (DEAD, {"deceased_on": ON + DAY}, "UNKNOWN", ("母亲情形",)),
        (DEAD, {}, "UNKNOWN", ("母亲情形",)),
        ({}, {}, "NOT_DUE", ()),
    ],
)
async def test_parents_who_died_by_the_register_care_for_nobody(office, father, mother, answer, missing):
    """Whom the school's register still names as parents (F05, domain E.0.5)."""
    child = await office.registered()
    await parent(office, child, "父亲", **father)
    await parent(office, child, "母亲", **mother)
    judged = (await office.judged(child))["F05"]
    assert (judged.answer, judged.missing) == (answer, missing)


async def test_another_who_is_named_as_the_dead_parent_leaves_it_open(office):
    child = await office.registered()
    for role, register in (("父亲", DEAD), ("母亲", DEAD), ("母亲", {})):
        await parent(office, child, role, **register)
    assert (await office.answers(child))["F05"] == "UNKNOWN"


async def test_a_dead_mother_and_a_father_in_prison(office):
    child = await office.registered()
    await parent(office, child, "母亲", **DEAD)
    await office.fact("parent_situation", child, source="civil_affairs.left_behind", parent_role="父亲", situation="服刑在押")
    answers = await office.answers(child)
    assert (answers["F05"], answers["F06"]) == ("NOT_DUE", "DUE")


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({}, ("NOT_DUE", "DUE")),
        ({"羁押监所": "社区矫正中心"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所（未决）"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20261231"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20270314"}, ("NOT_DUE", "DUE")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20270313"}, ("NOT_DUE", "UNKNOWN")),
    ],
)
async def test_only_who_serves_half_a_year_in_custody_cannot_care(row, answers, database, tmp_path):
    """The father is in prison for years, the mother as the row says (domain B.5, B.7)."""
    rows = [
        {"服刑人员姓名": name, "服刑人员身份证号": number(date(1985, 3, 17), serial), RELATION: role, "羁押监所": "某监狱", "刑期起止": "20230110-20290709",
         "子女姓名": "王小禾", "子女身份证号": number(BORN, 301)} | told
        for name, serial, role, told in (("王大山", 301, "父亲", {}), ("李秀英", 302, "母亲", row))
    ]  # fmt: skip
    write_csv(tmp_path / "a", "服刑人员未成年子女_20261031.csv", [list(rows[0]), *(list(one.values()) for one in rows)])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.list("civil_affairs.child_welfare", date(2026, 10, 31))
        child = await connection.fetchval("select id from person_resolved where birth_date = $1", BORN)
        judged = await office.answers(child)
        assert (judged["F05"], judged["F06"]) == answers


@pytest.mark.parametrize(
    ("state", "until", "role", "answer"),
    [
        ("正常", None, "父亲", "DUE"),
        ("正常", ON, "继母或养母", "DUE"),
        ("正常", ON - DAY, "母亲", "NOT_DUE"),
        ("注销", None, "母亲", "NOT_DUE"),
        ("正常", None, "祖父", "NOT_DUE"),
    ],
)
async def test_a_boarder_whose_parent_is_disabled(office, state, until, role, answer):
    """残疾人子女 (F11, C.15)."""
    child = await office.registered()
    await office.pupil(child, attendance_mode="住校")
    await office.fact("certificate", await parent(office, child, role), state=state, valid_until=until)
    judged = (await office.judged(child))["F11"]
    assert (judged.answer, "残疾人子女" in judged.reason_zh) == (answer, answer == "DUE")


@pytest.mark.parametrize(
    ("told", "mode", "answer"),
    [({"是否孤儿": "是"}, "住校", "DUE"), ({"是否烈士或优抚子女": "是"}, "住校", "UNKNOWN"), ({"是否烈士或优抚子女": "否", "是否孤儿": "否"}, "住校", "NOT_DUE"), ({"是否孤儿": "是"}, "走读", "NOT_DUE")],
)
async def test_a_boarder_of_a_kind_of_hardship_by_the_schools_register(told, mode, answer, database, tmp_path):
    row = {"学籍号": "G" + number(BORN, 21), "姓名": "王小禾", "出生日期": "20150503", "身份证件号": number(BORN, 21), "学校名称": "复州城镇中心小学", "年级": "五年级",
           "就读方式": mode, "就读状态": "在读", "是否孤儿": "", "是否烈士或优抚子女": ""} | told  # fmt: skip
    write_csv(tmp_path / "a", "学籍信息_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where birth_date = $1", BORN)
        assert (await office.answers(child))["F11" if mode == "住校" else "F12"] == answer


@pytest.mark.parametrize(
    ("programme", "state", "answers"),
    [
        ("重度残疾人护理补贴", "已发放", ("DUE", "RECEIVING")),
        ("F07-困难残疾人生活补贴", "发放成功", ("RECEIVING", "DUE")),
        ("困难残疾人生活补贴", "", ("RECEIVING", "DUE")),
        ("护理补贴", "退票", ("DUE", "DUE")),
        ("护理补贴", "待发放", ("DUE", "UNKNOWN")),
        ("F07", "挂账", ("UNKNOWN", "DUE")),
        ("两项补贴", "成功", ("UNKNOWN", "UNKNOWN")),
        ("两项补贴", "退回", ("DUE", "DUE")),
    ],
)
async def test_what_a_payment_is_called_and_whether_it_came(programme, state, answers, database, tmp_path):
    """By code or by name (C); what cannot be read leaves it open, and is told."""
    row = {"姓名": "王小禾", "身份证号": number(BORN, 21), "残疾人证号": number(BORN, 21) + "52", "补贴类型": programme, "月份": "202610", "金额": "120", "发放日期": "20261020", "发放状态": state}
    write_csv(tmp_path / "a", "残疾人两项补贴发放_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        await office.fact("certificate", child, category="智力残疾", level="二级", state="正常")
        await office.fact("assistance", child, source=ALLOWANCE, programme="F01", kind="农村低保", state="在保")
        judged = await office.answers(child, date(2026, 10, 31))
        assert (judged["F07"], judged["F08"]) == answers
        unread = {column for column, _, _ in report.unread.cells}
        assert unread == {column for column, cell in (("资助项目", programme == "两项补贴"), ("发放状态", state == "挂账")) if cell}



@pytest.mark.parametrize(
    ("now", "record", "answer", "unread"),
    [
        ("在读", "正常", "RECEIVING", set()),
        ("", "", "RECEIVING", set()),
        ("离校", "正常", "UNKNOWN", {"就读状态"}),
        ("在籍不在校", "", "UNKNOWN", {"就读状态"}),
        ("", "已注销", "UNKNOWN", {"学籍状态"}),
        ("在读", "人籍一致", "RECEIVING", {"学籍状态"}),  # what the pupil does now counts first
        ("离校", "流失", "NOT_DUE", {"就读状态", "学籍状态"}),  # the record says that the pupil is not there
        ("其他", "", "UNKNOWN", set()),
        ("失学", "正常", "NOT_DUE", set()),
    ],
)
async def test_a_pupils_state_that_nobody_can_read_is_told_and_is_no_place(now, record, answer, unread, database, tmp_path):
    row = {"学校名称": "某镇中心小学", "姓名": "王小禾", "身份证件号": number(BORN, 21), "年级": "四年级", "是否留守儿童": "否", "就读状态": now, "学籍状态": record}
    write_csv(tmp_path / "a", "学生基础信息_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        judged = await office.answers(await connection.fetchval("select id from person_resolved where name = '王小禾'"))
        assert judged["F10"] == answer
        assert {column for column, _, _ in report.unread.cells} == unread


@pytest.mark.parametrize(
    ("state", "answers", "unread"),
    [
        ("在保", ("RECEIVING", "DUE"), set()),
        ("", ("RECEIVING", "DUE"), set()),
        ("退出", ("UNKNOWN", "NOT_DUE"), set()),
        ("待审批", ("UNKNOWN", "UNKNOWN"), {"状态"}),
    ],
)
async def test_a_standing_whose_state_nobody_can_read_is_left_open(state, answers, unread, database, tmp_path):
    row = {"低保证号": "DB1", "保障类型": "农村低保", "户主姓名": "王大山", "家庭成员姓名": "王小禾", "成员身份证号": number(BORN, 21), "与户主关系": "子", "起始保障年月": "202301", "状态": state}
    write_csv(tmp_path / "a", "城乡低保对象_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        await office.fact("certificate", child, category="智力残疾", level="三级", state="正常")
        plan = await office.answers(child)
        assert (plan["F01"], plan["F07"]) == answers
        assert {column for column, _, _ in report.unread.cells} == unread


SUBSIDY, AID = "civil_affairs.disability_subsidy", "finance.aid_payment"


@pytest.mark.parametrize(
    ("source", "as_of", "state", "answers"),
    [
        (SUBSIDY, date(2026, 11, 20), "HELD", {"F08": "UNKNOWN", "F12": "DUE"}),  # the list of its own payer; finance alone pays the other
        (AID, date(2026, 11, 20), "HELD", {"F08": "UNKNOWN", "F12": "UNKNOWN"}),
        (SUBSIDY, date(2026, 10, 31), "HELD", {"F08": "UNKNOWN", "F12": "DUE"}),  # of the same day, and it came later
        (SUBSIDY, date(2026, 9, 30), "HELD", {"F08": "DUE", "F12": "DUE"}),  # October's has been published since
        (SUBSIDY, date(2026, 11, 25), "HELD", {"F08": "DUE", "F12": "DUE"}),  # it speaks for a day to come
        (SUBSIDY, date(2026, 11, 20), "REFUSED", {"F08": "DUE", "F12": "DUE"}),
        (CERTIFICATES, date(2026, 11, 20), "HELD", {"F08": "DUE", "F12": "DUE"}),  # no list of payments: what stands of it stands
    ],
)
async def test_a_held_list_of_payments_leaves_open_who_goes_without(office, source, as_of, state, answers):
    child = await office.child(certificate={"level": "一级"})
    await office.pupil(child)
    await office.list(source, as_of, publication=None, state=state)
    judged = await office.judged(child)
    assert {code: judged[code].answer.value for code in answers} == answers
    assert all(("待放行" in judged[code].missing[0], judged[code].department) == (True, source.split(".")[0]) for code in answers if answers[code] == "UNKNOWN")
    await office.fact("payment", child, programme="F08", paid_on=date(2026, 11, 2), state="成功", source=SUBSIDY)
    assert (await office.answers(child))["F08"] == "RECEIVING"


async def test_a_held_list_of_payments_where_none_was_published(office):
    """Finance speaks for others, and not for those whom civil affairs pays."""
    child = await office.child(certificate={"level": "一级"})
    await office.connection.execute("delete from delivery where source = $1", SUBSIDY)
    assert (await office.answers(child))["F08"] == "DUE"
    await office.list(SUBSIDY, date(2026, 10, 31), publication=None, state="HELD")
    assert (await office.answers(child))["F08"] == "UNKNOWN"


async def test_a_list_that_was_held_is_known_as_held_until_somebody_decides(office):
    """Answers as known at a publication stay as they were."""
    child = await office.child(certificate={"level": "一级"})
    for no, at in ((1, "2026-11-01 08:00+08"), (2, "2026-11-10 08:00+08"), (3, "2026-11-20 08:00+08")):
        await office.connection.execute(
            "insert into publication (division, no, at, business_date, kind, by) values ($1, $2, $3::text::timestamptz, '2026-11-01', 'check', 'test')", DIVISION, no, at
        )
    await office.connection.execute("update delivery set received_at = '2026-10-31 08:00+08'")
    held = await office.list(SUBSIDY, date(2026, 11, 5), publication=None, state="HELD")
    await office.connection.execute("update delivery set received_at = '2026-11-05 08:00+08' where id = $1", held)
    assert [(await office.answers(child, known=known))["F08"] for known in (1, 2, 3, None)] == ["DUE", "UNKNOWN", "UNKNOWN", "UNKNOWN"]
    await office.connection.execute("update delivery set state = 'REFUSED', decided_at = '2026-11-15 08:00+08' where id = $1", held)
    assert [(await office.answers(child, known=known))["F08"] for known in (1, 2, 3, None)] == ["DUE", "UNKNOWN", "DUE", "DUE"]


@pytest.mark.parametrize(
    ("programme", "paid_on", "period", "answer"),
    [
        ("F08", date(2026, 9, 23), None, "RECEIVING"),
        ("F08", date(2026, 9, 22), None, "DUE"),  # 63 days
        ("F08", date(2025, 10, 15), "2025-2026 秋季学期", "DUE"),  # paid by the month, whatever school year the list names
        ("F08", None, "2026-2027 秋季学期", "RECEIVING"),
        ("F08", None, "2026-09", "RECEIVING"),
        ("F08", None, "2026-08", "DUE"),
        ("F08", date(2026, 9, 1), "2026-09", "RECEIVING"),
        ("F08", date(2026, 8, 1), "2026-12", "RECEIVING"),  # in advance
        ("F08", None, "2025-05", "DUE"),  # the list of October still has it
        ("F08", date(2026, 11, 20), "2025-05", "DUE"),  # arrears: what has been paid since then is not told
        ("F12", date(2026, 10, 15), "2025-05", "RECEIVING"),  # by the term, of which no month tells much
        ("F12", date(2025, 10, 15), "2025-2026 秋季学期", "RECEIVING"),
        ("F12", date(2025, 10, 15), None, "DUE"),
        ("F12", None, "2024-2025 春季学期", "DUE"),
    ],
)
async def test_how_long_a_payment_speaks(office, programme, paid_on, period, answer):
    """Two payment periods from the day of payment, or from the end of what it was paid for (E.10)."""
    child = await office.child(certificate={"level": "一级"})
    await office.pupil(child)
    await office.fact("payment", child, programme=programme, paid_on=paid_on, period=period, state="成功", source="finance.aid_payment")
    assert (await office.answers(child))[programme] == answer


@pytest.mark.parametrize(("amount", "answer"), [(None, "RECEIVING"), (100, "RECEIVING"), (Decimal("0.00"), "DUE"), (-100, "DUE")])
async def test_a_payment_of_nothing_or_less_is_none(office, amount, answer):
    """Money that was taken back is booked below nothing; who was paid before that still was."""
    child = await office.child(certificate={"level": "一级"})
    row = {"programme": "F08", "period": "2026-10", "state": "成功", "source": SUBSIDY}
    await office.fact("payment", child, amount=amount, paid_on=date(2026, 10, 10), **row)
    assert (await office.answers(child))["F08"] == answer
    await office.fact("payment", child, amount=100, paid_on=date(2026, 10, 12), **row)
    assert (await office.answers(child))["F08"] == "RECEIVING"
    dead = await office.registered(deceased_on=date(2026, 10, 1))
    await office.fact("payment", dead, amount=amount, paid_on=date(2026, 10, 10), **row)
    assert ("应予核减" in (await office.judged(dead))["F08"].reason_zh) == (answer == "RECEIVING")


@pytest.mark.parametrize(("as_of", "answer"), [(date(2026, 8, 31), "UNKNOWN"), (date(2026, 10, 31), "DUE")])
async def test_who_was_paid_by_a_list_that_is_too_old_is_left_open(office, as_of, answer):
    """Civil affairs' list is late; finance's, which pays others, does not answer for it."""
    child, never = [await office.child(certificate={"level": "一级"}) for _ in range(2)]
    await office.connection.execute("update delivery set as_of = $2 where source = $1", SUBSIDY, as_of)
    await office.fact("payment", child, programme="F08", paid_on=date(2026, 8, 10), period="2026-08", state="成功", source=SUBSIDY)
    assert ((await office.answers(child))["F08"], (await office.answers(never))["F08"]) == (answer, "DUE")


@pytest.mark.parametrize(
    ("state", "answer", "unread"),
    [
        ("正常", "DUE", set()),
        ("", "DUE", set()),
        ("停用", "NOT_DUE", set()),
        ("已过期", "NOT_DUE", set()),
        ("作废", "NOT_DUE", set()),
        ("待核发", "UNKNOWN", {"证件状态"}),
    ],
)
async def test_a_certificate_whose_state_nobody_can_read_is_left_open(state, answer, unread, database, tmp_path):
    row = {"残疾人证号": number(BORN, 21) + "51", "姓名": "王小禾", "身份证号": number(BORN, 21), "残疾类别": "智力", "残疾等级": "一级", "证件状态": state}
    write_csv(tmp_path / "a", "持证残疾人_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        assert (await office.answers(await connection.fetchval("select id from person_resolved where name = '王小禾'")))["F08"] == answer
        assert {column for column, _, _ in report.unread.cells} == unread


@pytest.mark.parametrize(
    ("situation", "since", "until", "answer"),
    [
        ("强制隔离戒毒", "20260901", "20261101", "UNKNOWN"),
        ("强制隔离戒毒", "20260601", "20261129", "UNKNOWN"),  # six months from 1 June end on 30 November
        ("强制隔离戒毒", "20260601", "20261130", "DUE"),
        ("强制隔离戒毒", "20260901", "", "DUE"),
        ("服刑在押", "20260901", "20261101", "UNKNOWN"),
        ("服刑在押", "20250901", "20261101", "DUE"),
        ("失联", "20261001", "", "UNKNOWN"),
        ("失联", "20260501", "", "UNKNOWN"),  # told on 31 October
        ("失联", "20260430", "", "DUE"),
        ("重病", "20261001", "", "DUE"),
    ],
)
async def test_a_situation_that_civil_affairs_tells_counts_from_six_months_on(situation, since, until, answer, database, tmp_path):
    """Also where another cell of the row changed since, so that the fact begins anew (domain B.5)."""
    row = {"儿童姓名": "王小禾", "出生日期": f"{BORN:%Y%m%d}", "证件号码": number(BORN, 301), "类别": "事实无人抚养儿童", "父亲姓名": "王大山", "父亲情形": "重残", "父亲情形起": "20250101", "父亲情形止": "",
           "母亲姓名": "李梅", "母亲情形": situation, "母亲情形起": since, "母亲情形止": until, "监护人姓名": "孙秀兰", "认定日期": "20230101", "保障状态": "停保", "监护人电话": ""}  # fmt: skip
    for day, phone in (("20261020", "13900000001"), ("20261031", "13900000002")):
        write_csv(tmp_path / day, f"孤儿和事实无人抚养儿童_{day}.csv", [list(row), list((row | {"监护人电话": phone}).values())])
    async with hub(database, tmp_path) as (connection, keys):
        for day in ("20261020", "20261031"):
            await carry(connection, keys, tmp_path / day)
        office = Office(connection, database, keys)
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        assert (await office.answers(child, date(2026, 10, 31)))["F06"] == answer


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        *((kind, "DUE") for kind in ("脱贫户", "脱贫不稳定户", "一般脱贫户", "低保脱贫户", "稳定脱贫户", "已脱贫", "建档立卡贫困户", "五保贫困户", "1-脱贫户")),
        *((kind, "NOT_DUE") for kind in ("边缘易致贫户", "突发严重困难户", "3 边缘易致贫户")),
        *((kind, "UNKNOWN") for kind in ("贫困户", "一般农户", "监测户", "未脱贫", None)),
    ],
)
async def test_a_kind_of_household_is_lifted_watched_or_not_told(office, kind, answer):
    child = await office.someone(BORN)
    await office.pupil(child)
    await office.fact("assistance", child, source="poverty_relief.household", programme="POV", kind=kind)
    assert (await office.answers(child))["F12"] == answer


RELATION = "服刑人员与子女关系"


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"服刑人员身份证号": number(date(1985, 3, 17), 301)}, ("母亲情形",)),
        ({"服刑人员身份证号": number(date(1985, 3, 17), 302)}, ("父亲情形",)),
        ({"服刑人员性别": "女"}, ("父亲情形",)),
        ({RELATION: "父子"}, ("母亲情形",)),
            ({RELATION: "亲属"}, ("父亲情形", "母亲情形")),
        ({RELATION: "父亲"}, ("母亲情形",)),
        ({"与儿童关系": "母亲"}, ("父亲情形",)),
        ({"服刑人员身份证号": number(date(1985, 3, 17), 301)[:-1] + "?"}, ("父亲情形", "母亲情形")),
        ({}, ("父亲情形", "母亲情形")),
    ],
)
async def test_of_a_prisoner_whose_sex_is_told_only_the_other_parent_is_missing(told, missing, database, tmp_path):
    row = {"服刑人员姓名": "王大山", **told, "刑期起止": "20230110-20290709", "子女姓名": "王小禾", "子女身份证号": number(BORN, 301), "监护人姓名": "王老山", "与子女关系": "祖父"}
    write_csv(tmp_path / "a", "服刑人员未成年子女_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        (child,) = [row["id"] for row in await connection.fetch("select id from person_resolved where birth_date = $1", BORN)]
        judged = await office.judged(child)
        assert {(judged[code].answer.value, judged[code].missing) for code in ("F05", "F06") if judged[code].missing} == {("UNKNOWN", missing)}
        assert judged["F06"].missing == missing
        assert await connection.fetchval("select relation from guardianship") == "祖父"
