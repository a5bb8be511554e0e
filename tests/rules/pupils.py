"""A pupil of the school with code 5, as the student register has one."""

from datetime import date, timedelta

from asyncpg import Range

DAY = timedelta(days=1)
STUDENTS = "education.student_register"
SINCE = Range(date(2026, 9, 1), None)


async def pupil(city, name="王小禾", born=date(2015, 5, 3), **values) -> int:
    """One more, in grade 5; ``values`` are the enrolment's."""
    child = await city.registered(born)
    await city.connection.execute("update person_resolved set name = $2 where id = $1", child, name)
    mention = 10_000 + child % 10_000
    await city.connection.execute(
        """insert into mention (division, id, record, hash, source, role, kind, name, name_key, number_state, valid, known_from)
           values (210281, $1, 1, 1, $2, '主体', 'child', $3, $3, 'missing', '[2026-09-01,)', 1)""", mention, STUDENTS, name)  # fmt: skip
    await city.fact("enrolment", child, source=STUDENTS, mention=mention, **({"state": "在读", "grade": 5, "school": 5, "valid": SINCE} | values))
    return child
