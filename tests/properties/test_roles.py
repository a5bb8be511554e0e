"""Guardians who come and go: on each day the one that the list of that day names, in whatever order the lists come."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.flow import carry, hub, number, write_csv
from tests.properties.test_timelines import MONTHS, NEVER_HELD
from tests.spec.test_roles_pass_on import LEFT_BEHIND, with_guardian

GUARDIANS = {"尤奶奶": date(1953, 1, 1), "尤姑姑": date(1979, 3, 3), "李秀芳": None}  # the last has no number

# A month's list: who is guardian, whether her number is told, and whether the child's village is another.
lists = st.lists(st.tuples(st.sampled_from([*GUARDIANS]), st.booleans(), st.booleans()), min_size=2, max_size=4)


@NEVER_HELD
@given(told=lists, order=st.randoms(use_true_random=False))
async def test_each_day_has_its_guardian_and_each_guardian_one_mention(database_factory, tmp_path_factory, told, order):
    folder = tmp_path_factory.mktemp("lists")
    months = dict(zip(MONTHS, told, strict=False))
    shuffled = [*months]
    order.shuffle(shuffled)
    with database_factory() as database:
        async with hub(database, folder) as (connection, keys):
            for month in shuffled:
                name, numbered, moved = months[month]
                born = GUARDIANS[name]
                row = with_guardian(name, "其他", number(born, 902) if born and numbered else "", "前屯村" if moved else "桃园村")
                write_csv(folder / f"{month}", f"农村留守儿童_{month:%Y%m}.csv", [LEFT_BEHIND, row])
                await carry(connection, keys, folder / f"{month}", released=True)
            for month, (name, _, _) in months.items():
                found = await connection.fetch(
                    "select m.name from guardianship f join mention m on m.id = f.guardian_mention and m.valid @> $1::date where f.valid @> $1::date", month
                )
                assert [row["name"] for row in found] == [name]
            mentions = await connection.fetch("select m.id, m.name, i.person from mention m join identity i on i.id = m.id where m.role = '监护人'")
            named = {name for name, _, _ in told}
            assert len({row["id"] for row in mentions}) == len({row["person"] for row in mentions}) == len({(row["id"], row["name"]) for row in mentions}) == len(named)
            assert not await connection.fetch("select from person_id where current <> id")
