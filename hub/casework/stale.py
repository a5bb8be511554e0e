"""E.11-13: a list that is older than its limit (D-32) is asked for, as a correction request to the department that provides it; a newer one answers it."""

from datetime import date, timedelta

from hub.casework.corrections import WAITING, NotTaken, open_correction
from hub.rules.limits import LIMITS
from hub.storage.publishing import Publication

ITEM = "数据时效"
ASKER, BY = "data_bureau", "hub"


async def ask_for_stale(publication: Publication, on: date) -> list[str]:
    """Ask once for each list that has grown too old, and close what a newer delivery has answered; the sources that were asked for."""
    rows = await publication.connection.fetch(
        "select source, max(as_of) as as_of from delivery where division = $1 and state = 'PUBLISHED' and source = any($2) group by source order by source", publication.division, sorted(LIMITS)
    )
    asked = []
    for row in rows:
        source, as_of, oldest = row["source"], row["as_of"], on - timedelta(days=LIMITS[row["source"]])
        if as_of >= oldest:
            await _close(publication, source, as_of)
            continue
        statement = f"最近一批数据日期 {as_of}，超过 {LIMITS[source]} 天时限，请重新报送 · last of {as_of}, older than {LIMITS[source]} days"
        try:
            await open_correction(publication, source=source, item=ITEM, statement=statement, by=BY, department=ASKER, person=None, finding=None)
        except NotTaken as taken:
            if taken.field != "item":  # asked already, and not answered yet
                raise
            continue
        asked.append(source)
    return asked


async def _close(publication: Publication, source: str, as_of: date) -> None:
    await publication.connection.execute(
        """update correction set state = 'CORRECTED', answer = $3, answered_by = $4, answered_on = $5
            where division = $1 and source = $2 and item = $6 and department = $7 and state = any($8)""",
        publication.division, source, f"已报送 {as_of} 的数据 · delivered as of {as_of}", BY, publication.business_date, ITEM, ASKER, WAITING,
    )  # fmt: skip
