"""One record is linked in few statements, whatever the session has linked before."""

from random import Random

from tests.bench.linkage.live import DIVISION, SESSION, family, publish, pupil
from tests.flow import hub

MOST = 15  # the transaction's own three, the lock and the number among them


async def test_one_record_takes_few_statements_and_finds_nothing_of_the_one_before(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        rng = Random(4)
        homes = [family(rng, keys, serial) for serial in range(12)]
        await connection.execute(SESSION)
        await publish(connection, keys, [mention for home in homes for mention in home])
        asked = []
        connection.add_query_logger(asked.append)
        for serial, home in enumerate(homes):
            rows = pupil(rng, keys, serial, home)
            asked.clear()
            await publish(connection, keys, rows)
            assert len(asked) <= MOST, [query.query for query in asked]
            touched = {row["id"] for row in await connection.fetch("select id from in_touched")}
            assert touched == {row["id"] for row in rows}
        people = await connection.fetch(
            "select i.person from identity i join mention m on m.division = i.division and m.id = i.id where i.division = $1 and m.role <> '主体'", DIVISION
        )
        registered = {row["person"] for row in await connection.fetch("select i.person from identity i join mention m on m.id = i.id where m.source like 'public%'")}
        assert len(people) == 2 * len(homes)
        assert sum(row["person"] in registered for row in people) > len(homes)
