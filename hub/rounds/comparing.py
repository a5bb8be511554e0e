"""Compare two rounds: whom both list, who has come and who has gone, and what was answered each time."""

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
    """Compare two rounds; a person whose ids have become one since is one. NotOpened where a round is not there."""
    one, other = [await _sides(connection, division, no) for no in (first, second)]
    return Comparison(
        tuple((one[key], other[key]) for key in sorted(one.keys() & other.keys())),
        tuple(one[key] for key in sorted(one.keys() - other.keys())),
        tuple(other[key] for key in sorted(other.keys() - one.keys())),
    )


async def _sides(connection: asyncpg.Connection, division: int, no: int) -> dict[tuple[str, int], Side]:
    await round_of(connection, division, no)
    rows = await connection.fetch(
        """select r.rule, coalesce(p.current, r.person, r.finding) as whom, r.finding, r.township,
                  coalesce((select s.code from round_result s where s.division = r.division and s.row = r.id and s.state = 'TAKEN' order by s.publication desc limit 1), '') as code
             from round_row r left join person_id p on p.division = r.division and p.id = r.person
            where r.division = $1 and r.round = $2""",
        division, no,
    )  # fmt: skip
    return {(row["rule"], row["whom"]): Side(row["finding"], row["township"], row["code"]) for row in rows}
