"""Two people of one name under one natural key: each has its own rows, in whatever order rows and deliveries come."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.flow import carry, hub, number, write_csv
from tests.properties.test_timelines import HEADER, MONTHS, NEVER_HELD, TOWNS

PEOPLE = [date(2010, 1, 5), date(2012, 3, 5), date(2016, 11, 13)]  # by their birth dates; the last has no number

# A round: which of them the list names, in which order, and where each lives.
rounds = st.lists(st.permutations(range(3)).flatmap(lambda who: st.tuples(st.just(who), st.integers(0, 3), st.tuples(*[st.integers(0, 2)] * 3))), min_size=2, max_size=4)


def row(who: int, town: int) -> list[str]:
    born = PEOPLE[who]
    told = number(born, 501) if who < 2 else ""
    return ["", "21028110100777", "福利院", "非亲属", "党浩然", "", "男", told, f"{born:%Y%m%d}", "汉族", f"瓦房店市{TOWNS[town]}", ""]


@NEVER_HELD
@given(told=rounds, order=st.randoms(use_true_random=False))
async def test_each_has_its_own_rows_in_any_order(database_factory, tmp_path_factory, told, order):
    folder = tmp_path_factory.mktemp("rounds")
    listed = {month: {who: towns[who] for who in people[:many]} for month, (people, many, towns) in zip(MONTHS, told, strict=False)}
    months = [month for month in listed if listed[month]]
    order.shuffle(months)
    with database_factory() as database:
        async with hub(database, folder) as (connection, keys):
            for month in months:
                write_csv(folder / f"{month}", f"常住人口_{month:%Y%m}.csv", [HEADER, *(row(who, town) for who, town in listed[month].items())])
                (report,) = await carry(connection, keys, folder / f"{month}", released=True)
                assert report.counts.conserved
            for month in months:
                found = await connection.fetch(
                    """select m.birth_date, f.address from hukou_registration f join mention m on m.id = f.mention and m.valid @> $1::date
                        where f.valid @> $1::date""", month
                )  # fmt: skip
                assert {(one["birth_date"], one["address"].removeprefix("瓦房店市")) for one in found} == {(PEOPLE[who], TOWNS[town]) for who, town in listed[month].items()}
            mixed = await connection.fetch("select record from mention where role = '主体' group by record having count(distinct birth_date) > 1")
            assert not mixed
            people = await connection.fetch("select i.person from mention m join identity i on i.id = m.id group by i.person having count(distinct m.birth_date) > 1")
            assert not people
