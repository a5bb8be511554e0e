"""The outbox: what became of findings, written in the transaction that did it, so that no event is there without its cause nor the other way round."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.storage.publishing import Publication

_COLUMNS = "division, publication, finding, kind, rule, person, township, status, due_on, reveals"


async def put_written(publication: Publication, findings: Sequence[int]) -> None:
    """An event for each of the findings that this publication has written: NEW, CONTRADICTED or CHANGED, by what was known before."""
    await publication.connection.execute(
        f"""insert into finding_event ({_COLUMNS})
            select f.division, $2, f.id,
                   case when h.id is null then 'NEW' when f.contradicted_on is not null and h.contradicted_on is null then 'CONTRADICTED' else 'CHANGED' end,
                   f.rule, f.person, f.township, f.status, f.due_on, f.reveals
              from finding f
              left join lateral (select id, contradicted_on from finding_history h where h.division = f.division and h.id = f.id order by upper(known) desc limit 1) h on true
             where f.division = $1 and f.id = any($3::bigint[]) and f.known_from = $2
            on conflict do nothing""",
        publication.division, publication.no, list(findings),
    )  # fmt: skip


async def put_overdue(publication: Publication, concluded: str) -> None:
    """An event for each finding whose due date has passed without a conclusion: once for each due date."""
    await publication.connection.execute(
        f"""insert into finding_event ({_COLUMNS})
            select f.division, $2, f.id, 'OVERDUE', f.rule, f.person, f.township, f.status, f.due_on, f.reveals
              from finding f
             where f.division = $1 and f.status <> $4 and f.due_on < $3
               and not exists (select from finding_event e where e.division = f.division and e.finding = f.id and e.kind = 'OVERDUE' and e.due_on = f.due_on)""",
        publication.division, publication.no, publication.business_date, concluded,
    )  # fmt: skip


def event_id(row: Mapping[str, Any]) -> str:
    """The id of an event: the same however often and by whatever road it comes."""
    return f"{row['publication']}/{row['finding']}/{row['kind'].lower()}"
