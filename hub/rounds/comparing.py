"""Compare two rounds: whom both list, who has come and who has gone, and what was answered each time."""

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from hub.rounds.freezing import round_of

UNANSWERED = ""


@dataclass(frozen=True)
class Side:
    """A row in one of the rounds: its finding, township, and the code that stands – '' for none."""

    finding: int
    township: str | None
    code: str


@dataclass(frozen=True)
class Comparison:
    """Of each child (or school) and rule: in both rounds, only in the first, only in the second."""

    both: tuple[tuple[Side, Side], ...]
    gone: tuple[Side, ...]
    come: tuple[Side, ...]

    def changed(self) -> tuple[tuple[Side, Side], ...]:
        """Those answered otherwise than before; whoever was not answered once is none."""
        return tuple((one, other) for one, other in self.both if UNANSWERED not in (one.code, other.code) and one.code != other.code)


async def compare(connection: asyncpg.Connection, division: int, first: int, second: int) -> Comparison:
    """Compare two rounds, no row of either left out; a person whose ids have become one since is one. NotOpened where a round is not there.

    A finding is paired with itself; else with one of the same rule and kind of the same child or school.
    """
    one, other = [await _sides(connection, division, no) for no in (first, second)]
    same = {side.finding for side in one.values()} & {side.finding for side in other.values()}
    ones, others = [{_paired(key, side, same): side for key, side in sides.items()} for sides in (one, other)]
    return Comparison(
        tuple((ones[key], others[key]) for key in sorted(ones.keys() & others.keys())),
        tuple(ones[key] for key in sorted(ones.keys() - others.keys())),
        tuple(others[key] for key in sorted(others.keys() - ones.keys())),
    )


Key = tuple[str, int, str, int]  # rule, whose, kind, which of several


def _paired(key: Key, side: Side, same: Collection[int]) -> Key:
    return (key[0], side.finding, "", 0) if side.finding in same else key


async def _sides(connection: asyncpg.Connection, division: int, no: int) -> dict[Key, Side]:
    await round_of(connection, division, no)
    rows = await connection.fetch(
        """select r.rule, coalesce(p.current, r.person, r.finding) as whom, coalesce(f.kind, '') as kind, r.finding, r.township,
                  row_number() over (partition by r.rule, coalesce(p.current, r.person, r.finding), f.kind order by r.finding) as nth,
                  coalesce((select s.code from round_result s where s.division = r.division and s.row = r.id and s.state = 'TAKEN' order by s.publication desc limit 1), '') as code
             from round_row r left join person_id p on p.division = r.division and p.id = r.person
             left join finding f on f.division = r.division and f.id = r.finding
            where r.division = $1 and r.round = $2""",
        division, no,
    )  # fmt: skip
    return {(row["rule"], row["whom"], row["kind"], row["nth"]): Side(row["finding"], row["township"], row["code"]) for row in rows}
