"""All rules over 100,000 children, and after a delivery of 1,000 rows: `python -m pytest -m bench tests/rules/test_speed.py -n 0 -s`."""

import os
import time

import asyncpg
import pytest

from tests.flow import DIVISION
from tests.rules.city import ON, City
from tests.rules.test_kept_current import NOTHING, changes_of_a_run_for_everybody

CHILDREN = int(os.environ.get("CHILDREN", "100000"))
D = DIVISION
#: A city by arithmetic: child n has id n, its parents 10^6 + n and 2*10^6 + n; two children share a household.
FILL = f"""
insert into person_resolved (division, id, name, pinyin, birth_date, born_from, born_to, township, hukou_township, register_household, chosen, valid, known_from)
select {D}, n, '王' || n, 'wang', d, d, d, t, t, n / 2, '{{}}', '(,)', 1
  from (select n, date '2008-09-01' + (n * 7919) % 6500 as d, (array['210281101', '210281103', '210281001', '210281002'])[1 + n % 4] as t from generate_series(1, {CHILDREN}) n) x;
insert into person_resolved (division, id, name, pinyin, birth_date, born_from, born_to, township, chosen, valid, known_from)
select {D}, k * 1000000 + n, '李' || n, 'li', date '1985-01-01', date '1985-01-01', date '1985-01-01', '210281101', '{{}}', '(,)', 1 from generate_series(1, {CHILDREN}) n, generate_series(1, 2) k;
insert into hukou_registration (division, id, source, record, hash, mention, person, valid, known_from, household, register_state, deceased_on)
select {D}, id, 'public_security.household_register', id, 1, id, id, '[2026-09-30,)', 1, (id % 1000000) / 2, '正常', case when id % 5000 = 3 then date '2026-05-01' end from person_resolved;
insert into membership (division, id, source, record, hash, mention, person, valid, known_from, household, household_kind, relation_to_head, head)
select {D}, id, 'public_security.household_register', id, 1, id, id, '[2026-09-30,)', 1, (id % 1000000) / 2, 'REGISTER', case when id < 1000000 then '长子' else '户主' end, 1000000 + id % 1000000 from person_resolved;
insert into kinship (division, id, source, record, hash, mention, person, valid, known_from, relative, relation)
select {D}, k * 1000000 + n, 'education.student_register', n, 1, n, n, '[2026-09-30,)', 1, k * 1000000 + n, (array['父亲', '母亲'])[k] from generate_series(1, {CHILDREN}) n, generate_series(1, 2) k;
insert into guardianship (division, id, source, record, hash, mention, person, valid, known_from, guardian, capacity)
select {D}, n, 'education.student_register', n, 1, n, n, '[2026-09-30,)', 1, 1000000 + n, '监护人' from generate_series(1, {CHILDREN}) n;
insert into residence (division, id, source, record, hash, mention, person, valid, known_from, township)
select {D}, n, 'education.student_register', n, 1, n, n, '[2026-09-30,)', 1, '210281101' from generate_series(1, {CHILDREN}) n;
insert into school select {D}, n, '第' || n || '小学', null, 1 from generate_series(1, 160) n;
insert into enrolment (division, id, source, record, hash, mention, person, valid, known_from, school, grade, state, class_name, left_behind, attendance_mode)
select {D}, n, 'education.student_register', n, 1, n, n, '[2026-09-30,)', 1, 1 + n % 160, 1 + n % 9, case when n % 300 = 0 then '流失' else '在读' end, '1班', '非留守儿童', '走读'
  from generate_series(1, {CHILDREN}) n where n % 70 <> 0;
insert into mention (division, id, record, hash, source, role, kind, name, name_key, sex, birth_date, number_state, valid, known_from)
select {D}, k * 10000000 + n, n, 1, (array['education.student_register', 'public_security.household_register', 'education.exam'])[k], '主体', 'child', '王' || n, '王' || n, '男性', date '2008-09-01' + (n * 7919) % 6500, 'valid', '[2026-09-30,)', 1
  from generate_series(1, {CHILDREN}) n, generate_series(1, 3) k;
insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from)
select {D}, k * 10000000 + n, n, 'NUMBER', 9, '[]', '1', '', '(,)', 1 from generate_series(1, {CHILDREN}) n, generate_series(1, 3) k;
insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from)
select {D}, n, n, 'NUMBER', 9, '[]', '1', '', '(,)', 1 from generate_series(1, {CHILDREN}) n;
insert into signal (division, id, source, record, hash, mention, person, valid, known_from, kind, school, term, present)
select {D}, n, 'education.exam', n, 1, 30000000 + n, n, '[2026-09-30,)', 1, 'EXAM', 1 + n % 160, '秋季学期', true from generate_series(1, {CHILDREN}) n where n % 70 <> 0 and n % 333 <> 0;
insert into movement (division, id, source, record, hash, mention, person, valid, known_from, kind, grade, moved_on, entered_on, progress, to_school, suspended_until)
select {D}, n, 'education.movement', n, 1, n, n, '[2026-03-01,)', 1, (array['转学(转出)', '毕业', '休学'])[1 + n % 3], 9, date '2026-03-01' + n % 200, date '2026-03-20' + n % 210, '已完成', case when n % 2 = 0 then 5 end, date '2026-10-01' + n % 100
  from generate_series(1, {CHILDREN}, 7) n;
insert into absence_spell (division, id, source, record, hash, mention, person, valid, known_from, school, grade, first_absent_on)
select {D}, n, 'education.dropout_ledger', n, 1, n, n, daterange(date '2026-09-01' + n % 80, null), 1, 5, 1 + n % 9, date '2026-09-01' + n % 80 from generate_series(1, {CHILDREN}, 67) n;
insert into certificate (division, id, source, record, hash, mention, person, valid, known_from, category, level, state)
select {D}, n, 'disabled_persons.certificate', n, 1, n, n, '[2026-09-30,)', 1, '智力残疾', '二级', '正常' from generate_series(1, {CHILDREN}, 77) n;
insert into assistance (division, id, source, record, hash, mention, person, valid, known_from, programme, state)
select {D}, id, 'civil_affairs.minimum_living_allowance', id, 1, id, id, '[2025-01-01,)', 1, 'F01', '在保' from person_resolved where id % 25 = 0;
insert into custody (division, id, source, record, hash, mention, person, valid, known_from, facility)
select {D}, n, 'justice.prisoners_children', n, 1, n, 1000000 + n, '[2025-01-01,)', 1, '某监狱' from generate_series(1, {CHILDREN}, 150) n;
insert into left_behind_file (division, id, source, record, hash, mention, person, valid, known_from, definition, visited_on)
select {D}, n, 'civil_affairs.left_behind', n, 1, n, n, '[2026-09-30,)', 1, 'CIVIL_AFFAIRS', date '2026-05-01' + n % 200 from generate_series(1, {CHILDREN}, 20) n;
insert into payment (division, id, source, record, hash, mention, person, valid, known_from, programme, paid_on, state)
select {D}, n, 'finance.aid_payment', n, 1, n, n, '[2026-09-25,)', 1, 'F12', date '2026-09-25', '成功' from generate_series(1, {CHILDREN}, 20) n;
insert into employment (division, id, source, record, hash, mention, person, valid, known_from, employer, contract_from)
select {D}, n, 'labour.employment', n, 1, n, 1000000 + n, '[2026-03-01,)', 1, '某厂', date '2026-03-01' from generate_series(1, {CHILDREN}, 9) n;
analyze
"""


@pytest.fixture
def rule():
    return "unenrolled"


@pytest.mark.bench
async def test_hundred_thousand_children(database, rule):
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    began = time.monotonic()
    await admin.execute(FILL)
    print(f"\nfilled in {time.monotonic() - began:.0f} s", flush=True)
    connection = await asyncpg.connect(database.dsn("hub_writer"), server_settings={"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1", "jit": "off"})
    city = City(connection, rule)
    await city.deliver()
    began = time.monotonic()
    await city.check(ON)
    whole = time.monotonic() - began
    findings = await connection.fetchval("select count(*) from finding")
    print(f"{len(city.outcomes)} rules over {CHILDREN:,} children: {whole:.1f} s, {findings:,} findings", flush=True)
    began = time.monotonic()
    await city.check(ON, everybody=True)
    again = time.monotonic() - began
    print(f"the same again, nothing to write: {again:.1f} s", flush=True)
    no = await connection.fetchval("select max(no) from publication")
    await connection.execute("update enrolment set state = '退学', known_from = $1 where id % 100 = 1 and id <= 100000", no)
    await connection.execute(f"insert into recheck select {D}, n from generate_series(1, 100000, 100) n")
    began = time.monotonic()
    await city.check(ON, everybody=False)
    touched = time.monotonic() - began
    print(f"after a delivery of 1,000 rows: {touched:.1f} s, {city.outcomes['unenrolled'].persons:,} persons rechecked", flush=True)
    assert await changes_of_a_run_for_everybody(connection, ON) == NOTHING
    await connection.close()
    await admin.close()
    assert whole <= 60 and touched <= 3, (whole, touched)
